// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/loss/stall.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analyzer/analysis/loss/sample_set.h"

namespace pcapsule::analysis {
namespace {

/// A segment of a side at a time in milliseconds, and what side 0 has outstanding before it.
struct Seen {
  std::int64_t ms;
  unsigned side;
  bool outstanding = false;
  bool sent_again = false;
  bool zero_window = false;
  std::int64_t rtt_ms = 20;  ///< of side 0; 0: not known
};

struct StallCase {
  const char* name;
  std::vector<Seen> rows;
  std::string longest;  ///< of side 0: cause, duration in ms, frames
  std::uint64_t count = 0;
  std::int64_t idle_ms = 0;  ///< of both sides
};
std::ostream& operator<<(std::ostream& out, const StallCase& c) { return out << c.name; }

class StallsOf : public testing::TestWithParam<StallCase> {};

TEST_P(StallsOf, AreFound) {
  StallFinder finder;
  std::uint64_t frame = 0;
  for (const Seen& seen : GetParam().rows) {
    StallRow row;
    row.at = {++frame, {seen.ms * 1'000'000}};
    row.side = seen.side;
    row.outstanding = {seen.outstanding, false};
    row.sent_again = seen.sent_again;
    row.zero_window = seen.zero_window;
    row.opens_window = !seen.zero_window;
    if (seen.rtt_ms > 0) row.least_rtt[0] = DurationNs{seen.rtt_ms * 1'000'000};
    finder.feed(row);
  }
  finder.finish();
  const SideStalls& side = finder.side(0);
  std::string longest;
  if (side.longest) {
    longest = std::string(to_text(side.longest->cause)) + " " +
              std::to_string(side.longest->duration().value / 1'000'000) + " " +
              std::to_string(side.longest->begin.frame) + "-" + std::to_string(side.longest->end.frame);
  }
  EXPECT_EQ(longest, GetParam().longest);
  EXPECT_EQ(side.count, GetParam().count);
  EXPECT_EQ((side.idle.value + finder.side(1).idle.value) / 1'000'000, GetParam().idle_ms);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, StallsOf,
    testing::ValuesIn(std::vector<StallCase>{
        {"no_time_between", {{0, 0}, {20, 1, true}, {40, 0}}, "", 0, 0},
        {"less_than_200_ms_is_none", {{0, 0}, {199, 1, true}}, "", 0, 0},
        {"silence_before_the_ack", {{0, 0}, {500, 1, true}}, "silence 500 1-2", 1, 0},
        {"a_round_trip_is_no_silence", {{0, 0}, {500, 1, true, false, false, 300}}, "", 0, 0},
        {"silence_of_unknown_round_trip", {{0, 0}, {999, 1, true, false, false, 0}}, "", 0, 0},
        {"long_silence_of_unknown_round_trip", {{0, 0}, {1000, 1, true, false, false, 0}}, "silence 1000 1-2", 1, 0},
        {"idle_where_nothing_is_awaited", {{0, 0}, {20, 1, true}, {5000, 0}}, "", 0, 4980},
        {"timeout_before_a_retransmission", {{0, 0}, {300, 0, true, true}, {320, 1, true}}, "timeout 300 1-2", 1, 0},
        {"timeouts_in_a_row_are_one",
         {{0, 0}, {300, 0, true, true}, {900, 0, true, true}, {2100, 0, true, true}, {2120, 1, true}},
         "timeout 2100 1-4",
         1,
         0},
        {"timeouts_with_an_answer_between_are_two",
         {{0, 0}, {300, 0, true, true}, {320, 1, true}, {330, 0}, {730, 0, true, true}, {750, 1, true}},
         "timeout 400 4-5",
         2,
         0},
        {"zero_window_until_it_opens",
         {{0, 0}, {10, 1, true, false, true}, {900, 0}, {901, 1, false, false, true}, {2000, 1}},
         "zero window 1990 2-5",
         1,
         0},
        {"zero_window_to_the_end", {{0, 0}, {10, 1, true, false, true}, {700, 0}}, "zero window 690 2-3", 1, 0},
        {"a_short_zero_window_counts", {{0, 0}, {10, 1, true, false, true}, {12, 1}}, "zero window 2 2-3", 1, 0},
        {"stamps_that_go_backwards", {{900, 0}, {100, 1, true}}, "", 0, 0},
    }),
    [](const auto& of) { return std::string(of.param.name); });

TEST(SampleSet, ExactUpToTheCap) {
  SampleSet samples;
  for (int i = 1; i <= 1000; ++i) samples.add(i);
  EXPECT_EQ(samples.count(), 1000U);
  EXPECT_EQ(samples.quantile_of(1, 2), 500);
  EXPECT_EQ(samples.quantile_of(95, 100), 950);
}

TEST(SampleSet, BeyondTheCapEvenlyAndWithTheTrueExtremes) {
  SampleSet samples;
  const auto total = static_cast<std::int64_t>(SampleSet::kGreatestKept) * 5;
  for (std::int64_t i = 0; i < total; ++i) samples.add(i);
  samples.add(-7);
  EXPECT_EQ(samples.least(), -7);
  EXPECT_EQ(samples.greatest(), total - 1);
  EXPECT_NEAR(static_cast<double>(samples.quantile_of(1, 2)), static_cast<double>(total) / 2, 100);
  EXPECT_NEAR(static_cast<double>(samples.quantile_of(95, 100)), static_cast<double>(total) * 0.95, 100);
}

/// Stamps at both ends of time make round trips as long as 64 bits hold: twice that is no short one.
TEST(StallFinder, ARoundTripOfCenturiesIsNoReasonForSilence) {
  StallFinder finder;
  StallRow row;
  row.outstanding = {true, false};
  row.least_rtt[0] = DurationNs{INT64_MAX - 1};
  row.side = 1;
  row.at = {1, {0}};
  finder.feed(row);
  row.at = {2, {INT64_MAX / 2}};
  finder.feed(row);
  finder.finish();
  EXPECT_EQ(finder.side(0).count, 0U);
}

}  // namespace
}  // namespace pcapsule::analysis
