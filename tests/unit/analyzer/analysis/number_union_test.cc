// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/number_union.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcapsule::analysis {
namespace {

TEST(NumberUnion, HasEachNumberOnceAndInOrder) {
  NumberUnion numbers;
  std::vector<std::uint32_t> list;
  for (std::uint32_t i = 0; i < 100; ++i) list.push_back(i * 2);
  for (int i = 0; i < 1000; ++i) numbers.add(list);
  numbers.add(3);
  list.insert(list.begin() + 2, 3);
  EXPECT_EQ(numbers.take(), list);
  EXPECT_TRUE(numbers.take().empty());
}

TEST(NumberUnion, OfMoreThanItDropsRepetitionsOf) {
  NumberUnion numbers;
  for (std::uint32_t i = 0; i < 100'000; ++i) numbers.add(i * 7 % 100'000);
  const std::vector<std::uint32_t> all = numbers.take();
  ASSERT_EQ(all.size(), 100'000U);
  for (std::uint32_t i = 0; i < 100'000; ++i) ASSERT_EQ(all[i], i);
}

}  // namespace
}  // namespace pcapsule::analysis
