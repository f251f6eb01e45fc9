// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/loss_between.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/analyzer/analysis/compare/made_pair.h"

namespace pcapsule::analysis::compare {
namespace {

using namespace testing;

/// `near3 lost copy_needed 5`: the frame at the point that has it, and the row that proves it, as frame.
std::string to_text(const PairRows& pair, const std::vector<Absent>& absent) {
  std::string text;
  for (const Absent& a : absent) {
    if (!text.empty()) text += ", ";
    text += (a.seen_at == kNear ? "near" : "far") + std::to_string(pair.at(a.seen_at, a.row).frame) + " " +
            std::string(to_text(a.what)) + " " + std::string(to_text(a.proof));
    if (a.proof_row != kNoRow) text += " " + std::to_string(pair.at(second_point(a.direction), a.proof_row).frame);
  }
  return text;
}

struct LossCase {
  const char* name;
  std::vector<Made> made;  ///< after the handshake, which is 3 frames at either point
  std::string expected;
  Trust trust = {};
  Frame frame = wide_frame();
};
class AbsentSegments : public ::testing::TestWithParam<LossCase> {};

TEST_P(AbsentSegments, AreJudgedByWhatTheReceiverSaid) {
  const LossCase& c = GetParam();
  const PairRows pair = pair_of(after_handshake(c.made));
  const Receiver receiver(pair, Direction::kNearToFar);
  EXPECT_EQ(to_text(pair, absent_segments(pair, receiver, Direction::kNearToFar, c.frame, c.trust)), c.expected);
}

Made data(std::optional<double> near_ms, std::optional<double> far_ms, std::int64_t seq, std::uint16_t id,
          std::uint32_t value = 0) {
  return {kNearHost, near_ms, far_ms, kA, seq, 1, 100, id, value};
}
Made bare(std::optional<double> near_ms, std::optional<double> far_ms, std::int64_t ack, std::uint16_t id,
          std::uint32_t value = 0) {
  return {kNearHost, near_ms, far_ms, kA, 1, ack, 0, id, value};
}
Made answer(double far_ms, std::int64_t ack, std::uint16_t id, std::uint32_t echo = 0,
            std::optional<SackRange> sack = std::nullopt) {
  return {kFarHost, far_ms + 10, far_ms, kA, 1, ack, 0, id, echo == 0 ? 0U : 900U + id, echo, 1000, sack};
}
Made reply(double far_ms, std::int64_t seq, std::int64_t ack, std::uint16_t id, std::uint32_t echo = 0) {
  return {kFarHost, far_ms + 10, far_ms, kA, seq, ack, 100, id, echo == 0 ? 0U : 900U + id, echo};
}

Frame from(double near_first, double near_last, double far_first, double far_last) {
  Frame frame;
  frame.captured = {Span{ns(near_first), ns(near_last)}, Span{ns(far_first), ns(far_last)}};
  return frame;
}

INSTANTIATE_TEST_SUITE_P(
    S50, AbsentSegments,
    ::testing::ValuesIn(std::vector<LossCase>{
        {"a_copy_was_needed",
         {data(100, {}, 1, 10), data(300, 310, 1, 11), answer(310.1, 101, 50)},
         "near4 lost copy_needed 4"},
        {"the_receiver_waited_for_it",
         {data(100, {}, 1, 10), data(101, 111, 101, 11), answer(115, 1, 50, 0, SackRange{0, 101, 201}),
          data(140, 150, 1, 12), answer(150.1, 201, 51)},
         "near4 lost hole_reported 5"},
        {"of_two_missing_ones_the_first_was_reported_missing",
         {data(100, {}, 1, 10), data(101, 111, 101, 11), answer(111.1, 1, 50, 0, SackRange{0, 101, 201}),
          data(140, {}, 1, 12), answer(150.1, 201, 51)},
         "near4 lost hole_reported 5, near7 missed acked_without_copy 6"},
        {"what_overtakes_is_no_report",
         {data(100, {}, 1, 10), data(101, 111, 101, 11), answer(111.1, 1, 50, 0, SackRange{0, 101, 201}),
          data(140, {}, 1, 12), answer(150.1, 201, 51)},
         "near4 unknown ambiguous 6, near7 missed acked_without_copy 6",
         {false, false, true}},
        {"never_acknowledged", {data(100, {}, 1, 10), reply(200, 1, 1, 50)}, "near4 lost hole_reported 4"},
        {"the_receiver_said_nothing_more", {data(100, {}, 1, 10)}, "near4 lost not_acked"},
        {"acknowledged_though_no_copy_came",
         {data(100, {}, 1, 10), answer(110.1, 101, 50)},
         "near4 missed acked_without_copy 4"},
        {"reported_as_received_though_no_copy_came",
         {data(100, {}, 1, 10), data(101, {}, 101, 11), answer(111.2, 1, 50, 0, SackRange{0, 101, 201}),
          data(140, 150, 1, 12), answer(150.1, 201, 51)},
         "near4 lost hole_reported 4, near5 missed selectively_acked 4"},
        {"acknowledged_before_the_needless_copy",
         {data(100, {}, 1, 10), answer(110.1, 101, 50), data(300, 310, 1, 11), answer(310.1, 101, 51)},
         "near4 missed acked_without_copy 4"},
        {"reported_twice_though_one_came",
         {data(100, {}, 1, 10), data(125, 135, 1, 11), answer(135.1, 101, 50, 0, SackRange{0, 1, 101})},
         "near4 missed reported_twice 5"},
        {"of_two_missing_ones_the_last_came",
         {data(100, {}, 1, 10), data(300, {}, 1, 11), answer(310.1, 101, 50)},
         "near4 unknown ambiguous 4, near5 missed acked_without_copy 4"},
        {"a_bare_acknowledgment_without_a_trace", {bare(100, {}, 1, 10), reply(200, 1, 1, 50)}, "near4 lost no_sign"},
        {"without_a_trace_where_the_capture_has_gaps",
         {bare(100, {}, 1, 10), reply(200, 1, 1, 50)},
         "near4 unknown misses_elsewhere",
         {true, false}},
        {"its_timestamp_was_echoed", {bare(100, {}, 1, 10, 77), reply(111, 1, 1, 50, 77)}, "near4 missed echoed 4"},
        {"another_segment_brought_the_timestamp",
         {bare(100, {}, 1, 10, 77), bare(100.1, 110.1, 1, 11, 77), reply(111, 1, 1, 50, 77)},
         "near4 lost no_sign"},
        {"two_could_have_brought_it",
         {bare(100, {}, 1, 10, 77), bare(100.1, {}, 1, 11, 77), reply(111, 1, 1, 50, 77)},
         "near4 unknown ambiguous 4, near5 unknown ambiguous 4"},
        {"an_older_timestamp_was_echoed",
         {bare(90, 100, 1, 10, 70), bare(100, {}, 1, 11, 77), reply(150, 1, 1, 50, 70)},
         "near5 lost echo_older 5"},
        {"the_receiver_went_on_resending",
         {reply(50, 1, 1, 50), bare(61, {}, 101, 10), reply(300, 1, 1, 51), bare(311, 321, 101, 11)},
         "near5 lost still_retransmitting 5"},
        {"the_receiver_never_resent", {reply(50, 1, 1, 50), bare(61, {}, 101, 10)}, "near5 missed never_repeated"},
        {"a_reset_that_did_not_arrive",
         {{kNearHost, 100, {}, kR, 1, 0, 0, 10}, reply(300, 1, 1, 50)},
         "near4 lost still_retransmitting 4"},
        {"the_second_point_has_what_had_to_pass_the_first",
         {data({}, 110, 1, 10), answer(110.1, 101, 50)},
         "far4 missed other_point_has_it 4"},
        {"the_other_capture_had_not_begun",
         {data(100, {}, 1, 10), answer(510, 101, 50)},
         "near4 outside edge",
         {},
         from(0, 1000, 500, 1000)},
        {"the_other_capture_was_over", {data(100, {}, 1, 10)}, "near4 outside edge", {}, from(0, 1000, 0, 50)},
        {"at_the_very_end_of_the_other_capture",
         {data(100, {}, 1, 10)},
         "near4 unknown edge",
         {},
         from(0, 1000, 0, 110.5)},
        {"losses_behind_a_point_with_gaps_prove_nothing",
         {data(100, {}, 1, 10), data(300, 310, 1, 11), answer(310.1, 101, 50)},
         "near4 unknown misses_elsewhere 4",
         {true, true}},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(AbsentSegments, OfTheOtherDirectionAreJudgedAtTheNearPoint) {
  std::vector<Made> made = {{kFarHost, {}, 100, kA, 1, 1, 100, 50},
                            {kFarHost, 310, 300, kA, 1, 1, 100, 51},
                            {kNearHost, 310.1, 320.1, kA, 1, 101, 0, 10}};
  const PairRows pair = pair_of(after_handshake(made));
  const Receiver receiver(pair, Direction::kFarToNear);
  EXPECT_EQ(to_text(pair, absent_segments(pair, receiver, Direction::kFarToNear, wide_frame(), {})),
            "far4 lost copy_needed 4");
}

TEST(AbsentSegments, OfASplitSegmentOnlyTheMissingBytesCount) {
  std::vector<Made> made = {{kNearHost, 100, {}, kA, 1, 1, 200, 10, 5},
                            {kNearHost, {}, 110, kA, 1, 1, 100, 10, 5},
                            answer(110.1, 101, 50),
                            {kNearHost, 300, 310, kA, 101, 1, 100, 12, 90},
                            answer(310.1, 201, 51)};
  const PairRows pair = pair_of(after_handshake(made));
  const Receiver receiver(pair, Direction::kNearToFar);
  const auto absent = absent_segments(pair, receiver, Direction::kNearToFar, wide_frame(), {});
  EXPECT_EQ(to_text(pair, absent), "near4 lost copy_needed 6");
  EXPECT_EQ(absent[0].bytes, 100U);
}

TEST(AbsentSegments, PiecesOfASegmentThatWentDifferentWaysAreTwoEntries) {
  // The first piece passed and the capture missed it; the second got lost and was sent again.
  std::vector<Made> made = {{kNearHost, 100, {}, kA, 1, 1, 200, 10, 5},
                            answer(110.1, 101, 50),
                            {kNearHost, 300, 310, kA, 101, 1, 100, 12, 90},
                            answer(310.1, 201, 51)};
  const PairRows pair = pair_of(after_handshake(made));
  const Receiver receiver(pair, Direction::kNearToFar);
  const auto absent = absent_segments(pair, receiver, Direction::kNearToFar, wide_frame(), {});
  EXPECT_EQ(to_text(pair, absent), "near4 missed acked_without_copy 4, near4 lost copy_needed 5");
  EXPECT_TRUE(absent[1].is_rest);
  EXPECT_EQ(absent[0].bytes, 100U);
  EXPECT_EQ(absent[1].bytes, 100U);
}

}  // namespace
}  // namespace pcapsule::analysis::compare
