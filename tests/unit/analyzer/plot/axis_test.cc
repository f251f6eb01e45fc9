// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/axis.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pcapsule::plot {
namespace {

std::string text(const Axis& axis) {
  std::string found = axis.unit + ":";
  for (const Tick& tick : axis.ticks) found += " " + tick.label;
  return found;
}

struct Case {
  const char* rule;
  Unit unit;
  double least;
  double greatest;
  Fit fit;
  std::size_t ticks;
  const char* expected;
};

TEST(Axis, TicksAreRoundNumbersOfAReadableUnit) {
  const std::vector<Case> cases = {
      {"bytes", Unit::kBytes, 0, 900, Fit::kFromZero, 5, "bytes: 0 200 400 600 800"},
      {"kB is 1000 bytes", Unit::kBytes, 78'672, 875'008, Fit::kFromZero, 5, "kB: 0 200 400 600 800"},
      {"MB from ten of them on", Unit::kBytes, 1, 15'579'412, Fit::kFromZero, 4, "MB: 0 5 10 15"},
      {"Mbit/s", Unit::kBitsPerSecond, 0, 8'120'000, Fit::kFromZero, 5, "Mbit/s: 0 2 4 6 8"},
      {"the clock in seconds, as the listing", Unit::kClock, 0, 825'095'000, Fit::kExact, 5, "s: 0.0 0.2 0.4 0.6 0.8"},
      {"the clock of a short connection", Unit::kClock, 0, 808'000, Fit::kExact, 5, "ms: 0.0 0.2 0.4 0.6 0.8"},
      {"latency in milliseconds", Unit::kNanoseconds, 0, 307'000'000, Fit::kFromZero, 4, "ms: 0 100 200 300"},
      {"a stretch of it", Unit::kClock, 6.2e9, 6.3e9, Fit::kExact, 5, "s: 6.20 6.22 6.24 6.26 6.28 6.30"},
      {"before the start", Unit::kClock, -2e9, 2e9, Fit::kExact, 4, "s: -2 -1 0 1 2"},
      {"a share in per cent", Unit::kShare, 0, 1, Fit::kExact, 5, "%: 0 20 40 60 80 100"},
      {"one value", Unit::kBytes, 65536, 65536, Fit::kFromZero, 4, "kB: 0 20 40 60"},
      {"one value, far from 0", Unit::kClock, 5e9, 5e9, Fit::kExact, 5, "s: 4.6 4.8 5.0 5.2 5.4"},
      {"nothing but 0", Unit::kBytes, 0, 0, Fit::kFromZero, 2, "bytes: 0 1"},
      {"a logarithmic one says its unit at each tick", Unit::kNanoseconds, 60e3, 1.04e9, Fit::kLogarithmic, 5,
       ": 100 us 1 ms 10 ms 100 ms 1 s"},
      {"over few decades with more ticks", Unit::kNanoseconds, 1e6, 60e6, Fit::kLogarithmic, 5,
       ": 1 ms 2 ms 5 ms 10 ms 20 ms 50 ms"},
  };
  for (const Case& c : cases) {
    const Axis axis = make_axis(c.unit, c.least, c.greatest, c.fit, c.ticks);
    EXPECT_EQ(text(axis), c.expected) << c.rule;
    EXPECT_LE(axis.low, c.least) << c.rule;
    EXPECT_GE(axis.high, c.greatest) << c.rule;
    EXPECT_LT(axis.low, axis.high) << c.rule;
  }
}

TEST(Axis, ZeroIsNotHiddenByTheBorder) {
  EXPECT_LT(make_axis(Unit::kBytes, 0, 100, Fit::kFromZero, 5).low, 0);
  EXPECT_EQ(make_axis(Unit::kBytes, 1, 100, Fit::kFromZero, 5).low, 0);
}

TEST(Axis, AnyNumberHasAnAxis) {
  for (const double greatest : {1e-300, 1e-9, 9.2e18, 1e300}) {
    for (const Fit fit : {Fit::kFromZero, Fit::kTight, Fit::kExact}) {
      const Axis axis = make_axis(Unit::kBytes, 0, greatest, fit, 8);
      EXPECT_LT(axis.low, axis.high);
      EXPECT_LE(axis.ticks.size(), 20U) << greatest;
    }
  }
  // Neighbours so large that no step lies between them.
  EXPECT_LE(make_axis(Unit::kClock, 9.2e18, 9.2e18 + 2048, Fit::kExact, 8).ticks.size(), 20U);
}

TEST(Axis, NumbersArePlain) {
  EXPECT_EQ(plain_number(1e15), "1000000000000000");
  EXPECT_EQ(plain_number(0.25), "0.25");
  EXPECT_EQ(plain_number(-3), "-3");
  EXPECT_EQ(plain_number(1e-7), "0.0000001");
}

}  // namespace
}  // namespace pcapsule::plot
