// SPDX-License-Identifier: Apache-2.0
#include "common/text/escape.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace pcapsule::text {
namespace {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
};

void append_hex(std::string& out, std::uint32_t value, int digits) {
  for (int i = digits; i-- > 0;) out.push_back("0123456789abcdef"[(value >> (4 * i)) & 0xf]);
}

/// The UTF-8 character `text` begins with, or nullopt: not UTF-8 (RFC 3629, so
/// no overlong forms, no surrogates, nothing above U+10FFFF). REQUIRES: not empty.
std::optional<Character> first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return Character{lead, 1};
  if (lead < 0xc2 || lead > 0xf4) return std::nullopt;
  const std::size_t bytes = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (text.size() < bytes) return std::nullopt;
  char32_t code = lead & (0xffU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    code = (code << 6) | (byte(i) & 0x3fU);
  }
  const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x1'0000);
  if (overlong || (code >= 0xd800 && code < 0xe000) || code > 0x10'ffff) return std::nullopt;
  return Character{code, bytes};
}

bool harmful(char32_t code) {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  // Direction marks and overrides, line and paragraph separators.
  return code == 0x061c || code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

void append_json_character(std::string& out, char32_t code, std::string_view bytes) {
  switch (code) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (harmful(code)) {
    out += "\\u";
    append_hex(out, code, 4);
  } else {
    out += bytes;
  }
}

}  // namespace

std::string escape_for_terminal(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto character = first_character(text);
    const std::string_view bytes = text.substr(0, character ? character->bytes : 1);
    if (character && !harmful(character->code)) {
      out += bytes;
    } else {
      for (const char byte : bytes) {
        out += "\\x";
        append_hex(out, static_cast<std::uint8_t>(byte), 2);
      }
    }
    text.remove_prefix(bytes.size());
  }
  return out;
}

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  // Nearly every value is ASCII that stands for itself.
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
  const auto special = std::find_if_not(text.begin(), text.end(), is_plain);
  const auto plain = static_cast<std::size_t>(special - text.begin());
  out.append(text.substr(0, plain));
  text.remove_prefix(plain);
  while (!text.empty()) {
    const auto character = first_character(text);
    const std::string_view bytes = text.substr(0, character ? character->bytes : 1);
    if (character) {
      append_json_character(out, character->code, bytes);
    } else {
      out += "\\\\x";
      append_hex(out, static_cast<std::uint8_t>(bytes.front()), 2);
    }
    text.remove_prefix(bytes.size());
  }
  out.push_back('"');
}

}  // namespace pcapsule::text
