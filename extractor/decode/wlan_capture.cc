// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/wlan_capture.h"

#include "extractor/decode/link.h"
#include "extractor/decode/wlan.h"

namespace pcapsule::decode {
namespace {

constexpr std::uint32_t kIeee80211 = 105;

/// A packet of another link type. DLT_* numbers, as these headers hold them, are those of files where frames of them
/// lead to IP.
Header read_inner(Walk& walk, std::uint32_t link_type) {
  push(walk.layers, Layer::kPacketData);
  const Header next = link_type <= 0xffff ? outermost_header(static_cast<LinkType>(link_type)) : Header::kStop;
  return next == Header::kStop ? walk.stop(Outcome::kUnsupportedLink) : next;
}

Header read_framed(Walk& walk, Layer layer, const WlanFraming& framing) {
  push(walk.layers, layer);
  push(walk.layers, Layer::kWlanRadio);
  return read_wlan(walk, framing);
}

/// The flags field of a radiotap header of which `header` is all; 0 without one.
std::uint8_t radiotap_flags(ByteView header) {
  constexpr std::uint32_t kHasTime = 0x1, kHasFlags = 0x2, kHasMorePresence = 0x8000'0000;
  constexpr std::size_t kPresenceAt = 4, kTimeBytes = 8;
  const std::uint32_t present = load_le32(header.data() + kPresenceAt);
  if ((present & kHasFlags) == 0) return 0;
  std::size_t at = kPresenceAt;
  while (at + 4 <= header.size() && (load_le32(header.data() + at) & kHasMorePresence) != 0) at += 4;
  at += 4;
  if ((present & kHasTime) != 0) at = (at + kTimeBytes - 1) / kTimeBytes * kTimeBytes + kTimeBytes;
  return at < header.size() ? header[at] : std::uint8_t{0};
}

/// Does the 802.11 field among `fields` of a PPI header say that the frame ends with its check sequence?
bool ppi_frame_check(ByteView fields) {
  constexpr std::uint16_t kCommon80211 = 2;
  constexpr std::size_t kFieldHeaderBytes = 4, kFlagsAt = 8;
  while (fields.size() >= kFieldHeaderBytes) {
    const std::uint16_t type = load_le16(fields.data());
    const std::size_t length = load_le16(fields.data() + 2);
    fields = fields.subspan(kFieldHeaderBytes);
    if (type == kCommon80211 && length > kFlagsAt && fields.size() > kFlagsAt) return (fields[kFlagsAt] & 0x01) != 0;
    if (length > fields.size()) return false;
    fields = fields.subspan(length);
  }
  return false;
}

}  // namespace

Header read_radiotap(Walk& walk) {
  constexpr std::size_t kLeastBytes = 8;
  constexpr std::uint8_t kHasFrameCheck = 0x10, kIsPadded = 0x20;
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kLeastBytes) return walk.stop(Outcome::kLinkHeaderCut);
  const std::size_t header_bytes = load_le16(bytes.data() + 2);
  if (header_bytes < kLeastBytes) return walk.stop(Outcome::kUnsupportedNetwork);
  if (!walk.rest.drop(header_bytes)) return walk.stop(Outcome::kLinkHeaderCut);
  const std::uint8_t flags = radiotap_flags(bytes.first(header_bytes));
  return read_framed(walk, Layer::kRadiotap,
                     {.has_frame_check = (flags & kHasFrameCheck) != 0, .is_padded = (flags & kIsPadded) != 0});
}

Header read_avs(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < 8) return walk.stop(Outcome::kLinkHeaderCut);
  const std::size_t header_bytes = load_be32(bytes.data() + 4);
  if (!walk.rest.drop(header_bytes)) return walk.stop(Outcome::kLinkHeaderCut);
  return read_framed(walk, Layer::kAvs, {});
}

/// Either byte order, whatever length the header claims: as Wireshark.
Header read_prism(Walk& walk) {
  constexpr std::uint32_t kMessage = 0x44, kOtherMessage = 0x41;
  constexpr std::uint32_t kAvsMagic = 0x8021'1000, kAvsMask = 0xffff'f000;
  constexpr std::size_t kPrismBytes = 144;
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < 4) return walk.stop(Outcome::kLinkHeaderCut);
  const std::uint32_t code = load_be32(bytes.data());
  if ((code & kAvsMask) == kAvsMagic) {
    push(walk.layers, Layer::kPrism);
    return Header::kAvs;
  }
  for (const std::uint32_t message : {code, load_le32(bytes.data())}) {
    if (message != kMessage && message != kOtherMessage) continue;
    if (!walk.rest.drop(kPrismBytes)) return walk.stop(Outcome::kLinkHeaderCut);
    return read_framed(walk, Layer::kPrism, {});
  }
  push(walk.layers, Layer::kPrism);
  return read_wlan(walk, {});
}

Header read_ppi(Walk& walk) {
  constexpr std::size_t kFixedBytes = 8;
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kFixedBytes) return walk.stop(Outcome::kLinkHeaderCut);
  const std::size_t header_bytes = load_le16(bytes.data() + 2);
  const std::uint32_t link_type = load_le32(bytes.data() + 4);
  if (header_bytes < kFixedBytes) return walk.stop(Outcome::kUnsupportedNetwork);
  if (!walk.rest.drop(header_bytes)) return walk.stop(Outcome::kLinkHeaderCut);
  const ByteView fields = bytes.first(header_bytes).subspan(kFixedBytes);
  if (link_type == kIeee80211) return read_framed(walk, Layer::kPpi, {.has_frame_check = ppi_frame_check(fields)});
  push(walk.layers, Layer::kPpi);
  return read_inner(walk, link_type);
}

Header read_pktap(Walk& walk) {
  constexpr std::uint32_t kPacket = 1;
  constexpr std::size_t kFixedBytes = 12;
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kFixedBytes) return walk.stop(Outcome::kLinkHeaderCut);
  const std::size_t header_bytes = load_le32(bytes.data());
  const std::uint32_t record = load_le32(bytes.data() + 4);
  const std::uint32_t link_type = load_le32(bytes.data() + 8);
  if (header_bytes < kFixedBytes || record != kPacket) return walk.stop(Outcome::kUnsupportedNetwork);
  if (!walk.rest.drop(header_bytes)) return walk.stop(Outcome::kLinkHeaderCut);
  push(walk.layers, Layer::kPktap);
  return read_inner(walk, link_type);
}

}  // namespace pcapsule::decode
