// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/number_index.h"

#include <gtest/gtest.h>

namespace pcapsule::analysis {
namespace {

void expect_finds(const std::vector<std::uint32_t>& numbers) {
  NumberIndex index;
  index.build(numbers);
  for (std::uint32_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(index.find(numbers[i]), i);
  for (const std::uint32_t missing : {0U, 6U, 1000U, 0x8000'0000U, 0xffff'fffeU}) {
    EXPECT_EQ(index.find(missing), NumberIndex::kNone) << missing;
  }
}

TEST(NumberIndex, FindsNumbersCloseTogether) { expect_finds({5, 7, 8, 100}); }
TEST(NumberIndex, FindsNumbersFarApart) { expect_finds({5, 7, 0x7000'0000, 0xffff'ffff}); }
TEST(NumberIndex, FindsNothingInNothing) { expect_finds({}); }

}  // namespace
}  // namespace pcapsule::analysis
