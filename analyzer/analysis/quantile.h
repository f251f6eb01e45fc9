// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>

namespace pcapsule::analysis {

/// The value below or at which `numerator / denominator` of all values lie, by the
/// nearest rank: the ceil(n * q)-th smallest. Always a value that occurs, never one
/// in between. Orders `values` as far as it needs. REQUIRES: values is not empty, 0 < q <= 1.
template <class T>
T quantile(std::span<T> values, std::size_t numerator, std::size_t denominator) {
  assert(!values.empty() && numerator > 0 && numerator <= denominator);
  const std::size_t rank = (values.size() * numerator + denominator - 1) / denominator;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace pcapsule::analysis
