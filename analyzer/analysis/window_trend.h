// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "analyzer/analysis/receive_window.h"
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

/// More buckets than this are not made.
inline constexpr std::uint64_t kGreatestBuckets = 1'000'000;

/// By how much buckets are widened that are too many: 1, 2 and 5 stay what they are.
inline constexpr std::int64_t kWiden = 10;

/// The place of a bucket among those that are kWiden times as wide.
constexpr std::int64_t widened_index(std::int64_t index) { return index / kWiden - (index % kWiden < 0 ? 1 : 0); }

/// Buckets of unasked width, of about `usual`, that a connection may have at most: the connection table says how long
/// it took, and stamps that go backwards, or a lie, lead beyond that.
constexpr std::uint64_t greatest_unasked(std::int64_t usual) { return static_cast<std::uint64_t>(usual) * 5; }

/// The least of 1, 2 and 5 times a power of ten nanoseconds that makes at most `buckets`, 60 or more, of `duration`; a
/// second where that is not above 0.
inline constexpr std::int64_t kUsualTrendBuckets = 60;
DurationNs default_bucket(DurationNs duration, std::int64_t buckets = kUsualTrendBuckets);

/// The trend of one connection (S30), fed row by row. Four bytes a sample.
class WindowTrend {
 public:
  /// `width` > 0. `start`: stamp of the connection's first segment. `widest`: where there would be more buckets, all of
  /// them become ten times as wide, as often as needed; nullopt: never.
  WindowTrend(TimestampNs start, DurationNs width, std::optional<std::uint64_t> widest = std::nullopt)
      : start_(start), width_(width), widest_(widest) {}

  /// A segment, whether or not its window is known: it says how far the trend goes.
  void see(TimestampNs time);
  void add(const WindowSample& sample);

  /// Every bucket from the first to the last that has a segment of either side, in order of time. nullopt: more than
  /// kGreatestBuckets.
  [[nodiscard]] std::optional<std::vector<TrendBucket>> buckets(unsigned side);

 private:
  struct Bucket {
    std::vector<std::uint32_t> windows;
    TrendBucket extremes;
  };

  [[nodiscard]] std::int64_t index_of(TimestampNs time) const;
  void see_index(std::int64_t index);
  void widen();
  static void join(Bucket& into, Bucket from);

  TimestampNs start_;
  DurationNs width_;
  std::optional<std::uint64_t> widest_;
  std::optional<std::int64_t> first_;
  std::int64_t last_ = 0;
  std::array<std::map<std::int64_t, Bucket>, 2> bucket_;
};

}  // namespace pcapsule::analysis
