// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "common/base/time.h"
#include "common/bytes/byte_cursor.h"
#include "common/net/sack_block.h"
#include "common/net/tcp_flags.h"

namespace pcapsule::record {

inline constexpr std::size_t kRecordedVlans = 4;

/// One row of a segment chunk: a TCP header as captured, with the facts of its
/// frame. Meanings, units and absence as in schema/packet_record.fbs. The spans
/// live as long as whoever made the row says.
struct SegmentRow {
  std::uint64_t frame = 0;  ///< 1-based; never descends; several rows for a frame with several TCP headers
  TimestampNs time;
  DurationNs since_frame_before;  ///< wrapping_distance to frame `frame - 1`, recorded or not; 0 for frame 1
  std::uint32_t connection = 0;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint32_t payload_bytes = 0;
  std::uint32_t wire_bytes = 0;
  std::uint32_t captured_bytes = 0;
  std::uint32_t interface = 0;
  std::uint32_t ts_value = 0;  ///< 0 without format::mark::kHasTimestamps, as is ts_echo
  std::uint32_t ts_echo = 0;
  TcpWord tcp_word;
  std::uint16_t window = 0;
  std::uint16_t checksum = 0;
  std::uint16_t ip_id = 0;
  std::uint16_t encapsulation = 0;
  std::array<std::uint16_t, kRecordedVlans> vlan{};
  /// Of format::mark the sender, the timestamps and the data sequence signal; the
  /// others follow from `sack` and `option_bytes`.
  std::uint8_t marks = 0;
  std::uint8_t oddities = 0;
  std::uint8_t ttl = 0;
  std::uint8_t dscp_ecn = 0;
  std::uint8_t vlan_tags = 0;
  std::uint8_t header_available = 0;  ///< valid with oddity::kHeaderCut
  bool rebased = false;               ///< this SYN-ACK set the sequence base of its sender anew (S18)
  std::span<const SackBlock> sack;
  ByteView option_bytes;  ///< empty: not kept
};

}  // namespace pcapsule::record
