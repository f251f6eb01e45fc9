// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>

namespace pcapsule::analysis {

/// Where the value of quantile() stands among `count` values in ascending order, from 0. REQUIRES: as there.
inline std::size_t quantile_place(std::size_t count, std::size_t numerator, std::size_t denominator) {
  assert(count > 0 && numerator > 0 && numerator <= denominator);
  return (count * numerator + denominator - 1) / denominator - 1;
}

/// Moves the values that fulfil `is_front` before the others, and yields how many they are. Without branches on
/// values, which nobody foresees.
template <class T, class IsFront>
std::size_t part(std::span<T> values, IsFront is_front) {
  std::size_t fronts = 0;
  for (T& value : values) {
    const T moved = value;
    value = values[fronts];
    values[fronts] = moved;
    fronts += is_front(moved) ? 1U : 0U;
  }
  return fronts;
}

/// As std::nth_element, a third of its time where many values are to be compared: that mispredicts every second of its
/// branches. Values that somebody chose so that parting them does little are left to std::nth_element.
template <class T>
void select_nth(std::span<T> values, std::size_t place) {
  constexpr std::size_t kFew = 64;
  constexpr int kMaxRounds = 48;
  for (int round = 0; round < kMaxRounds && values.size() > kFew; ++round) {
    const T first = values.front(), middle = values[values.size() / 2], last = values.back();
    const T pivot = std::max(std::min(first, middle), std::min(std::max(first, middle), last));  // their median
    const std::size_t less = part(values, [pivot](const T& value) { return value < pivot; });
    if (place < less) {
      values = values.first(less);
      continue;
    }
    const std::size_t equal = part(values.subspan(less), [pivot](const T& value) { return !(pivot < value); });
    if (place < less + equal) return;
    values = values.subspan(less + equal);
    place -= less + equal;
  }
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(place), values.end());
}

/// The value below or at which `numerator / denominator` of all values lie, by the
/// nearest rank: the ceil(n * q)-th smallest. Always a value that occurs, never one
/// in between. Orders `values` as far as it needs. REQUIRES: values is not empty, 0 < q <= 1.
template <class T>
T quantile(std::span<T> values, std::size_t numerator, std::size_t denominator) {
  const std::size_t place = quantile_place(values.size(), numerator, denominator);
  select_nth(values, place);
  return values[place];
}

}  // namespace pcapsule::analysis
