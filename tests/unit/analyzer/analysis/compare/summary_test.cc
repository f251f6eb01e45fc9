// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/summary.h"

#include <gtest/gtest.h>

#include <limits>
#include <ostream>

namespace pcapsule::analysis::compare {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();

struct SliceCase {
  const char* name;
  std::int64_t first_ns;
  std::int64_t last_ns;
  std::int64_t slice_ns;  ///< 0: not asked for
  std::size_t slices;
  friend void PrintTo(const SliceCase& row, std::ostream* out) { *out << row.name; }
};

class Slices : public testing::TestWithParam<SliceCase> {};

/// Whatever stamps a file has, the slices are few and cover the overlap.
TEST_P(Slices, AreBounded) {
  const SliceCase& row = GetParam();
  const Frame frame;
  const Summary summary(frame, {row.first_ns, row.last_ns, row.slice_ns, false, nullptr});
  ASSERT_EQ(summary.slices().size(), row.slices);
  EXPECT_EQ(summary.slices().front().start_ns, row.first_ns);
}

INSTANTIATE_TEST_SUITE_P(Spans, Slices,
                         testing::Values(SliceCase{"one_moment", 5, 5, 0, 1},  //
                                         SliceCase{"as_asked", 0, 10'000'000, 1'000'000, 11},
                                         SliceCase{"about_thirty", 0, 3'000'000'000, 0, 31},
                                         SliceCase{"asked_for_too_many", 0, 1'000'000'000'000, 1, 10'000},
                                         SliceCase{"the_greatest_stamp", 0, kGreatest, 0, 19},
                                         SliceCase{"nearly_all_of_63_bits", 1, kGreatest, 1, 10'000},
                                         SliceCase{"more_than_63_bits", kLeast, kGreatest, 0, 1},
                                         SliceCase{"no_overlap", 9, 3, 0, 1}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pcapsule::analysis::compare
