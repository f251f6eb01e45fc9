// SPDX-License-Identifier: Apache-2.0
// Values as text, and names that were mistyped.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "analyzer/analysis/connection_state.h"
#include "analyzer/analysis/handshake.h"
#include "analyzer/analysis/loss/cause.h"
#include "analyzer/analysis/reset.h"
#include "analyzer/fields/field.h"
#include "common/net/tcp_flags.h"
#include "common/text/decimal.h"
#include "common/text/edit_distance.h"
#include "common/text/escape.h"
#include "common/text/time_text.h"

namespace pcapsule::fields {

namespace {

constexpr unsigned kNsDigits = 9;

/// Writes into a ValueBuffer.
class Writer {
 public:
  explicit Writer(ValueBuffer& buffer) : first_(buffer.data()), at_(first_), end_(first_ + buffer.size()) {}

  [[nodiscard]] std::string_view text() const { return {first_, static_cast<std::size_t>(at_ - first_)}; }

  Writer& put(std::string_view text) {
    const std::size_t count = std::min(text.size(), static_cast<std::size_t>(end_ - at_));
    at_ = std::copy_n(text.begin(), count, at_);
    return *this;
  }
  template <class T>
  Writer& put_number(T value) {
    at_ = text::put_decimal(at_, value);
    return *this;
  }
  /// `width` digits to the base of 16.
  Writer& put_hex(std::uint64_t value, int width) {
    for (int shift = 4 * (width - 1); shift >= 0; shift -= 4) *at_++ = "0123456789abcdef"[(value >> shift) & 0xf];
    return *this;
  }
  Writer& put_fraction(std::uint64_t billionths) {
    *at_ = '.';
    at_ = text::put_padded(at_ + 1, billionths, kNsDigits);
    return *this;
  }
  Writer& put_history(std::uint64_t value) {
    constexpr std::uint64_t kClient = std::uint64_t{1} << 63;
    at_ = analysis::put_history(at_, value & ~kClient, static_cast<unsigned>(value >> 63));
    return *this;
  }

