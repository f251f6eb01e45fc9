// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/retransmissions.h"

#include <gtest/gtest.h>

#include <string>

#include "analyzer/analysis/compare/loss_between.h"
#include "tests/unit/analyzer/analysis/compare/made_pair.h"

namespace pcapsule::analysis::compare {
namespace {

using namespace testing;

struct ResendCase {
  const char* name;
  std::vector<Made> made;
  std::string expected;  ///< near frame and cause of each that has one
};
class ResendCauses : public ::testing::TestWithParam<ResendCase> {};

TEST_P(ResendCauses, FollowFromBothPoints) {
  const PairRows pair = pair_of(after_handshake(GetParam().made));
  const Receiver receiver(pair, Direction::kNearToFar);
  const auto absent = absent_segments(pair, receiver, Direction::kNearToFar, wide_frame(), {});
  const auto frame = wide_frame();
  const auto causes =
      resend_causes(pair, receiver, Direction::kNearToFar, absent, Arrivals(pair, Direction::kNearToFar, frame));
  std::string text;
  for (std::size_t row = 0; row < causes.size(); ++row) {
    if (causes[row] == ResendCause::kNone) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(pair.at(kNear, row).frame) + " " +
            std::string(to_text(causes[row]));
  }
  EXPECT_EQ(text, GetParam().expected);
}

Made data(std::optional<double> near_ms, std::optional<double> far_ms, std::int64_t seq, std::uint16_t id,
          std::uint32_t value = 0, std::uint32_t payload = 100) {
  return {kNearHost, near_ms, far_ms, kA, seq, 1, payload, id, value};
}
Made answer(double far_ms, std::int64_t ack, std::uint16_t id) {
  return {kFarHost, far_ms + 10, far_ms, kA, 1, ack, 0, id};
}

INSTANTIATE_TEST_SUITE_P(
    S51, ResendCauses,
    ::testing::ValuesIn(std::vector<ResendCase>{
        {"first_transmissions_have_none", {data(100, 110, 1, 10), data(101, 111, 101, 11), answer(111, 201, 50)}, ""},
        {"lost_between", {data(100, {}, 1, 10), data(300, 310, 1, 11), answer(310.1, 101, 50)}, "5 lost_between"},
        {"the_receiver_had_it",
         {data(100, 110, 1, 10), answer(110.1, 101, 50), data(300, 310, 1, 11), answer(310.1, 101, 51)},
         "6 needless"},
        {"lost_behind_the_second_point",
         {data(100, 110, 1, 10), data(101, 111, 101, 11), answer(115, 1, 50), data(140, 150, 1, 12),
          answer(150.1, 201, 51)},
         "7 lost_after"},
        {"lost_behind_and_nothing_was_said",
         {data(100, 110, 1, 10), data(800, 810, 1, 11), answer(810.1, 101, 50)},
         "5 lost_after"},
        {"lost_before_the_first_point_by_timestamp",
         {data(101, 111, 101, 11, 70), data(140, 150, 1, 12, 99), answer(150.1, 201, 51)},
         "5 lost_before"},
        {"overtaken_before_the_first_point_by_timestamp",
         {data(101, 111, 101, 11, 70), data(102, 112, 1, 12, 69), answer(112.1, 201, 51)},
         ""},
        {"overtaken_before_the_first_point_by_identification",
         {data(101, 111, 101, 11), data(109, 119, 1, 10), answer(119.1, 201, 51)},
         ""},
        {"the_first_capture_missed_the_original",
         {data({}, 110, 1, 10), answer(110.1, 101, 50), data(101, 111, 101, 11), data(300, 310, 1, 12),
          answer(310.1, 201, 51)},
         "6 needless"},
        {"probes_are_none",
         {data(100, 110, 1, 10), answer(110.1, 101, 50), data(300, 310, 100, 11, 0, 1), answer(310.1, 101, 51)},
         ""},
    }),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pcapsule::analysis::compare
