// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/number_set.h"

#include <gtest/gtest.h>

#include <limits>

#include "analyzer/filter/raw_column.h"

namespace pcapsule::filter {
namespace {

using ast::Relation;

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();

struct RelationCase {
  const char* name;
  Relation relation;
  std::vector<std::int64_t> in;
  std::vector<std::int64_t> out;
};
class SetOfRelation : public testing::TestWithParam<RelationCase> {};

TEST_P(SetOfRelation, HoldsForFive) {
  const NumberSet set = NumberSet::of(GetParam().relation, 5, true);
  for (const std::int64_t value : GetParam().in) EXPECT_TRUE(set.has(value)) << value;
  for (const std::int64_t value : GetParam().out) EXPECT_FALSE(set.has(value)) << value;
}

INSTANTIATE_TEST_SUITE_P(Relations, SetOfRelation,
                         testing::ValuesIn(std::vector<RelationCase>{
                             {"eq", Relation::kEq, {5}, {4, 6, kLeast, kGreatest}},
                             {"ne", Relation::kNe, {4, 6, kLeast, kGreatest}, {5}},
                             {"lt", Relation::kLess, {4, kLeast}, {5, 6, kGreatest}},
                             {"le", Relation::kLessOrEqual, {4, 5, kLeast}, {6, kGreatest}},
                             {"gt", Relation::kGreater, {6, kGreatest}, {5, 4, kLeast}},
                             {"ge", Relation::kGreaterOrEqual, {5, 6, kGreatest}, {4, kLeast}},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(NumberSet, BoundsOfTheType) {
  EXPECT_FALSE(NumberSet::of(Relation::kLess, kLeast, true).has(kLeast));
  EXPECT_FALSE(NumberSet::of(Relation::kGreater, kGreatest, true).has(kGreatest));
  EXPECT_TRUE(NumberSet::of(Relation::kNe, kLeast, true).has(kGreatest));
}

TEST(NumberSet, NoOrderBetweenUnsignedAndNegative) {
  for (const Relation relation :
       {Relation::kLess, Relation::kLessOrEqual, Relation::kGreater, Relation::kGreaterOrEqual}) {
    const NumberSet set = NumberSet::of(relation, -5, false);
    EXPECT_FALSE(set.has(0));
    EXPECT_FALSE(set.has(kGreatest));
  }
  EXPECT_TRUE(NumberSet::of(Relation::kLess, -5, false).has(-6));
  EXPECT_TRUE(NumberSet::of(Relation::kGreater, -5, false).has(-4));
}

TEST(NumberSet, RangesAreMerged) {
  const NumberSet set = NumberSet::of({{8, 9}, {1, 3}, {4, 5}, {2, 2}, {7, 6}});
  ASSERT_EQ(set.ranges().size(), 2U);
  EXPECT_EQ(set.ranges()[0].last, 5);
  EXPECT_TRUE(set.meets({6, 8}));
  EXPECT_FALSE(set.meets({6, 7}));
  EXPECT_TRUE(set.covers({1, 5}));
  EXPECT_FALSE(set.covers({5, 8}));
}

TEST(NumberSet, EmptySet) {
  EXPECT_FALSE(NumberSet::of(std::vector<NumberRange>{}).has(0));
  EXPECT_FALSE(NumberSet::of({{80, 70}}).has(75));
}

/// test_values() and test_raw() say of every value what has() says.
TEST(NumberSet, LoopsAgreeWithHas) {
  std::vector<NumberSet> sets = {
      NumberSet::of(Relation::kNe, 7, false),      NumberSet::of(Relation::kLess, 200, false),
      NumberSet::of(Relation::kGreater, -1, true), NumberSet::of({{0, 3}, {250, 70'000}}),
      NumberSet::of(std::vector<NumberRange>{}),   NumberSet::of(Relation::kGreater, 65'535, false)};
  std::vector<NumberRange> many;
  for (std::int64_t i = 0; i < 40; ++i) many.push_back({i * 7, i * 7 + 2});
  sets.push_back(NumberSet::of(many));
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint16_t> shorts;
  std::vector<std::uint32_t> words;
  std::vector<std::uint64_t> values;
  for (std::uint32_t i = 0; i < 500; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(i));
    shorts.push_back(static_cast<std::uint16_t>(i * 131));
    words.push_back(i * 8'000'037U);
    values.push_back(std::uint64_t{i} * 3 - 30);
  }
  using Width = RawColumn::Width;
  std::vector<std::uint8_t> out(400);
  for (const NumberSet& set : sets) {
    test_values(std::span(values).first(400), set, out.data());
    for (std::size_t i = 0; i < 400; ++i) ASSERT_EQ(out[i] != 0, set.has(static_cast<std::int64_t>(values[i])));
    test_raw({Width::k8, bytes.data(), 0}, 100, set, out);
    for (std::size_t i = 0; i < 400; ++i) ASSERT_EQ(out[i] != 0, set.has(bytes[100 + i]));
    test_raw({Width::k16, shorts.data(), 0, 0xfff}, 100, set, out);
    for (std::size_t i = 0; i < 400; ++i) ASSERT_EQ(out[i] != 0, set.has(shorts[100 + i] & 0xfff));
    test_raw({Width::k32, words.data(), 0}, 100, set, out);
    for (std::size_t i = 0; i < 400; ++i) ASSERT_EQ(out[i] != 0, set.has(words[100 + i]));
    test_raw({Width::k16, shorts.data(), 0, 0x10, true}, 100, set, out);
    for (std::size_t i = 0; i < 400; ++i) ASSERT_EQ(out[i] != 0, set.has((shorts[100 + i] & 0x10) != 0 ? 1 : 0));
    test_raw({Width::kConstant, nullptr, 0x12, 0x10, true}, 100, set, out);
    for (std::size_t i = 0; i < 400; ++i) ASSERT_EQ(out[i] != 0, set.has(1));
  }
}

}  // namespace
}  // namespace pcapsule::filter
