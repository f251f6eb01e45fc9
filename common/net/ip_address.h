// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pcapsule {

enum class IpVersion : std::uint8_t { kV4 = 4, kV6 = 6 };

/// An IPv4 or IPv6 address as a value. The version is part of it: the IPv6
/// address ::ffff:192.0.2.1 and the IPv4 address 192.0.2.1 are different.
struct IpAddress {
  std::uint64_t high = 0;  ///< first 8 bytes of an IPv6 address, host order; 0 for IPv4
  std::uint64_t low = 0;   ///< last 8 bytes; for IPv4 the address in the low 32 bits
  IpVersion version = IpVersion::kV4;

  static constexpr IpAddress v4(std::uint32_t host_order) { return {0, host_order, IpVersion::kV4}; }
  static constexpr IpAddress v6(std::uint64_t high, std::uint64_t low) { return {high, low, IpVersion::kV6}; }

  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

/// `192.0.2.1`, or IPv6 in the form of RFC 5952 (lower case, longest zero run
/// shortened), as Wireshark prints it.
std::string to_text(const IpAddress& address);

/// Appends to_text(address) to `out` without allocating when it has room.
void append_text(std::string& out, const IpAddress& address);

/// nullopt when `text` is no IPv4 or IPv6 address; no names, no prefix lengths.
std::optional<IpAddress> parse_ip_address(std::string_view text);

}  // namespace pcapsule
