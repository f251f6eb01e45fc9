// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/tunnel.h"

namespace pcapsule::decode {
namespace {

/// What a protocol type announces: an EtherType, or one of GRE's own (RFC 1701, and Wireshark's table).
Header header_for_protocol(Walk& walk, std::uint16_t protocol, bool has_sequence) {
  constexpr std::uint16_t kErspan = 0x88be, kLeastAruba = 0x8200, kGreatestAruba = 0x8370, kArubaStep = 0x10;
  if (protocol >= kLeastAruba && protocol <= kGreatestAruba && protocol % kArubaStep == 0) return Header::kWlan;
  if (protocol == kErspan && !has_sequence) {  // type I: no header
    push(walk.layers, Layer::kErspan);
    return Header::kEthernet;
  }
  switch (protocol) {
    case 0x0800:
      return Header::kIpv4;
    case 0x86dd:
      return Header::kIpv6;
    case 0x22eb:
    case kErspan:
      return Header::kErspan;
    case 0x6400:
    case 0x6558:
      return Header::kEthernet;
    case 0x6559:
      return Header::kFrameRelay;
    case 0x8847:
    case 0x8848:
      return Header::kMpls;
    case 0x880b:
      return Header::kPpp;
    case 0x894f:
      return Header::kNsh;
    default:
      return walk.stop(Outcome::kNotTcp);
  }
}

/// Web cache redirection: version 2 of the protocol has a header of its own before the packet.
Header read_wccp(Walk& walk) {
  constexpr std::size_t kRedirectBytes = 4;
  const ByteView bytes = walk.rest.captured();
  if (bytes.empty()) return walk.stop(Outcome::kTunnelHeaderCut);
  if (bytes[0] >> 4 != 4) walk.rest.drop(kRedirectBytes);
  return Header::kIpv4;
}

/// Skips the source routes of RFC 1701; the last one has length 0.
bool skip_routes(ByteCursor& in) {
  constexpr std::size_t kLengthAt = 3;
  for (;;) {
    const auto route = in.take(kLengthAt + 1);
    if (!route) return false;
    const std::size_t length = (*route)[kLengthAt];
    if (length == 0 && load_be16(route->data()) == 0) return true;
    if (!in.skip(length)) return false;
  }
}

}  // namespace

Header read_gre(Walk& walk) {
  constexpr std::uint16_t kHasChecksum = 0x8000, kHasRouting = 0x4000, kHasKey = 0x2000, kHasSequence = 0x1000;
  constexpr std::uint16_t kHasAcknowledgment = 0x0080, kVersionMask = 0x0007, kEnhanced = 1, kWccp = 0x883e;
  const std::size_t captured_bytes = walk.rest.captured_bytes();
  ByteCursor in(walk.rest.captured());
  const auto flags = in.be16();
  const auto protocol = in.be16();
  if (!flags || !protocol) return walk.stop(Outcome::kTunnelHeaderCut);
  const bool has_acknowledgment = (*flags & kHasAcknowledgment) != 0 && (*flags & kVersionMask) == kEnhanced;
  const std::size_t words = ((*flags & (kHasChecksum | kHasRouting)) != 0 ? 1u : 0u) +
                            ((*flags & kHasKey) != 0 ? 1u : 0u) + ((*flags & kHasSequence) != 0 ? 1u : 0u);
  if (!in.skip(4 * words)) return walk.stop(Outcome::kTunnelHeaderCut);
  if ((*flags & kHasRouting) != 0 && !skip_routes(in)) return walk.stop(Outcome::kTunnelHeaderCut);
  if (has_acknowledgment && !in.skip(4)) return walk.stop(Outcome::kTunnelHeaderCut);
  push(walk.layers, Layer::kGre);
  walk.rest.drop(captured_bytes - in.remaining_bytes());
  walk.ether_type = *protocol;
  if (*protocol == kWccp) return read_wccp(walk);
  return header_for_protocol(walk, *protocol, (*flags & kHasSequence) != 0);
}

Header read_erspan(Walk& walk) {
  constexpr std::size_t kType2Bytes = 8, kType3Bytes = 12, kPlatformBytes = 8, kOptionsAt = 10;
  const ByteView bytes = walk.rest.captured();
  if (bytes.empty()) return walk.stop(Outcome::kTunnelHeaderCut);
  push(walk.layers, Layer::kErspan);
  switch (bytes[0] >> 4) {
    case 1:  // type II
      return walk.rest.drop(kType2Bytes) ? Header::kEthernet : walk.stop(Outcome::kTunnelHeaderCut);
    case 2:  // type III
      break;
    default:
      return walk.stop(Outcome::kNotTcp);
  }
  if (!walk.rest.drop(kType3Bytes)) return walk.stop(Outcome::kTunnelHeaderCut);
  const std::uint16_t options = load_be16(bytes.data() + kOptionsAt);
  const bool is_ethernet = ((options >> 10) & 0x1f) == 0, has_platform_header = (options & 0x0001) != 0;
  if (!is_ethernet) return walk.stop(Outcome::kNotTcp);
  if (has_platform_header && !walk.rest.drop(kPlatformBytes)) return walk.stop(Outcome::kTunnelHeaderCut);
  return Header::kEthernet;
}

}  // namespace pcapsule::decode
