// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace pcapsule::analysis {

/// The numbers of many lists, as of the chunks that many connections have rows in. Its memory is that of the different
/// ones, however often each comes.
class NumberUnion {
 public:
  void add(std::uint32_t number) {
    numbers_.push_back(number);
    if (numbers_.size() >= limit_) unite();
  }
  void add(std::span<const std::uint32_t> numbers) {
    for (const std::uint32_t number : numbers) add(number);
  }

  /// All of them, ascending, each once; leaves none.
  [[nodiscard]] std::vector<std::uint32_t> take() {
    unite();
    limit_ = kLeastLimit;
    return std::exchange(numbers_, {});
  }

 private:
  static constexpr std::size_t kLeastLimit = std::size_t{1} << 12;

  void unite() {
    std::ranges::sort(numbers_);
    numbers_.erase(std::unique(numbers_.begin(), numbers_.end()), numbers_.end());
    limit_ = std::max(2 * numbers_.size(), kLeastLimit);
  }

  std::vector<std::uint32_t> numbers_;
  std::size_t limit_ = kLeastLimit;  ///< repetitions are dropped when there are so many
};

}  // namespace pcapsule::analysis
