// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

#include "common/base/overflow.h"

namespace pcapsule {

/// A span of time in nanoseconds, possibly negative.
struct DurationNs {
  std::int64_t value = 0;
  friend auto operator<=>(DurationNs, DurationNs) = default;
};

/// A point in time: nanoseconds since the Unix epoch, UTC (rule S8).
/// Stamps of a capture need not be sorted (rule S44).
struct TimestampNs {
  std::int64_t value = 0;
  friend auto operator<=>(TimestampNs, TimestampNs) = default;
};

inline constexpr std::int64_t kNsPerSecond = 1'000'000'000;

/// What a span shows that does not fit: more than 292 years, forwards or backwards.
inline constexpr DurationNs kGreatestSpan = {std::numeric_limits<std::int64_t>::max()};
inline constexpr DurationNs kLeastSpan = {std::numeric_limits<std::int64_t>::min()};

/// `later - earlier`. Stamps at both ends of the 64-bit range are legal input: a span that does not fit stops at
/// kGreatestSpan or kLeastSpan, so it never looks like a short one. Not for a distance that is added back.
constexpr DurationNs operator-(TimestampNs later, TimestampNs earlier) {
  DurationNs span;
  if (!__builtin_sub_overflow(later.value, earlier.value, &span.value)) return span;
  return later < earlier ? kLeastSpan : kGreatestSpan;
}

/// Likewise.
constexpr TimestampNs operator+(TimestampNs time, DurationNs span) { return {saturating_add(time.value, span.value)}; }

/// `later - earlier` modulo 2^64, which `at_distance` adds back exactly, however far apart the two are. This is what
/// record files hold (schema/FORMAT.md, 3); it is no span to show or to compare.
constexpr DurationNs wrapping_distance(TimestampNs later, TimestampNs earlier) {
  return {wrapping_subtract(later.value, earlier.value)};
}
constexpr TimestampNs at_distance(TimestampNs time, DurationNs distance) {
  return {wrapping_add(time.value, distance.value)};
}

}  // namespace pcapsule
