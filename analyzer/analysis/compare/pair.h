// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "analyzer/analysis/compare/clock.h"
#include "analyzer/analysis/compare/segment.h"
#include "analyzer/analysis/compare/segment_match.h"

namespace pcapsule::analysis::compare {

/// A connection as both points saw it, its segments matched.
struct PairRows {
  std::array<TapRows, 2> rows;  ///< by point
  SegmentMatch match;
  /// By host: what its window fields are multiplied by, as a shift; nullopt: not known.
  std::array<std::optional<std::uint8_t>, 2> shift;

  [[nodiscard]] const Segment& at(unsigned point, std::size_t row) const { return rows[point].segments[row]; }
  [[nodiscard]] std::uint32_t partner(unsigned point, std::size_t row) const {
    return match.has_partner(point, row) ? match.rows[point][row].partner : kNoRow;
  }
};

/// From the first to the last frame of a capture, by its own clock.
struct Span {
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;

  /// Wraps instead of overflowing.
  [[nodiscard]] std::int64_t length_ns() const { return (TimestampNs{last_ns} - TimestampNs{first_ns}).value; }
};

/// What holds for all pairs of two captures.
struct Frame {
  std::array<Span, 2> captured;     ///< by point
  std::optional<ClockModel> clock;  ///< nullopt: not known
  /// By direction: by how much the delay grew at most from one segment to the next. What is
  /// expected at the second point may be so much later.
  std::array<std::int64_t, 2> jitter_ns{};

  /// When the other point should see what `point` saw at `time_ns`, in the absence of a nearer clue.
  [[nodiscard]] std::int64_t at_other(unsigned point, std::int64_t time_ns) const {
    if (!clock) return time_ns;
    return wrapping_add(point == kNear ? clock->to_far(time_ns) : clock->to_near(time_ns),
                        clock->round_trip_least_ns / 2);
  }
};

}  // namespace pcapsule::analysis::compare
