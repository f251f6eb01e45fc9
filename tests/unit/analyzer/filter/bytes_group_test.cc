// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/bytes_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pcapsule::filter {
namespace {

using ::testing::ElementsAre;

TEST(Masked, ClearsTheBitsBehindThePrefix) {
  const std::string address = "\x0a\xff\xff\xff";
  EXPECT_EQ(masked(address, std::nullopt), address);
  EXPECT_EQ(masked(address, 32), address);
  EXPECT_EQ(masked(address, 12), std::string("\x0a\xf0\0\0", 4));
  EXPECT_EQ(masked(address, 8), std::string("\x0a\0\0\0", 4));
  EXPECT_EQ(masked(address, 0), std::string(4, '\0'));
}

TEST(Grouped, ByPrefixAndInOrderButForRanges) {
  std::vector<plan::BytesMember> members;
  const auto add = [&](std::string value, std::optional<unsigned> prefix_bits, std::optional<std::string> last) {
    const auto end = last ? std::optional(plan::Bytes{*last, std::nullopt}) : std::nullopt;
    members.push_back({plan::Bytes{std::move(value), prefix_bits}, end});
  };
  add("dd", std::nullopt, std::nullopt);
  add("b9", 8, std::nullopt);
  add("x", std::nullopt, "z");
  add("aa", std::nullopt, std::nullopt);
  add("a7", 8, std::nullopt);
  add("dd", std::nullopt, std::nullopt);
  const auto groups = grouped(members);
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].prefix_bits, std::nullopt);
  EXPECT_THAT(groups[0].values, ElementsAre("aa", "dd", "dd"));
  EXPECT_EQ(groups[1].prefix_bits, 8U);
  EXPECT_THAT(groups[1].values, ElementsAre(std::string("a\0", 2), std::string("b\0", 2)));
  ASSERT_EQ(members.size(), 1U);
  EXPECT_EQ(members.front().first.value, "x");
}

}  // namespace
}  // namespace pcapsule::filter
