// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/serial_link.h"

#include "extractor/decode/ethernet.h"
#include "extractor/decode/llc.h"

namespace pcapsule::decode {

Header read_cisco_hdlc(Walk& walk) {
  constexpr std::size_t kHeaderBytes = 4;
  const ByteView bytes = walk.rest.captured();
  if (!walk.rest.drop(kHeaderBytes)) return walk.stop(Outcome::kLinkHeaderCut);
  push(walk.layers, Layer::kCiscoHdlc);
  return header_for_type_only(walk, load_be16(bytes.data() + 2));
}

Header read_frame_relay(Walk& walk) {
  constexpr std::uint8_t kUnnumberedInformation = 0x03, kPad = 0x00, kSnap = 0x80, kLastAddressByte = 0x01;
  constexpr std::size_t kMostAddressBytes = 4;
  const ByteView bytes = walk.rest.captured();
  std::size_t address_bytes = 2;
  while (address_bytes < kMostAddressBytes && address_bytes <= bytes.size() &&
         (bytes[address_bytes - 1] & kLastAddressByte) == 0) {
    ++address_bytes;
  }
  if (bytes.size() < address_bytes + 2) return walk.stop(Outcome::kLinkHeaderCut);
  walk.rest.drop(address_bytes);
  walk.ether_type = 0;
  push(walk.layers, Layer::kFrameRelay);
  if (bytes[address_bytes] != kUnnumberedInformation) {
    const bool is_signalling = (bytes[0] >> 2) == 0 && (bytes[1] >> 4) == 0;  // circuit 0 (Q.922)
    if (is_signalling) return walk.stop(Outcome::kNotIp);
    walk.rest.drop(2);
    return header_for_type_only(walk, load_be16(bytes.data() + address_bytes));
  }
  walk.rest.drop(1);
  if (walk.rest.captured()[0] == kPad) walk.rest.drop(1);
  const ByteView identifier = walk.rest.captured();
  if (identifier.empty() || identifier[0] != kSnap) return read_nlpid(walk);
  walk.rest.drop(1);
  return read_snap(walk, 0);
}

Header read_juniper(Walk& walk, Header link) {
  constexpr std::uint32_t kMagic = 0x4d4743;
  constexpr std::uint8_t kWithoutLinkHeader = 0x02, kHasExtension = 0x80;
  constexpr std::size_t kFixedBytes = 4, kLengthBytes = 2;
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kFixedBytes + kLengthBytes) return walk.stop(Outcome::kLinkHeaderCut);
  const std::uint32_t word = load_be32(bytes.data());
  const std::uint8_t flags = bytes[3];
  if (word >> 8 != kMagic || (flags & kWithoutLinkHeader) != 0) return walk.stop(Outcome::kUnsupportedNetwork);
  const std::size_t extension_bytes =
      (flags & kHasExtension) != 0 ? kLengthBytes + load_be16(bytes.data() + kFixedBytes) : 0;
  if (!walk.rest.drop(kFixedBytes + extension_bytes)) return walk.stop(Outcome::kLinkHeaderCut);
  push(walk.layers, Layer::kJuniper);
  return link;
}

Header read_erf(Walk& walk) {
  constexpr std::size_t kTypeAt = 8, kWireLengthAt = 14, kFixedBytes = 16, kExtensionBytes = 8, kEthernetPadBytes = 2;
  constexpr std::uint8_t kMoreHeaders = 0x80;
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kFixedBytes) return walk.stop(Outcome::kLinkHeaderCut);
  const std::uint8_t type = bytes[kTypeAt] & 0x7f;
  const std::size_t wire_bytes = load_be16(bytes.data() + kWireLengthAt);
  bool more = (bytes[kTypeAt] & kMoreHeaders) != 0;
  walk.rest.drop(kFixedBytes);
  while (more) {
    const ByteView extension = walk.rest.captured();
    if (!walk.rest.drop(kExtensionBytes)) return walk.stop(Outcome::kLinkHeaderCut);
    more = (extension[0] & kMoreHeaders) != 0;
  }
  push(walk.layers, Layer::kErf);
  const bool is_ethernet = type == 2 || type == 11 || type == 16;
  if (is_ethernet && !walk.rest.drop(kEthernetPadBytes)) return walk.stop(Outcome::kLinkHeaderCut);
  walk.rest.narrow(wire_bytes);
  if (is_ethernet) return Header::kEthernet;
  switch (type) {
    case 1: {
      const ByteView frame = walk.rest.captured();
      const bool is_cisco = !frame.empty() && (frame[0] == 0x0f || frame[0] == 0x8f);
      return is_cisco ? Header::kCiscoHdlc : Header::kPpp;
    }
    case 22:
      return Header::kIpv4;
    case 23:
      return Header::kIpv6;
    default:
      return walk.stop(Outcome::kUnsupportedNetwork);
  }
}

}  // namespace pcapsule::decode
