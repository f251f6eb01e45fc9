// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>

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

/// `later - earlier`. Wraps instead of overflowing: stamps at both ends of the
/// 64-bit range are legal input.
constexpr DurationNs operator-(TimestampNs later, TimestampNs earlier) {
  return {
      static_cast<std::int64_t>(static_cast<std::uint64_t>(later.value) - static_cast<std::uint64_t>(earlier.value))};
}

constexpr TimestampNs operator+(TimestampNs time, DurationNs span) {
  return {static_cast<std::int64_t>(static_cast<std::uint64_t>(time.value) + static_cast<std::uint64_t>(span.value))};
}

}  // namespace pcapsule
