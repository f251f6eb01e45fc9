// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "analyzer/read/connection.h"
#include "common/base/time.h"

namespace pcapsule::analysis {

/// What one side sent in one stretch of time.
struct ThroughputBucket {
  DurationNs start;               ///< since the connection's first segment; negative where stamps go backwards
  std::uint64_t bytes = 0;        ///< payload, as often as it was sent
  std::uint64_t new_bytes = 0;    ///< payload that no earlier segment carried
  std::uint64_t first_frame = 0;  ///< the first with payload; 0: none
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
  /// `width` > 0. `start`: stamp of the connection's first segment. `widest`: where there would be more buckets, all of
  /// them become ten times as wide, as often as needed; nullopt: never.
  Throughput(TimestampNs start, DurationNs width, std::optional<std::uint64_t> widest = std::nullopt)
      : start_(start), width_(width), widest_(widest) {}

  [[nodiscard]] DurationNs width() const { return width_; }

  /// A segment, with payload or without: it says how far the connection goes.
  void see(TimestampNs time);
  void add(const SentRange& sent);
  /// One that is not shown, which only says what is not new any more.
  void know(const SentRange& sent);

  /// Every bucket from the first to the last that has a segment of either side. nullopt: more than
  /// kGreatestBuckets.
  [[nodiscard]] std::optional<std::vector<ThroughputBucket>> buckets(unsigned side) const;

 private:
  [[nodiscard]] std::int64_t index_of(TimestampNs time) const;
  void widen();
  std::uint64_t note(unsigned side, std::int64_t begin, std::int64_t end);

  TimestampNs start_;
  DurationNs width_;
  std::optional<std::uint64_t> widest_;
  std::optional<std::int64_t> first_;
  std::int64_t last_ = 0;
  std::array<std::map<std::int64_t, ThroughputBucket>, 2> bucket_;
  std::array<std::map<std::int64_t, std::int64_t>, 2> seen_;  ///< begin and end of what was sent
};

}  // namespace pcapsule::analysis
