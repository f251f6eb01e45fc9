// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/tap_duplicates.h"

#include <gtest/gtest.h>

#include "tests/unit/analyzer/analysis/compare/made_pair.h"

namespace pcapsule::analysis::compare {
namespace {

using namespace testing;

struct DuplicateCase {
  const char* name;
  std::vector<Made> made;
  std::size_t left;
};
class DropDuplicates : public ::testing::TestWithParam<DuplicateCase> {};

TEST_P(DropDuplicates, LeavesTheOthers) {
  TapRows rows = rows_of(GetParam().made, kNear);
  const std::size_t before = rows.segments.size();
  const Duplicates found = drop_duplicates(rows);
  EXPECT_EQ(rows.segments.size(), GetParam().left);
  EXPECT_EQ(found.count[0] + found.count[1], before - GetParam().left);
}

Made at(double ms, std::uint16_t id, std::uint32_t value = 0, std::uint16_t window = 9) {
  return {kNearHost, ms, {}, kA, 1, 1, 0, id, value, 0, window};
}

INSTANTIATE_TEST_SUITE_P(S40, DropDuplicates,
                         ::testing::ValuesIn(std::vector<DuplicateCase>{
                             {"within_a_millisecond", {at(0, 5), at(0.9, 5)}, 1},
                             {"later_it_is_another", {at(0, 5), at(1.1, 5)}, 2},
                             {"each_counts_from_the_last", {at(0, 5), at(0.9, 5), at(1.8, 5)}, 1},
                             {"another_identification", {at(0, 5), at(0.1, 6)}, 2},
                             {"another_timestamp", {at(0, 5, 7), at(0.1, 5, 8)}, 2},
                             {"another_window", {at(0, 5, 7, 1), at(0.1, 5, 7, 2)}, 2},
                             {"equal_checksums_where_there_is_no_identification", {at(0, 0), at(0.1, 0)}, 1},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(DropDuplicates, OtherChecksumsWithoutIdentificationAreOthers) {
  TapRows rows = rows_of({at(0, 0), at(0.1, 0)}, kNear);
  rows.segments[1].checksum = 1;
  EXPECT_EQ(drop_duplicates(rows).count[0], 0U);
}

TEST(DropDuplicates, BlocksGoWithTheirRowsAndTheFirstFrameIsTold) {
  Made with_block = at(2, 8);
  with_block.sack = SackRange{0, 10, 20};
  TapRows rows = rows_of({at(0, 5), at(0.1, 5), with_block}, kNear);
  EXPECT_EQ(drop_duplicates(rows).first_frame[0], 2U);
  ASSERT_EQ(rows.sacks.size(), 1U);
  EXPECT_EQ(rows.sacks[0].row, 1U);
}

}  // namespace
}  // namespace pcapsule::analysis::compare
