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
TEST(NumberIndex, MakesNoTableThatCostsMoreThanItsNumbers) {
  NumberIndex index;
  index.build(std::vector<std::uint32_t>{5, 1U << 22});
  EXPECT_EQ(index.places(), 0U);
  EXPECT_EQ(index.find(5), 0U);
  EXPECT_EQ(index.find(1U << 22), 1U);
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < 1000; ++i) numbers.push_back(i * 60);
  index.build(numbers);
  EXPECT_GT(index.places(), 0U) << "close enough";
}
TEST(NumberIndex, FindsNothingInNothing) { expect_finds({}); }

}  // namespace
}  // namespace pcapsule::analysis
