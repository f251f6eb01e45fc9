// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/tunnel.h"

#include <algorithm>

#include "extractor/decode/ethernet.h"
#include "extractor/decode/ip.h"

namespace pcapsule::decode {
namespace {

Header stop_inside(Walk& walk) { return walk.stop(Outcome::kTunnelHeaderCut); }

/// What the next-protocol numbers of VXLAN-GPE and NSH (RFC 8300 section 2.2) announce.
Header header_for_next_protocol(Walk& walk, std::uint8_t protocol) {
  switch (protocol) {
    case 1:
      return Header::kIpv4;
    case 2:
      return Header::kIpv6;
    case 3:
      return Header::kEthernet;
    case 4:
      return Header::kNsh;
    case 5:
      return Header::kMpls;
    default:
      return walk.stop(Outcome::kNotTcp);
  }
}

}  // namespace

Header read_vxlan(Walk& walk) {
  constexpr std::size_t kHeaderBytes = 8;
  if (!walk.rest.drop(kHeaderBytes)) return stop_inside(walk);
  push(walk.layers, Layer::kVxlan);
  return Header::kEthernet;
}

/// Wireshark's list of protocols has no name for it, so neither has the stack.
Header read_vxlan_gpe(Walk& walk) {
  constexpr std::size_t kHeaderBytes = 8, kNextProtocolAt = 3;
  const ByteView bytes = walk.rest.captured();
  if (!walk.rest.drop(kHeaderBytes)) return stop_inside(walk);
  return header_for_next_protocol(walk, bytes[kNextProtocolAt]);
}

Header read_geneve(Walk& walk) {
  constexpr std::size_t kFixedBytes = 8;
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kFixedBytes) return stop_inside(walk);
  const std::size_t option_words = bytes[0] & 0x3f;
  if (!walk.rest.drop(kFixedBytes + 4 * option_words)) return stop_inside(walk);
  push(walk.layers, Layer::kGeneve);
  return header_for_type_only(walk, load_be16(bytes.data() + 2));
}

/// The length is in 4-byte words, the first 8 bytes included; where it cannot be, Wireshark's view of it counts.
Header read_nsh(Walk& walk) {
  constexpr std::size_t kFixedBytes = 8, kType1Bytes = 24;
  constexpr std::uint8_t kType1 = 1;
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kFixedBytes) return stop_inside(walk);
  const std::size_t length_bytes = (load_be16(bytes.data()) & 0x3fu) * std::size_t{4};
  const std::size_t header_bytes = bytes[2] == kType1 ? kType1Bytes : std::max(length_bytes, kFixedBytes);
  if (!walk.rest.drop(header_bytes)) return stop_inside(walk);
  push(walk.layers, Layer::kNsh);
  return header_for_next_protocol(walk, bytes[3]);
}

Header read_l2tp(Walk& walk) {
  constexpr std::uint16_t kControl = 0x8000, kHasLength = 0x4000, kHasSequence = 0x0800, kHasOffset = 0x0200;
  constexpr std::uint16_t kVersionMask = 0x000f, kVersion = 2;
  constexpr std::size_t kIdentifiersBytes = 4, kSequenceBytes = 4;
  const std::size_t captured_bytes = walk.rest.captured_bytes();
  ByteCursor in(walk.rest.captured());
  const auto flags = in.be16();
  if (!flags) return stop_inside(walk);
  if ((*flags & kControl) != 0 || (*flags & kVersionMask) != kVersion) return walk.stop(Outcome::kNotTcp);
  const auto length = (*flags & kHasLength) != 0 ? in.be16() : std::uint16_t{0};
  if (!length || !in.skip(kIdentifiersBytes)) return stop_inside(walk);
  if ((*flags & kHasSequence) != 0 && !in.skip(kSequenceBytes)) return stop_inside(walk);
  const auto offset = (*flags & kHasOffset) != 0 ? in.be16() : std::uint16_t{0};
  if (!offset || !in.skip(*offset)) return stop_inside(walk);
  if (*length != 0) walk.rest.narrow(*length);
  const std::size_t header_bytes = captured_bytes - in.remaining_bytes();
  if (!walk.rest.drop(header_bytes)) return stop_inside(walk);
  push(walk.layers, Layer::kL2tp);
  return Header::kPpp;
}

