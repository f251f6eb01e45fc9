// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/coverage.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <tuple>

#include "analyzer/analysis/compare/nested_ranges.h"
#include "analyzer/analysis/compare/pair.h"

namespace pcapsule::analysis::compare {
namespace {

/// By looking at every position.
Coverage::Answer answer_of(const std::vector<Piece>& pieces, std::int64_t begin, std::int64_t end) {
  Coverage::Answer answer;
  for (std::int64_t at = begin; at < end; ++at) {
    std::uint32_t row = kNoRow;
    for (const Piece& piece : pieces) {
      if (piece.begin <= at && at < piece.end) row = std::min(row, piece.row);
    }
    if (row == kNoRow) {
      if (answer.complete_row != kNoRow) answer.unseen_begin = at;
      answer.unseen_end = at + 1;
    }
    answer.complete_row = std::max(answer.complete_row, row);
  }
  return answer;
}

TEST(Coverage, IsThatOfEveryPosition) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<Piece> pieces(random() % 12);
    for (std::uint32_t row = 0; row < pieces.size(); ++row) {
      const std::int64_t begin = static_cast<std::int64_t>(random() % 40) - 20;
      pieces[row] = {begin, begin + 1 + static_cast<std::int64_t>(random() % 15), 2 * row};
    }
    const Coverage coverage(pieces);
    for (std::int64_t begin = -25; begin < 40; ++begin) {
      for (std::int64_t end = begin + 1; end < 42; ++end) {
        const Coverage::Answer got = coverage.of(begin, end);
        const Coverage::Answer want = answer_of(pieces, begin, end);
        ASSERT_EQ(std::tie(got.complete_row, got.unseen_begin, got.unseen_end),
                  std::tie(want.complete_row, want.unseen_begin, want.unseen_end))
            << "round " << round << ", " << begin << " to " << end;
      }
    }
  }
}

TEST(Coverage, OfRangesThatManyPiecesOverlapTakesNoLonger) {
  // Each range has all of the pieces, none of which touches another: to go through them for each would take minutes.
  constexpr std::uint32_t kMany = 100'000;
  std::vector<Piece> pieces;
  for (std::uint32_t row = 0; row < kMany; ++row) pieces.push_back({2 * row, 2 * row + 1, row});
  const Coverage coverage(pieces);
  for (std::uint32_t i = 0; i < kMany; ++i) {
    ASSERT_EQ(coverage.of(i, 2 * kMany + i).unseen_end, 2 * kMany + i);
  }
}

TEST(NestedRanges, AreTakenOnceEach) {
  std::mt19937 random(8);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::int64_t> ends(random() % 20);
    for (std::int64_t& end : ends) end = static_cast<std::int64_t>(random() % 30);
    NestedRanges ranges(ends);
    std::set<std::size_t> taken;
    for (int block = 0; block < 10; ++block) {
      const std::size_t first = random() % 21;
      const std::size_t last = std::min<std::size_t>(first + random() % 10, ends.size());
      const auto end = static_cast<std::int64_t>(random() % 30);
      std::set<std::size_t> want;
      for (std::size_t i = first; i < last; ++i) {
        if (ends[i] <= end && !taken.contains(i)) want.insert(i);
      }
      std::set<std::size_t> got;
      ranges.take_within(first, last, end, [&](std::size_t i) { EXPECT_TRUE(got.insert(i).second); });
      ASSERT_EQ(got, want) << round;
      taken.merge(want);
    }
  }
}

}  // namespace
}  // namespace pcapsule::analysis::compare
