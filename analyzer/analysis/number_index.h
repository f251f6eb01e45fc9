// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pcapsule::analysis {

/// From connection numbers to their places in an ascending list: by a table
/// where the numbers lie close together, as nearly always, else by search.
class NumberIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffff'ffff;

  /// REQUIRES: `numbers` ascends.
  void build(std::span<const std::uint32_t> numbers) {
    constexpr std::uint32_t kGreatestSpread = 1U << 22;
    // Clearing the table may cost no more than filling it in: a chunk of two connections with far numbers is cheap to
    // make.
    constexpr std::size_t kGreatestPlaces = 64;  // a number
    constexpr std::size_t kFewPlaces = 4096;
    numbers_.assign(numbers.begin(), numbers.end());
    dense_.clear();
    if (numbers_.empty()) return;
    const std::uint32_t spread = numbers_.back() - numbers_.front();
    if (spread >= kGreatestSpread || spread >= numbers_.size() * kGreatestPlaces + kFewPlaces) return;
    dense_.assign(std::size_t{numbers_.back()} - numbers_.front() + 1, kNone);
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      dense_[numbers_[i] - numbers_.front()] = static_cast<std::uint32_t>(i);
    }
  }

  /// Places of the table; 0: numbers are searched.
  [[nodiscard]] std::size_t places() const { return dense_.size(); }

  /// kNone: not in the list.
  [[nodiscard]] std::uint32_t find(std::uint32_t number) const {
    if (!dense_.empty()) {
      const std::uint32_t place = number - numbers_.front();  // wraps to a great number where it is less
      return place < dense_.size() ? dense_[place] : kNone;
    }
    const auto found = std::lower_bound(numbers_.begin(), numbers_.end(), number);
    if (found == numbers_.end() || *found != number) return kNone;
    return static_cast<std::uint32_t>(found - numbers_.begin());
  }

 private:
  std::vector<std::uint32_t> numbers_;
  std::vector<std::uint32_t> dense_;
};

}  // namespace pcapsule::analysis
