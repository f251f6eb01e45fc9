// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/relative_numbers.h"

#include <gtest/gtest.h>

namespace pcapsule::analysis {
namespace {

constexpr std::uint16_t kAck = 0x5010;
constexpr std::uint16_t kSyn = 0x5002;
constexpr std::uint16_t kSynAck = 0x5012;
constexpr std::uint16_t kRst = 0x5004;

Bases bases(std::uint32_t a, std::uint32_t b) { return {{a, b}, {true, true}}; }

RawNumbers raw(unsigned side, std::uint16_t word, std::uint32_t seq, std::uint32_t ack, std::uint8_t oddities = 0) {
  return {side, TcpWord{word}, seq, ack, oddities};
}

TEST(WiresharkNumbers, AreRelativeToTheBasesModulo32) {
  const Bases at = bases(1000, 5000);
  EXPECT_EQ(wireshark_seq(at, raw(0, kAck, 1001, 5001)), 1U);
  EXPECT_EQ(wireshark_ack(at, raw(0, kAck, 1001, 5001)), 1U);
  EXPECT_EQ(wireshark_seq(at, raw(1, kAck, 5001, 1001)), 1U);
  EXPECT_EQ(wireshark_seq(at, raw(0, kAck, 999, 5001)), 0xffff'ffffU) << "before the base";
  EXPECT_EQ(wireshark_seq(bases(0xffff'fff0, 0), raw(0, kAck, 0x10, 0)), 0x20U) << "over the wrap";
}

TEST(WiresharkNumbers, AckIsRawWithoutTheAckFlag) {
  EXPECT_EQ(wireshark_ack(bases(1000, 5000), raw(0, kSyn, 1000, 77)), 77U);
}

TEST(WiresharkNumbers, AreRawWhereTheLengthIsUnknown) {
  const RawNumbers fragment = raw(0, kAck, 1001, 5001, oddity::kFirstFragment);
  EXPECT_EQ(wireshark_seq(bases(1000, 5000), fragment), 1001U);
  EXPECT_EQ(wireshark_ack(bases(1000, 5000), fragment), 5001U);
}

TEST(WiresharkNumbers, MalformedOffsetHasAKnownLength) {
  EXPECT_EQ(wireshark_seq(bases(1000, 5000), raw(0, 0x3018, 1001, 5001, oddity::kBadDataOffset)), 1U);
}

TEST(RelativeTracker, CountsFromTheBases) {
  RelativeTracker tracker(bases(1000, 5000));
  const auto syn = tracker.feed(raw(0, kSyn, 1000, 0));
  EXPECT_EQ(syn.seq, 0);
  EXPECT_EQ(syn.ack, std::nullopt);
  const auto answer = tracker.feed(raw(1, kSynAck, 5000, 1001));
  EXPECT_EQ(answer.seq, 0);
  EXPECT_EQ(answer.ack, 1);
}

TEST(RelativeTracker, WrapsNowhereS19) {
  // captures/micro/wrap: the client's ISN is just below 2^32.
  RelativeTracker tracker(bases(0xffff'ffce, 5000));
  EXPECT_EQ(tracker.feed(raw(0, kAck, 0xffff'ffcf, 5001)).seq, 1);
  EXPECT_EQ(tracker.feed(raw(0, kAck, 0x33, 5001)).seq, 101);
  EXPECT_EQ(tracker.feed(raw(1, kAck, 5001, 0x33)).ack, 101);
}

TEST(RelativeTracker, IsNegativeBeforeTheBaseS19) {
  RelativeTracker tracker(bases(999, 4999));
  EXPECT_EQ(tracker.feed(raw(0, kAck, 1000, 5000)).seq, 1);
  EXPECT_EQ(tracker.feed(raw(0, kAck, 900, 5000)).seq, -99);
  EXPECT_EQ(tracker.feed(raw(0, kAck, 1100, 4900)).ack, -99);
}

TEST(RelativeTracker, GoesOnBeyond4GiB) {
  RelativeTracker tracker(bases(0, 0));
  constexpr std::uint32_t kStep = 1U << 30;
  std::uint32_t seq = 1;
  for (std::int64_t i = 0; i < 40; ++i, seq += kStep) {
    EXPECT_EQ(tracker.feed(raw(0, kAck, seq, 1)).seq, 1 + i * kStep);
    EXPECT_EQ(tracker.feed(raw(1, kAck, 1, seq)).ack, 1 + i * kStep);
  }
  EXPECT_EQ(tracker.feed(raw(0, kAck, seq - 2 * kStep, 1)).seq, 1 + std::int64_t{38} * kStep) << "a retransmission";
}

TEST(RelativeTracker, AcksAloneCarryAOneWayCaptureBeyond4GiB) {
  RelativeTracker tracker(bases(0, 0));
  std::uint32_t ack = 1;
  for (std::int64_t i = 0; i < 10; ++i, ack += 1U << 30) {
    EXPECT_EQ(tracker.feed(raw(1, kAck, 1, ack)).ack, 1 + i * (std::int64_t{1} << 30));
  }
}

TEST(RelativeTracker, StartsAnewAtARebaseS12) {
  RelativeTracker tracker(bases(999, 4999));
  EXPECT_EQ(tracker.feed(raw(1, kAck, 5000, 1000)).seq, 1);
  tracker.rebase(1, 9000);
  EXPECT_EQ(tracker.feed(raw(1, kSynAck, 9000, 1000)).seq, 0);
  EXPECT_EQ(tracker.feed(raw(0, kAck, 1000, 9001)).ack, 1);
}

TEST(RelativeTracker, ResetsAndMalformedHeadersMoveNoReference) {
  RelativeTracker tracker(bases(0, 0));
  constexpr std::uint32_t kFar = 0x7000'0000;
  EXPECT_EQ(tracker.feed(raw(0, kRst, kFar, 0)).seq, kFar);
  EXPECT_EQ(tracker.feed(raw(0, kRst, 0xe000'0000, 0)).seq, -0x2000'0000) << "still from the base";
  (void)tracker.feed(raw(0, kAck, kFar, kFar, oddity::kShort));
  EXPECT_EQ(tracker.feed(raw(0, kAck, 100, 1)).seq, 100);
}

TEST(RelativeTracker, UnknownBaseIsUnknown) {
  RelativeTracker tracker(Bases{{0, 4999}, {false, true}});
  const auto numbers = tracker.feed(raw(0, kAck, 7, 5000, oddity::kFirstFragment));
  EXPECT_EQ(numbers.seq, std::nullopt);
  EXPECT_EQ(numbers.ack, 1);
}

}  // namespace
}  // namespace pcapsule::analysis
