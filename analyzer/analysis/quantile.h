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

/// The value below or at which `numerator / denominator` of all values lie, by the
/// nearest rank: the ceil(n * q)-th smallest. Always a value that occurs, never one
/// in between. Orders `values` as far as it needs. REQUIRES: values is not empty, 0 < q <= 1.
template <class T>
T quantile(std::span<T> values, std::size_t numerator, std::size_t denominator) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(quantile_place(values.size(), numerator, denominator));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace pcapsule::analysis
