// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/ppp.h"

#include "extractor/decode/link.h"

namespace pcapsule::decode {
namespace {

constexpr std::uint8_t kAllStations = 0xff;   // the only address; no protocol begins with it
constexpr std::uint8_t kCiscoUnicast = 0x0f;  // addresses of Cisco's own HDLC
constexpr std::uint8_t kCiscoMulticast = 0x8f;
constexpr std::uint16_t kEtherTypePpp = 0x880b;  // stands in the counts for PPP outside of Ethernet
constexpr std::size_t kPppoeHeaderBytes = 6;

/// A bridged frame (RFC 3518 section 4.2).
Header read_bridged(Walk& walk) {
  constexpr std::uint8_t kHasFrameCheck = 0x80, kEthernet = 1;
  constexpr std::size_t kHeaderBytes = 2, kFrameCheckBytes = 4;
  const ByteView bytes = walk.rest.captured();
  if (!walk.rest.drop(kHeaderBytes)) return walk.stop(Outcome::kLinkHeaderCut);
  if (bytes[1] != kEthernet) return walk.stop(Outcome::kNotIp);
  if ((bytes[0] & kHasFrameCheck) != 0) walk.rest.drop_trailer(kFrameCheckBytes);
  push(walk.layers, Layer::kBridging);
  return Header::kEthernet;
}

/// The protocol field: its last byte is the first odd one, so that protocols
/// below 0x100 may be sent as one byte (RFC 1661 sections 2 and 6.5).
Header read_protocol(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.empty()) return walk.stop(Outcome::kLinkHeaderCut);
  const bool is_compressed = (bytes[0] & 1) != 0;
  if (!is_compressed && bytes.size() < 2) return walk.stop(Outcome::kLinkHeaderCut);
  const std::uint16_t protocol = is_compressed ? bytes[0] : load_be16(bytes.data());
  walk.rest.drop(is_compressed ? 1 : 2);
  switch (protocol) {
    case 0x0021:  // RFC 1332
    case 0x0800:  // an EtherType in its place, as some senders have it
      return Header::kIpv4;
    case 0x0057:  // RFC 5072
    case 0x86dd:
      return Header::kIpv6;
    case 0x0281:  // RFC 3032 section 4.3; 0x0283 is multicast
    case 0x0283:
      return Header::kMpls;
    case 0x0031:
      return read_bridged(walk);
    case 0x004b:
      return Header::kLlc;
    default:
      return walk.stop(Outcome::kNotIp);
  }
}

}  // namespace

Header read_ppp(Walk& walk) {
  walk.ether_type = kEtherTypePpp;
  push(walk.layers, Layer::kPpp);
  const ByteView bytes = walk.rest.captured();
  if (!bytes.empty() && (bytes[0] == kCiscoUnicast || bytes[0] == kCiscoMulticast)) return Header::kCiscoHdlc;
  // As Wireshark: the control byte after it should be 03, but is not looked at.
  if (!bytes.empty() && bytes[0] == kAllStations && !walk.rest.drop(2)) return walk.stop(Outcome::kLinkHeaderCut);
  return read_protocol(walk);
}

Header read_ppp_with_direction(Walk& walk) {
  return walk.rest.drop(1) ? read_ppp(walk) : walk.stop(Outcome::kLinkHeaderCut);
}

Header read_pppd(Walk& walk) {
  walk.ether_type = kEtherTypePpp;
  push(walk.layers, Layer::kPpp);
  return walk.rest.drop(2) ? read_protocol(walk) : walk.stop(Outcome::kLinkHeaderCut);
}

Header read_pppoe(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kPppoeHeaderBytes) return walk.stop(Outcome::kLinkHeaderCut);
  const std::size_t payload_bytes = load_be16(bytes.data() + 4);
  walk.rest.drop(kPppoeHeaderBytes);
  walk.rest.narrow(payload_bytes);
  push(walk.layers, Layer::kPppoe);
  push(walk.layers, Layer::kPpp);
  return read_protocol(walk);
}

}  // namespace pcapsule::decode