/// Before the IPv6 packet there may be an authentication header and an origin indication, in this order (RFC 4380
/// section 5.1.1).
Header read_teredo(Walk& walk) {
  constexpr std::uint16_t kAuthentication = 1, kOrigin = 0;
  constexpr std::size_t kAuthenticationBytes = 13, kOriginBytes = 8;
  ByteView bytes = walk.rest.captured();
  if (bytes.size() >= 4 && load_be16(bytes.data()) == kAuthentication) {
    if (!walk.rest.drop(kAuthenticationBytes + bytes[2] + bytes[3])) return stop_inside(walk);
    bytes = walk.rest.captured();
  }
  if (bytes.size() >= 2 && load_be16(bytes.data()) == kOrigin) {
    if (!walk.rest.drop(kOriginBytes)) return stop_inside(walk);
    bytes = walk.rest.captured();
  }
  if (bytes.empty()) return stop_inside(walk);
  if (bytes[0] >> 4 != 6) return walk.stop(Outcome::kNotTcp);
  push(walk.layers, Layer::kTeredo);
  return Header::kIpv6;
}

Header read_ayiya(Walk& walk) {
  constexpr std::size_t kFixedBytes = 8;
  constexpr std::uint8_t kForward = 1;
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kFixedBytes) return stop_inside(walk);
  const std::size_t identity_bytes = std::size_t{1} << (bytes[0] >> 4);
  const std::size_t signature_bytes = (bytes[1] >> 4) * std::size_t{4};
  if ((bytes[2] & 0x0f) != kForward) return walk.stop(Outcome::kNotTcp);
  if (!walk.rest.drop(kFixedBytes + identity_bytes + signature_bytes)) return stop_inside(walk);
  push(walk.layers, Layer::kAyiya);
  return header_for_ip_protocol(walk, bytes[3]);
}

Header read_lisp(Walk& walk) {
  constexpr std::size_t kHeaderBytes = 8;
  if (!walk.rest.drop(kHeaderBytes)) return stop_inside(walk);
  push(walk.layers, Layer::kLisp);
  return header_for_version(walk);
}

Header read_ether_ip(Walk& walk) {
  constexpr std::size_t kHeaderBytes = 2;
  if (!walk.rest.drop(kHeaderBytes)) return stop_inside(walk);
  push(walk.layers, Layer::kEtherIp);
  return Header::kEthernet;
}

Header read_jmirror(Walk& walk) {
  constexpr std::size_t kHeaderBytes = 8;
  if (!walk.rest.drop(kHeaderBytes)) return stop_inside(walk);
  push(walk.layers, Layer::kJmirror);
  return header_for_version(walk);
}

Header read_tzsp(Walk& walk) {
  constexpr std::size_t kFixedBytes = 4;
  constexpr std::uint8_t kPadding = 0, kEnd = 1;
  const ByteView bytes = walk.rest.captured();
  if (!walk.rest.drop(kFixedBytes)) return stop_inside(walk);
  const std::uint16_t protocol = load_be16(bytes.data() + 2);
  std::uint8_t tag = kPadding;
  while (tag != kEnd) {
    const ByteView tags = walk.rest.captured();
    if (tags.empty()) return stop_inside(walk);
    tag = tags[0];
    const bool has_length = tag != kPadding && tag != kEnd;
    if (has_length && tags.size() < 2) return stop_inside(walk);
    if (!walk.rest.drop(has_length ? std::size_t{2} + tags[1] : 1)) return stop_inside(walk);
  }
  push(walk.layers, Layer::kTzsp);
  switch (protocol) {
    case 1:
      return Header::kEthernet;
    case 18:
      return Header::kWlan;
    case 119:
      return Header::kPrism;
    case 127:
      return Header::kAvs;
    default:
      return walk.stop(Outcome::kNotTcp);
  }
}

Header read_capwap(Walk& walk) {
  constexpr std::uint8_t kClear = 0, kIsNative = 0x01, kIsFragment = 0x80, kIsKeepAlive = 0x08;
  constexpr std::size_t kLeastBytes = 8;
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kLeastBytes) return stop_inside(walk);
  if (bytes[0] != kClear || (bytes[3] & kIsKeepAlive) != 0) return walk.stop(Outcome::kNotTcp);  // or DTLS
  if ((bytes[3] & kIsFragment) != 0) return walk.stop(Outcome::kLaterFragment);
  const std::size_t header_bytes = (bytes[1] >> 3) * std::size_t{4};
  if (header_bytes < kLeastBytes || !walk.rest.drop(header_bytes)) return stop_inside(walk);
  push(walk.layers, Layer::kCapwap);
  return (bytes[2] & kIsNative) != 0 ? Header::kSwappedWlan : Header::kEthernet;
}

}  // namespace pcapsule::decode
