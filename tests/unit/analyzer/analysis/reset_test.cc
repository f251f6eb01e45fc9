// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/reset.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analyzer/analysis/reset_summary.h"
#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::analysis {
namespace {

constexpr std::uint16_t kF = 1, kS = 2, kR = 4, kA = 16;

/// A segment of a conversation: who sends it, flags, seq, ack, payload, TTL.
struct Sent {
  bool client;
  std::uint16_t flags;
  std::uint32_t seq;
  std::uint32_t ack;
  std::uint32_t payload = 0;
  std::uint8_t ttl = 64;
};

const Sent kSyn = {true, kS, 100, 0};
const Sent kSynAck = {false, kS | kA, 900, 101};
const Sent kAck = {true, kA, 101, 901};
const Sent kRequest = {true, kA, 101, 901, 50};
const Sent kAnswer = {false, kA, 901, 151, 50};
const Sent kClientFin = {true, kF | kA, 151, 951};
const Sent kServerFin = {false, kF | kA, 951, 152};
const Sent kLastAck = {true, kA, 152, 952};

read::Connection connection_of(const std::vector<Sent>& sent) {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  for (const Sent& s : sent) {
    batch.segments.push_back(s.client ? make.from_client(s.flags, s.seq, s.ack, s.payload)
                                      : make.from_server(s.flags, s.seq, s.ack, s.payload));
    batch.segments.back().ttl = s.ttl;
  }
  return pcapsule::testing::TestRecord(batch).table().at(0);
}

std::string text_of(const std::optional<std::uint32_t>& number) { return number ? std::to_string(*number) : "?"; }
std::string text_of(const std::optional<bool>& known) { return known ? (*known ? "yes" : "no") : "?"; }

/// `frame kind by premature before_fin client/server outstanding odd_ttl`, one a RST.
std::string text_of(const std::vector<Reset>& resets) {
  std::string text;
  for (const Reset& reset : resets) {
    text += (text.empty() ? "" : "; ") + std::to_string(reset.at.frame) + " " + std::string(to_text(reset.kind)) +
            (reset.by_client ? " client " : " server ") + text_of(reset.premature) +
            (reset.before_fin ? " before_fin " : " after_fin ") + text_of(reset.outstanding_bytes[0]) + "/" +
            text_of(reset.outstanding_bytes[1]) + " " + text_of(reset.odd_ttl);
  }
  return text;
}

struct ResetCase {
  const char* name;
  std::vector<Sent> sent;
  const char* resets;
};

class ResetsOfConnections : public ::testing::TestWithParam<ResetCase> {};

TEST_P(ResetsOfConnections, AreToldByTheTable) {
  EXPECT_EQ(text_of(resets_of(connection_of(GetParam().sent))), GetParam().resets);
}

INSTANTIATE_TEST_SUITE_P(
    S41, ResetsOfConnections,
    ::testing::ValuesIn(std::vector<ResetCase>{
        {"none", {kSyn, kSynAck, kAck}, ""},
        {"idle", {kSyn, kSynAck, kAck, {true, kR, 101, 0}}, "4 abort client yes before_fin 0/0 no"},
        {"data_of_the_server_is_outstanding",
         {kSyn, kSynAck, kAck, kRequest, kAnswer, {true, kR, 151, 0}},
         "6 abort client yes before_fin 0/50 no"},
        {"data_of_the_client_is_outstanding",
         {kSyn, kSynAck, kAck, kRequest, {false, kR | kA, 901, 151}},
         "5 abort server yes before_fin 50/0 no"},
        {"after_the_fin_nothing_outstanding",
         {kSyn, kSynAck, kAck, kRequest, kAnswer, kClientFin, {false, kA, 951, 152}, {false, kR | kA, 951, 152}},
         "8 abort server no after_fin 0/0 no"},
        {"a_fin_is_no_data",
         {kSyn, kSynAck, kAck, kRequest, kAnswer, kClientFin, {false, kR | kA, 951, 152}},
         "7 abort server no after_fin 0/0 no"},
        {"after_the_fin_data_outstanding",
         {kSyn, kSynAck, kAck, kRequest, {true, kF | kA, 151, 901}, {false, kR | kA, 901, 152}},
         "6 abort server yes after_fin 50/0 no"},
        {"after_its_own_fin_is_before_the_others",
         {kSyn, kSynAck, kAck, kRequest, kAnswer, kClientFin, {true, kR, 152, 0}},
         "7 abort client yes before_fin 0/0 no"},
        {"refused", {kSyn, {false, kR | kA, 0, 101}}, "2 refused server ? before_fin 0/? ?"},
        {"refused_after_data_in_the_syn",
         {{true, kS, 100, 0, 30}, {false, kR | kA, 0, 131}},
         "2 refused server ? before_fin ?/? ?"},
        {"reset_of_the_syn_ack", {kSyn, kSynAck, {true, kR, 101, 0}}, "3 abort client yes before_fin 0/0 no"},
        {"late",
         {kSyn, kSynAck, kAck, kRequest, kAnswer, kClientFin, kServerFin, kLastAck, {false, kR, 952, 0}},
         "9 late server ? after_fin 0/0 no"},
        {"late_after_another_reset",
         {kSyn, kSynAck, kAck, {true, kR, 101, 0}, {false, kR, 901, 0}},
         "4 abort client yes before_fin 0/0 no; 5 late server ? before_fin 0/0 no"},
        {"suspect", {kSyn, kSynAck, kAck, {false, kR, 500'000'000, 0}}, "4 suspect server ? before_fin 0/0 no"},
        {"suspect_then_abort",
         {kSyn, kSynAck, kAck, {false, kR, 500'000'000, 0, 0, 250}, {false, kR, 901, 0}},
         "4 suspect server ? before_fin 0/0 yes; 5 abort server yes before_fin 0/0 no"},
        {"odd_ttl", {kSyn, kSynAck, kAck, {false, kR, 901, 0, 0, 63}}, "4 abort server yes before_fin 0/0 yes"},
        {"ttl_within_the_range_of_its_side",
         {kSyn, {false, kS | kA, 900, 101, 0, 60}, kAck, kRequest, kAnswer, {false, kR, 951, 0, 0, 62}},
         "6 abort server yes before_fin 0/50 no"},
        {"mid_stream_without_acks",
         {{false, kA, 901, 151, 50}, {true, kR, 151, 0}},
         "2 abort client yes before_fin ?/? ?"},
        {"the_capture_lacks_what_was_acknowledged",
         {kSyn, kSynAck, kAck, {true, kA, 101, 5000}, {true, kR, 101, 0}},
         "5 abort client yes before_fin 0/? no"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(MainReset, IsTheOneThatEndedTheConnection) {
  const auto reset = main_reset(connection_of({kSyn, kSynAck, kAck, {false, kR, 500'000'000, 0}, {true, kR, 101, 0}}));
  ASSERT_TRUE(reset);
  EXPECT_EQ(reset->at.frame, 5U);
}

TEST(MainReset, IsElseTheFirst) {
  const auto reset = main_reset(connection_of({kSyn, kSynAck, kAck, {false, kR, 500'000'000, 0}}));
  ASSERT_TRUE(reset);
  EXPECT_EQ(reset->kind, ResetKind::kSuspect);
  EXPECT_FALSE(main_reset(connection_of({kSyn, kSynAck, kAck})));
}

TEST(ResetGroups, CountEndsBySenderAndKeepTheGreatestConcurrency) {
  const IpAddress first = IpAddress::v4(1);
  const IpAddress second = IpAddress::v4(2);
  const auto abort = resets_of(connection_of({kSyn, kSynAck, kAck, {true, kR, 101, 0}})).front();
  const auto refused = resets_of(connection_of({kSyn, {false, kR | kA, 0, 101}})).front();
  const auto suspect = resets_of(connection_of({kSyn, kSynAck, kAck, {false, kR, 500'000'000, 0}})).front();
  ResetGroups groups;
  groups.add(second, abort, {{2, 1, 9}, {}});
  groups.add(second, refused, {{3, 1, 0}, {}});
  groups.add(first, suspect, {});
  groups.add(second, suspect, {});
  const auto clients = groups.summarise();
  ASSERT_EQ(clients.size(), 2U);
  EXPECT_EQ(clients[0].client, second);
  EXPECT_EQ(clients[0].counts.by_client, 1U);
  EXPECT_EQ(clients[0].counts.refused, 1U);
  EXPECT_EQ(clients[0].counts.suspect, 1U);
  EXPECT_EQ(clients[0].counts.premature, 1U);
  EXPECT_EQ(clients[0].greatest_others, 4U);
  EXPECT_EQ(clients[0].greatest_frame, refused.at.frame);
  EXPECT_EQ(clients[1].counts.ends(), 0U);
  EXPECT_EQ(clients[1].counts.all(), 1U);
}

}  // namespace
}  // namespace pcapsule::analysis
