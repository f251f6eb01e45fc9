// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/labels/label_replay.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pcapsule::analysis {
namespace {

constexpr std::uint16_t kF = 1, kS = 2, kR = 4, kA = 16;
constexpr unsigned kC = 0, kV = 1;  // client, server

/// A segment at a time in milliseconds, with raw numbers.
struct Sent {
  std::int64_t ms;
  unsigned side;
  std::uint16_t flags;
  std::uint32_t seq;
  std::uint32_t ack;
  std::uint32_t payload = 0;
  std::uint16_t window = 1000;
  std::uint8_t oddities = 0;
  std::vector<std::uint8_t> options = {};
  std::uint32_t sacked = 0;
  bool cut = false;
};

const std::vector<std::uint8_t> kScale7 = {3, 3, 7, 1};

/// The labels of the last of `sent`, which `replay` is fed with.
SegmentLabels feed_all(LabelReplay& replay, const std::vector<Sent>& sent) {
  SegmentLabels last;
  std::uint64_t frame = 0;
  for (const Sent& s : sent) {
    LabelRow row;
    row.row = frame;
    row.at = {++frame, {1'000'000'000 + s.ms * 1'000'000}};
    row.side = s.side;
    row.word = TcpWord{static_cast<std::uint16_t>(0x5000 | s.flags)};
    row.window = s.window;
    row.oddities = s.oddities;
    row.fixed_header_cut = s.cut;
    row.seq = s.seq;
    row.ack = s.ack;
    row.payload = s.payload;
    row.sacked_bytes = s.sacked;
    row.options = s.options;
    last = replay.feed(row);
  }
  return last;
}

SegmentLabels replay(const std::vector<Sent>& sent, bool reused = false) {
  read::Connection connection;
  if (reused) connection.previous = 5;
  const MptcpTimeline no_mptcp;
  LabelReplay replay(connection, no_mptcp);
  return feed_all(replay, sent);
}

/// `retransmission rto=200@4 acks=2 rtt=20 flight=10 irtt=20`: times in milliseconds. `-`: no record.
std::string to_text(const SegmentLabels& labels) {
  if (!labels.has_record) return "-";
  std::string text;
  const auto put = [&text](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
  const auto ms = [](DurationNs time) { return std::to_string(time.value / 1'000'000); };
  for (unsigned i = 0; i < kLabels; ++i) {
    const auto label = static_cast<Label>(i);
    if (labels.has(label)) put(name_of(label));
  }
  if (labels.has(Label::kDuplicateAck)) {
    put("#" + std::to_string(labels.duplicate_ack_number) + "@" + std::to_string(labels.duplicate_ack_frame));
  }
  if (const auto rto = labels.rto()) put("rto=" + ms(*rto) + "@" + std::to_string(labels.rto_frame));
  if (labels.acked_frame != 0) put("acks=" + std::to_string(labels.acked_frame));
  if (const auto rtt = labels.ack_rtt()) put("rtt=" + ms(*rtt));
  if (labels.bytes_in_flight != 0) put("flight=" + std::to_string(labels.bytes_in_flight));
  if (const auto rtt = labels.initial_rtt()) put("irtt=" + ms(*rtt));
  return text;
}

/// SYN, SYN-ACK after 20 ms, ACK after 30: client at 1, server at 1.
std::vector<Sent> after_handshake(std::vector<Sent> more) {
  std::vector<Sent> all = {{0, kC, kS, 0, 0}, {20, kV, kS | kA, 0, 1}, {30, kC, kA, 1, 1}};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

struct LabelCase {
  const char* name;
  std::vector<Sent> sent;
  const char* expected;  ///< of the last segment
};
class Labels : public testing::TestWithParam<LabelCase> {};

TEST_P(Labels, OfTheLastSegment) { EXPECT_EQ(to_text(replay(GetParam().sent)), GetParam().expected); }

TEST_P(Labels, AreTheSameWithoutMeasures) {
  const read::Connection connection;
  const MptcpTimeline no_mptcp;
  LabelReplay labels(connection, no_mptcp, LabelScope::kLabelsOnly);
  EXPECT_EQ(feed_all(labels, GetParam().sent).set, replay(GetParam().sent).set);
}

TEST_P(Labels, AreTheSameInTheMemoryOfAnotherConnection) {
  const read::Connection connection;
  const MptcpTimeline no_mptcp;
  LabelReplay labels(connection, no_mptcp);
  feed_all(labels, {{0, kV, kS, 70, 0, 9}, {3, kC, kA, 5, 9'999, 100}, {4, kC, kA, 900, 9'999, 1}});
  feed_all(labels, GetParam().sent);
  labels.restart(connection, no_mptcp, LabelScope::kMeasures);
  EXPECT_EQ(to_text(feed_all(labels, GetParam().sent)), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Labels,
    testing::ValuesIn(std::vector<LabelCase>{
        {"syn_has_no_record", {{0, kC, kS, 0, 0}}, "-"},
        {"syn_ack_measures", {{0, kC, kS, 0, 0}, {20, kV, kS | kA, 0, 1}}, "acks=1 rtt=20"},
        {"ack_completes", after_handshake({}), "acks=2 rtt=10 irtt=30"},
        {"data_is_in_flight", after_handshake({{40, kC, kA, 1, 1, 100}}), "flight=100 irtt=30"},
        {"fin_is_not_counted", after_handshake({{40, kC, kF | kA, 1, 1, 100}}), "flight=100 irtt=30"},
        {"a1_gap_hides_flight_until_the_peer_acks",
         after_handshake({{40, kC, kA, 201, 1, 100}, {41, kC, kA, 301, 1, 100}}), "-"},
        {"a1_the_peer_acks",
         after_handshake({{40, kC, kA, 201, 1, 100}, {41, kV, kA, 1, 1}, {42, kC, kA, 301, 1, 100}}),
         "flight=200 irtt=30"},
        {"a2_zero_window_probe", after_handshake({{40, kV, kA, 1, 1, 0, 0}, {50, kC, kA, 1, 1, 1}}),
         "zero_window_probe flight=1 irtt=30"},
        {"a2_probe_does_not_move_the_end",
         after_handshake({{40, kV, kA, 1, 1, 0, 0}, {50, kC, kA, 1, 1, 1}, {60, kC, kA, 1, 1, 1}}),
         "zero_window_probe flight=1 irtt=30"},
        {"a3_zero_window", after_handshake({{40, kV, kA, 1, 1, 0, 0}}), "zero_window irtt=30"},
        {"a3_not_on_rst", after_handshake({{40, kV, kR | kA, 1, 1, 0, 0}}), "-"},
        {"a4_lost_segment", after_handshake({{40, kC, kA, 101, 1, 100}}), "lost_segment irtt=30"},
        {"a4_not_on_rst", after_handshake({{40, kC, kR, 101, 1}}), "-"},
        {"a5_keep_alive", after_handshake({{40, kC, kA, 0, 1}}), "keep_alive irtt=30"},
        {"a6_window_update", after_handshake({{40, kC, kA, 1, 1, 0, 900}}), "window_update irtt=30"},
        {"a7_window_full", after_handshake({{40, kC, kA, 1, 1, 1000}}), "window_full flight=1000 irtt=30"},
        {"a7_needs_a_known_shift",
         {{0, kC, kS, 0, 0, 0, 1000, 0, kScale7},
          {20, kV, kS | kA, 0, 1, 0, 1000, 0, kScale7},
          {30, kC, kA, 1, 1},
          {40, kV, kA, 1, 1, 0, 2},
          {50, kC, kA, 1, 1, 256}},
         "window_full flight=256 irtt=30"},
        {"a7_unscaled_right_after_a_syn",
         {{0, kC, kS, 0, 0, 0, 1000, 0, kScale7}, {20, kV, kS | kA, 0, 1, 0, 100, 0, kScale7}, {50, kC, kA, 1, 1, 100}},
         "window_full acks=2 rtt=30 flight=100 irtt=50"},
        {"a8_keep_alive_ack", after_handshake({{35, kV, kA, 1, 1}, {40, kC, kA, 0, 1}, {50, kV, kA, 1, 1}}),
         "keep_alive_ack irtt=30"},
        {"a8_zero_window_probe_ack",
         after_handshake({{40, kV, kA, 1, 1, 0, 0}, {50, kC, kA, 1, 1, 1}, {60, kV, kA, 1, 1, 0, 0}}),
         "zero_window zero_window_probe_ack irtt=30"},
        {"a9_duplicate_ack", after_handshake({{40, kC, kA, 1, 1}}), "duplicate_ack #1@3 irtt=30"},
        {"a9_counts", after_handshake({{40, kC, kA, 1, 1}, {50, kC, kA, 1, 1}}), "duplicate_ack #2@3 irtt=30"},
        {"a10_a_new_ack_begins_anew", after_handshake({{40, kC, kA, 1, 1}, {50, kC, kA, 1, 2}, {60, kC, kA, 1, 2}}),
         "duplicate_ack #1@5 irtt=30"},
        {"a10_the_field_counts_without_the_flag", after_handshake({{40, kC, 0, 1, 0}, {50, kC, 0, 1, 0}}),
         "duplicate_ack #1@4 irtt=30"},
        {"a11_ack_lost_segment", after_handshake({{40, kC, kA, 1, 101}}), "ack_lost_segment irtt=30"},
        {"a11_once_in_a_series", after_handshake({{40, kC, kA, 1, 101}, {50, kC, kA, 1, 201}}), "irtt=30"},
        {"a11_muted_counts_from_one", after_handshake({{40, kC, kA, 1, 101}, {45, kV, kA, 1, 1}}),
         "duplicate_ack #1@2 irtt=30"},
        {"a12_retransmission", after_handshake({{40, kC, kA, 1, 1, 100}, {240, kC, kA, 1, 1, 100}}),
         "retransmission rto=200@4 flight=100 irtt=30"},
        {"a12_rto_from_the_oldest",
         after_handshake({{40, kC, kA, 1, 1, 100}, {45, kC, kA, 101, 1, 100}, {240, kC, kA, 101, 1, 100}}),
         "retransmission rto=200@4 flight=200 irtt=30"},
        {"a12_spurious_without_being_old", after_handshake({{40, kV, kA, 1, 101}, {50, kC, kA, 1, 1, 100}}),
         "retransmission spurious_retransmission flight=100 irtt=30"},
        {"a12_fast_after_two_duplicates",
         after_handshake({{40, kC, kA, 1, 1, 100},
                          {41, kC, kA, 101, 1, 100},
                          {42, kV, kA, 1, 1},
                          {43, kV, kA, 1, 1},
                          {44, kV, kA, 1, 1},
                          {50, kC, kA, 1, 1, 100}}),
         "retransmission fast_retransmission flight=200 irtt=30"},
        {"a12_too_late_for_fast",
         after_handshake({{40, kC, kA, 1, 1, 100},
                          {41, kC, kA, 101, 1, 100},
                          {42, kV, kA, 1, 1},
                          {43, kV, kA, 1, 1},
                          {44, kV, kA, 1, 1},
                          {100, kC, kA, 1, 1, 100}}),
         "retransmission rto=60@4 flight=200 irtt=30"},
        {"a12_out_of_order", after_handshake({{40, kC, kA, 101, 1, 100}, {50, kC, kA, 1, 1, 100}}),
         "out_of_order irtt=30"},
        {"a12_out_of_order_within_the_initial_rtt",
         after_handshake({{40, kC, kA, 101, 1, 100}, {70, kC, kA, 1, 1, 100}}), "retransmission rto=30@4 irtt=30"},
        {"a12_3_ms_without_an_initial_rtt",
         {{0, kC, kA, 1, 1, 10}, {1, kC, kA, 101, 1, 100}, {3, kC, kA, 11, 1, 90}},
         "out_of_order"},
        {"a12_never_out_of_order_at_the_end", after_handshake({{40, kC, kA, 1, 1, 100}, {41, kC, kA, 1, 1, 100}}),
         "retransmission rto=1@4 flight=100 irtt=30"},
        {"a12_a_clock_going_back_is_not_soon", after_handshake({{40, kC, kA, 101, 1, 100}, {39, kC, kA, 1, 1, 100}}),
         "retransmission rto=-1@4 irtt=30"},
        {"a12_a_keep_alive_byte_is_no_retransmission", after_handshake({{40, kC, kA, 0, 1, 1}}),
         "keep_alive flight=1 irtt=30"},
        {"a12_more_than_the_probed_byte", after_handshake({{40, kC, kA, 1, 1, 10}, {41, kC, kA, 10, 1, 10}}),
         "flight=19 irtt=30"},
        {"rule_1_5_same_isn_has_a_record", after_handshake({{50, kC, kS, 0, 0}}), "retransmission rto=50@1 irtt=30"},
        {"rule_1_6_another_syn_ack", {{0, kC, kA, 1, 1, 10}, {10, kV, kS | kA, 77, 11}}, "reused_ports acks=1 rtt=10"},
        {"rule_5_1_exact_end_only", after_handshake({{40, kC, kA, 1, 1, 100}, {50, kV, kA, 1, 51}}), "-"},
        {"rule_5_1_partial_ack_shortens",
         after_handshake({{40, kC, kA, 1, 1, 100}, {50, kV, kA, 1, 51}, {60, kC, kA, 101, 1, 10}}),
         "flight=60 irtt=30"},
        {"rule_5_1_oldest_of_two_copies",
         after_handshake({{40, kC, kA, 1, 1, 100}, {240, kC, kA, 1, 1, 100}, {250, kV, kA, 1, 101}}),
         "acks=4 rtt=210 irtt=30"},
        {"rule_5_2_no_time_at_0", {{0, kC, kA, 1, 1, 10}, {0, kV, kA, 1, 11}}, "acks=1"},
        {"rule_5_2_negative_time", {{10, kC, kA, 1, 1, 10}, {0, kV, kA, 1, 11}}, "acks=1 rtt=-10"},
        {"rule_5_4_initial_rtt_may_be_negative",
         {{30, kC, kS, 0, 0}, {20, kV, kS | kA, 0, 1}, {10, kC, kA, 1, 1}},
         "acks=2 rtt=-10 irtt=-20"},
        {"rule_6_1_sack_is_taken_off",
         after_handshake({{40, kC, kA, 1, 1, 100},
                          {41, kC, kA, 101, 1, 100},
                          {50, kV, kA, 1, 1, 0, 1000, 0, {}, 100},
                          {60, kC, kA, 201, 1, 100}}),
         "flight=200 irtt=30"},
        {"rule_6_2_of_the_latest_segment_only",
         after_handshake({{40, kC, kA, 1, 1, 100},
                          {50, kV, kA, 1, 1, 0, 1000, 0, {}, 50},
                          {51, kV, kA, 1, 1},
                          {60, kC, kA, 101, 1, 100}}),
         "flight=200 irtt=30"},
        {"rule_4_4_malformed_shows_nothing", after_handshake({{40, kC, kA, 1, 1, 100, 1000, oddity::kBadDataOffset}}),
         "-"},
        {"rule_4_4_but_counts",
         after_handshake({{40, kC, kA, 1, 1, 100, 1000, oddity::kBadDataOffset}, {50, kV, kA, 1, 101}}),
         "acks=4 rtt=10 irtt=30"},
        {"rule_4_8_cut_header_shows_nothing",
         after_handshake({{40, kC, kA, 0, 1, 0, 1000, oddity::kHeaderCut, {}, 0, true}}), "-"},
        {"rule_4_9_broken_options_show_nothing", after_handshake({{40, kC, kA, 0, 1, 0, 1000, oddity::kOptionsBroken}}),
         "-"},
        {"rule_4b_an_empty_sack_breaks",
         after_handshake({{40, kC, kA, 0, 1, 0, 1000, oddity::kOptionsBroken, {1, 1, 5, 2}}}), "-"},
        {"rule_4b_not_with_a_great_ack",
         after_handshake({{40, kC, kA, 0, 0x90000000, 0, 1000, oddity::kOptionsBroken, {1, 1, 5, 2}}}),
         "keep_alive irtt=30"},
        {"rule_2_1_fragment_is_not_analysed", after_handshake({{40, kC, kA, 0, 1, 0, 0, oddity::kFirstFragment}}), "-"},
        {"rule_1_8_quoted_is_not_analysed", after_handshake({{40, kC, kA, 0, 1, 0, 0, oddity::kQuoted}}), "-"},
        {"wrap",
         {{0, kC, kA, 0xffffffce, 1, 100}, {5, kV, kA, 1, 50}, {10, kC, kA, 50, 1, 10}, {300, kC, kA, 50, 1, 10}},
         "retransmission rto=290@3 flight=10"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(LabelReplay, FirstSegmentOnPortsInUse) { EXPECT_EQ(to_text(replay({{0, kC, kS, 0, 0}}, true)), "reused_ports"); }

TEST(LabelReplay, RemembersTenThousandSegments) {
  std::vector<Sent> sent;
  constexpr std::uint32_t kMany = 10'001;
  for (std::uint32_t i = 0; i < kMany; ++i) sent.push_back({i, kC, kA, 1 + i, 1, 1});
  EXPECT_EQ(to_text(replay(sent)), "flight=10000");  // the last one is not remembered
  sent.push_back({kMany, kV, kA, 1, 1 + kMany});
  EXPECT_EQ(to_text(replay(sent)), "-");
  sent.back().ack = kMany;
  EXPECT_EQ(to_text(replay(sent)), "acks=10000 rtt=2");
}

TEST(LabelReplay, MultipathSuppressesDuplicateAcks) {
  MptcpTimeline mptcp;
  const std::vector<std::uint8_t> capable = {30, 12, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8};
  mptcp.feed({0, 0, kC, false, false, capable});
  mptcp.feed({2, 0, kV, false, true, {}});  // a data sequence signal: news for the client
  LabelReplay replay(read::Connection(), mptcp);
  SegmentLabels labels;
  for (std::uint64_t i = 0; i < 5; ++i) {
    LabelRow row;
    row.row = i;
    row.at.frame = i + 1;
    row.side = i == 2 ? kV : kC;
    row.word = TcpWord{0x5010};
    row.window = 1000;
    row.seq = row.ack = 1;
    labels = replay.feed(row);
    if (i == 1) {
      EXPECT_EQ(labels.duplicate_ack_number, 0U) << "it has seen nothing of the group before";
    }
    if (i == 3) {
      EXPECT_EQ(labels.duplicate_ack_number, 0U);
    }
  }
  EXPECT_EQ(labels.duplicate_ack_number, 1U) << "the group's options have not changed since";
}

}  // namespace
}  // namespace pcapsule::analysis
