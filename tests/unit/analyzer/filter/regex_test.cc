// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/regex.h"

#include <gtest/gtest.h>

namespace pcapsule::filter {
namespace {

using Outcome = Regex::Outcome;

Outcome match(std::string_view pattern, std::string_view text) {
  return std::get<Regex>(Regex::compile(pattern)).match(text);
}

TEST(Regex, IgnoresCaseAndFindsAnywhere) {
  EXPECT_EQ(match("s[ab]", "xxSBxx"), Outcome::kMatch);
  EXPECT_EQ(match("(?-i)s", "S"), Outcome::kNoMatch);
  EXPECT_EQ(match("", ""), Outcome::kMatch);
  EXPECT_EQ(match("^.{2}$", "\xc2\xb7"), Outcome::kMatch);  // bytes, not characters
}

TEST(Regex, SaysWhatIsWrongWithAPattern) {
  EXPECT_EQ(std::get<std::string>(Regex::compile("[a")), "missing terminating ] for character class");
  EXPECT_TRUE(std::holds_alternative<std::string>(Regex::compile(std::string(200, '(') + std::string(200, ')'))));
}

TEST(Regex, HostilePatternsEnd) { EXPECT_EQ(match("(a+)+b", std::string(60, 'a') + "c"), Outcome::kNoMatch); }

TEST(Regex, HostilePatternsAreGivenUp) {
  EXPECT_EQ(match("(a|aa)*(b|aa|a)*[cd]$", std::string(60, 'a') + "cx"), Outcome::kGaveUp);
}

}  // namespace
}  // namespace pcapsule::filter
