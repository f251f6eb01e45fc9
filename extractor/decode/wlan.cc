// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/wlan.h"

#include <algorithm>

namespace pcapsule::decode {
namespace {

constexpr std::size_t kAddressBytes = 6;
constexpr std::size_t kLeastHeaderBytes = 24;
constexpr std::size_t kSubframeHeaderBytes = 14;
constexpr std::size_t kFrameCheckBytes = 4;

/// The first two bytes of a frame, of version 0.
struct FrameControl {
  std::uint8_t kind;
  std::uint8_t flags;

  [[nodiscard]] bool is_data() const { return (kind & 0x0f) == 0x08 && (kind & 0x40) == 0; }  // not the empty subtypes
  [[nodiscard]] bool has_qos() const { return (kind & 0x80) != 0; }
  [[nodiscard]] bool to_ds() const { return (flags & 0x01) != 0; }
  [[nodiscard]] bool from_ds() const { return (flags & 0x02) != 0; }
  [[nodiscard]] bool has_four_addresses() const { return to_ds() && from_ds(); }
  [[nodiscard]] bool has_more_fragments() const { return (flags & 0x04) != 0; }
  [[nodiscard]] bool is_protected() const { return (flags & 0x40) != 0; }
  [[nodiscard]] bool has_ht_control() const { return has_qos() && (flags & 0x80) != 0; }
};

/// Of a data frame, without padding.
std::size_t header_bytes(FrameControl control) {
  constexpr std::size_t kQosBytes = 2, kHtControlBytes = 4;
  return kLeastHeaderBytes + (control.has_four_addresses() ? kAddressBytes : 0) + (control.has_qos() ? kQosBytes : 0) +
         (control.has_ht_control() ? kHtControlBytes : 0);
}

bool equal_addresses(const std::uint8_t* a, const std::uint8_t* b) { return std::equal(a, a + kAddressBytes, b); }

/// `header` is the MAC header. Where no SNAP follows, there may be Ethernet between the addresses of the frame, or two
/// bytes of padding: as Wireshark has met them.
Header header_for_payload(Walk& walk, FrameControl control, const std::uint8_t* header) {
  const std::uint8_t* const destination = header + (control.to_ds() ? 16 : 4);
  const std::uint8_t* const source = header + (control.has_four_addresses() ? 24 : control.from_ds() ? 16 : 10);
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < 2 || (bytes[0] == 0xaa && bytes[1] == 0xaa)) return Header::kLlc;
  if (bytes.size() >= 2 * kAddressBytes &&
      (equal_addresses(bytes.data() + kAddressBytes, source) || equal_addresses(bytes.data(), destination))) {
    return Header::kEthernet;
  }
  if (bytes[0] == 0 && bytes[1] == 0) walk.rest.drop(2);
  return Header::kLlc;
}

/// Mesh control (clause 9.2.4.7.3), before the payload.
bool drop_mesh_control(Walk& walk) {
  constexpr std::size_t kFixedBytes = 6;
  const ByteView bytes = walk.rest.captured();
  return !bytes.empty() && walk.rest.drop(kFixedBytes + kAddressBytes * (bytes[0] & 0x03u));
}

}  // namespace

Header read_aggregated(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kSubframeHeaderBytes) return walk.stop(Outcome::kLinkHeaderCut);
  const std::size_t payload_bytes = load_be16(bytes.data() + 2 * kAddressBytes);
  const std::size_t padded_bytes = (kSubframeHeaderBytes + payload_bytes + 3) / 4 * 4;
  Rest further = walk.rest;
  if (further.drop(padded_bytes) && further.captured_bytes() > 0) {
    if (walk.continuation) return walk.stop(Outcome::kTooDeep);  // an aggregate inside of one in a tunnel
    walk.continuation = Continuation{further, walk.layers, walk.vlan_tags};
  }
  walk.rest.drop(kSubframeHeaderBytes);
  walk.rest.narrow(payload_bytes);
  return Header::kLlc;
}

Header read_wlan(Walk& walk, const WlanFraming& framing) {
  constexpr std::uint16_t kQosAggregated = 0x0080, kQosMesh = 0x0100;
  walk.ether_type = 0;
  if (framing.has_frame_check) walk.rest.drop_trailer(kFrameCheckBytes);
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < 2) return walk.stop(Outcome::kLinkHeaderCut);
  const FrameControl control = framing.is_swapped ? FrameControl{bytes[1], bytes[0]} : FrameControl{bytes[0], bytes[1]};
  if (!control.is_data()) return walk.stop(Outcome::kNotIp);
  if (control.is_protected()) return walk.stop(Outcome::kEncrypted);
  const std::size_t used_bytes = header_bytes(control);
  const std::size_t whole_bytes = framing.is_padded ? (used_bytes + 3) / 4 * 4 : used_bytes;
  if (!walk.rest.drop(whole_bytes)) return walk.stop(Outcome::kLinkHeaderCut);
  const bool is_later_fragment = (bytes[22] & 0x0f) != 0;
  if (control.has_more_fragments() || is_later_fragment) return walk.stop(Outcome::kLaterFragment);
  push(walk.layers, Layer::kWlan);

  const std::uint8_t* const qos_bytes =
      bytes.data() + kLeastHeaderBytes + (control.has_four_addresses() ? kAddressBytes : 0);
  const unsigned qos = control.has_qos() ? load_le16(qos_bytes) : 0;
  if ((qos & kQosAggregated) != 0) return Header::kAggregatedWlan;
  if ((qos & kQosMesh) != 0 && control.has_four_addresses() && !drop_mesh_control(walk)) {
    return walk.stop(Outcome::kLinkHeaderCut);
  }
  return header_for_payload(walk, control, bytes.data());
}

}  // namespace pcapsule::decode
