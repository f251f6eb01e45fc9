// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/llc.h"

#include "extractor/decode/ethernet.h"

namespace pcapsule::decode {
namespace {

constexpr std::uint16_t kLeastEtherType = 0x0600;
constexpr std::size_t kSnapBytes = 5;
constexpr std::size_t kFrameCheckBytes = 4;

/// A whole frame of another link (RFC 2684 section 5.2, RFC 2427 section 4.2): the types with and without its frame
/// check sequence.
Header read_bridged(Walk& walk, std::uint16_t type, std::size_t pad_bytes) {
  Header frame = Header::kStop;
  switch (type) {
    case 0x0001:
    case 0x0007:
      frame = Header::kEthernet;
      break;
    case 0x0003:
    case 0x0009:
      frame = Header::kTokenRing;
      break;
    case 0x0004:
    case 0x000a:
      frame = Header::kFddi;
      pad_bytes += pad_bytes > 0 ? 1 : 0;  // aligns the addresses behind its frame control
      break;
    default:
      return walk.stop(Outcome::kNotIp);
  }
  if (type <= 0x0004) walk.rest.drop_trailer(kFrameCheckBytes);
  return walk.rest.drop(pad_bytes) ? frame : walk.stop(Outcome::kLinkHeaderCut);
}

}  // namespace

Header read_snap(Walk& walk, std::size_t bridge_pad_bytes) {
  // An organisation code, whose meaning the type depends on. 00-00-00 is RFC 1042; 00-00-f8 the same as bridges
  // translate it.
  constexpr std::uint32_t kEncapsulated = 0x000000, kBridgeTunnel = 0x0000f8, kBridged = 0x0080c2;
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kSnapBytes) return walk.stop(Outcome::kLinkHeaderCut);
  const std::uint32_t organisation = load_be32(bytes.data()) >> 8;
  const std::uint16_t type = load_be16(bytes.data() + 3);
  walk.rest.drop(kSnapBytes);
  if (organisation == kBridged) return read_bridged(walk, type, bridge_pad_bytes);
  if (organisation != kEncapsulated && organisation != kBridgeTunnel) return walk.stop(Outcome::kNotIp);
  if (type < kLeastEtherType) return walk.stop(Outcome::kNotIp);  // a length here would nest LLC in LLC
  return header_for_ether_type(walk, type);
}

Header read_nlpid(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.empty()) return walk.stop(Outcome::kLinkHeaderCut);
  walk.rest.drop(1);
  switch (bytes[0]) {
    case 0xcc:
      return Header::kIpv4;
    case 0x8e:
      return Header::kIpv6;
    case 0xcf:
      return Header::kPpp;
    default:
      return walk.stop(Outcome::kNotIp);
  }
}

Header read_llc(Walk& walk) {
  constexpr std::size_t kBridgePadBytes = 2;
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
  if (destination == 0xaa && source == 0xaa) return read_snap(walk, kBridgePadBytes);
  if (destination == 0x06) return Header::kIpv4;
  if (destination != 0xfe) return walk.stop(Outcome::kNotIp);
  push(walk.layers, Layer::kOsi);
  return read_nlpid(walk);
}

}  // namespace pcapsule::decode
