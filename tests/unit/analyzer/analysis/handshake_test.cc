// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/handshake.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analyzer/analysis/quantile.h"
#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::analysis {
namespace {

constexpr std::uint16_t kS = 2, kR = 4, kA = 16;
constexpr std::int64_t kEndMs = 9'223'372'036'854;  ///< the last whole millisecond that a stamp can have

/// A segment at a time in milliseconds.
struct Sent {
  std::int64_t ms;
  bool client;
  std::uint16_t flags;
  std::uint32_t seq;
  std::uint32_t ack;
  std::uint32_t payload = 0;
};

Sent syn(std::int64_t ms) { return {ms, true, kS, 100, 0}; }
Sent syn_ack(std::int64_t ms) { return {ms, false, kS | kA, 900, 101}; }
Sent ack(std::int64_t ms) { return {ms, true, kA, 101, 901}; }

struct LegCase {
  const char* name;
  std::vector<Sent> sent;
  /// The four legs in milliseconds, or the reason.
  std::vector<std::string> legs;
};

class HandshakeLegsOf : public ::testing::TestWithParam<LegCase> {};

TEST_P(HandshakeLegsOf, FourNumbersOrReasons) {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  for (const Sent& s : GetParam().sent) {
    decode::Segment segment = s.client ? make.from_client(s.flags, s.seq, s.ack, s.payload)
                                       : make.from_server(s.flags, s.seq, s.ack, s.payload);
    segment.time = {s.ms * 1'000'000};
    batch.segments.push_back(segment);
  }
  const pcapsule::testing::TestRecord record(batch);
  std::vector<std::string> found;
  for (const LegTime& leg : handshake_legs(record.table().at(0))) {
    found.push_back(leg.time ? std::to_string(leg.time->value / 1'000'000) : std::string(to_text(leg.reason)));
  }
  EXPECT_EQ(found, GetParam().legs);
}

INSTANTIATE_TEST_SUITE_P(
    S31, HandshakeLegsOf,
    ::testing::ValuesIn(std::vector<LegCase>{
        {"plain", {syn(0), syn_ack(30), ack(31)}, {"30", "30", "1", "31"}},
        {"repeated_syn", {syn(0), syn(1000), syn_ack(1100), ack(1101)}, {"1100", "100", "1", "1101"}},
        {"repeated_syn_ack", {syn(0), syn_ack(30), syn_ack(1030), ack(1031)}, {"30", "30", "1", "1031"}},
        {"data_completes", {syn(0), syn_ack(30), {31, true, kA, 101, 901, 50}}, {"30", "30", "1", "31"}},
        {"unanswered", {syn(0), syn(1000)}, {"no_syn_ack", "no_syn_ack", "no_syn_ack", "no_ack"}},
        {"refused", {syn(0), {5, false, kR | kA, 0, 101}}, {"refused", "refused", "refused", "refused"}},
        {"reset", {syn(0), syn_ack(30), {31, true, kR, 101, 0}}, {"30", "30", "reset", "reset"}},
        {"without_the_syn", {syn_ack(30), ack(31)}, {"no_syn", "no_syn", "1", "no_syn"}},
        {"without_the_ack", {syn(0), syn_ack(30)}, {"30", "30", "no_ack", "no_ack"}},
        {"capture_begins_later", {ack(1), ack(2)}, {"no_syn", "no_syn", "no_syn_ack", "no_syn"}},
        {"S34_answer_before_the_syn", {syn_ack(100), syn(0), ack(101)}, {"clock", "clock", "1", "101"}},
        {"S34_stamps_go_backwards", {syn(10), syn_ack(5), ack(12)}, {"clock", "clock", "7", "2"}},
        {"S34_stamps_go_584_years_backwards",
         {syn(kEndMs), syn_ack(-kEndMs), ack(1 - kEndMs)},
         {"clock", "clock", "1", "clock"}},
        {"S34_stamps_go_584_years_forwards",
         {syn(-kEndMs), syn_ack(kEndMs - 1), ack(kEndMs)},
         {"clock", "clock", "1", "clock"}},
    }),
    [](const auto& row) { return std::string(row.param.name); });

/// Every segment twice at the tap, half a millisecond apart; the SYN and the SYN-ACK also sent again.
TEST(HandshakeLegs, S40CopiesAreLeftOutUnlessTheyCount) {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  for (const Sent& s : {syn(0), syn(1000), syn_ack(1100), syn_ack(2100), ack(2101)}) {
    for (const std::int64_t late_ns : {0, 500'000}) {
      decode::Segment segment =
          s.client ? make.from_client(s.flags, s.seq, s.ack) : make.from_server(s.flags, s.seq, s.ack);
      segment.time = {s.ms * 1'000'000 + late_ns};
      batch.segments.push_back(segment);
    }
  }
  const pcapsule::testing::TestRecord record(batch);
  read::ConnectionTable table = record.table();
  const auto microseconds = [&table] {
    std::vector<std::int64_t> found;
    for (const LegTime& leg : handshake_legs(table.at(0))) found.push_back(leg.time->value / 1000);
    return found;
  };
  EXPECT_EQ(table.at(0).own_syns(), 2);
  EXPECT_EQ(table.at(0).own_syn_acks(), 2);
  EXPECT_EQ(microseconds(), (std::vector<std::int64_t>{1'100'000, 100'000, 1'000, 2'101'000}));
  table.take_copies_for_segments();
  EXPECT_EQ(table.at(0).own_syns(), 4);
  EXPECT_EQ(table.at(0).own_syn_acks(), 4);
  EXPECT_EQ(microseconds(), (std::vector<std::int64_t>{1'100'000, 99'500, 500, 2'101'000}));
}

TEST(CapturePoint, ComparesTheLegs) {
  const auto ms = [](std::int64_t n) { return std::optional(DurationNs{n * 1'000'000}); };
  EXPECT_EQ(capture_point(ms(100), ms(25)), CapturePoint::kNearClient);
  EXPECT_EQ(capture_point(ms(100), ms(26)), CapturePoint::kMidPath);
  EXPECT_EQ(capture_point(ms(1), ms(50)), CapturePoint::kNearServer);
  EXPECT_EQ(capture_point(ms(100), std::nullopt), CapturePoint::kUnknown);
  EXPECT_EQ(capture_point(std::nullopt, ms(1)), CapturePoint::kUnknown);
}

TEST(Quantile, IsTheNearestRank) {
  std::vector<int> values = {40, 10, 30, 20};
  EXPECT_EQ(quantile(std::span(values), 1, 2), 20);
  EXPECT_EQ(quantile(std::span(values), 51, 100), 30);
  EXPECT_EQ(quantile(std::span(values), 99, 100), 40);
  EXPECT_EQ(quantile(std::span(values), 1, 100), 10);
  EXPECT_EQ(quantile(std::span(values), 1, 1), 40);
  std::vector<int> one = {7};
  EXPECT_EQ(quantile(std::span(one), 9, 10), 7);
}

}  // namespace
}  // namespace pcapsule::analysis
