// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/segment_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tests/unit/analyzer/analysis/compare/made_pair.h"

namespace pcapsule::analysis::compare {
namespace {

std::size_t fullest_place(const std::vector<Segment>& segments, const hash::HashSeed& seed) {
  std::vector<std::size_t> count(4096);
  for (const Segment& segment : segments) ++count[hash_of(segment, {}, seed) & (count.size() - 1)];
  return *std::ranges::max_element(count);
}

TEST(SegmentKey, SegmentsChosenForOneSeedDoNotFallTogetherUnderAnother) {
  const hash::HashSeed known = {0x2545'f491'4f6c'dd1d, 0x5851'f42d'4c95'7f2d};
  std::vector<Segment> chosen;
  Segment segment;
  segment.payload = 10;
  for (; chosen.size() < 1000; ++segment.seq) {
    if ((hash_of(segment, {}, known) & 4095U) == 7) chosen.push_back(segment);
  }
  ASSERT_EQ(fullest_place(chosen, known), 1000U);
  for (const hash::HashSeed& seed : {hash::HashSeed{}, hash::HashSeed{0xda94'2042'e4dd'58b5, 0x9fb2'1c65'1e98'df25}}) {
    EXPECT_LT(fullest_place(chosen, seed), 16U);
  }
}

TEST(SegmentKey, PatternsOfNumbersSpread) {
  std::mt19937_64 random(1);
  for (const std::int64_t step : {1, 1460, 1 << 16, 1 << 20}) {
    std::vector<Segment> segments(4096);
    for (std::size_t i = 0; i < segments.size(); ++i) segments[i].seq = static_cast<std::int64_t>(i) * step;
    EXPECT_LT(fullest_place(segments, {random(), random()}), 16U) << step;
  }
}

/// Equal segments, more of them at one point, and losses: whatever is matched is the same under every seed.
TEST(MatchSegments, DoesNotDependOnTheSeed) {
  using namespace testing;
  std::mt19937 random(9);
  std::vector<Made> made;
  for (int i = 0; i < 400; ++i) {
    const auto ms = static_cast<double>(i);
    const auto near = random() % 10 == 0 ? std::nullopt : std::optional(ms);
    const auto far = random() % 10 == 0 ? std::nullopt : std::optional(ms + 10);
    made.push_back({kNearHost, near, far, kA, 1 + 100 * static_cast<std::int64_t>(random() % 60), 1, 100,
                    static_cast<std::uint16_t>(random() % 3)});
  }
  std::vector<PairRows> pairs;
  for (const hash::HashSeed& seed :
       {hash::HashSeed{}, hash::HashSeed{1, 2}, hash::HashSeed{0xda94'2042'e4dd'58b5, 3}}) {
    PairRows& pair = pairs.emplace_back();
    pair.rows = {rows_of(made, kNear), rows_of(made, kFar)};
    pair.match = match_segments(pair.rows[kNear], pair.rows[kFar], seed);
    for (unsigned point = 0; point < 2; ++point) {
      for (std::size_t row = 0; row < pair.match.rows[point].size(); ++row) {
        ASSERT_EQ(pair.match.rows[point][row].partner, pairs.front().match.rows[point][row].partner);
        ASSERT_EQ(pair.match.rows[point][row].kind, pairs.front().match.rows[point][row].kind);
      }
    }
  }
}

}  // namespace
}  // namespace pcapsule::analysis::compare
