// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analyzer/analysis/compare/pair.h"

namespace pcapsule::analysis::compare {

/// When a segment of the first point should have passed the second, by the delay of the
/// matched segment before it in its direction, else after it, else by the clocks.
class Arrivals {
 public:
  Arrivals(const PairRows& pair, Direction direction, const Frame& frame);
  [[nodiscard]] std::int64_t at_second(std::uint32_t first_row) const;
  [[nodiscard]] std::int64_t at_first(std::uint32_t second_row) const;

 private:
  [[nodiscard]] std::int64_t moved(unsigned point, std::uint32_t row) const;

  const PairRows& pair_;
  Direction direction_;
  const Frame& frame_;
  std::array<std::vector<std::uint32_t>, 2> known_;  ///< matched rows of the direction, by point
};

}  // namespace pcapsule::analysis::compare
