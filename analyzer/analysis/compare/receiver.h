// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "analyzer/analysis/compare/coverage.h"
#include "analyzer/analysis/compare/pair.h"

namespace pcapsule::analysis::compare {

/// A range of positions, half-open, and the first row that tells something of it.
struct RangeQuestion {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::uint32_t sacked_row = kNoRow;    ///< first whose SACK block covers it, above the acknowledgment
  std::uint32_t repeated_row = kNoRow;  ///< first that says it came twice: D-SACK (RFC 2883)
  std::uint32_t first_cover = kNoRow;   ///< the row of the stream itself that completed it at this point
  std::uint32_t copies = 0;             ///< rows of the stream that cover all of it
  std::int64_t unseen_begin = 0;        ///< what no row of the stream covers: from its first byte ...
  std::int64_t unseen_end = 0;          ///< ... to its last; equal: nothing
};

/// What the host behind the second point of a direction says of what it received, as
/// that point saw it leave: acknowledgments, SACK blocks, echoes. Rows are those of the second point.
class Receiver {
 public:
  /// The pair must outlive this.
  Receiver(const PairRows& pair, Direction direction);

  /// The first row that acknowledges all before `end`; kNoRow: none.
  [[nodiscard]] std::uint32_t first_acking(std::int64_t end) const;

  /// The first row sent after `after_ns` and before row `before` that still waits for position
  /// `begin`: its acknowledgment is not beyond it and no block that it carries covers it. kNoRow: none.
  [[nodiscard]] std::uint32_t first_waiting(std::int64_t begin, std::int64_t end, std::int64_t after_ns,
                                            std::uint32_t before) const;

  /// The first row before row `before` that reports, by a block beyond `end`, something that was sent later, while it
  /// still waits for position `begin`. Where nothing is overtaken on the way, no time has to be waited for.
  [[nodiscard]] std::uint32_t first_overtaken(std::int64_t begin, std::int64_t end, std::uint32_t before) const;

  /// The first row sent after `after_ns`; kNoRow: none.
  [[nodiscard]] std::uint32_t first_after(std::int64_t after_ns) const;

  /// The greatest acknowledgment sent up to then; nullopt: none.
  [[nodiscard]] std::optional<std::int64_t> acked_at(std::int64_t time_ns) const;

  /// The first row sent after `after_ns` and before row `before` that sends data below `end` again.
  [[nodiscard]] std::uint32_t first_repeating(std::int64_t end, std::int64_t after_ns, std::uint32_t before) const;

  /// Fills in what rows say of `questions`, all of them in one pass over the rows.
  void answer(std::vector<RangeQuestion>& questions) const;

  /// The rows of the host, ascending.
  [[nodiscard]] std::span<const std::uint32_t> rows() const { return rows_; }
  /// The place in rows() of the first one sent after then.
  [[nodiscard]] std::size_t place_after(std::int64_t time_ns) const;

  /// How long after a segment passed the point its answer may pass it at the latest, with the
  /// path behind the point at its best: what leaves the host later knows of the segment.
  [[nodiscard]] std::int64_t settled_ns() const { return settled_ns_; }

 private:
  void learn_response_time();
  [[nodiscard]] std::vector<SackRange>::const_iterator blocks_of(std::size_t place) const;
  using Ranges = std::vector<std::pair<std::int64_t, std::int64_t>>;
  using Questions = std::vector<RangeQuestion*>;  ///< by ascending begin

  static Ranges merged(const Questions& questions);
  static void cover(std::span<const Piece> pieces, const Questions& questions);
  static void count_copies(std::vector<Piece> pieces, const Questions& questions);
  [[nodiscard]] std::vector<Piece> pieces_in(const Ranges& ranges) const;
  void apply_sacks(const Questions& questions) const;

  const PairRows& pair_;
  Direction direction_;
  unsigned point_;
  std::vector<std::uint32_t> rows_;         ///< of the host, ascending
  std::vector<std::int64_t> acked_;         ///< greatest acknowledgment up to each of rows_
  std::vector<std::int64_t> latest_ns_;     ///< greatest stamp up to each of rows_
  std::vector<std::int64_t> sent_end_;      ///< of the host's own data before each of rows_
  std::vector<std::uint32_t> first_block_;  ///< of each of rows_, among the SACK blocks of the point
  std::int64_t settled_ns_ = 0;
};

}  // namespace pcapsule::analysis::compare
