// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/damage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace pcapsule::select {
namespace {

using ::testing::HasSubstr;

Error error(const std::string& message) { return {ErrorCode::kCorrupt, message}; }

TEST(DamageList, TellsEachMessageOnceAndCountsAll) {
  DamageList damage;
  EXPECT_TRUE(damage.empty());
  for (int i = 0; i < 3; ++i) damage.note(error("a"));
  damage.note(error("b"));
  ASSERT_EQ(damage.size(), 2U);
  EXPECT_EQ(damage.front().message, "a");
  EXPECT_EQ(damage[1].message, "b");
  EXPECT_EQ(damage.times(), 4U);
}

TEST(DamageList, TellsOnlyTheFirstOfAChunk) {
  DamageList damage;
  damage.note(7, error("first of 7"));
  damage.note(7, error("second of 7"));
  damage.note(8, error("first of 8"));
  ASSERT_EQ(damage.size(), 2U);
  EXPECT_EQ(damage[1].message, "first of 8");
  EXPECT_EQ(damage.times(), 3U);
  EXPECT_TRUE(damage.has(7));
  EXPECT_FALSE(damage.has(9));
}

TEST(DamageList, AddsWhatIsNew) {
  DamageList one;
  one.note(error("a"));
  DamageList other;
  other.note(error("a"));
  other.note(error("b"));
  one.add(other);
  EXPECT_EQ(one.size(), 2U);
}

TEST(DamageList, OfAFileThatIsDamagedEverywhereSaysThatThereIsMore) {
  DamageList damage;
  for (std::uint32_t i = 0; i < 1000; ++i) damage.note(i, error(std::to_string(i)));
  ASSERT_EQ(damage.size(), DamageList::kGreatestMessages + 1);
  EXPECT_EQ(damage[DamageList::kGreatestMessages - 1].message, "199");
  EXPECT_THAT(damage[DamageList::kGreatestMessages].message, HasSubstr("more damage than these 200 messages"));
  EXPECT_EQ(damage.times(), 1000U);
}

}  // namespace
}  // namespace pcapsule::select
