// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <span>

namespace pcapsule::analysis {

/// The elements whose `projection` is `key`, of those that ascend by it. For std::ranges::equal_range, whose result
/// clang 14 cannot compile.
template <class T, class Key, class Projection>
std::span<const T> equal_span(std::span<const T> sorted, const Key& key, Projection projection) {
  const auto first = std::ranges::lower_bound(sorted, key, {}, projection);
  const auto end = std::ranges::upper_bound(first, sorted.end(), key, {}, projection);
  return {first, end};
}

}  // namespace pcapsule::analysis
