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
  kTokenRing = 6,
  kArcnet = 7,
  kPpp = 9,
  kFddi = 10,
  kBsdRaw = 12,      ///< as kRaw: the number of DLT_RAW on most systems, which some writers put in files
  kOpenBsdRaw = 14,  ///< as kRaw, on OpenBSD
  kPppHdlc = 50,
  kPppoeSession = 51,
  kSymantec = 99,
  kAtmRfc1483 = 100,
  kRaw = 101,  ///< IPv4 or IPv6, told apart by the version nibble
  kCiscoHdlc = 104,
  kIeee80211 = 105,
  kAtmClip = 106,  ///< classical IP over ATM: IP without a header
  kFrameRelay = 107,
  kLoop = 108,  ///< OpenBSD loopback: address family in network order
  kEnc = 109,   ///< BSD IPsec interfaces
  kLinuxSll = 113,
  kPflog = 117,
  kPrism = 119,
  kIpOverFibreChannel = 122,
  kRadiotap = 127,
  kTzsp = 128,
  kLinuxArcnet = 129,
  kAp1394 = 138,  ///< IP over IEEE 1394 on macOS
  kAvs = 163,
  kPppPppd = 166,  ///< the address byte of PPP is replaced by the direction
  kJuniperEthernet = 178,
  kJuniperPpp = 179,
  kJuniperFrameRelay = 180,
  kJuniperHdlc = 181,
  kPpi = 192,
  kErf = 197,               ///< Endace extensible record format
  kPppWithDirection = 204,  ///< a direction before PPP
  kIpv4 = 228,
  kIpv6 = 229,
  kNflog = 239,
  kIpoib = 242,  ///< with the global routing header of InfiniBand
  kPktap = 258,
  kLinuxSll2 = 276,
};

/// `Ethernet (1)`, or `link type 147` where this table has no name for it.
std::string to_text(LinkType type);

}  // namespace pcapsule
