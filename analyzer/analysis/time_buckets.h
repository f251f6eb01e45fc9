// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "common/base/time.h"

namespace pcapsule::analysis {

/// More buckets than this are not made of one connection.
inline constexpr std::uint64_t kGreatestBuckets = 1'000'000;

/// How many buckets an answer may have, of all its connections and sides: a great number, and more for each segment
/// that it is about, so that a few segments far apart do not make gigabytes.
class BucketAllowance {
 public:
  static constexpr std::uint64_t kAlways = 2 * kGreatestBuckets;
  static constexpr std::uint64_t kPerSegment = 1000;

  void add_segment() { left_ += kPerSegment; }
  /// False: so many are not left, and none is taken.
  bool take(std::uint64_t buckets) {
    if (buckets > left_) return false;
    left_ -= buckets;
    return true;
  }

 private:
  std::uint64_t left_ = kAlways;
};

/// What is said of a connection whose buckets are too many, behind its number.
std::string too_many_buckets();

/// The stretch of time that a bucket covers.
struct BucketWidth {
  DurationNs width;  ///< above 0
  /// Where there would be more buckets, ten become one, as often as needed; nullopt: they stay as they are.
  std::optional<std::uint64_t> most;
};

/// The least of 1, 2 and 5 times a power of ten nanoseconds, and of `least`, that makes at most `usual` buckets, 60 or
/// more, of `duration`; a second where that is not above 0. It may become five times as many before they are widened:
/// the connection table says how long a connection took, and stamps that go backwards, or a lie, lead beyond that.
BucketWidth default_width(DurationNs duration, std::int64_t usual, DurationNs least = {1});

/// What both sides of a connection did, cut into stretches of equal length, of which one begins at `start`. `Value` has
/// `join(Value)`, which takes in what comes next to it.
template <class Value>
class TimeBuckets {
 public:
  TimeBuckets(TimestampNs start, BucketWidth width) : start_(start), width_(width.width), most_(width.most) {}

  [[nodiscard]] DurationNs width() const { return width_; }

  /// Something happened: there are buckets from the earliest to the latest of all that did.
  void see(TimestampNs time) {
    const std::int64_t index = index_of(time);
    last_ = first_ ? std::max(last_, index) : index;
    first_ = first_ ? std::min(*first_, index) : index;
    while (most_ && steps() >= *most_) widen();
  }

  /// The one for `time`, which was seen. nullptr: there are more than kGreatestBuckets; for_each() will refuse.
  Value* at(unsigned side, TimestampNs time) {
    auto& values = values_[side];
    return values.size() > kGreatestBuckets ? nullptr : &values[index_of(time)];
  }

  /// How many for_each() visits of a side, were there no limit; at most 2^64 - 1.
  [[nodiscard]] std::uint64_t count() const { return first_ ? std::max(steps(), steps() + 1) : 0; }

  /// Calls `visit` for every bucket, in order of time, with the time from `start` to its beginning, negative where
  /// stamps go backwards, and its value; nullptr: none. False: more than kGreatestBuckets, of which none is visited.
  template <class Visit>
  bool for_each(unsigned side, Visit visit) {
    if (!first_) return true;
    if (steps() >= kGreatestBuckets) return false;
    auto filled = values_[side].begin();
    for (std::uint64_t step = 0; step <= steps(); ++step) {
      const std::uint64_t index = static_cast<std::uint64_t>(*first_) + step;
      const bool has_value = filled != values_[side].end() && filled->first == static_cast<std::int64_t>(index);
      const DurationNs begin = {saturating_multiply(static_cast<std::int64_t>(index), width_.value)};
      visit(begin, has_value ? &filled->second : nullptr);
      if (has_value) ++filled;
    }
    return true;
  }

 private:
  static constexpr std::int64_t kWiden = 10;  ///< so that 1, 2 and 5 stay what they are

  [[nodiscard]] static std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
  [[nodiscard]] std::int64_t index_of(TimestampNs time) const {
    return floor_divide((time - start_).value, width_.value);
  }
  [[nodiscard]] std::uint64_t steps() const {
    return static_cast<std::uint64_t>(last_) - static_cast<std::uint64_t>(*first_);
  }

  void widen() {
    width_.value *= kWiden;
    first_ = floor_divide(*first_, kWiden);
    last_ = floor_divide(last_, kWiden);
    for (auto& values : values_) {
      std::map<std::int64_t, Value> wide;
      for (auto& [index, value] : std::exchange(values, {})) {
        const auto [place, is_new] = wide.try_emplace(floor_divide(index, kWiden));
        is_new ? void(place->second = std::move(value)) : place->second.join(std::move(value));
      }
      values = std::move(wide);
    }
  }

  TimestampNs start_;
  DurationNs width_;
  std::optional<std::uint64_t> most_;
  std::optional<std::int64_t> first_;  ///< number of the bucket; that at `start` is 0
  std::int64_t last_ = 0;
  std::array<std::map<std::int64_t, Value>, 2> values_;  ///< by side
};

}  // namespace pcapsule::analysis
