// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "analyzer/analysis/loss/cause.h"
#include "analyzer/analysis/loss/interval_set.h"
#include "analyzer/analysis/loss/loss_row.h"

namespace pcapsule::analysis {

/// A segment at the tap, as far as it tells when it was sent.
struct Emission {
  read::Moment at;
  std::uint32_t ts_value = 0;
  std::uint16_t ip_id = 0;
  bool has_timestamps = false;

  static Emission of(const LossRow& row) { return {row.at, row.ts_value, row.ip_id, row.has_timestamps}; }
};

/// What the tap knows of the bytes that one side sent: which it saw, which were
/// passed over, and which the receiver acknowledged. Positions are relative numbers
/// that do not wrap (S19). SYN and FIN take one each (S21). At most kGreatestRanges
/// segments are remembered that are not yet acknowledged, and as many gaps; of
/// more the lowest are forgotten.
class SentBytes {
 public:
  static constexpr std::size_t kGreatestRanges = 1U << 16;
  static constexpr std::int64_t kGreatestWindow = 1 << 30;  ///< RFC 7323 section 2.3

  /// Bytes that the tap has not seen although later ones came.
  struct Gap {
    std::int64_t end = 0;
    Emission opener;                      ///< the segment that passed them over
    std::optional<TimestampNs> shown_at;  ///< the receiver's first sign that it lacks them
    std::uint32_t signs = 0;              ///< how many
  };
  /// What an interval of positions is to the tap.
  struct Known {
    std::int64_t seen = 0;              ///< positions that came before and are not acknowledged
    std::int64_t missing = 0;           ///< those in gaps
    const Emission* carrier = nullptr;  ///< that carried the lowest of `seen` first
    const Gap* gap = nullptr;           ///< the lowest
    bool delivered = false;             ///< all are acknowledged or SACKed
    bool reaches_missed = false;        ///< some were acknowledged although the tap never saw them
  };

  explicit SentBytes(std::optional<std::uint32_t> base) : reference_(base) {}

  /// The position of a raw number of this side.
  std::int64_t unwrap(std::uint32_t raw);
  /// The same, without moving on.
  [[nodiscard]] std::int64_t position_of(std::uint32_t raw) const;

  [[nodiscard]] std::optional<std::int64_t> highest() const { return highest_; }
  [[nodiscard]] std::optional<std::int64_t> acked() const { return acked_; }
  [[nodiscard]] Known known(std::int64_t begin, std::int64_t end) const;
  [[nodiscard]] bool is_delivered(std::int64_t begin, std::int64_t end) const;
  /// How many positions of [begin, end) came to the tap before.
  [[nodiscard]] std::int64_t old_in(std::int64_t begin, std::int64_t end) const;
  /// Sent and not acknowledged, what was passed over included.
  [[nodiscard]] std::int64_t in_flight() const;
  /// Did the receiver SACK anything from `position` on?
  [[nodiscard]] bool has_sacked_from(std::int64_t position) const {
    return !sacked_.empty() && sacked_.end() > position;
  }

  void send(std::int64_t begin, std::int64_t end, const Emission& emission);
  /// A SYN stands at `position`: nothing before it is to be acknowledged. Call before send().
  void begin_at(std::int64_t position) {
    if (!acked_ && !highest_) acked_ = position;
  }
  /// True: bytes are acknowledged that were not.
  bool acknowledge(std::int64_t ack);
  /// True: bytes are SACKed that were not.
  bool sack(std::int64_t left, std::int64_t right);
  /// A segment of the receiver says that it lacks what is next.
  void note_sign(TimestampNs time);

  SendOrder order_by_ts(const Emission& a, const Emission& b) const;
  /// Unknown where this side's IDs do not count up.
  SendOrder order_by_id(const Emission& a, const Emission& b) const;

  /// Bytes that were acknowledged and never seen: the capture lost them.
  [[nodiscard]] std::int64_t missed_bytes() const { return missed_.count(); }
  /// Bytes in gaps that nothing acknowledged.
  [[nodiscard]] std::int64_t gap_bytes() const;
  [[nodiscard]] std::int64_t sacked_gap_bytes() const;
  /// Parts that do not touch of what came and is not acknowledged: what the next segment may have to visit.
  [[nodiscard]] std::size_t seen_parts() const { return seen_.size(); }

 private:
  static constexpr std::size_t kUnbounded = ~std::size_t{0};

  struct Range {
    std::int64_t end = 0;
    Emission first;
  };

  void note_id(const Emission& emission);
  void fill(std::int64_t begin, std::int64_t end);
  void open_gap(std::int64_t begin, std::int64_t end, const Emission& opener);
  void remember(std::int64_t begin, std::int64_t end, const Emission& emission);
  void forget_acknowledged();

  std::optional<std::uint32_t> reference_;
  std::int64_t position_ = 0;
  std::optional<std::int64_t> lowest_;
  std::optional<std::int64_t> highest_;
  std::optional<std::int64_t> acked_;
  std::map<std::int64_t, Range> sent_;  ///< by begin; not acknowledged, no two overlap
  IntervalSet seen_{kUnbounded};        ///< the positions of sent_, joined: no more intervals than it has
  std::map<std::int64_t, Gap> gaps_;    ///< by begin; not acknowledged
  IntervalSet sacked_;
  IntervalSet missed_;
  std::optional<std::uint16_t> last_id_;
  std::uint32_t ids_up_ = 0;
  std::uint32_t ids_down_ = 0;
};

}  // namespace pcapsule::analysis
