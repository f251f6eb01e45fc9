// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>

namespace pcapsule::track {

/// Counters of the connection table stop at their greatest value instead of
/// starting again from 0. Whether all of `amount` was added.
template <class Counter>
constexpr bool add_saturating(Counter& counter, Counter amount) {
  constexpr Counter kGreatest = std::numeric_limits<Counter>::max();
  const bool fits = amount <= kGreatest - counter;
  counter = static_cast<Counter>(fits ? counter + amount : kGreatest);
  return fits;
}

/// `later - earlier`, at most 2^32 - 1; 0 when `later` lies before `earlier`.
constexpr std::uint32_t saturating_distance(std::uint64_t earlier, std::uint64_t later) {
  if (later < earlier) return 0;
  const std::uint64_t distance = later - earlier;
  constexpr std::uint32_t kGreatest = std::numeric_limits<std::uint32_t>::max();
  return distance > kGreatest ? kGreatest : static_cast<std::uint32_t>(distance);
}

}  // namespace pcapsule::track
