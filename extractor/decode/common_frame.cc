// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/common_frame.h"

#include <algorithm>

#include "extractor/decode/layer_stack.h"
#include "extractor/decode/make_segment.h"
#include "extractor/decode/tcp.h"

namespace pcapsule::decode {
namespace {

constexpr std::size_t kEthernetBytes = 14;
constexpr std::size_t kIpBytes = 20;
constexpr std::size_t kLeastTcpBytes = 20;
constexpr std::uint16_t kIpv4Type = 0x0800;
constexpr std::uint8_t kVersion4WithoutOptions = 0x45;
constexpr std::uint8_t kTcpProtocol = 6;
constexpr std::uint16_t kFragmentBits = 0x3fff;  // more fragments, and the offset

constexpr LayerStack common_layers() {
  LayerStack layers;
  for (const Layer layer : {Layer::kEthernet, Layer::kIpv4, Layer::kTcp}) push(layers, layer);
  return layers;
}

/// Where the headers of a common frame stand, and how long they are.
struct Headers {
  const std::uint8_t* ip;
  const std::uint8_t* tcp;
  std::size_t ip_total_bytes;
  std::size_t tcp_bytes;

  /// REQUIRES: kEthernetBytes + kIpBytes + kLeastTcpBytes in `frame.bytes`.
  explicit Headers(const RawFrame& frame)
      : ip(frame.bytes.data() + kEthernetBytes),
        tcp(ip + kIpBytes),
        ip_total_bytes(load_be16(ip + 2)),
        tcp_bytes(TcpWord{load_be16(tcp + 12)}.header_bytes()) {}

  [[nodiscard]] bool are_common(const RawFrame& frame) const {
    if (load_be16(frame.bytes.data() + 12) != kIpv4Type || ip[0] != kVersion4WithoutOptions || ip[9] != kTcpProtocol ||
        (load_be16(ip + 6) & kFragmentBits) != 0) {
      return false;
    }
    const std::size_t wire_bytes = std::max<std::size_t>(frame.wire_bytes, frame.bytes.size());
    const std::size_t ip_captured = std::min(frame.bytes.size() - kEthernetBytes, ip_total_bytes);
    return ip_total_bytes <= wire_bytes - kEthernetBytes && tcp_bytes >= kLeastTcpBytes &&
           ip_captured >= kIpBytes + tcp_bytes;
  }
};

}  // namespace

bool append_common_frame(const RawFrame& frame, SegmentBatch& batch) {
  static constexpr LayerStack kLayers = common_layers();
  if (frame.link_type != LinkType::kEthernet || frame.bytes.size() < kEthernetBytes + kIpBytes + kLeastTcpBytes) {
    return false;
  }
  const Headers at(frame);
  if (!at.are_common(frame)) return false;
  const std::uint32_t carrier = batch.index_of({kLayers, {}, frame.interface, 0});
  const IpFacts ip{IpAddress::v4(load_be32(at.ip + 12)), IpAddress::v4(load_be32(at.ip + 16)), load_be16(at.ip + 4),
                   at.ip[8], at.ip[1]};
  Segment& segment = batch.segments.emplace_back(InPlace{[&] { return make_segment(ip, frame, carrier, at.tcp); }});
  segment.payload_bytes = static_cast<std::uint32_t>(at.ip_total_bytes - kIpBytes - at.tcp_bytes);
  segment.checksum = load_be16(at.tcp + 16);
  segment.header_available = static_cast<std::uint8_t>(at.tcp_bytes);
  if (at.tcp_bytes > kLeastTcpBytes) {
    const std::size_t area_bytes = at.tcp_bytes - kLeastTcpBytes;
    read_options(segment, {at.tcp + kLeastTcpBytes, area_bytes}, area_bytes, batch);
  }
  return true;
}

}  // namespace pcapsule::decode
