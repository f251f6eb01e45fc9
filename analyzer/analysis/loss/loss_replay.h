// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "analyzer/analysis/loss/cause.h"
#include "analyzer/analysis/loss/loss_row.h"
#include "analyzer/analysis/loss/sent_bytes.h"
#include "analyzer/analysis/rtt.h"
#include "analyzer/read/connection.h"

namespace pcapsule::analysis {

/// Bytes of one direction that the capture does not have.
struct MissingBytes {
  std::uint64_t by_capture = 0;  ///< acknowledged or SACKed all the same: the capture missed them
  std::uint64_t by_network = 0;  ///< later bytes came, and nothing says that the receiver got them
};

/// Finds the segments of one connection that were sent again or came late, and
/// judges each by evidence (S37). Fed every row in file order. What comes later may
/// decide: a verdict is settled when kGreatestOpen newer ones of its direction
/// are there, or at the end.
class LossReplay {
 public:
  static constexpr std::size_t kGreatestOpen = 1024;

  explicit LossReplay(const read::Connection& connection);

  /// `copy_of`: the frame that the row is a copy of (S40); 0: it is none.
  void feed(const LossRow& row, std::uint64_t copy_of);

  /// Settles everything. Call once, after the last row.
  void finish();

  [[nodiscard]] bool has_settled() const { return !settled_.empty(); }
  /// The settled findings since the last call, not in order of rows.
  std::vector<LossFinding> take_settled();

  [[nodiscard]] MissingBytes missing(unsigned side) const;
  /// Least time from a segment at the tap to its ACK so far.
  [[nodiscard]] std::optional<DurationNs> least_rtt(unsigned side) const { return direction_[side].least_rtt; }
  /// Payload of the row fed last that came to the tap before.
  [[nodiscard]] std::uint32_t old_payload() const { return old_payload_; }
  /// Bytes of a side that are sent and not acknowledged; 0 too before the first ACK.
  [[nodiscard]] std::uint64_t in_flight(unsigned side) const {
    return static_cast<std::uint64_t>(direction_[side].bytes.in_flight());
  }
  /// Is the row fed last one with a finding, settled or not?
  [[nodiscard]] bool found() const { return found_; }
  /// The position of any row's first byte.
  [[nodiscard]] std::int64_t position_of(const LossRow& row) const {
    return direction_[row.side].bytes.position_of(row.seq);
  }
  /// The position of its first byte.
  [[nodiscard]] std::int64_t position() const { return position_; }
  /// The RTT sample that the row fed last was.
  [[nodiscard]] const std::optional<RttSample>& rtt_sample() const { return sample_; }

 private:
  /// A verdict that may still change.
  struct Open {
    LossFinding finding;
    Emission emission;
    std::int64_t begin = 0;  ///< the part of it that was sent before
    std::int64_t end = 0;
    bool resolved = false;    ///< all of it is acknowledged, or nothing more is awaited
    bool copied = false;      ///< the tap has a copy of it: a D-SACK may be of that
    bool told_twice = false;  ///< a D-SACK is explained by it
    std::uint32_t acks_since = 0;
  };
  /// One side as sender, and what the other says of it.
  struct Direction {
    explicit Direction(std::optional<std::uint32_t> base) : bytes(base) {}
    SentBytes bytes;
    std::optional<std::uint32_t> syn;
    bool sent_pure_syn = false;
    bool reports_twice = false;  ///< the receiver may send D-SACK: both offered SACK, or it sent blocks
    std::uint32_t duplicate_acks = 0;
    std::uint64_t segments = 0;
    std::uint64_t copies = 0;
    /// So many copies come from a mirror port; the receiver did not get them. A few may be the network's.
    [[nodiscard]] bool is_mirrored() const { return copies >= segments / 4; }
    std::deque<Open> open;
    std::size_t unresolved = 0;
    std::optional<DurationNs> least_rtt;
  };

  void follow_data(const LossRow& row);
  void judge(Direction& sender, const LossRow& row, std::int64_t begin, std::int64_t end);
  void judge_gap(Open& open, const SentBytes::Known& known);
  void judge_repeat(Direction& sender, Open& open, const SentBytes::Known& known);
  bool is_overtaken_by_copy(Direction& sender, Open& open);
  void add(Direction& sender, const Open& open);
  void follow_ack(const LossRow& row);
  void follow_sack(Direction& sender, const LossRow& row, std::int64_t ack, bool& news, bool& twice);
  void note_twice(Direction& sender, const LossRow& row, std::int64_t left, std::int64_t right);
  void note_acks(Direction& sender, const LossRow& row, std::optional<std::int64_t> acked_before, bool advanced);
  void resolve(Direction& sender, Open& open, const LossRow& row, bool at_edge);
  void settle(Direction& sender, Open& open);
  void settle_all(Direction& sender);

  std::array<Direction, 2> direction_;
  RttSampler rtt_;
  std::optional<RttSample> sample_;
  std::uint32_t old_payload_ = 0;
  std::int64_t position_ = 0;
  bool found_ = false;
  std::vector<LossFinding> settled_;
};

}  // namespace pcapsule::analysis
