// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analyzer/analysis/quantile.h"

namespace pcapsule::analysis {

/// Quantiles of many numbers in bounded memory. Up to kGreatestKept all of them
/// count; beyond that every second one, then every fourth, and so on, evenly over time.
/// Least and greatest are always those of all.
class SampleSet {
 public:
  static constexpr std::size_t kGreatestKept = 1U << 17;

  void add(std::int64_t value) {
    least_ = count_ == 0 ? value : std::min(least_, value);
    greatest_ = count_ == 0 ? value : std::max(greatest_, value);
    if (count_++ % step_ != 0) return;
    if (kept_.size() == kGreatestKept) thin();
    if ((count_ - 1) % step_ == 0) kept_.push_back(value);
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// REQUIRES in all of these: count() > 0.
  [[nodiscard]] std::int64_t least() const { return least_; }
  [[nodiscard]] std::int64_t greatest() const { return greatest_; }
  /// By the nearest rank, numerator / denominator of the way up. Changes the order of what is kept.
  [[nodiscard]] std::int64_t quantile_of(unsigned numerator, unsigned denominator) {
    return quantile(std::span<std::int64_t>(kept_), numerator, denominator);
  }

 private:
  void thin() {
    for (std::size_t i = 0; i < kept_.size() / 2; ++i) kept_[i] = kept_[i * 2];
    kept_.resize(kept_.size() / 2);
    step_ *= 2;
  }

  std::vector<std::int64_t> kept_;
  std::uint64_t count_ = 0;
  std::uint64_t step_ = 1;
  std::int64_t least_ = 0;
  std::int64_t greatest_ = 0;
};

}  // namespace pcapsule::analysis
