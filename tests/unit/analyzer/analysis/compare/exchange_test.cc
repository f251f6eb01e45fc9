// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/exchange.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "analyzer/analysis/compare/pair_analysis.h"
#include "tests/unit/analyzer/analysis/compare/made_pair.h"

namespace pcapsule::analysis::compare {
namespace {

using namespace testing;

/// `data transit 20 far_think 300` in whole milliseconds, shares of less left out.
std::string to_text(const Exchange& exchange) {
  std::string text(to_text(exchange.kind));
  for (std::size_t share = 0; share < kShares; ++share) {
    const auto ms = std::llround(static_cast<double>(exchange.shares[share]) / 1e6);
    if (ms != 0) text += " " + std::string(to_text(static_cast<Share>(share))) + " " + std::to_string(ms);
  }
  return text;
}

struct ExchangeCase {
  const char* name;
  std::vector<Made> made;
  std::vector<std::string> expected;  ///< after the handshake
};
class FindExchanges : public ::testing::TestWithParam<ExchangeCase> {};

TEST_P(FindExchanges, SaysWhereTheTimeWent) {
  PairRows pair = pair_of(after_handshake(GetParam().made));
  pair.shift = {std::uint8_t{0}, std::uint8_t{0}};
  Frame frame = wide_frame();
  const PairAnalysis found = analyse_pair(pair, frame, kNear, {});
  ASSERT_EQ(found.exchanges.size(), GetParam().expected.size() + 1);
  EXPECT_EQ(to_text(found.exchanges[0]), "handshake transit 20");
  for (std::size_t i = 0; i < GetParam().expected.size(); ++i) {
    const Exchange& exchange = found.exchanges[i + 1];
    EXPECT_EQ(to_text(exchange), GetParam().expected[i]);
    std::int64_t sum = 0;
    for (const std::int64_t share : exchange.shares) sum += share;
    EXPECT_EQ(sum, exchange.total_ns);
  }
}

Made request(std::optional<double> near_ms, std::optional<double> far_ms, std::int64_t seq, std::int64_t ack,
             std::uint16_t id, std::uint32_t payload = 100) {
  return {kNearHost, near_ms, far_ms, kA, seq, ack, payload, id};
}
Made reply(std::optional<double> far_ms, std::optional<double> near_ms, std::int64_t seq, std::int64_t ack,
           std::uint16_t id, std::uint32_t payload = 100) {
  return {kFarHost, near_ms, far_ms, kA, seq, ack, payload, id};
}
Made shut(Made made) {
  made.window = 0;
  return made;
}

INSTANTIATE_TEST_SUITE_P(
    S48, FindExchanges,
    ::testing::ValuesIn(std::vector<ExchangeCase>{
        {"the_server_thinks",
         {request(100, 110, 1, 1, 10), reply(410, 420, 1, 101, 50)},
         {"data transit 20 far_think 300"}},
        {"a_longer_way", {request(100, 150, 1, 1, 10), reply(150, 210, 1, 101, 50)}, {"data transit 110"}},
        {"two_exchanges",
         {request(100, 110, 1, 1, 10), reply(140, 150, 1, 101, 50), request(500, 510, 101, 101, 11),
          reply(510, 520, 101, 201, 51)},
         {"data transit 20 far_think 30", "data transit 20"}},
        {"the_request_was_lost_between",
         {request(100, {}, 1, 1, 10), request(300, 310, 1, 1, 11), reply(310, 320, 1, 101, 50)},
         {"data transit 20 recovery 200"}},
        {"the_answer_was_lost_between",
         {request(100, 110, 1, 1, 10), reply(110, {}, 1, 101, 50), reply(310, 320, 1, 101, 51)},
         {"data transit 20 recovery 200"}},
        {"the_request_was_lost_behind_the_far_point",
         {request(100, 110, 1, 1, 10), request(800, 810, 1, 1, 11), reply(810, 820, 1, 101, 50)},
         {"data transit 20 beyond_far 700"}},
        {"the_client_shut_its_window",
         {request(100, 110, 1, 1, 10), reply(110, 120, 1, 101, 50), shut(request(120, 130, 101, 101, 11, 0)),
          request(620, 630, 101, 101, 12, 0), reply(630, 640, 101, 101, 51)},
         {"data transit 40 near_zero_window 500"}},
        {"the_client_sends_the_request_in_parts",
         {request(100, 110, 1, 1, 10), reply(110, 120, 1, 101, 50, 0), request(170, 180, 101, 1, 11),
          reply(180, 190, 1, 201, 51)},
         {"data transit 40 near_think 50"}},
        {"an_upload_that_is_acknowledged_late",
         {request(100, 110, 1, 1, 10), reply(150, 160, 1, 101, 50, 0)},
         {"upload transit 20 far_delayed_ack 40"}},
        {"the_server_speaks_first", {reply(90, 100, 1, 1, 50)}, {"data transit 20 far_think 60"}},
        {"a_keep_alive_is_no_news",
         {request(100, 110, 1, 1, 10), request(400, 410, 100, 1, 11, 0), reply(610, 620, 1, 101, 50)},
         {"data transit 20 far_think 500"}},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(FindExchanges, NeedsNoSynchronisedClocks) {
  std::vector<Made> made = after_handshake({request(100, 110, 1, 1, 10), reply(410, 420, 1, 101, 50)});
  for (Made& m : made) m.far_ms = *m.far_ms * 1.0001 + 217'000;
  const PairRows pair = pair_of(made);
  Frame frame = wide_frame();
  frame.clock.emplace();
  frame.clock->drift = 1e-4;
  frame.clock->offset_ns = ns(217'000);
  const PairAnalysis found = analyse_pair(pair, frame, kNear, {});
  ASSERT_EQ(found.exchanges.size(), 2U);
  EXPECT_TRUE(found.exchanges[1].is_measured);
  EXPECT_NEAR(static_cast<double>(found.exchanges[1].network_ns), 20e6, 1'000);
  EXPECT_NEAR(static_cast<double>(found.exchanges[1].host_ns), 300e6, 1'000);
}

TEST(FindExchanges, OfAClientAtTheFarEnd) {
  // The same conversation, told from the other end.
  const PairRows near_client = pair_of(after_handshake({request(100, 110, 1, 1, 10), reply(410, 420, 1, 101, 50)}));
  PairRows pair;
  pair.rows = {near_client.rows[kFar], near_client.rows[kNear]};
  pair.match = match_segments(pair.rows[kNear], pair.rows[kFar]);
  flip(pair);
  EXPECT_GT(orientation_of(pair).client_near + orientation_of(pair).client_far, 0U);
  const PairAnalysis found = analyse_pair(pair, wide_frame(), kFar, {});
  ASSERT_EQ(found.exchanges.size(), 2U);
  EXPECT_EQ(to_text(found.exchanges[1]), "data transit 20 near_think 300");
}

TEST(Orientation, IsSeenByTheRoundTrips) {
  const PairRows pair = pair_of(after_handshake({}));
  EXPECT_EQ(orientation_of(pair).client_far, 0U);
  PairRows exchanged;
  exchanged.rows = {pair.rows[kFar], pair.rows[kNear]};
  exchanged.match = match_segments(exchanged.rows[kNear], exchanged.rows[kFar]);
  EXPECT_EQ(orientation_of(exchanged).client_near, 0U);
  EXPECT_GT(orientation_of(exchanged).client_far, 0U);
}

TEST(AnalysePair, CountsWhatWasOvertaken) {
  const PairRows pair = pair_of(after_handshake({request(100, 115, 1, 1, 10), request(101, 111, 101, 1, 11)}));
  const PairAnalysis found = analyse_pair(pair, wide_frame(), kNear, {});
  ASSERT_EQ(found.reordered[0].size(), 1U);
  EXPECT_EQ(pair.at(kNear, found.reordered[0][0]).frame, 4U);
}

TEST(AnalysePair, TellsWhoReset) {
  const PairRows pair = pair_of(after_handshake({{kFarHost, 110, 100, kR, 1, 0, 0, 50}}));
  const PairAnalysis found = analyse_pair(pair, wide_frame(), kNear, {});
  ASSERT_EQ(found.aborts.size(), 1U);
  EXPECT_EQ(found.aborts[0].direction, Direction::kFarToNear);
  EXPECT_FALSE(found.aborts[0].injected);
}

TEST(AnalysePair, AResetWithAnotherTtlThatBeganOnTheWay) {
  PairRows pair = pair_of(after_handshake({{kFarHost, 110, {}, kR, 1, 0, 0, 50}}));
  pair.rows[kNear].segments.back().ttl = 61;
  const PairAnalysis found = analyse_pair(pair, wide_frame(), kNear, {});
  ASSERT_EQ(found.aborts.size(), 1U);
  EXPECT_TRUE(found.aborts[0].injected);
}

}  // namespace
}  // namespace pcapsule::analysis::compare
