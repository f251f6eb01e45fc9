// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/ppp.h"

#include "extractor/decode/link.h"

namespace pcapsule::decode {
namespace {

constexpr std::uint8_t kAllStations = 0xff;      // the only address; no protocol begins with it
constexpr std::uint16_t kEtherTypePpp = 0x880b;  // stands in the counts for PPP outside of Ethernet
constexpr std::size_t kPppoeHeaderBytes = 6;

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
    case 0x0021:
      return Header::kIpv4;  // RFC 1332
    case 0x0057:
      return Header::kIpv6;  // RFC 5072
    case 0x0281:             // RFC 3032 section 4.3; 0x0283 is multicast
    case 0x0283:
      return Header::kMpls;
    default:
      return walk.stop(Outcome::kNotIp);
  }
}

}  // namespace

Header read_ppp(Walk& walk) {
  walk.ether_type = kEtherTypePpp;
  push(walk.layers, Layer::kPpp);
  const ByteView bytes = walk.rest.captured();
  // As Wireshark: the control byte after it should be 03, but is not looked at.
  if (!bytes.empty() && bytes[0] == kAllStations && !walk.rest.drop(2)) return walk.stop(Outcome::kLinkHeaderCut);
  return read_protocol(walk);
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
