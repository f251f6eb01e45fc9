// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/time.h"

/// Wireshark's tcp.analysis fields, as tshark 4.0.17 prints them in one pass (W3 to W6).
namespace pcapsule::analysis {

/// What Wireshark calls a segment. The fields are named tcp.analysis.retransmission and so on.
enum class Label : std::uint8_t {
  kRetransmission,  ///< of any kind: also set on fast and spurious ones, as Wireshark prints it
  kFastRetransmission,
  kSpuriousRetransmission,
  kOutOfOrder,
  kDuplicateAck,
  kLostSegment,     ///< bytes before this segment were not captured
  kAckLostSegment,  ///< acknowledges bytes that were not captured
  kZeroWindow,
  kZeroWindowProbe,
  kZeroWindowProbeAck,
  kWindowUpdate,
  kWindowFull,
  kKeepAlive,
  kKeepAliveAck,
  kReusedPorts,
};
inline constexpr unsigned kLabels = 15;

/// How much is asked for.
enum class LabelScope : std::uint8_t {
  kLabelsOnly,  ///< the labels, and which ACKs are duplicates
  kMeasures,    ///< also what is acknowledged and in flight, with its times
};

/// The field of a label without `tcp.analysis.`: "fast_retransmission".
const char* name_of(Label label);

/// The labels of one segment.
class LabelSet {
 public:
  constexpr LabelSet() = default;
  [[nodiscard]] constexpr bool has(Label label) const { return (bits_ & bit(label)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  constexpr void add(Label label) { bits_ = static_cast<std::uint16_t>(bits_ | bit(label)); }
  friend constexpr bool operator==(LabelSet, LabelSet) = default;

 private:
  static constexpr std::uint16_t bit(Label label) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(label));
  }
  std::uint16_t bits_ = 0;
};

/// What Wireshark prints of one row. As there, a number or time that is 0 is not
/// printed, so 0 stands for none; the functions below tell it apart.
struct SegmentLabels {
  LabelSet set;
  /// Wireshark has analysis data of the row, maybe without a label (W5.5); else everything here is empty.
  /// This and what follows but the duplicates is found with LabelScope::kMeasures.
  bool has_record = false;
  std::uint32_t duplicate_ack_number = 0;  ///< counts the duplicates, from 1
  std::uint32_t bytes_in_flight = 0;       ///< of its sender, this segment included
  std::uint64_t duplicate_ack_frame = 0;   ///< the frame whose acknowledgment it repeats
  std::uint64_t acked_frame = 0;           ///< the segment that it acknowledges exactly
  std::uint64_t rto_frame = 0;             ///< of a plain retransmission: the frame that `rto_time` counts from
  DurationNs ack_time;                     ///< since that segment; may be negative
  DurationNs rto_time;
  DurationNs initial_rtt_time;  ///< of the connection, as far as known at this row; may be negative

  [[nodiscard]] bool has(Label label) const { return set.has(label); }
  /// A retransmission that is neither fast nor spurious.
  [[nodiscard]] bool is_plain_retransmission() const {
    return has(Label::kRetransmission) && !has(Label::kFastRetransmission) && !has(Label::kSpuriousRetransmission);
  }
  /// tcp.analysis.ack_rtt, .rto, .initial_rtt.
  [[nodiscard]] std::optional<DurationNs> ack_rtt() const { return unless_zero(ack_time); }
  [[nodiscard]] std::optional<DurationNs> rto() const { return unless_zero(rto_time); }
  [[nodiscard]] std::optional<DurationNs> initial_rtt() const { return unless_zero(initial_rtt_time); }

 private:
  static std::optional<DurationNs> unless_zero(DurationNs time) {
    return time.value == 0 ? std::nullopt : std::optional(time);
  }
};

}  // namespace pcapsule::analysis
