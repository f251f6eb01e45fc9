// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/ethernet.h"

namespace pcapsule::decode {
namespace {

constexpr std::uint16_t kGreatest8023Length = 1500;  // greater values are EtherTypes
constexpr std::size_t kEthernetHeaderBytes = 14;
constexpr std::size_t kVlanTagBytes = 4;

/// Of the rarer types; kStop for one we do not read. Numbers: IEEE registration authority, and Wireshark's table.
Header header_for_rare_type(std::uint16_t type) {
  switch (type) {
    case 0x22f3:
      return Header::kTrill;  // RFC 6325
    case 0x4305:
      return Header::kBatman;
    case 0x6558:
      return Header::kEthernet;  // transparent bridging (RFC 1701)
    case 0x8847:                 // RFC 5332; 0x8848 is multicast
    case 0x8848:
      return Header::kMpls;
    case 0x8864:
      return Header::kPppoe;
    case 0x8870:
      return Header::kLlc;  // in frames longer than a length field allows
    case 0x88e5:
      return Header::kMacsec;
    case 0x88e7:
      return Header::kBackboneTag;
    case 0x8903:
      return Header::kFabricPath;
    case 0x8909:
      return Header::kCiscoMetadata;
    case 0x8926:
      return Header::kVnTag;
    case 0x892f:
      return Header::kHsr;
    case 0x893f:
      return Header::kETag;
    case 0x894f:
      return Header::kNsh;
    case 0xf1c1:
      return Header::kRedundancyTag;
    default:
      return Header::kStop;
  }
}

Header header_for_type(std::uint16_t type) {
  switch (type) {
    case 0x0800:
      return Header::kIpv4;
    case 0x86dd:
      return Header::kIpv6;
    case 0x8100:  // IEEE 802.1Q C-tag; 0x9100 is an old S-tag
    case 0x9100:
      return Header::kVlan;
    case 0x88a8:
      return Header::kServiceVlan;  // IEEE 802.1Q S-tag
    default:
      return header_for_rare_type(type);
  }
}

}  // namespace

Header header_for_ether_type(Walk& walk, std::uint16_t type) {
  if (type > kGreatest8023Length) return header_for_type_only(walk, type);
  walk.ether_type = 0;
  walk.rest.narrow(type);  // what follows is padding
  return Header::kLlc;
}

Header header_for_type_only(Walk& walk, std::uint16_t type) {
  walk.ether_type = type;
  const Header next = header_for_type(type);
  return next == Header::kStop ? walk.stop(Outcome::kNotIp) : next;
}

bool is_common_ether_type(std::uint16_t type) {
  constexpr std::uint16_t kArp = 0x0806, kPppoeDiscovery = 0x8863, kEapol = 0x888e, kLldp = 0x88cc, kLoop = 0x9000;
  switch (type) {
    case kArp:
    case kPppoeDiscovery:
    case kEapol:
    case kLldp:
    case kLoop:
      return true;
    default:
      return header_for_type(type) != Header::kStop;
  }
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

}  // namespace pcapsule::decode
