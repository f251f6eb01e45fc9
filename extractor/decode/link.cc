// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/link.h"

#include "extractor/decode/ethernet.h"
#include "extractor/decode/ip.h"

namespace pcapsule::decode {
namespace {

constexpr std::uint16_t kLeastEtherType = 0x0600;
constexpr std::size_t kLinuxCookedHeaderBytes = 16;
constexpr std::size_t kLinuxCooked2HeaderBytes = 20;
constexpr std::size_t kLoopbackHeaderBytes = 4;

/// What Linux cooked captures have in place of an EtherType (linux/if_ether.h).
constexpr std::uint16_t kLinuxLlc = 0x0004;
constexpr std::uint16_t kLinuxPpp = 0x0007;
constexpr std::uint16_t kArphrdNetlink = 824;

Header read_linux_protocol(Walk& walk, std::uint16_t device_type, std::uint16_t protocol) {
  push(walk.layers, Layer::kLinuxCooked);
  if (device_type == kArphrdNetlink) return walk.stop(Outcome::kUnsupportedNetwork);  // a netlink family, no EtherType
  if (protocol == kLinuxLlc) return Header::kLlc;
  if (protocol == kLinuxPpp) return Header::kPpp;
  if (protocol < kLeastEtherType) return walk.stop(Outcome::kUnsupportedNetwork);
  return header_for_ether_type(walk, protocol);
}

/// The network of an address family, kStop if it is none that we read. AF_INET is
/// 2 everywhere. AF_INET6 is 10 on Linux, 24 on NetBSD and OpenBSD, 28 on
/// FreeBSD, 30 on macOS.
Header header_for_family(std::uint32_t family) {
  switch (family) {
    case 2:
      return Header::kIpv4;
    case 10:
    case 24:
    case 28:
    case 30:
      return Header::kIpv6;
    default:
      return Header::kStop;
  }
}

/// What stands in place of a family in some captures with BSD loopback headers, as
/// Wireshark has met them: AF_INET in 16 bits at either end, or an EtherType.
Header header_for_odd_family(std::uint32_t little_endian, std::uint32_t big_endian) {
  if (little_endian >> 16 == 2 || big_endian == 2u << 16) return Header::kIpv4;
  for (const std::uint32_t family : {little_endian, big_endian}) {
    if (family == 0x0800) return Header::kIpv4;
    if (family == 0x86dd) return Header::kIpv6;
  }
  return Header::kStop;
}

}  // namespace

Header outermost_header(LinkType type) {
  switch (type) {
    case LinkType::kNull:
      return Header::kBsdLoopback;
    case LinkType::kEthernet:
      return Header::kEthernet;
    case LinkType::kTokenRing:
      return Header::kTokenRing;
    case LinkType::kArcnet:
      return Header::kArcnet;
    case LinkType::kPpp:
      return Header::kPpp;
    case LinkType::kFddi:
      return Header::kFddi;
    case LinkType::kBsdRaw:
      return Header::kRaw;
    case LinkType::kOpenBsdRaw:
      return Header::kRaw;
    case LinkType::kPppHdlc:
      return Header::kPpp;
    case LinkType::kPppoeSession:
      return Header::kPppoe;
    case LinkType::kSymantec:
      return Header::kSymantec;
    case LinkType::kAtmRfc1483:
      return Header::kLlc;
    case LinkType::kRaw:
      return Header::kRaw;
    case LinkType::kCiscoHdlc:
      return Header::kCiscoHdlc;
    case LinkType::kIeee80211:
      return Header::kWlan;
    case LinkType::kAtmClip:
      return Header::kAtmClip;
    case LinkType::kFrameRelay:
      return Header::kFrameRelay;
    case LinkType::kLoop:
      return Header::kOpenBsdLoopback;
    case LinkType::kEnc:
      return Header::kEnc;
    case LinkType::kLinuxSll:
      return Header::kLinuxCooked;
    case LinkType::kPflog:
      return Header::kPflog;
    case LinkType::kPrism:
      return Header::kPrism;
    case LinkType::kIpOverFibreChannel:
      return Header::kIpOverFibreChannel;
    case LinkType::kRadiotap:
      return Header::kRadiotap;
    case LinkType::kTzsp:
      return Header::kTzsp;
    case LinkType::kLinuxArcnet:
      return Header::kLinuxArcnet;
    case LinkType::kAp1394:
      return Header::kAp1394;
    case LinkType::kAvs:
      return Header::kAvs;
    case LinkType::kPppPppd:
      return Header::kPppd;
    case LinkType::kJuniperEthernet:
      return Header::kJuniperEthernet;
    case LinkType::kJuniperPpp:
      return Header::kJuniperPpp;
    case LinkType::kJuniperFrameRelay:
      return Header::kJuniperFrameRelay;
    case LinkType::kJuniperHdlc:
      return Header::kJuniperHdlc;
    case LinkType::kPpi:
      return Header::kPpi;
    case LinkType::kErf:
      return Header::kErf;
    case LinkType::kPppWithDirection:
      return Header::kPppWithDirection;
    case LinkType::kIpv4:
      return Header::kIpv4;
    case LinkType::kIpv6:
      return Header::kIpv6;
    case LinkType::kNflog:
      return Header::kNflog;
    case LinkType::kIpoib:
      return Header::kIpoib;
    case LinkType::kPktap:
      return Header::kPktap;
    case LinkType::kLinuxSll2:
      return Header::kLinuxCooked2;
  }
  return Header::kStop;  // any 16-bit value may occur
}

Header read_linux_cooked(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kLinuxCookedHeaderBytes) return walk.stop(Outcome::kLinkHeaderCut);
  walk.rest.drop(kLinuxCookedHeaderBytes);
  return read_linux_protocol(walk, load_be16(bytes.data() + 2), load_be16(bytes.data() + 14));
}

