// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/literal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "common/text/time_text.h"

namespace pcapsule::filter {

namespace {

constexpr std::size_t kNsDigits = 9;

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

struct Digits {
  std::string_view digits;
  int base = 10;
};

Digits digits_of(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) return {text.substr(2), 16};
  if (text.starts_with("0b") || text.starts_with("0B")) return {text.substr(2), 2};
  if (text.size() > 1 && text.front() == '0') return {text.substr(1), 8};
  return {text, 10};
}

std::int64_t greatest_of(Kind kind, unsigned bits) {
  if (bits >= 64) return std::numeric_limits<std::int64_t>::max();
  return (std::int64_t{1} << (kind == Kind::kSigned ? bits - 1 : bits)) - 1;
}

/// `Jan 1, 2020 00:00:00` as ISO 8601; nullopt: not of that form.
std::optional<std::string> iso_of_named_month(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::size_t comma = text.find(',');
  const std::size_t month = kMonths.find(text.substr(0, 3));
  if (comma == text.npos || month == kMonths.npos || month % 3 != 0 || text.size() < 5 || text[3] != ' ')
    return std::nullopt;
  std::string_view day = text.substr(4, comma - 4);
  while (day.starts_with(' ')) day.remove_prefix(1);
  std::string_view rest = text.substr(comma + 1);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  if (day.empty() || day.size() > 2 || rest.size() < 4) return std::nullopt;
  const std::string number = std::to_string(month / 3 + 1);
  return std::string(rest.substr(0, 4)) + (number.size() == 1 ? "-0" : "-") + number + (day.size() == 1 ? "-0" : "-") +
         std::string(day) + std::string(rest.substr(4));
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

NumberOrFault parse_integer(std::string_view text, Kind kind, unsigned bits) {
  if (kind == Kind::kBoolean) {
    if (text == "True" || text == "TRUE" || text == "Set") return std::int64_t{1};
    if (text == "False" || text == "FALSE" || text == "Not set") return std::int64_t{0};
  }
  const auto [digits, base] = digits_of(text);
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
  if (error == std::errc::invalid_argument || stop != end) {
    return quoted(text) + " is not " + (kind == Kind::kBoolean ? "True, False, 1 or 0" : "a number");
  }
  const std::int64_t greatest = greatest_of(kind, kind == Kind::kBoolean ? 64 : bits);
  if (error == std::errc::result_out_of_range || value > static_cast<std::uint64_t>(greatest)) {
    return quoted(text) + " is too great for this field, whose greatest value is " + std::to_string(greatest);
  }
  if (kind == Kind::kBoolean) return std::int64_t{value != 0};
  return static_cast<std::int64_t>(value);
}

NumberOrFault parse_seconds(std::string_view text) {
  const std::string fault =
      quoted(text) + " is not a number of seconds, as 1.5, with at most nine digits behind the point";
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == text.npos ? std::string_view() : text.substr(point + 1);
  const auto all_digits = [](std::string_view digits) { return digits.find_first_not_of("0123456789") == digits.npos; };
  if (whole.empty() || !all_digits(whole) || !all_digits(fraction) || fraction.size() > kNsDigits) return fault;
  if (point != text.npos && fraction.empty()) return fault;
  const auto span = text::parse_duration(std::string(text) + "s");
  if (!span) return quoted(text) + " seconds are more than fit in 64 bits of nanoseconds";
  return span->value;
}

NumberOrFault parse_time(std::string_view text) {
  std::string time(trimmed(text));
  if (const auto iso = iso_of_named_month(time)) time = *iso;
  if (time.ends_with(" UTC")) time.replace(time.size() - 4, 4, "Z");
  if (const auto parsed = text::parse_iso8601(time)) return parsed->value;
  return quoted(text) +
         " is not a time between 1677 and 2262; write \"2020-01-31 12:34:56.789\", with Z behind it for UTC, or "
         "\"Jan 31, 2020 12:34:56\"";
}

std::string network_bytes(const IpAddress& address) {
  std::string bytes;
  const auto put = [&bytes](std::uint64_t value, int count) {
    for (int i = count; i-- > 0;) bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  };
  if (address.version == IpVersion::kV6) {
    put(address.high, 8);
    put(address.low, 8);
  } else {
    put(address.low, 4);
  }
  return bytes;
}

BytesOrFault parse_address(std::string_view text, Kind kind) {
  const unsigned width = kind == Kind::kIpv4 ? 32 : 128;
  const std::size_t slash = text.find('/');
  const auto address = parse_ip_address(text.substr(0, slash));
  if (!address || address->version != (kind == Kind::kIpv4 ? IpVersion::kV4 : IpVersion::kV6)) {
    const bool other = address.has_value();
    return quoted(text.substr(0, slash)) + " is not " + std::string(name_of(kind)) +
           (other ? "; IPv4 is ip.addr, IPv6 is ipv6.addr" : "; names are not resolved");
  }
  plan::Bytes value{network_bytes(*address), std::nullopt};
  if (slash == text.npos) return value;
  const std::string_view bits = text.substr(slash + 1);
  unsigned prefix = 0;
  const auto [stop, error] = std::from_chars(bits.data(), bits.data() + bits.size(), prefix);
  if (error != std::errc() || stop != bits.data() + bits.size() || prefix > width) {
    return "the bits of a network's prefix are a number up to " + std::to_string(width) + ", not " + quoted(bits);
  }
  value.prefix_bits = prefix;
  return value;
}

BytesOrFault parse_bytes(std::string_view text) {
  const std::string fault = quoted(text) + " is not a sequence of hexadecimal bytes, as c0:a8";
  std::string_view rest = text;
  if (rest.starts_with("0x") || rest.starts_with("0X")) rest.remove_prefix(2);
  plan::Bytes bytes;
  char separator = '\0';
  while (!rest.empty()) {
    unsigned value = 0;
    const std::size_t most = std::min<std::size_t>(rest.size(), 2);
    const auto [stop, error] = std::from_chars(rest.data(), rest.data() + most, value, 16);
    const auto used = static_cast<std::size_t>(stop - rest.data());
    // Two digits a byte; one where a single byte stands alone.
    if (error != std::errc() || (used < 2 && (used != rest.size() || !bytes.value.empty()))) return fault;
    bytes.value.push_back(static_cast<char>(value));
    rest.remove_prefix(used);
    if (rest.empty()) break;
    const bool separated = rest.front() == ':' || rest.front() == '-' || rest.front() == '.';
    if (bytes.value.size() == 1) separator = separated ? rest.front() : '\0';
    if (separator == '\0' ? separated : rest.front() != separator) return fault;
    if (separator != '\0') rest.remove_prefix(1);
    if (rest.empty()) return fault;
  }
  if (bytes.value.empty()) return fault;
  return bytes;
}

}  // namespace pcapsule::filter
