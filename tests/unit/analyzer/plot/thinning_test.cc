// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/thinning.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace pcapsule::plot {
namespace {

std::vector<std::uint64_t> frames(const std::vector<Point>& points) {
  std::vector<std::uint64_t> found;
  for (const Point& point : points) found.push_back(point.frame);
  return found;
}

TEST(Thinner, FewPointsAllStay) {
  Thinner thinner(10);
  for (std::uint64_t i = 0; i < 40; ++i) thinner.add(point_at(static_cast<std::int64_t>(i) * 1'000, 5, i + 1));
  EXPECT_EQ(thinner.points().size(), 40U);
}

TEST(Thinner, OfAStretchFirstLeastGreatestAndLastStay) {
  Thinner thinner(1);  // more than four stretches are too many
  const std::vector<double> values = {5, 9, 2, 7, 1, 8, 6, 4};
  for (std::size_t i = 0; i < values.size(); ++i) {
    thinner.add(point_at(static_cast<std::int64_t>(i), values[i], i + 1));
  }
  thinner.add(point_at(1'000, 3, 9));
  thinner.add(point_at(2'000, 3, 10));
  thinner.add(point_at(3'000, 3, 11));
  thinner.add(point_at(4'000, 3, 12));
  // 5 stretches, so they widened until the first eight points fell into one.
  EXPECT_EQ(frames(thinner.points()), (std::vector<std::uint64_t>{1, 2, 5, 9, 10, 11, 12}));
}

TEST(Thinner, OfEqualValuesTheFirstStays) {
  Thinner thinner(1);
  for (std::uint64_t i = 0; i < 100; ++i) thinner.add(point_at(7, 5, i + 1));
  EXPECT_EQ(frames(thinner.points()), (std::vector<std::uint64_t>{1, 100}));
}

TEST(Thinner, ARangeHasTwoExtremes) {
  Thinner thinner(1);
  thinner.add({0, 10, 20, 1});
  thinner.add({0, 11, 40, 2});
  thinner.add({0, 2, 30, 3});
  thinner.add({0, 12, 13, 4});
  thinner.add({0, 12, 13, 5});
  EXPECT_EQ(frames(thinner.points()), (std::vector<std::uint64_t>{1, 2, 3, 5}));
}

TEST(Thinner, StampsThatGoBackwardsAreSortedByStretch) {
  Thinner thinner(10);
  thinner.add(point_at(100, 1, 1));
  thinner.add(point_at(-100, 2, 2));
  thinner.add(point_at(0, 3, 3));
  EXPECT_EQ(frames(thinner.points()), (std::vector<std::uint64_t>{2, 3, 1}));
}

TEST(Thinner, StampsAtBothEndsOfTime) {
  Thinner thinner(1);
  for (int i = 0; i < 100; ++i) {
    thinner.add(point_at(INT64_MIN + i, i, 1));
    thinner.add(point_at(INT64_MAX - i, -i, 2));
  }
  const auto points = thinner.points();
  EXPECT_LE(points.size(), 16U);
  EXPECT_EQ(std::ranges::max(points, {}, &Point::value).value, 99);
  EXPECT_EQ(std::ranges::min(points, {}, &Point::value).value, -99);
}

/// The rule that the documentation promises, on a million points.
TEST(Thinner, NoPixelColumnLosesAnExtreme) {
  constexpr std::size_t kColumns = 500;
  constexpr std::int64_t kEnd = 1'000'000'000;
  std::mt19937_64 random(4);
  Thinner thinner(kColumns);
  std::vector<Point> all;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    const auto x = static_cast<std::int64_t>(random() % kEnd);
    all.push_back(point_at(x, static_cast<double>(random() % 1'000'000), i + 1));
    thinner.add(all.back());
  }
  const auto kept = thinner.points();
  EXPECT_LE(kept.size(), 16 * kColumns);
  // An extreme of a pixel column is kept, or one beyond it within half a column: the two draw the same line.
  constexpr std::int64_t kColumn = kEnd / kColumns;
  for (std::int64_t column = 0; column < static_cast<std::int64_t>(kColumns); column += 7) {
    const auto is_in = [&](const Point& p, std::int64_t margin) {
      return p.x_ns >= column * kColumn - margin && p.x_ns < (column + 1) * kColumn + margin;
    };
    double least = 1e9, greatest = -1, kept_least = 1e9, kept_greatest = -1;
    for (const Point& p : all) {
      if (!is_in(p, 0)) continue;
      least = std::min(least, p.value);
      greatest = std::max(greatest, p.value);
    }
    for (const Point& p : kept) {
      if (!is_in(p, kColumn / 2)) continue;
      kept_least = std::min(kept_least, p.value);
      kept_greatest = std::max(kept_greatest, p.value);
    }
    EXPECT_LE(kept_least, least) << column;
    EXPECT_GE(kept_greatest, greatest) << column;
  }
  EXPECT_EQ(std::ranges::max(kept, {}, &Point::value).value, std::ranges::max(all, {}, &Point::value).value);
  EXPECT_EQ(std::ranges::min(kept, {}, &Point::value).value, std::ranges::min(all, {}, &Point::value).value);
}

}  // namespace
}  // namespace pcapsule::plot
