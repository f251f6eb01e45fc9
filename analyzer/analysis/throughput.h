// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "analyzer/analysis/time_buckets.h"
#include "analyzer/read/connection.h"
#include "common/base/time.h"

namespace pcapsule::analysis {

/// What one side sent in one stretch of time.
struct ThroughputBucket {
  DurationNs start;               ///< since the connection's first segment; negative where stamps go backwards
  std::uint64_t bytes = 0;        ///< payload, as often as it was sent
  std::uint64_t new_bytes = 0;    ///< payload that no earlier segment carried
  std::uint64_t first_frame = 0;  ///< the first with payload; 0: none

  void join(const ThroughputBucket& other);
};

/// A segment with payload.
struct SentRange {
  read::Moment at;
  unsigned side = 0;
  std::int64_t seq = 0;  ///< relative, not wrapping (S19)
  std::uint32_t payload = 0;
};

/// Parts that do not touch each other are remembered at most; beyond that those with the least numbers count as one.
inline constexpr std::size_t kGreatestParts = 65'536;

/// The throughput of one connection over time, fed its segments in file order.
class Throughput {
 public:
  /// `start`: stamp of the connection's first segment.
  Throughput(TimestampNs start, BucketWidth width) : buckets_(start, width) {}

  [[nodiscard]] DurationNs width() const { return buckets_.width(); }

  /// A segment, with payload or without: it says how far the connection goes.
  void see(TimestampNs time) { buckets_.see(time); }
  void add(const SentRange& sent);
  /// One that is not shown, which only says what is not new any more.
  void know(const SentRange& sent);

  /// How many buckets() has of a side.
  [[nodiscard]] std::uint64_t count() const { return buckets_.count(); }
  /// Every bucket from the first to the last that has a segment of either side. nullopt: more than
  /// kGreatestBuckets.
  [[nodiscard]] std::optional<std::vector<ThroughputBucket>> buckets(unsigned side);

 private:
  std::uint64_t note(unsigned side, std::int64_t begin, std::int64_t end);

  TimeBuckets<ThroughputBucket> buckets_;
  std::array<std::map<std::int64_t, std::int64_t>, 2> seen_;  ///< begin and end of what was sent
};

}  // namespace pcapsule::analysis
