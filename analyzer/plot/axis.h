// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/plot/points.h"

namespace pcapsule::plot {

struct Tick {
  double at = 0;  ///< in the unit of the points
  std::string label;
};

/// An axis with its range, and ticks at round numbers of a unit that people read easily.
struct Axis {
  double low = 0;
  double high = 1;
  bool logarithmic = false;
  std::string unit;  ///< `ms`, `kB`, `Mbit/s`
  std::vector<Tick> ticks;
};

enum class Fit : std::uint8_t {
  kFromZero,     ///< the axis begins at 0, or a little below where that or less occurs, so that it does not hide it
  kTight,        ///< from the least to the greatest, and a little more
  kExact,        ///< from the least to the greatest
  kLogarithmic,  ///< REQUIRES: least > 0
};

/// The axis for values from `least` to `greatest`, with about `ticks` ticks.
Axis make_axis(Unit unit, double least, double greatest, Fit fit, std::size_t ticks);

/// A number in plain decimal notation, as short as it can be and be read back.
std::string plain_number(double value);

}  // namespace pcapsule::plot
