// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/receiver.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/analyzer/analysis/compare/made_pair.h"

namespace pcapsule::analysis::compare {
namespace {

using namespace testing;

/// The far host sends `acks` bare acknowledgments, then its data again. Which row does that is what is asked.
std::uint32_t first_repeating(std::size_t acks) {
  std::vector<Made> made = {{kFarHost, 0, 0, kA, 1, 1, 100, 1}};
  for (std::size_t i = 0; i < acks; ++i) {
    const double ms = 1 + static_cast<double>(i);
    made.push_back({kFarHost, ms, ms, kA, 101, 1, 0, 2});
  }
  const double last = 2 + static_cast<double>(acks);
  made.push_back({kFarHost, last, last, kA, 1, 1, 100, 3});
  PairRows pair;
  pair.rows = {rows_of(made, kNear), rows_of(made, kFar)};
  return Receiver(pair, Direction::kNearToFar).first_repeating(101, ns(0), kNoRow);
}

TEST(Receiver, LooksForRepetitionsOverABoundedNumberOfRows) {
  EXPECT_EQ(first_repeating(0), 1U);
  EXPECT_EQ(first_repeating(4000), 4001U);
  EXPECT_EQ(first_repeating(5000), kNoRow) << "as far as every other question goes";
}

}  // namespace
}  // namespace pcapsule::analysis::compare
