// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/gtp.h"

namespace pcapsule::decode {
namespace {

constexpr std::uint8_t kTpdu = 255;
constexpr std::size_t kVersion0Bytes = 20, kVersion1Bytes = 8;

/// What a T-PDU holds: as Wireshark guesses it, since the control messages alone would tell.
Header header_for_tpdu(Walk& walk) {
  constexpr std::size_t kTypeAt = 12;
  const ByteView bytes = walk.rest.captured();
  if (bytes.empty()) return walk.stop(Outcome::kTunnelHeaderCut);
  if (bytes[0] >= 0x45 && bytes[0] <= 0x4e) return Header::kIpv4;
  if (bytes[0] >> 4 == 6) return Header::kIpv6;
  if (bytes.size() < kTypeAt + 2) return walk.stop(Outcome::kNotTcp);
  switch (load_be16(bytes.data() + kTypeAt)) {
    case 0x0800:
    case 0x0806:
    case 0x86dd:
      return Header::kEthernet;
    default:
      return walk.stop(Outcome::kNotTcp);
  }
}

/// The sequence number, N-PDU number and extension headers (TS 29.281 section 5.2). False: the walk has been stopped.
bool drop_options(Walk& walk, std::uint8_t flags) {
  constexpr std::uint8_t kHasExtension = 0x04, kNrRanContainer = 0x84;
  constexpr std::size_t kOptionBytes = 4, kNextTypeAt = 3;
  if ((flags & 0x07) == 0) return true;
  ByteView bytes = walk.rest.captured();
  if (!walk.rest.drop(kOptionBytes)) return walk.stop(Outcome::kTunnelHeaderCut) != Header::kStop;
  std::uint8_t type = (flags & kHasExtension) != 0 ? bytes[kNextTypeAt] : std::uint8_t{0};
  while (type != 0) {
    bytes = walk.rest.captured();
    if (bytes.empty()) return walk.stop(Outcome::kTunnelHeaderCut) != Header::kStop;
    const std::size_t extension_bytes = bytes[0] * std::size_t{4};
    if (type == kNrRanContainer || extension_bytes == 0) return walk.stop(Outcome::kNotTcp) != Header::kStop;
    if (!walk.rest.drop(extension_bytes)) return walk.stop(Outcome::kTunnelHeaderCut) != Header::kStop;
    type = bytes[extension_bytes - 1];
  }
  return true;
}

Header read(Walk& walk, Layer layer) {
  constexpr std::uint8_t kIsNotPrime = 0x10;
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kVersion1Bytes) return walk.stop(Outcome::kTunnelHeaderCut);
  const std::uint8_t flags = bytes[0];
  const unsigned version = flags >> 5;
  if (version > 1 || (flags & kIsNotPrime) == 0 || bytes[1] != kTpdu) return walk.stop(Outcome::kNotTcp);
  const std::size_t payload_bytes = load_be16(bytes.data() + 2);
  if (!walk.rest.drop(version == 0 ? kVersion0Bytes : kVersion1Bytes)) return walk.stop(Outcome::kTunnelHeaderCut);
  walk.rest.narrow(payload_bytes);
  if (version == 1 && !drop_options(walk, flags)) return Header::kStop;
  push(walk.layers, layer);
  return header_for_tpdu(walk);
}

}  // namespace

Header read_gtp(Walk& walk) { return read(walk, Layer::kGtp); }

Header read_gtp_prime(Walk& walk) { return read(walk, Layer::kGtpPrime); }

}  // namespace pcapsule::decode
