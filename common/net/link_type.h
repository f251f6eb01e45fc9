// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace pcapsule {

/// A LINKTYPE_* number as it stands in the capture file (tcpdump.org/linktypes),
/// not a DLT_* number, which differs between systems. Any 16-bit value may occur.
enum class LinkType : std::uint16_t {
  kNull = 0,  ///< BSD loopback: address family in the byte order of the capturing host
  kEthernet = 1,
  kPpp = 9,
  kRaw = 101,   ///< IPv4 or IPv6, told apart by the version nibble
  kLoop = 108,  ///< OpenBSD loopback: address family in network order
  kLinuxSll = 113,
  kIpv4 = 228,
  kIpv6 = 229,
  kLinuxSll2 = 276,
};

/// `Ethernet (1)`, or `link type 147` where this table has no name for it.
std::string to_text(LinkType type);

}  // namespace pcapsule
