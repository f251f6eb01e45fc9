// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/link.h"

namespace pcapsule::decode {
namespace {

constexpr std::uint16_t kGreatest8023Length = 1500;  // greater values are EtherTypes
constexpr std::uint16_t kLeastEtherType = 0x0600;

namespace ether_type {
constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kVlan = 0x8100;  // IEEE 802.1Q C-tag
constexpr std::uint16_t kIpv6 = 0x86dd;
constexpr std::uint16_t kMplsUnicast = 0x8847;  // RFC 5332
constexpr std::uint16_t kMplsMulticast = 0x8848;
constexpr std::uint16_t kPppoeSession = 0x8864;
constexpr std::uint16_t kJumboLlc = 0x8870;     // LLC in frames longer than a length field allows
constexpr std::uint16_t kServiceVlan = 0x88a8;  // IEEE 802.1Q S-tag
constexpr std::uint16_t kOldServiceVlan = 0x9100;
}  // namespace ether_type

constexpr std::size_t kEthernetHeaderBytes = 14;
constexpr std::size_t kVlanTagBytes = 4;
constexpr std::size_t kMplsLabelBytes = 4;
constexpr std::size_t kLinuxCookedHeaderBytes = 16;
constexpr std::size_t kLinuxCooked2HeaderBytes = 20;
constexpr std::size_t kLoopbackHeaderBytes = 4;
constexpr std::size_t kSnapBytes = 5;

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
    if (family == ether_type::kIpv4) return Header::kIpv4;
    if (family == ether_type::kIpv6) return Header::kIpv6;
  }
  return Header::kStop;
}

/// SNAP: an organisation code, then a type whose meaning it decides (IEEE 802
/// clause 9.5). 00-00-00 is RFC 1042; 00-00-f8 the same as bridges translate it.
Header read_snap(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kSnapBytes) return walk.stop(Outcome::kLinkHeaderCut);
  const std::uint32_t organisation = load_be32(bytes.data()) >> 8;
  const std::uint16_t type = load_be16(bytes.data() + 3);
  walk.rest.drop(kSnapBytes);
  if (organisation != 0x000000 && organisation != 0x0000f8) return walk.stop(Outcome::kNotIp);
  if (type < kLeastEtherType) return walk.stop(Outcome::kNotIp);  // a length here would nest LLC in LLC
  return header_for_ether_type(walk, type);
}

}  // namespace

Header outermost_header(LinkType type) {
  switch (type) {
    case LinkType::kNull:
      return Header::kBsdLoopback;
    case LinkType::kEthernet:
      return Header::kEthernet;
    case LinkType::kPpp:
      return Header::kPpp;
    case LinkType::kRaw:
      return Header::kRaw;
    case LinkType::kLoop:
      return Header::kOpenBsdLoopback;
    case LinkType::kLinuxSll:
      return Header::kLinuxCooked;
    case LinkType::kIpv4:
      return Header::kIpv4;
    case LinkType::kIpv6:
      return Header::kIpv6;
    case LinkType::kLinuxSll2:
      return Header::kLinuxCooked2;
  }
  return Header::kStop;  // any 16-bit value may occur
}

Header header_for_ether_type(Walk& walk, std::uint16_t type) {
  walk.ether_type = type;
  switch (type) {
    case ether_type::kIpv4:
      return Header::kIpv4;
    case ether_type::kIpv6:
      return Header::kIpv6;
    case ether_type::kVlan:
    case ether_type::kOldServiceVlan:
      return Header::kVlan;
    case ether_type::kServiceVlan:
      return Header::kServiceVlan;
    case ether_type::kMplsUnicast:
    case ether_type::kMplsMulticast:
      return Header::kMpls;
    case ether_type::kPppoeSession:
      return Header::kPppoe;
    case ether_type::kJumboLlc:
      return Header::kLlc;
    default:
      break;
  }
  if (type > kGreatest8023Length) return walk.stop(Outcome::kNotIp);
  walk.ether_type = 0;
  walk.rest.narrow(type);  // what follows is padding
  return Header::kLlc;
}

Header read_ethernet(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kEthernetHeaderBytes) return walk.stop(Outcome::kLinkHeaderCut);
  push(walk.layers, Layer::kEthernet);
  walk.rest.drop(kEthernetHeaderBytes);
  return header_for_ether_type(walk, load_be16(bytes.data() + 12));
}

Header read_vlan(Walk& walk, Layer layer) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kVlanTagBytes) return walk.stop(Outcome::kLinkHeaderCut);
  push(walk.layers, layer);
  // The depth of the walk is capped, so the count cannot wrap.
  if (walk.vlan_tags < kMaxVlanTags) walk.vlan[walk.vlan_tags] = load_be16(bytes.data());
  ++walk.vlan_tags;
  walk.rest.drop(kVlanTagBytes);
  return header_for_ether_type(walk, load_be16(bytes.data() + 2));
}

/// LLC (IEEE 802.2). Two service access points lead to IP: 0xaa, SNAP, and 0x06,
/// IP itself (RFC 948).
Header read_llc(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < 3) return walk.stop(Outcome::kLinkHeaderCut);
  push(walk.layers, Layer::kLlc);
  const std::uint8_t destination = bytes[0];
  const std::uint8_t source = bytes[1];
  const std::uint8_t control = bytes[2];
  const bool is_unnumbered = (control & 0x03) == 0x03;
  const bool has_information = is_unnumbered ? (control & 0xef) == 0x03 : (control & 0x01) == 0;
  if (!has_information) return walk.stop(Outcome::kNotIp);
  if (!walk.rest.drop(is_unnumbered ? 3 : 4)) return walk.stop(Outcome::kLinkHeaderCut);
  if (destination == 0xaa && source == 0xaa) return read_snap(walk);
  if (destination == 0x06) return Header::kIpv4;
  return walk.stop(Outcome::kNotIp);
}

/// One label of a stack (RFC 3032 section 2.1). Nothing names what follows the
/// last one; its first four bits tell IPv4 and IPv6 from pseudowires (RFC 4928 section 3).
Header read_mpls(Walk& walk) {
  constexpr std::uint32_t kGenericAssociatedChannel = 13;  // RFC 5586: the payload is no packet
  constexpr std::uint32_t kOamAlert = 14;                  // RFC 3429: neither
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kMplsLabelBytes) return walk.stop(Outcome::kLinkHeaderCut);
  const std::uint32_t entry = load_be32(bytes.data());
  const std::uint32_t label = entry >> 12;
  const bool is_bottom = (entry & 0x100) != 0;
  if (innermost(walk.layers) != Layer::kMpls) push(walk.layers, Layer::kMpls);
  walk.rest.drop(kMplsLabelBytes);
  if (!is_bottom) return Header::kMpls;
  if (label == kGenericAssociatedChannel || label == kOamAlert) return walk.stop(Outcome::kNotIp);
  if (walk.rest.captured_bytes() == 0) return walk.stop(Outcome::kLinkHeaderCut);
  switch (walk.rest.captured()[0] >> 4) {
    case 4:
      return Header::kIpv4;
    case 6:
      return Header::kIpv6;
    default:
      return walk.stop(Outcome::kNotIp);
  }
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
  const ByteView bytes = walk.rest.captured();
  if (bytes.empty()) return walk.stop(Outcome::kIpHeaderCut);
  push(walk.layers, Layer::kRaw);
  switch (bytes[0] >> 4) {
    case 4:
      return Header::kIpv4;
    case 6:
      return Header::kIpv6;
    default:
      return walk.stop(Outcome::kMalformedIp);
  }
}

}  // namespace pcapsule::decode
