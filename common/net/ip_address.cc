// SPDX-License-Identifier: Apache-2.0
#include "common/net/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

#include "common/bytes/byte_cursor.h"

namespace pcapsule {
namespace {

constexpr std::size_t kGroups = 8;             // of 16 bits in an IPv6 address
constexpr std::size_t kLongestTextBytes = 45;  // 8 groups of 4 digits, the last two as dotted decimal

using Groups = std::array<std::uint16_t, kGroups>;

struct Run {
  std::size_t first = kGroups;
  std::size_t count = 0;
};

char* put_number(char* out, char* end, unsigned value, int base) { return std::to_chars(out, end, value, base).ptr; }

char* put_v4(char* out, char* end, std::uint32_t address) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out = put_number(out, end, (address >> shift) & 0xff, 10);
    if (shift > 0) *out++ = '.';
  }
  return out;
}

Groups groups_of(const IpAddress& address) {
  Groups groups{};
  for (std::size_t i = 0; i < kGroups; ++i) {
    const std::uint64_t half = i < kGroups / 2 ? address.high : address.low;
    groups[i] = static_cast<std::uint16_t>(half >> (48 - 16 * (i % (kGroups / 2))));
  }
  return groups;
}

/// The longest run of at least two zero groups; the first of equals (RFC 5952 section 4.2).
Run longest_zero_run(const Groups& groups) {
  Run best;
  for (std::size_t i = 0; i < kGroups;) {
    std::size_t end = i;
    while (end < kGroups && groups[end] == 0) ++end;
    if (end - i >= 2 && end - i > best.count) best = {i, end - i};
    i = std::max(end, i + 1);
  }
  return best;
}

/// inet_ntop, and so Wireshark, shows an embedded IPv4 address in dotted form
/// when the prefix is ::ffff:0:0/96 or ::/96 (RFC 5952 section 5).
bool has_embedded_v4(const Groups& groups, const Run& zeros) {
  return zeros.first == 0 && (zeros.count == 6 || (zeros.count == 5 && groups[5] == 0xffff));
}

char* put_v6(char* out, char* end, const IpAddress& address) {
  const Groups groups = groups_of(address);
  const Run zeros = longest_zero_run(groups);
  const std::size_t hex_groups = has_embedded_v4(groups, zeros) ? kGroups - 2 : kGroups;
  for (std::size_t i = 0; i < hex_groups;) {
    if (i == zeros.first) {
      *out++ = ':';
      i += zeros.count;
      if (i == kGroups) *out++ = ':';
      continue;
    }
    if (i > 0) *out++ = ':';
    out = put_number(out, end, groups[i], 16);
    ++i;
  }
  if (hex_groups == kGroups) return out;
  *out++ = ':';
  return put_v4(out, end, static_cast<std::uint32_t>(address.low));
}

}  // namespace

void append_text(std::string& out, const IpAddress& address) {
  std::array<char, kLongestTextBytes + 1> text;
  char* const first = text.data();
  char* const end = first + text.size();
  char* const last = address.version == IpVersion::kV4 ? put_v4(first, end, static_cast<std::uint32_t>(address.low))
                                                       : put_v6(first, end, address);
  out.append(first, last);
}

std::string to_text(const IpAddress& address) {
  std::string out;
  append_text(out, address);
  return out;
}

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  std::array<char, kLongestTextBytes + 1> terminated{};  // inet_pton wants a terminating zero
  if (text.empty() || text.size() >= terminated.size() || text.find('\0') != text.npos) return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());

  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, terminated.data(), bytes.data()) == 1) return IpAddress::v4(load_be32(bytes.data()));
  if (inet_pton(AF_INET6, terminated.data(), bytes.data()) == 1)
    return IpAddress::v6(load_be64(bytes.data()), load_be64(bytes.data() + 8));
  return std::nullopt;
}

}  // namespace pcapsule
