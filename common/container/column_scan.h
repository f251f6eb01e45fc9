// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace pcapsule::container {

// Passes over a whole staged column. Plain loops without early exits, which the compiler vectorises, unlike
// std::all_of and std::minmax_element: they are a tenth of what is done to a row.

/// REQUIRES: not empty.
template <class T>
bool all_equal(std::span<const T> values) {
  constexpr std::size_t kStrip = 256;  // a column that varies is left early
  const T first = values.front();
  for (std::size_t begin = 0; begin < values.size(); begin += kStrip) {
    T difference = 0;
    for (const T value : values.subspan(begin, std::min(kStrip, values.size() - begin))) {
      difference |= static_cast<T>(value ^ first);
    }
    if (difference != 0) return false;
  }
  return true;
}

template <class T>
struct Range {
  T least;
  T greatest;
};

/// REQUIRES: not empty.
template <class T>
Range<T> range_of(std::span<const T> values) {
  Range<T> range{values.front(), values.front()};
  for (const T value : values) {
    range.least = std::min(range.least, value);
    range.greatest = std::max(range.greatest, value);
  }
  return range;
}

}  // namespace pcapsule::container
