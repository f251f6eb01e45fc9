// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "common/base/time.h"
#include "common/format/record_layout.h"
#include "common/net/endpoint.h"
#include "common/record/row_link.h"

namespace pcapsule::track {

/// Index of a direction: the side that sent.
enum Side : std::uint8_t { kA = 0, kB = 1 };

constexpr Side other(Side side) { return side == kA ? kB : kA; }

/// The dense events of a connection, in the order of the record file.
enum Event : std::uint8_t { kSynAck = 0, kHandshakeAck, kFinA, kFinB, kCloseAck };
inline constexpr std::size_t kEvents = 5;

/// Bit of ConnectionRecord::seen that says that there is such an event.
constexpr std::uint16_t seen_bit(Event event) {
  constexpr std::array<std::uint16_t, kEvents> kBits = {format::seen::kSynAck, format::seen::kHandshakeAck,
                                                        format::seen::kFinA, format::seen::kFinB,
                                                        format::seen::kCloseAck};
  return kBits[event];
}

/// In ConnectionRecord::event_frame: too far away for it; ConnectionTracker::event_frame() knows.
inline constexpr std::uint32_t kFarFrame = 0xffff'ffff;

inline constexpr std::uint32_t kNone = 0xffff'ffff;

/// What one side of a connection has sent so far.
struct Direction {
  std::uint64_t payload_bytes = 0;
  std::uint64_t wire_bytes = 0;
  std::uint32_t segments = 0;  ///< saturates at 2^32 − 1
  std::uint32_t base = 0;      ///< S18; valid with base_source != kNone
  std::uint32_t sent_end = 0;  ///< one past the highest sequence number sent; valid with has_sent()
  std::uint32_t acked = 0;     ///< highest acknowledgment sent; valid with has_acked()
  std::uint32_t fin_end = 0;   ///< one past the first FIN's number
  std::uint16_t window = 0;    ///< last window field sent, raw
  std::uint16_t mss = 0;
  std::uint8_t shift = 0;   ///< window scale option as sent on the SYN that counts
  std::uint8_t offers = 0;  ///< two bits an option, format::Offer
  std::uint8_t ttl_least = 255;
  std::uint8_t ttl_greatest = 0;
  std::int8_t wireshark_shift = -1;  ///< W2.4 state: −1 unknown, −2 not used
  format::BaseSource base_source = format::BaseSource::kNone;
  std::uint8_t done = 0;  ///< kSent, kAcked, kSentRst

  static constexpr std::uint8_t kSent = 0x01;
  static constexpr std::uint8_t kAcked = 0x02;
  static constexpr std::uint8_t kSentRst = 0x04;
  [[nodiscard]] bool has_sent() const { return (done & kSent) != 0; }
  [[nodiscard]] bool has_acked() const { return (done & kAcked) != 0; }
  [[nodiscard]] bool sent_rst() const { return (done & kSentRst) != 0; }
};

/// Addresses of an IPv6 connection.
struct Ipv6Pair {
  std::array<std::uint64_t, 2> high{};
  std::array<std::uint64_t, 2> low{};
};

/// Everything a connection is known by, kept until the end of the capture: at
/// most kMaxRecordBytes of it, since ten million connections are normal. No bit fields: setting one in fresh
/// memory reads it first, which costs a page fault more and a halt of the other core.
struct ConnectionRecord {
  // Identity (S11). An IPv4 address stands here; of IPv6 only the index of both in Ipv6Pair.
  std::array<std::uint32_t, 2> address{};
  std::array<std::uint16_t, 2> port{};
  std::uint8_t marks = 0;  ///< format::connection_mark
  format::RoleEvidence evidence = format::RoleEvidence::kUnknown;

  std::uint16_t syns = 0;
  std::uint16_t syn_acks = 0;
  std::uint8_t syn_side = 2;     ///< Side that sent the first pure SYN; 2: none
  std::uint8_t scale_steps = 0;  ///< bit 0: the first SYN, bit 1: the first SYN-ACK went into the shift state

  record::RowLink rows;

  // Frames and times over all rows.
  std::uint64_t first_frame = 0;
  std::uint64_t last_frame = 0;
  TimestampNs first_time;
  TimestampNs last_time;

  std::array<Direction, 2> direction;

  std::array<TimestampNs, kEvents> event_time{};
  std::array<std::uint32_t, kEvents> event_frame{};  ///< distance from first_frame, or kFarFrame

  std::uint64_t history = 0;
  std::uint32_t previous_connection = kNone;
  std::uint32_t repeats = kNone;  ///< index into HandshakeRepeats
  std::uint32_t resets = kNone;   ///< index of the first of a list of Reset
  std::uint32_t other_rows = 0;
  std::uint16_t seen = 0;  ///< format::seen
  std::uint16_t retries = 0;
  std::uint16_t syn_payload = 0;
  std::uint16_t history_seen = 0;  ///< bit `code - 1` of every code in `history`
  /// Of the last pure SYN of the client side, and of the last SYN-ACK, that was no copy: what S40 compares, folded.
  std::uint16_t syn_hash = 0;
  std::uint16_t syn_ack_hash = 0;
  std::uint8_t completeness = 0;
  std::uint8_t completeness_first_row = 0;
  bool closed_once = false;  ///< a FIN or RST was seen
};

inline constexpr std::size_t kMaxRecordBytes = 272;
static_assert(sizeof(ConnectionRecord) <= kMaxRecordBytes);

/// Of connections whose handshake is not one SYN as first row and one SYN-ACK.
struct HandshakeRepeats {
  TimestampNs first_syn_time;
  TimestampNs last_syn_time;
  TimestampNs last_syn_ack_time;
  std::uint64_t first_syn_frame = 0;  ///< 0: the first row
  std::uint64_t last_syn_frame = 0;   ///< 0: not repeated
  std::uint64_t last_syn_ack_frame = 0;
  // The last two again, without copies at the tap (S40).
  TimestampNs last_own_syn_time;
  TimestampNs last_own_syn_ack_time;
  std::uint64_t last_own_syn_frame = 0;
  std::uint64_t last_own_syn_ack_frame = 0;
  /// When the segment of syn_hash or its latest copy came, and of syn_ack_hash; nullopt: it is the first of its kind.
  std::optional<TimestampNs> syn_hash_time;
  std::optional<TimestampNs> syn_ack_hash_time;
  std::array<std::uint32_t, 2> first_base{};  ///< base as first set, where a SYN-ACK changed it
  std::array<bool, 2> base_changed{};
  std::uint16_t syn_copies = 0;
  std::uint16_t syn_ack_copies = 0;
};

/// A RST and what was known at that moment (S42).
struct Reset {
  TimestampNs time;
  std::uint64_t frame = 0;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::array<std::uint32_t, 2> sent_end{};
  std::array<std::uint32_t, 2> acked{};
  std::uint32_t next = kNone;  ///< next of the same connection
  std::array<std::uint16_t, 2> window{};
  std::uint16_t tcp_word = 0;
  std::uint8_t ttl = 0;
  std::uint8_t marks = 0;  ///< format::reset_mark
};

}  // namespace pcapsule::track
