// SPDX-License-Identifier: Apache-2.0
#include "common/base/time.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace pcapsule {
namespace {

struct SpanCase {
  const char* name;
  std::int64_t later;
  std::int64_t earlier;
  std::int64_t span;
  friend void PrintTo(const SpanCase& row, std::ostream* out) { *out << row.name; }
};

class Span : public testing::TestWithParam<SpanCase> {};

TEST_P(Span, StopsAtTheEnds) {
  const auto& [name, later, earlier, span] = GetParam();
  EXPECT_EQ((TimestampNs{later} - TimestampNs{earlier}).value, span);
}

TEST_P(Span, IsAWrappingDistanceWhereItFits) {
  const auto& [name, later, earlier, span] = GetParam();
  const DurationNs distance = wrapping_distance({later}, {earlier});
  EXPECT_EQ(at_distance({earlier}, distance).value, later) << "whether it fits or not";
  const bool fits = span != INT64_MAX && span != INT64_MIN;
  EXPECT_TRUE(!fits || distance.value == span);
}

INSTANTIATE_TEST_SUITE_P(OfStamps, Span,
                         testing::Values(SpanCase{"none", 7, 7, 0},  //
                                         SpanCase{"forwards", 9, 7, 2}, SpanCase{"backwards", 7, 9, -2},
                                         SpanCase{"over_the_epoch", 7, -9, 16},
                                         SpanCase{"backwards_over_the_epoch", -9, 7, -16},
                                         SpanCase{"just_fits", INT64_MAX - 1, -1, INT64_MAX},
                                         SpanCase{"does_not_fit", INT64_MAX, -1, INT64_MAX},
                                         SpanCase{"just_fits_backwards", -1, INT64_MAX - 1, INT64_MIN + 1},
                                         SpanCase{"least_that_fits", INT64_MIN, 0, INT64_MIN},
                                         SpanCase{"does_not_fit_backwards", INT64_MIN, 1, INT64_MIN},
                                         SpanCase{"all_of_time", INT64_MAX, INT64_MIN, INT64_MAX},
                                         SpanCase{"all_of_time_backwards", INT64_MIN, INT64_MAX, INT64_MIN},
                                         SpanCase{"wraps_to_a_second", INT64_MIN + 999'999'999, INT64_MAX, INT64_MIN},
                                         SpanCase{"from_the_least", INT64_MIN + 5, INT64_MIN, 5},
                                         SpanCase{"from_the_greatest", INT64_MAX - 5, INT64_MAX, -5}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Timestamp, SumsStopAtTheEnds) {
  EXPECT_EQ((TimestampNs{5} + DurationNs{-7}).value, -2);
  EXPECT_EQ((TimestampNs{INT64_MAX - 1} + DurationNs{2}).value, INT64_MAX);
  EXPECT_EQ((TimestampNs{INT64_MIN + 1} + DurationNs{-2}).value, INT64_MIN);
}

}  // namespace
}  // namespace pcapsule
