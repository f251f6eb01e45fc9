// SPDX-License-Identifier: Apache-2.0
// Values as text, and names that were mistyped.
#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "analyzer/fields/field.h"

namespace pcapsule::fields {

namespace {

constexpr std::size_t kNsDigits = 9;

char* put_text(char* out, std::string_view text) { return std::copy(text.begin(), text.end(), out); }

char* put_decimal(char* out, const Field& field, std::uint64_t value) {
  char* const end = out + kGreatestValueBytes;
  if (field.type == FieldType::kSigned) return std::to_chars(out, end, static_cast<std::int64_t>(value)).ptr;
  return std::to_chars(out, end, value).ptr;
}

/// At least four digits, as Wireshark prints 16-bit numbers in hexadecimal.
char* put_hex4(char* out, std::uint64_t value) {
  out = put_text(out, "0x");
  for (int shift = 12; shift >= 0; shift -= 4) *out++ = "0123456789abcdef"[(value >> shift) & 0xf];
  return out;
}

char* put_seconds(char* out, std::uint64_t bits) {
  const bool negative = static_cast<std::int64_t>(bits) < 0;
  const std::uint64_t magnitude = negative ? 0 - bits : bits;
  if (negative) *out++ = '-';
  out = std::to_chars(out, out + kGreatestValueBytes, magnitude / kNsPerSecond).ptr;
  *out = '.';
  std::uint64_t rest = magnitude % kNsPerSecond;
  for (std::size_t digit = kNsDigits; digit > 0; --digit, rest /= 10) out[digit] = static_cast<char>('0' + rest % 10);
  return out + kNsDigits + 1;
}

const analysis::EndpointText& endpoint_text(const ChunkContext& context, std::uint64_t value) {
  return context.connections.facts(static_cast<std::uint32_t>(value >> 1)).text[value & 1];
}

/// Edits that turn `a` into `b` (Levenshtein).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

char* put_value(char* out, const Field& field, std::uint64_t value, const ChunkContext& context) {
  switch (field.format) {
    case Format::kDecimal:
      return put_decimal(out, field, value);
    case Format::kHex4:
      return put_hex4(out, value);
    case Format::kSeconds:
      return put_seconds(out, value);
    case Format::kAddress:
      return put_text(out, endpoint_text(context, value).address());
    case Format::kEndpoint:
      return put_text(out, endpoint_text(context, value).whole());
    case Format::kDirection:
      return put_text(out, value == 0 ? "c2s" : "s2c");
    case Format::kScaleState:
      return put_text(out, to_text(static_cast<analysis::ScaleState>(value)));
    case Format::kFileName:
      return out;
  }
  return out;
}

const Field* find_field(std::string_view name) {
  const auto fields = all_fields();
  const auto found = std::ranges::find(fields, name, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

std::string_view nearest_field(std::string_view name) {
  constexpr std::size_t kLongestName = 80;  // of a name from the command line: the search is quadratic
  const std::string_view wanted = name.substr(0, kLongestName);
  return std::ranges::min_element(all_fields(), {},
                                  [&](const Field& field) { return edit_distance(wanted, field.name); })
      ->name;
}

}  // namespace pcapsule::fields
