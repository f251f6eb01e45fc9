// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/lan_link.h"

#include "extractor/decode/ethernet.h"

namespace pcapsule::decode {
namespace {

/// A header of `header_bytes`, then LLC.
Header read_before_llc(Walk& walk, Layer layer, std::size_t header_bytes) {
  walk.ether_type = 0;
  if (!walk.rest.drop(header_bytes)) return walk.stop(Outcome::kLinkHeaderCut);
  push(walk.layers, layer);
  return Header::kLlc;
}

/// A header of `header_bytes` with an EtherType at `type_at`.
Header read_with_type(Walk& walk, Layer layer, std::size_t header_bytes, std::size_t type_at) {
  const ByteView bytes = walk.rest.captured();
  if (!walk.rest.drop(header_bytes)) return walk.stop(Outcome::kLinkHeaderCut);
  push(walk.layers, layer);
  return header_for_type_only(walk, load_be16(bytes.data() + type_at));
}

/// ARCNET from its protocol byte on. RFC 1201 adds a split flag and a sequence number; a packet split over several
/// frames is not put together.
Header read_arcnet_protocol(Walk& walk, bool may_have_exception) {
  constexpr std::uint8_t kException = 0xff;
  constexpr std::size_t kSplitBytes = 3, kExceptionBytes = 4;
  const ByteView bytes = walk.rest.captured();
  if (bytes.empty()) return walk.stop(Outcome::kLinkHeaderCut);
  const std::uint8_t protocol = bytes[0];
  walk.ether_type = 0;
  push(walk.layers, Layer::kArcnet);
  walk.rest.drop(1);
  if (protocol == 240) return Header::kIpv4;  // RFC 1051: nothing more
  if (protocol != 212 && protocol != 196) return walk.stop(Outcome::kNotIp);
  const bool has_exception = may_have_exception && bytes.size() > 1 && bytes[1] == kException;
  if (!walk.rest.drop(has_exception ? kExceptionBytes + kSplitBytes : kSplitBytes)) {
    return walk.stop(Outcome::kLinkHeaderCut);
  }
  return protocol == 212 ? Header::kIpv4 : Header::kIpv6;
}

}  // namespace

Header read_fddi(Walk& walk) {
  constexpr std::uint8_t kAsynchronousLlc = 0x50;
  const ByteView bytes = walk.rest.captured();
  walk.ether_type = 0;
  if (bytes.empty()) return walk.stop(Outcome::kLinkHeaderCut);
  if ((bytes[0] & 0xf0) != kAsynchronousLlc) return walk.stop(Outcome::kNotIp);
  return read_before_llc(walk, Layer::kFddi, 13);
}

Header read_token_ring(Walk& walk) {
  constexpr std::size_t kHeaderBytes = 14, kSourceAt = 8;
  constexpr std::uint8_t kLlcFrame = 0x40, kIsRouted = 0x80;
  const ByteView bytes = walk.rest.captured();
  walk.ether_type = 0;
  if (bytes.size() < kHeaderBytes) return walk.stop(Outcome::kLinkHeaderCut);
  if ((bytes[1] & 0xc0) != kLlcFrame) return walk.stop(Outcome::kNotIp);
  if ((bytes[kSourceAt] & kIsRouted) == 0) return read_before_llc(walk, Layer::kTokenRing, kHeaderBytes);
  if (bytes.size() == kHeaderBytes) return walk.stop(Outcome::kLinkHeaderCut);
  return read_before_llc(walk, Layer::kTokenRing, kHeaderBytes + (bytes[kHeaderBytes] & 0x1fu));
}

Header read_arcnet(Walk& walk) {
  constexpr std::size_t kAddressesBytes = 2;
  return walk.rest.drop(kAddressesBytes) ? read_arcnet_protocol(walk, true) : walk.stop(Outcome::kLinkHeaderCut);
}

Header read_linux_arcnet(Walk& walk) {
  constexpr std::size_t kAddressesBytes = 2, kOffsetBytes = 2;
  return walk.rest.drop(kAddressesBytes + kOffsetBytes) ? read_arcnet_protocol(walk, false)
                                                        : walk.stop(Outcome::kLinkHeaderCut);
}

Header read_ipoib(Walk& walk) { return read_with_type(walk, Layer::kIpoib, 44, 40); }

Header read_ap1394(Walk& walk) { return read_with_type(walk, Layer::kAp1394, 18, 16); }

Header read_ip_over_fibre_channel(Walk& walk) { return read_before_llc(walk, Layer::kIpOverFibreChannel, 16); }

Header read_symantec(Walk& walk) { return read_with_type(walk, Layer::kSymantec, 44, 6); }

}  // namespace pcapsule::decode
