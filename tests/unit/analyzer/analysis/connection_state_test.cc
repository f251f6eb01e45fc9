// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/connection_state.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::analysis {
namespace {

constexpr std::uint16_t kF = 1, kS = 2, kR = 4, kA = 16;

/// A segment of a conversation: who sends it, flags, seq, ack, payload.
struct Sent {
  bool client;
  std::uint16_t flags;
  std::uint32_t seq;
  std::uint32_t ack;
  std::uint32_t payload = 0;
};

const Sent kSyn = {true, kS, 100, 0};
const Sent kSynAck = {false, kS | kA, 900, 101};
const Sent kAck = {true, kA, 101, 901};
const Sent kRequest = {true, kA, 101, 901, 50};
const Sent kAnswer = {false, kA, 901, 151, 50};
const Sent kClientFin = {true, kF | kA, 151, 951};
const Sent kServerFin = {false, kF | kA, 951, 152};
const Sent kLastAck = {true, kA, 152, 952};

struct StateCase {
  const char* name;
  std::vector<Sent> sent;
  const char* handshake;
  const char* end;
  const char* conn_state;
  const char* history;
};

class StateOfConnections : public ::testing::TestWithParam<StateCase> {};

TEST_P(StateOfConnections, IsToldByTheTable) {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  for (const Sent& s : GetParam().sent) {
    batch.segments.push_back(s.client ? make.from_client(s.flags, s.seq, s.ack, s.payload)
                                      : make.from_server(s.flags, s.seq, s.ack, s.payload));
  }
  const pcapsule::testing::TestRecord record(batch);
  const read::Connection connection = record.table().at(0);
  std::array<char, kGreatestHistory> history{};
  const char* const end = put_history(history.data(), connection.history, connection.client);
  EXPECT_EQ(to_text(handshake_outcome(connection)), GetParam().handshake);
  EXPECT_EQ(to_text(end_of(connection).kind), GetParam().end);
  EXPECT_EQ(to_text(conn_state(connection)), GetParam().conn_state);
  EXPECT_EQ(std::string(history.data(), static_cast<std::size_t>(end - history.data())), GetParam().history);
}

INSTANTIATE_TEST_SUITE_P(
    S41, StateOfConnections,
    ::testing::ValuesIn(std::vector<StateCase>{
        {"whole",
         {kSyn, kSynAck, kAck, kRequest, kAnswer, kClientFin, kServerFin, kLastAck},
         "complete",
         "fin_both",
         "SF",
         "ShADdFf"},
        {"unanswered", {kSyn, kSyn}, "unanswered", "unanswered", "S0", "S"},
        {"refused", {kSyn, {false, kR | kA, 0, 101}}, "refused", "refused", "REJ", "Sr"},
        {"established", {kSyn, kSynAck, kAck}, "complete", "open", "S1", "ShA"},
        {"ack_not_captured", {kSyn, kSynAck}, "partial", "open", "S1", "Sh"},
        {"client_closes", {kSyn, kSynAck, kAck, {true, kF | kA, 101, 901}}, "complete", "fin_client", "S2", "ShAF"},
        {"server_closes", {kSyn, kSynAck, kAck, {false, kF | kA, 901, 101}}, "complete", "fin_server", "S3", "ShAf"},
        {"close_not_acknowledged",
         {kSyn, kSynAck, kAck, kRequest, kAnswer, kClientFin, kServerFin},
         "complete",
         "fin_unacked",
         "SF",
         "ShADdFf"},
        {"client_resets", {kSyn, kSynAck, kAck, {true, kR, 101, 0}}, "complete", "reset_client", "RSTO", "ShAR"},
        {"server_resets",
         {kSyn, kSynAck, kAck, {false, kR | kA, 901, 101}},
         "complete",
         "reset_server",
         "RSTR",
         "ShAr"},
        {"client_resets_the_answer", {kSyn, kSynAck, {true, kR, 101, 0}}, "reset", "reset_client", "RSTO", "ShR"},
        {"late_reset",
         {kSyn, kSynAck, kAck, kRequest, kAnswer, kClientFin, kServerFin, kLastAck, {false, kR, 952, 0}},
         "complete",
         "fin_both",
         "SF",
         "ShADdFfr"},
        {"suspect_reset_ends_nothing",
         {kSyn, kSynAck, kAck, {false, kR, 500'000'000, 0}},
         "complete",
         "open",
         "S1",
         "ShAr"},
        {"capture_begins_later", {kRequest, kAnswer}, "not_captured", "open", "OTH", "Dd"},
        {"without_the_syn", {kSynAck, kAck}, "partial", "open", "OTH", "hA"},
        {"without_the_syn_reset",
         {kSynAck, kAck, {false, kR | kA, 901, 101}},
         "partial",
         "reset_server",
         "RSTRH",
         "hAr"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pcapsule::analysis
