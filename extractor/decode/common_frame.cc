// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/common_frame.h"

#include <algorithm>

#include "extractor/decode/layer_stack.h"
#include "extractor/decode/make_segment.h"
#include "extractor/decode/tcp.h"

namespace pcapsule::decode {
namespace {

constexpr std::size_t kEthernetBytes = 14;
constexpr std::size_t kIpv4Bytes = 20;
constexpr std::size_t kIpv6Bytes = 40;
constexpr std::size_t kLeastTcpBytes = 20;
constexpr std::uint8_t kTcpProtocol = 6;

constexpr LayerStack layers_over(Layer ip) {
  LayerStack layers;
  for (const Layer layer : {Layer::kEthernet, ip, Layer::kTcp}) push(layers, layer);
  return layers;
}

/// An IP header with nothing unusual in it.
struct IpHeader {
  IpFacts facts;
  std::size_t bytes;          ///< of the header
  std::size_t payload_bytes;  ///< behind it, as it says itself
  LayerStack layers;          ///< of the frame
};

/// False: the walk decides. REQUIRES: kIpv4Bytes at `ip`.
bool read_common_ipv4(const std::uint8_t* ip, IpHeader& header) {
  constexpr std::uint8_t kVersion4WithoutOptions = 0x45;
  constexpr std::uint16_t kFragmentBits = 0x3fff;  // more fragments, and the offset
  const std::size_t total_bytes = load_be16(ip + 2);
  if (ip[0] != kVersion4WithoutOptions || ip[9] != kTcpProtocol || (load_be16(ip + 6) & kFragmentBits) != 0 ||
      total_bytes < kIpv4Bytes) {
    return false;
  }
  static constexpr LayerStack kLayers = layers_over(Layer::kIpv4);
  header = {{IpAddress::v4(load_be32(ip + 12)), IpAddress::v4(load_be32(ip + 16)), load_be16(ip + 4), ip[8], ip[1]},
            kIpv4Bytes,
            total_bytes - kIpv4Bytes,
            kLayers};
  return true;
}

/// The same. REQUIRES: kIpv6Bytes at `ip`.
bool read_common_ipv6(const std::uint8_t* ip, IpHeader& header) {
  if (ip[0] >> 4 != 6 || ip[6] != kTcpProtocol) return false;
  static constexpr LayerStack kLayers = layers_over(Layer::kIpv6);
  header = {
      {IpAddress::v6(load_be64(ip + 8), load_be64(ip + 16)), IpAddress::v6(load_be64(ip + 24), load_be64(ip + 32)), 0,
       ip[7], static_cast<std::uint8_t>(load_be16(ip) >> 4)},
      kIpv6Bytes,
      load_be16(ip + 4),  // 0, of a jumbogram, holds no TCP header: left to the walk
      kLayers};
  return true;
}

bool read_common_ip(const ByteView bytes, IpHeader& header) {
  constexpr std::uint16_t kIpv4Type = 0x0800;
  constexpr std::uint16_t kIpv6Type = 0x86dd;
  if (bytes.size() < kEthernetBytes + kIpv4Bytes + kLeastTcpBytes) return false;
  const std::uint8_t* const ip = bytes.data() + kEthernetBytes;
  const std::uint16_t type = load_be16(bytes.data() + 12);
  if (type == kIpv4Type) return read_common_ipv4(ip, header);
  if (bytes.size() < kEthernetBytes + kIpv6Bytes + kLeastTcpBytes) return false;
  return type == kIpv6Type && read_common_ipv6(ip, header);
}

}  // namespace

bool append_common_frame(const RawFrame& frame, SegmentBatch& batch) {
  IpHeader ip;
  if (frame.link_type != LinkType::kEthernet || !read_common_ip(frame.bytes, ip)) return false;
  const std::size_t before_bytes = kEthernetBytes + ip.bytes;
  const std::uint8_t* const tcp = frame.bytes.data() + before_bytes;
  const std::size_t tcp_bytes = TcpWord{load_be16(tcp + 12)}.header_bytes();
  const std::size_t wire_bytes = std::max<std::size_t>(frame.wire_bytes, frame.bytes.size());
  const std::size_t captured = std::min(frame.bytes.size() - before_bytes, ip.payload_bytes);
  if (ip.payload_bytes > wire_bytes - before_bytes || tcp_bytes < kLeastTcpBytes || captured < tcp_bytes) return false;

  const std::uint32_t carrier = batch.index_of({ip.layers, {}, frame.interface, 0});
  Segment& segment = batch.segments.emplace_back(InPlace{[&] { return make_segment(ip.facts, frame, carrier, tcp); }});
  segment.payload_bytes = static_cast<std::uint32_t>(ip.payload_bytes - tcp_bytes);
  segment.checksum = load_be16(tcp + 16);
  segment.header_available = static_cast<std::uint8_t>(tcp_bytes);
  if (tcp_bytes > kLeastTcpBytes) {
    const std::size_t area_bytes = tcp_bytes - kLeastTcpBytes;
    read_options(segment, {tcp + kLeastTcpBytes, area_bytes}, area_bytes, batch);
  }
  return true;
}

}  // namespace pcapsule::decode
