// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace pcapsule::analysis::compare {

/// Ranges by ascending begin, each to be taken once: by the first block that has all of it. A block costs the logarithm
/// of their number, and as much again for each that it takes.
class NestedRanges {
 public:
  /// `ends`: of the ranges, in the order of their begins.
  explicit NestedRanges(std::span<const std::int64_t> ends)
      : leaves_(std::bit_ceil(std::max<std::size_t>(ends.size(), 1))), least_(2 * leaves_, kTaken) {
    std::ranges::copy(ends, least_.begin() + static_cast<std::ptrdiff_t>(leaves_));
    for (std::size_t node = leaves_; node-- > 1;) least_[node] = std::min(least_[2 * node], least_[2 * node + 1]);
  }

  /// Calls `take(i)` for each range from place `first` on, before place `last`, that ends by `end` and was not taken
  /// yet.
  template <class Take>
  void take_within(std::size_t first, std::size_t last, std::int64_t end, Take take) {
    if (first < last) descend(1, 0, leaves_, first, last, end, take);
  }

 private:
  template <class Take>
  void descend(std::size_t node, std::size_t begin, std::size_t width, std::size_t first, std::size_t last,
               std::int64_t end, Take& take) {
    if (least_[node] > end || least_[node] == kTaken || begin >= last || begin + width <= first) return;
    if (width == 1) {
      take(begin);
      least_[node] = kTaken;
      return;
    }
    descend(2 * node, begin, width / 2, first, last, end, take);
    descend(2 * node + 1, begin + width / 2, width / 2, first, last, end, take);
    least_[node] = std::min(least_[2 * node], least_[2 * node + 1]);
  }

  static constexpr std::int64_t kTaken = std::numeric_limits<std::int64_t>::max();
  std::size_t leaves_;
  std::vector<std::int64_t> least_;  ///< end of the ranges below a node that are not taken; leaves last
};

}  // namespace pcapsule::analysis::compare
