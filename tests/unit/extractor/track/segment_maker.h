// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/segment.h"

namespace pcapsule::track::testing {

inline constexpr std::uint32_t kClient = 0xc0000201;  // 192.0.2.1
inline constexpr std::uint32_t kServer = 0xc6336401;  // 198.51.100.1
inline constexpr std::uint16_t kClientPort = 50000;
inline constexpr std::uint16_t kServerPort = 80;

/// Segments of one connection with increasing frame numbers and times, one
/// millisecond apart.
class SegmentMaker {
 public:
  decode::Segment from_client(std::uint16_t flags, std::uint32_t seq, std::uint32_t ack = 0,
                              std::uint32_t payload = 0) {
    return make({IpAddress::v4(kClient), kClientPort}, {IpAddress::v4(kServer), kServerPort}, flags, seq, ack, payload);
  }
  decode::Segment from_server(std::uint16_t flags, std::uint32_t seq, std::uint32_t ack = 0,
                              std::uint32_t payload = 0) {
    return make({IpAddress::v4(kServer), kServerPort}, {IpAddress::v4(kClient), kClientPort}, flags, seq, ack, payload);
  }
  decode::Segment make(Endpoint source, Endpoint destination, std::uint16_t flags, std::uint32_t seq, std::uint32_t ack,
                       std::uint32_t payload) {
    decode::Segment segment;
    segment.frame_number = ++frame_;
    segment.time = {static_cast<std::int64_t>(frame_) * 1'000'000};
    segment.previous_time = {segment.time.value - (frame_ > 1 ? 1'000'000 : 0)};
    segment.set_ends(source, destination);
    segment.seq = seq;
    segment.ack = ack;
    segment.payload_bytes = payload;
    segment.word = {static_cast<std::uint16_t>(0x5000 | flags)};
    segment.window = 1000;
    segment.ttl = 64;
    segment.wire_bytes = 54 + payload;
    segment.captured_bytes = segment.wire_bytes;
    segment.header_available = 20;
    return segment;
  }
  void skip_frames(std::uint64_t count) { frame_ += count; }

 private:
  std::uint64_t frame_ = 0;
};

}  // namespace pcapsule::track::testing
