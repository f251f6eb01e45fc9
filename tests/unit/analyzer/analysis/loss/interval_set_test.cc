// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/loss/interval_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace pcapsule::analysis {
namespace {

TEST(IntervalSet, JoinsWhatTouches) {
  IntervalSet set;
  set.add(10, 20);
  set.add(30, 40);
  set.add(20, 30);
  EXPECT_EQ(set.size(), 1U);
  EXPECT_TRUE(set.covers(10, 40));
  EXPECT_FALSE(set.covers(9, 40));
  set.remove(15, 35);
  EXPECT_EQ(set.count(), 10);
  EXPECT_EQ(set.end(), 40);
}

TEST(IntervalSet, ForgetsTheLowestOfTooMany) {
  IntervalSet set;
  for (std::int64_t i = 0; i <= static_cast<std::int64_t>(IntervalSet::kGreatestIntervals); ++i)
    set.add(i * 2, i * 2 + 1);
  EXPECT_EQ(set.size(), IntervalSet::kGreatestIntervals);
  EXPECT_EQ(set.count_in(0, 1), 0);
}

/// Against a set of single positions.
TEST(IntervalSet, IsTheSetOfItsPositions) {
  std::mt19937 random(7);
  IntervalSet set;
  std::set<std::int64_t> positions;
  for (int step = 0; step < 3000; ++step) {
    const auto begin = static_cast<std::int64_t>(random() % 200);
    const auto end = begin + static_cast<std::int64_t>(random() % 20);
    const bool removes = random() % 3 == 0;
    removes ? set.remove(begin, end) : set.add(begin, end);
    for (std::int64_t at = begin; at < end; ++at) removes ? (void)positions.erase(at) : (void)positions.insert(at);
    const auto from = static_cast<std::int64_t>(random() % 200);
    const auto to = from + static_cast<std::int64_t>(random() % 50);
    const auto expected = std::distance(positions.lower_bound(from), positions.lower_bound(to));
    ASSERT_EQ(set.count_in(from, to), expected);
    ASSERT_EQ(set.covers(from, to), expected == to - from);
    std::int64_t missing = 0;
    std::int64_t reached = from;
    set.for_each_hole(from, to, [&](std::int64_t hole, std::int64_t hole_end) {
      EXPECT_LE(reached, hole);
      EXPECT_EQ(set.count_in(hole, hole_end), 0);
      missing += hole_end - hole;
      reached = hole_end;
    });
    ASSERT_LE(reached, std::max(from, to));
    ASSERT_EQ(missing, to - from - expected);
    ASSERT_EQ(set.count(), static_cast<std::int64_t>(positions.size()));
  }
}

}  // namespace
}  // namespace pcapsule::analysis