 private:
  char* first_;
  char* at_;
  char* end_;
};

std::string_view decimal(ValueBuffer& buffer, const Field& field, std::uint64_t value) {
  if (field.type == FieldType::kSigned) return Writer(buffer).put_number(static_cast<std::int64_t>(value)).text();
  return Writer(buffer).put_number(value).text();
}

std::string_view seconds(ValueBuffer& buffer, std::uint64_t bits) {
  const bool negative = static_cast<std::int64_t>(bits) < 0;
  const std::uint64_t magnitude = negative ? 0 - bits : bits;
  Writer out(buffer);
  if (negative) out.put("-");
  return out.put_number(magnitude / kNsPerSecond).put_fraction(magnitude % kNsPerSecond).text();
}

std::string_view date_time(ValueBuffer& buffer, std::uint64_t value) {
  std::string text;
  text::append_wireshark_time(text, TimestampNs{static_cast<std::int64_t>(value)});
  return Writer(buffer).put(text).text();
}

/// Twelve characters, from the highest reserved bit to FIN (W8.6).
std::string_view flag_letters(ValueBuffer& buffer, std::uint64_t value) {
  constexpr std::string_view kLetters = "RRRACEUAPRSF";
  constexpr std::size_t kCounterAt = 3;  // AE, CWR, ECE
  constexpr std::size_t kCounterLetters = 3;
  const bool counts = (value & 0x10000) != 0;
  const std::uint64_t ace = (value & tcp_flag::kAe) / tcp_flag::kAe * 4 +
                            (value & tcp_flag::kCwr) / tcp_flag::kCwr * 2 + (value & tcp_flag::kEce) / tcp_flag::kEce;
  Writer out(buffer);
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    if (counts && i == kCounterAt) {
      out.put("-").put_number(ace).put("-");
      i += kCounterLetters - 1;
      continue;
    }
    const bool set = ((value >> (kLetters.size() - 1 - i)) & 1) != 0;
    out.put(set ? kLetters.substr(i, 1) : "\u00b7");
  }
  return out.text();
}

std::string_view option_bytes(ValueBuffer& buffer, std::uint64_t value) {
  constexpr std::uint64_t kGreatest = 7;
  const auto count = std::min(value >> 56, kGreatest);
  Writer out(buffer);
  for (std::uint64_t i = 0; i < count; ++i) out.put_hex(value >> (8 * (kGreatest - 1 - i)), 2);
  return out.text();
}

std::string_view evidence(std::uint64_t value) {
  constexpr std::array<std::string_view, 7> kNames = {
      "unknown", "syn", "syn_ack", "server_elsewhere", "well_known_port", "lower_port", "first_sender"};
  return kNames[value < kNames.size() ? value : 0];
}

std::string_view of_list(const std::vector<std::string>& texts, std::uint64_t index) {
  return index < texts.size() ? std::string_view(texts[index]) : std::string_view();
}

/// Every format but those of addresses, which are a matter of who asks.
std::string_view plain_text(ValueBuffer& buffer, const Field& field, std::uint64_t value, const FileTexts& texts) {
  switch (field.format) {
    case Format::kDecimal:
      return decimal(buffer, field, value);
    case Format::kHex4:
      return Writer(buffer).put("0x").put_hex(value, 4).text();
    case Format::kSeconds:
      return seconds(buffer, value);
    case Format::kDateTime:
      return date_time(buffer, value);
    case Format::kDirection:
      return value == 0 ? "c2s" : "s2c";
    case Format::kFlagLetters:
      return flag_letters(buffer, value);
    case Format::kOptionBytes:
      return option_bytes(buffer, value);
    case Format::kScaleState:
      return to_text(static_cast<analysis::ScaleState>(value));
    case Format::kEvidence:
      return evidence(value);
    case Format::kHandshake:
      return to_text(static_cast<analysis::HandshakeOutcome>(value));
    case Format::kNoLeg:
      return to_text(static_cast<analysis::NoLeg>(value));
    case Format::kCapturePoint:
      return to_text(static_cast<analysis::CapturePoint>(value));
    case Format::kEnd:
      return to_text(static_cast<analysis::EndKind>(value));
    case Format::kConnState:
      return to_text(static_cast<analysis::ConnState>(value));
    case Format::kResetKind:
      return to_text(static_cast<analysis::ResetKind>(value));
    case Format::kCause:
      return to_text(static_cast<analysis::Cause>(value));
    case Format::kSide:
      return value == 0 ? "client" : "server";
    case Format::kHistory:
      return Writer(buffer).put_history(value).text();
    case Format::kCapture:
      return of_list(texts.captures, value);
    case Format::kEncapsulation:
      return of_list(texts.encapsulations, value);
    case Format::kFileName:
      return texts.file;
    case Format::kAddress:
    case Format::kEndpoint:
      break;
  }
  return {};
}

/// Which of the VLAN tags in a header stack are service tags: FileTexts::service_tags.
std::uint8_t service_tags_of(std::string_view stack) {
  std::uint8_t mask = 0;
  unsigned tag = 0;
  while (!stack.empty() && tag < 8) {
    const std::string_view layer = stack.substr(0, stack.find(':'));
    stack.remove_prefix(std::min(stack.size(), layer.size() + 1));
    if (layer == "ieee8021ad") mask |= static_cast<std::uint8_t>(1U << tag);
    if (layer == "ieee8021ad" || layer == "vlan") ++tag;
  }
  return mask;
}

}  // namespace

std::string_view to_text(FieldType type) {
  constexpr std::array<std::string_view, 9> kNames = {"unsigned", "signed",   "boolean", "time", "duration",
                                                      "address",  "endpoint", "label",   "text"};
  return kNames[static_cast<std::size_t>(type)];
}

FileTexts::FileTexts(std::string_view path, const read::Catalog& catalog) : file(text::escape_for_terminal(path)) {
  for (const read::CaptureInfo& capture : catalog.captures) captures.push_back(text::escape_for_terminal(capture.name));
  for (const std::string& stack : catalog.encapsulations) {
    encapsulations.push_back(text::escape_for_terminal(stack));
    service_tags.push_back(service_tags_of(stack));
  }
}

std::string_view value_text(ValueBuffer& buffer, const Field& field, std::uint64_t value, const ChunkContext& context) {
  if (field.format != Format::kAddress && field.format != Format::kEndpoint) {
    return plain_text(buffer, field, value, *context.texts);
  }
  const analysis::EndpointText& text = context.connections.text(static_cast<std::uint32_t>(value >> 1), value & 1);
  return field.format == Format::kAddress ? text.address() : text.whole();
}

std::string_view value_text(ValueBuffer& buffer, const Field& field, std::uint64_t value,
                            const read::Connection& connection, const FileTexts& texts) {
  if (field.format != Format::kAddress && field.format != Format::kEndpoint) {
    return plain_text(buffer, field, value, texts);
  }
  const analysis::EndpointText text(connection.side[value & 1].endpoint);
  return Writer(buffer).put(field.format == Format::kAddress ? text.address() : text.whole()).text();
}

const Field* find_field(std::string_view name) {
  const auto fields = all_fields();
  const auto found = std::ranges::find(fields, name, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

std::string_view nearest_field(std::string_view name) {
  const auto distance = [name](const Field& field) { return text::edit_distance(name, field.name); };
  return std::ranges::min_element(all_fields(), {}, distance)->name;
}

}  // namespace pcapsule::fields
