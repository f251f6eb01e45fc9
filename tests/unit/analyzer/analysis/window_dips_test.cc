// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/window_dips.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace pcapsule::analysis {
namespace {

/// `first lowest recovered` of each dip, counted from 1.
std::vector<std::string> dips_of(const std::vector<std::uint32_t>& windows, const DipRule& rule) {
  DipFinder finder(rule);
  std::vector<std::string> found;
  std::uint64_t frame = 0;
  for (const std::uint32_t bytes : windows) {
    if (const auto dip = finder.feed({++frame, {}}, bytes)) {
      found.push_back(std::to_string(dip->first.frame) + " " + std::to_string(dip->lowest.frame) + " " +
                      std::to_string(dip->recovered.frame) + ": " + std::to_string(dip->segments) + " below, " +
                      std::to_string(dip->lowest_bytes) + " of " + std::to_string(dip->median_bytes));
    }
  }
  return found;
}

struct DipCase {
  const char* name;
  std::vector<std::uint32_t> windows;
  std::vector<std::string> dips;
  DipRule rule = {};
};

class DipsOf : public ::testing::TestWithParam<DipCase> {};

TEST_P(DipsOf, Windows) { EXPECT_EQ(dips_of(GetParam().windows, GetParam().rule), GetParam().dips); }

INSTANTIATE_TEST_SUITE_P(
    S30, DipsOf,
    ::testing::ValuesIn(std::vector<DipCase>{
        {"with_recovery", {100, 100, 100, 100, 100, 40, 10, 30, 90, 100}, {"6 7 9: 3 below, 10 of 100"}},
        {"without_recovery", {100, 100, 100, 100, 100, 40, 10, 30}, {}},
        {"half_is_not_below_half", {100, 100, 100, 100, 100, 50, 100}, {}},
        {"another_factor", {100, 100, 100, 100, 100, 50, 100}, {"6 6 7: 1 below, 50 of 100"}, {0.6, 255}},
        {"no_median_of_too_few", {100, 100, 100, 100, 10, 100}, {}},
        {"growth_is_no_dip", {1, 2, 4, 8, 16, 32, 64, 128, 256}, {}},
        {"the_first_of_equal_least", {8, 8, 8, 8, 8, 2, 1, 3, 1, 8}, {"6 7 10: 4 below, 1 of 8"}},
        {"two", {8, 8, 8, 8, 8, 1, 8, 2, 9}, {"6 6 7: 1 below, 1 of 8", "8 8 9: 1 below, 2 of 8"}},
        // Six below do not come back within five: from the seventh on the level is 10.
        {"a_new_level",
         {99, 99, 99, 99, 99, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 4, 10},
         {"16 16 17: 1 below, 4 of 10"},
         {0.5, 5}},
        {"zero", {8, 8, 8, 8, 8, 0, 8}, {"6 6 7: 1 below, 0 of 8"}},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RollingMedian, IsThatOfTheLastValues) {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same every time
  std::vector<std::uint32_t> values;
  RollingMedian rolling(9);
  for (int i = 0; i < 500; ++i) {
    values.push_back(static_cast<std::uint32_t>(random() % 20));
    rolling.add(values.back());
    std::vector<std::uint32_t> last(values.end() - std::min<std::ptrdiff_t>(9, std::ssize(values)), values.end());
    std::ranges::sort(last);
    ASSERT_EQ(rolling.size(), last.size());
    ASSERT_EQ(rolling.median(), last[(last.size() - 1) / 2]);
  }
}

}  // namespace
}  // namespace pcapsule::analysis
