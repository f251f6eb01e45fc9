// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/verdict.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace pcapsule::analysis::compare {
namespace {

struct VerdictCase {
  const char* name;
  std::function<void(Findings&)> set;
  std::string expected;
};
class Judge : public ::testing::TestWithParam<VerdictCase> {};

TEST_P(Judge, NamesThePartyAndTheReason) {
  Findings findings;
  findings.passed_ns = 1000;
  GetParam().set(findings);
  const Verdict verdict = judge(findings);
  EXPECT_EQ(std::string(to_text(verdict.party)) + " " + std::string(to_text(verdict.reason)), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    S52, Judge,
    ::testing::ValuesIn(std::vector<VerdictCase>{
        {"nothing", [](Findings&) {}, "inconclusive nothing_slow"},
        {"most_of_the_time_loss", [](Findings& f) { f.recovery_ns = 400, f.lost = 2; }, "network loss"},
        {"most_of_the_time_delay", [](Findings& f) { f.delay_ns = 400; }, "network delay"},
        {"a_little_delay_is_load", [](Findings& f) { f.delay_ns = 150, f.delay_rose = true; },
         "inconclusive nothing_slow"},
        {"most_of_the_time_the_server", [](Findings& f) { f.server.think_ns = 400; }, "server think"},
        {"the_server_shut_its_window", [](Findings& f) { f.server.zero_window_ns = 400, f.server.think_ns = 5; },
         "server zero_window"},
        {"the_client_shut_its_window", [](Findings& f) { f.client.zero_window_ns = 400; }, "client zero_window"},
        {"the_client_acknowledged_late", [](Findings& f) { f.client.delayed_ack_ns = 200; }, "client delayed_ack"},
        {"loss_but_the_server_took_more", [](Findings& f) { f.server.think_ns = 700, f.recovery_ns = 200, f.lost = 3; },
         "server think"},
        {"little_thinking_explains_no_loss",
         [](Findings& f) { f.server.think_ns = 150, f.recovery_ns = 20, f.lost = 3; }, "network loss"},
        {"loss_that_cost_nothing", [](Findings& f) { f.lost = 1; }, "network loss"},
        {"overtaking", [](Findings& f) { f.reordered = 4; }, "network reordering"},
        {"the_server_reset", [](Findings& f) { f.server.resets = 1; }, "server reset"},
        {"the_client_reset", [](Findings& f) { f.client.resets = 1, f.server.think_ns = 110; }, "client reset"},
        {"something_between_reset", [](Findings& f) { f.injected = 2, f.lost = 1; }, "network injected_reset"},
        {"lost_before_the_points", [](Findings& f) { f.lost_beyond_near = 3; }, "beyond loss_beyond_near"},
        {"lost_behind_the_points_for_long", [](Findings& f) { f.beyond_far_ns = 300; }, "beyond loss_beyond_far"},
        {"a_long_path", [](Findings& f) { f.least_round_trip_ns = 300'000'000; }, "network latency"},
        {"without_exchanges_the_delay_counts", [](Findings& f) { f.passed_ns = 0, f.delay_rose = true; },
         "network delay"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Judge, SaysWhatItCost) {
  Findings findings;
  findings.passed_ns = 1000;
  findings.server.think_ns = 400;
  EXPECT_EQ(judge(findings).amount_ns, 400);
  EXPECT_DOUBLE_EQ(judge(findings).share, 0.4);
}

TEST(Judge, ARoundTripIsNoShareOfTheTime) {
  Findings findings;
  findings.passed_ns = 1000;
  findings.least_round_trip_ns = 300'000'000;
  EXPECT_EQ(judge(findings).amount_ns, 300'000'000);
  EXPECT_EQ(judge(findings).share, 0);
}

}  // namespace
}  // namespace pcapsule::analysis::compare
