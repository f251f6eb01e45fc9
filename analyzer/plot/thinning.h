// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "analyzer/plot/points.h"

namespace pcapsule::plot {

/// Thins a series to what a picture can show, in one pass, without knowing beforehand how
/// far it reaches.
///
/// x is cut into stretches of one width. Of each the first point, the last, the one with the least
/// value and the one with the greatest are kept, so that no extreme is lost. The width is 1 ns at
/// first, so that every point is kept; whenever more than 4 times `columns` stretches have points, it
/// doubles. So a stretch is never wider than half a pixel column of the whole series. Memory: at most
/// 4 * 4 * columns points. REQUIRES: columns > 0.
class Thinner {
 public:
  explicit Thinner(std::size_t columns) : greatest_stretches_(4 * columns) {}

  void add(const Point& point);

  /// What is left, by stretch, and in the order of addition within one.
  [[nodiscard]] std::vector<Point> points() const;

 private:
  struct Numbered {
    Point point;
    std::uint64_t number = 0;  ///< in the order of addition
  };
  struct Stretch {
    Numbered first, last, least, greatest;
  };

  [[nodiscard]] std::int64_t stretch_of(std::int64_t x_ns) const { return x_ns >> shift_; }
  void widen();

  std::size_t greatest_stretches_;
  unsigned shift_ = 0;  ///< a stretch is 2^shift_ ns wide
  std::uint64_t count_ = 0;
  std::map<std::int64_t, Stretch> stretches_;
};

}  // namespace pcapsule::plot