Header read_linux_cooked2(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kLinuxCooked2HeaderBytes) return walk.stop(Outcome::kLinkHeaderCut);
  walk.rest.drop(kLinuxCooked2HeaderBytes);
  return read_linux_protocol(walk, load_be16(bytes.data() + 8), load_be16(bytes.data()));
}

/// The family is in the byte order of the host that captured, which the file does
/// not tell: a family is small, so only one order makes sense.
Header read_bsd_loopback(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kLoopbackHeaderBytes) return walk.stop(Outcome::kLinkHeaderCut);
  push(walk.layers, Layer::kBsdLoopback);
  const std::uint32_t big_endian = load_be32(bytes.data());
  if (big_endian >> 16 == 0xff03) return Header::kPpp;  // some writers put PPP here
  walk.rest.drop(kLoopbackHeaderBytes);
  const std::uint32_t little_endian = __builtin_bswap32(big_endian);
  for (const std::uint32_t family : {little_endian, big_endian})
    if (const Header next = header_for_family(family); next != Header::kStop) return next;
  const Header next = header_for_odd_family(little_endian, big_endian);
  return next == Header::kStop ? walk.stop(Outcome::kUnsupportedNetwork) : next;
}

Header read_openbsd_loopback(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kLoopbackHeaderBytes) return walk.stop(Outcome::kLinkHeaderCut);
  push(walk.layers, Layer::kBsdLoopback);
  walk.rest.drop(kLoopbackHeaderBytes);
  const Header next = header_for_family(load_be32(bytes.data()));
  return next == Header::kStop ? walk.stop(Outcome::kUnsupportedNetwork) : next;
}

Header read_raw(Walk& walk) {
  push(walk.layers, Layer::kRaw);
  return header_for_version(walk);
}

Header read_atm_clip(Walk& walk) {
  push(walk.layers, Layer::kAtmClip);
  return Header::kIpv4;
}

}  // namespace pcapsule::decode
