// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/analysis/receive_window.h"
#include "analyzer/analysis/time_buckets.h"
#include "common/base/time.h"

namespace pcapsule::analysis {

/// The windows that one side advertised in one stretch of time; without samples the other values are 0 and mean
/// nothing.
struct TrendBucket {
  DurationNs start;  ///< since the connection's first segment; negative where stamps go backwards
  std::uint64_t samples = 0;
  std::uint32_t least = 0;
  std::uint32_t median = 0;
  std::uint32_t greatest = 0;
  std::uint64_t least_frame = 0;  ///< the first with it
  std::uint64_t greatest_frame = 0;
};

/// As many buckets as a trend has by default, at most.
inline constexpr std::int64_t kUsualTrendBuckets = 60;

/// The trend of one connection (S30), fed row by row. Four bytes a sample.
class WindowTrend {
 public:
  /// `start`: stamp of the connection's first segment.
  WindowTrend(TimestampNs start, BucketWidth width) : buckets_(start, width) {}

  /// A segment, whether or not its window is known: it says how far the trend goes.
  void see(TimestampNs time) { buckets_.see(time); }
  void add(const WindowSample& sample);

  /// How many buckets() has of a side.
  [[nodiscard]] std::uint64_t count() const { return buckets_.count(); }
  /// Every bucket from the first to the last that has a segment of either side, in order of time. nullopt: more than
  /// kGreatestBuckets.
  [[nodiscard]] std::optional<std::vector<TrendBucket>> buckets(unsigned side);

 private:
  struct Bucket {
    std::vector<std::uint32_t> windows;
    TrendBucket extremes;

    void join(Bucket other);
  };

  TimeBuckets<Bucket> buckets_;
};

}  // namespace pcapsule::analysis
