// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "analyzer/analysis/compare/segment.h"

namespace pcapsule::analysis::compare {

/// What happened to a segment, beside arriving.
enum class PathEvent : std::uint8_t {
  kLost,        ///< between the points
  kResent,      ///< it was sent again, for whatever cause (S51)
  kZeroWindow,  ///< it says that its sender's window is shut
};

/// Receives what a picture of the path shows, pair by pair, each pair's segments of one direction in file order.
class PathSink {
 public:
  virtual ~PathSink() = default;
  /// A segment that both points saw: when, by the near clock, and how long it took.
  virtual void delay(Direction direction, std::int64_t near_ns, std::int64_t delay_ns, std::uint64_t near_frame) = 0;
  /// `delay_ns`: of the segment before it, which tells how the path was then.
  virtual void event(PathEvent event, Direction direction, std::int64_t near_ns, std::int64_t delay_ns) = 0;
};

}  // namespace pcapsule::analysis::compare
