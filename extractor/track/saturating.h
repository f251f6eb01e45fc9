// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>

namespace pcapsule::track {

/// Counters of the connection table stop at their greatest value instead of
/// starting again from 0.
template <class Counter>
constexpr void add_saturating(Counter& counter, Counter amount) {
  constexpr Counter kGreatest = std::numeric_limits<Counter>::max();
  counter = static_cast<Counter>(amount > kGreatest - counter ? kGreatest : counter + amount);
}

/// `later - earlier`, at most 2^32 - 1; 0 when `later` lies before `earlier`.
constexpr std::uint32_t saturating_distance(std::uint64_t earlier, std::uint64_t later) {
  if (later < earlier) return 0;
  const std::uint64_t distance = later - earlier;
  constexpr std::uint32_t kGreatest = std::numeric_limits<std::uint32_t>::max();
  return distance > kGreatest ? kGreatest : static_cast<std::uint32_t>(distance);
}

}  // namespace pcapsule::track
