// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/summary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include "tests/unit/analyzer/analysis/compare/made_pair.h"

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

class Slices : public ::testing::TestWithParam<SliceCase> {};

/// Whatever stamps a file has, the slices are few and cover the overlap.
TEST_P(Slices, AreBounded) {
  const SliceCase& row = GetParam();
  const Frame frame;
  const Summary summary(frame, {row.first_ns, row.last_ns, row.slice_ns, false, nullptr});
  ASSERT_EQ(summary.slices().size(), row.slices);
  EXPECT_EQ(summary.slices().front().start_ns, row.first_ns);
}

INSTANTIATE_TEST_SUITE_P(Spans, Slices,
                         ::testing::Values(SliceCase{"one_moment", 5, 5, 0, 1},  //
                                           SliceCase{"as_asked", 0, 10'000'000, 1'000'000, 11},
                                           SliceCase{"about_thirty", 0, 3'000'000'000, 0, 31},
                                           SliceCase{"asked_for_too_many", 0, 1'000'000'000'000, 1, 10'000},
                                           SliceCase{"the_greatest_stamp", 0, kGreatest, 0, 19},
                                           SliceCase{"nearly_all_of_63_bits", 1, kGreatest, 1, 10'000},
                                           SliceCase{"more_than_63_bits", kLeast, kGreatest, 0, 1},
                                           SliceCase{"no_overlap", 9, 3, 0, 1}),
                         [](const auto& row) { return std::string(row.param.name); });

struct TimedCase {
  const char* name;
  std::int64_t passed_ns;
  std::int64_t backward_ns;
  bool is_timed;
  friend void PrintTo(const TimedCase& row, std::ostream* out) { *out << row.name; }
};

class TimedExchange : public ::testing::TestWithParam<TimedCase> {};

TEST_P(TimedExchange, GoesBackLittle) {
  Exchange exchange;
  exchange.passed_ns = GetParam().passed_ns;
  exchange.backward_ns = GetParam().backward_ns;
  EXPECT_EQ(exchange.is_timed(), GetParam().is_timed);
}

INSTANTIATE_TEST_SUITE_P(S52, TimedExchange,
                         ::testing::Values(TimedCase{"forward_only", 1'000, 0, true},  //
                                           TimedCase{"a_millisecond", 1'000, -1'000'000, true},
                                           TimedCase{"more_of_nothing", 0, -1'000'001, false},
                                           TimedCase{"a_thousandth", 5'000'000'000, -5'000'000, true},
                                           TimedCase{"more_than_a_thousandth", 5'000'000'000, -5'000'001, false},
                                           TimedCase{"all_that_fits", kGreatest, kLeast, false}),
                         [](const auto& row) { return std::string(row.param.name); });

using testing::kA;
using testing::kFarHost;
using testing::kNearHost;
using testing::Made;
using testing::ns;

/// What is found in a pair of connections whose overlap is its first ten seconds. The near clock is set by
/// `step_ms` before the server's segments from `from_id` to `to_id` (identifications) pass.
Summary summary_of(const std::vector<Made>& made, double step_ms, std::uint16_t from_id, std::uint16_t to_id) {
  PairRows pair = testing::pair_of(made);
  pair.shift = {std::uint8_t{0}, std::uint8_t{0}};
  for (Segment& segment : pair.rows[kNear].segments) {
    if (segment.side == kFarHost && segment.ip_id >= from_id && segment.ip_id <= to_id) segment.time_ns += ns(step_ms);
  }
  const Frame frame = testing::wide_frame();
  Summary summary(frame, {0, ns(10'000), ns(1'000), true, nullptr});
  summary.add(pair, analyse_pair(pair, frame, kNear, {}), {});
  summary.finish();
  return summary;
}

/// The server takes 300 ms for each request, of which the first is 100 ms after the beginning.
std::vector<Made> requests(std::int64_t count) {
  std::vector<Made> made;
  for (std::int64_t i = 0; i < count; ++i) {
    const double at = 100 + 400.0 * static_cast<double>(i);
    const auto id = static_cast<std::uint16_t>(i);
    made.push_back({kNearHost, at, at + 10, kA, 1 + 100 * i, 1 + 100 * i, 100, static_cast<std::uint16_t>(10 + id)});
    made.push_back(
        {kFarHost, at + 320, at + 310, kA, 1 + 100 * i, 101 + 100 * i, 100, static_cast<std::uint16_t>(50 + id)});
  }
  return testing::after_handshake(made);
}

TEST(UntimedExchanges, TakePartInNoTime) {
  const Summary whole = summary_of(requests(3), 0, 0, 0);
  ASSERT_EQ(whole.all().exchanges.untimed, 0U);
  const Summary stepped = summary_of(requests(3), -5'000, 51, 51);  // within the second request
  const ExchangeTotals& e = stepped.all().exchanges;
  EXPECT_EQ(e.count, 4U);
  EXPECT_EQ(e.untimed, 1U);
  EXPECT_EQ(e.total_ns, whole.all().exchanges.total_ns - ns(320));
  EXPECT_EQ(of(e.shares, Share::kFarThink), ns(600.1));  // of the handshake as well
  EXPECT_EQ(of(e.shares, Share::kTransit), ns(60));
  EXPECT_EQ(e.far.count(), 3U);
  EXPECT_EQ(stepped.slices()[0].exchanges.untimed, 1U);
  EXPECT_EQ(to_text(stepped.all().verdict.reason), "think");
  EXPECT_EQ(stepped.all().verdict.amount_ns, ns(600));
  EXPECT_NEAR(stepped.all().verdict.share, 600 / 660.1, 1e-9);
  const auto evidence = stepped.evidence();
  EXPECT_EQ(std::ranges::count(evidence, "far_think", &Evidence::what), 2);
  for (const Evidence& one : evidence) EXPECT_TRUE(one.amount_ns == ns(300) || one.amount_ns == ns(20));
  ASSERT_EQ(stepped.exchanges().size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(stepped.exchanges()[i].exchange.is_timed(), i != 2) << i;
}

/// The far point stamps as if a segment and its answer had taken no time on the way, and more.
TEST(UntimedExchanges, NoneByTheNoiseOfStamping) {
  const std::vector<Made> made = {{kNearHost, 100, 100, kA, 1, 1, 100, 10}, {kFarHost, 400, 400, kA, 1, 101, 100, 50}};
  const Summary summary = summary_of(made, -0.003, 50, 50);
  const ExchangeTotals& e = summary.all().exchanges;
  EXPECT_EQ(e.untimed, 0U);
  EXPECT_EQ(e.total_ns, ns(300) - 3'000);
  EXPECT_EQ(e.passed_ns, ns(300));
  EXPECT_EQ(of(e.shares, Share::kTransit), -3'000);
  EXPECT_EQ(of(e.shares, Share::kFarThink), ns(300));
  EXPECT_DOUBLE_EQ(summary.all().verdict.share, 1);
}

TEST(UntimedExchanges, AllOfThemClaimNothing) {
  const Summary summary = summary_of(requests(3), -5'000, 0, 99);
  const ExchangeTotals& e = summary.all().exchanges;
  EXPECT_EQ(e.count, 4U);
  EXPECT_EQ(e.untimed, 4U);
  EXPECT_FALSE(e.has_times());
  EXPECT_EQ(e.passed_ns, 0);
  EXPECT_EQ(e.rounds, 0U);
  EXPECT_EQ(to_text(summary.all().verdict.reason), "nothing_slow");
  EXPECT_EQ(summary.all().verdict.share, 0);
  EXPECT_TRUE(summary.evidence().empty());
}

TEST(UntimedExchanges, AllOfThemLeaveTheEvents) {
  std::vector<Made> made = requests(3);
  made.push_back({kNearHost, 2'000, {}, kA, 301, 301, 100, 20});
  made.push_back({kNearHost, 2'300, 2'310, kA, 301, 301, 100, 21});
  made.push_back({kFarHost, 2'620, 2'610, kA, 301, 401, 100, 60});
  const Summary summary = summary_of(made, -5'000, 0, 99);
  EXPECT_FALSE(summary.all().exchanges.has_times());
  EXPECT_EQ(to_text(summary.all().verdict.party), "network");
  EXPECT_EQ(to_text(summary.all().verdict.reason), "loss");
  EXPECT_EQ(summary.all().verdict.share, 0);
  EXPECT_EQ(summary.all().verdict.amount_ns, 0);
}

/// Hosts that let each other wait for centuries, at the end of what 64 bits hold.
TEST(UntimedExchanges, NoShareIsMoreThanAllOfTheTime) {
  PairRows pair = testing::pair_of(requests(3));
  for (const unsigned point : {kNear, kFar}) {
    auto& segments = pair.rows[point].segments;
    for (std::size_t row = 4; row < segments.size(); ++row) segments[row].time_ns += kGreatest / 3 * 2;
  }
  const Frame frame = testing::wide_frame();
  Summary summary(frame, {0, kGreatest, 0, false, nullptr});
  for (int i = 0; i < 4; ++i) summary.add(pair, analyse_pair(pair, frame, kNear, {}), {});
  summary.finish();
  const ExchangeTotals& e = summary.all().exchanges;
  EXPECT_EQ(e.passed_ns, kGreatest);
  EXPECT_LE(far_of(e.shares), e.passed_ns);
  EXPECT_LE(summary.all().verdict.share, 1);
}

}  // namespace
}  // namespace pcapsule::analysis::compare
