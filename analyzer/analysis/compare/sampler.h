// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/analysis/quantile.h"
#include "common/base/overflow.h"

namespace pcapsule::analysis::compare {

/// Values whose quantiles are asked for, in bounded memory: count, sum, least and greatest are
/// exact; quantiles are exact up to a limit, beyond which every second value, every
/// fourth and so on is kept.
class Sampler {
 public:
  explicit Sampler(std::size_t greatest = kGreatest) : greatest_(greatest) {}

  void add(std::int64_t value) {
    least_ = count_ == 0 ? value : std::min(least_, value);
    most_ = count_ == 0 ? value : std::max(most_, value);
    sum_ = saturating_add(sum_, value);
    if (count_++ % stride_ == 0) keep(value);
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::int64_t sum() const { return sum_; }
  [[nodiscard]] std::optional<std::int64_t> least() const { return count_ > 0 ? std::optional(least_) : std::nullopt; }
  [[nodiscard]] std::optional<std::int64_t> greatest() const {
    return count_ > 0 ? std::optional(most_) : std::nullopt;
  }
  /// By the nearest rank; nullopt: no values.
  [[nodiscard]] std::optional<std::int64_t> percentile(std::size_t percent) const {
    if (values_.empty()) return std::nullopt;
    std::vector<std::int64_t> copy = values_;
    return quantile(std::span(copy), percent, 100);
  }

 private:
  static constexpr std::size_t kGreatest = std::size_t{1} << 20;

  void keep(std::int64_t value) {
    if (values_.size() == greatest_) {
      for (std::size_t i = 0; i < values_.size() / 2; ++i) values_[i] = values_[2 * i];
      values_.resize(values_.size() / 2);
      stride_ *= 2;
      if ((count_ - 1) % stride_ != 0) return;
    }
    values_.push_back(value);
  }

  std::size_t greatest_;
  std::uint64_t count_ = 0;
  std::uint64_t stride_ = 1;
  std::int64_t sum_ = 0;
  std::int64_t least_ = 0;
  std::int64_t most_ = 0;
  std::vector<std::int64_t> values_;
};

}  // namespace pcapsule::analysis::compare
