// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <type_traits>

#include "common/bytes/byte_cursor.h"
#include "common/net/ip_address.h"
#include "extractor/decode/decode_frame.h"
#include "extractor/decode/segment.h"

namespace pcapsule::decode {

/// What the IP header says of a segment.
struct IpFacts {
  IpAddress source;
  IpAddress destination;
  std::uint16_t id = 0;
  std::uint8_t ttl = 0;
  std::uint8_t dscp_ecn = 0;
};

/// A segment without what depends on lengths and options: `payload_bytes`, `checksum`, `oddities`,
/// `header_available` and timestamps. REQUIRES: 16 bytes at `tcp`, the TCP header.
inline Segment make_segment(const IpFacts& ip, const RawFrame& frame, std::uint32_t carrier, const std::uint8_t* tcp) {
  // Every field is named, so that the compiler need not zero the segment first.
  return {
      .frame_number = frame.number,
      .time = frame.time,
      .previous_time = frame.previous_time,
      .address_high = {ip.source.high, ip.destination.high},
      .address_low = {ip.source.low, ip.destination.low},
      .port = {load_be16(tcp), load_be16(tcp + 2)},
      .seq = load_be32(tcp + 4),
      .ack = load_be32(tcp + 8),
      .payload_bytes = 0,
      .captured_bytes = static_cast<std::uint32_t>(frame.bytes.size()),
      .wire_bytes = frame.wire_bytes,
      .carrier = carrier,
      .options = kNoOptions,
      .ts_value = 0,
      .ts_echo = 0,
      .word = TcpWord{load_be16(tcp + 12)},
      .window = load_be16(tcp + 14),
      .checksum = 0,
      .ip_id = ip.id,
      .ip_version = ip.source.version,
      .ttl = ip.ttl,
      .dscp_ecn = ip.dscp_ecn,
      .oddities = 0,
      .header_available = 0,
      .has_timestamps = false,
  };
}

/// Yields to `emplace_back` what `make` makes, built in place. Plain
/// `emplace_back()` zeroes a Segment before it initialises it, which takes longer
/// than the rest of decoding.
template <class Make>
struct InPlace {
  Make make;
  operator std::invoke_result_t<Make>() const { return make(); }  // NOLINT(google-explicit-constructor)
};
template <class Make>
InPlace(Make) -> InPlace<Make>;

}  // namespace pcapsule::decode
