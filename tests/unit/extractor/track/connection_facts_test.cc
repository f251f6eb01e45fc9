// SPDX-License-Identifier: Apache-2.0
// What the connection table tells of handshake, close, resets, history and window scaling.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/extractor/track/tracker_fixture.h"

namespace pcapsule::track {
namespace {

using decode::Segment;
using namespace testing;
using ::testing::ElementsAre;

/// Its IPv4 ID tells it from a copy of the one before.
Segment with_id(Segment segment) {
  segment.ip_id = static_cast<std::uint16_t>(segment.frame_number);
  return segment;
}

TEST_F(TrackerTest, S31S36HandshakeWithRepeats) {
  feed(with_id(make_.from_client(kSyn, 100)));               // frame 1
  feed(with_id(make_.from_client(kSyn, 100)));               // frame 2
  feed(with_id(make_.from_server(kSynAckFlags, 500, 101)));  // frame 3
  feed(with_id(make_.from_server(kSynAckFlags, 500, 101)));  // frame 4
  feed(make_.from_client(kAck, 101, 501));                   // frame 5
  const ConnectionRecord& r = record();
  EXPECT_EQ(r.syns, 2);
  EXPECT_EQ(r.syn_acks, 2);
  EXPECT_EQ(r.seen, format::seen::kSyn | format::seen::kSynAck | format::seen::kHandshakeAck);
  EXPECT_EQ(r.event_frame[kSynAck], 2U);
  EXPECT_EQ(r.event_frame[kHandshakeAck], 4U);
  ASSERT_NE(tracker_.repeats(r), nullptr);
  EXPECT_EQ(tracker_.repeats(r)->last_syn_frame, 2U);
  EXPECT_EQ(tracker_.repeats(r)->last_syn_ack_frame, 4U);
}

/// Each handshake segment twice at the tap; the SYN and the SYN-ACK also sent again.
TEST_F(TrackerTest, S40CopiesOfHandshakeSegments) {
  const auto twice = [this](Segment segment) {
    feed(segment);
    segment.frame_number += 1;
    segment.time = segment.time + DurationNs{900'000};
    segment.ttl = 63;
    feed(segment);
    make_.skip_frames(1);
  };
  twice(with_id(make_.from_client(kSyn, 100)));               // frames 1, 2
  twice(with_id(make_.from_client(kSyn, 100)));               // frames 3, 4: sent again
  twice(with_id(make_.from_server(kSynAckFlags, 500, 101)));  // frames 5, 6
  twice(with_id(make_.from_server(kSynAckFlags, 500, 101)));  // frames 7, 8: sent again
  twice(make_.from_client(kAck, 101, 501));
  const ConnectionRecord& r = record();
  EXPECT_EQ(r.syns, 4);
  EXPECT_EQ(r.syn_acks, 4);
  ASSERT_NE(tracker_.repeats(r), nullptr);
  const HandshakeRepeats& repeats = *tracker_.repeats(r);
  EXPECT_EQ(repeats.syn_copies, 2);
  EXPECT_EQ(repeats.syn_ack_copies, 2);
  EXPECT_EQ(repeats.last_syn_frame, 4U);
  EXPECT_EQ(repeats.last_own_syn_frame, 3U);
  EXPECT_EQ(repeats.last_syn_ack_frame, 8U);
  EXPECT_EQ(repeats.last_own_syn_ack_frame, 7U);
}

/// Every handshake segment twice at the tap, 100,000 in all: of those that were counted, half are none.
TEST_F(TrackerTest, S40CopiesEndWithTheCountOfHandshakeSegments) {
  std::int64_t time = 0;
  const auto feed_many = [&](Segment segment, std::uint64_t frame) {
    for (int i = 0; i < 100'000; ++i) {
      segment.frame_number = frame++;
      segment.time = {time += i % 2 == 0 ? 10'000'000 : 100};
      feed(segment);
    }
  };
  feed_many(with_id(make_.from_client(kSyn, 100)), 1);
  feed_many(with_id(make_.from_server(kSynAckFlags, 500, 101)), 100'001);
  const ConnectionRecord& r = record();
  EXPECT_EQ(r.syns, 65'535);
  EXPECT_EQ(r.syn_acks, 65'535);
  ASSERT_NE(tracker_.repeats(r), nullptr);
  EXPECT_EQ(tracker_.repeats(r)->syn_copies, 32'767);
  EXPECT_EQ(tracker_.repeats(r)->syn_ack_copies, 32'767);
}

TEST_F(TrackerTest, S40CopyOfARefusedSynIsNoNewAttempt) {
  Segment syn = make_.from_client(kSyn, 100);
  feed(syn);
  feed(make_.from_server(kRst | kAck, 0, 101));
  syn.frame_number = 3;
  syn.time = syn.time + DurationNs{300'000};
  feed(syn);
  EXPECT_EQ(record().retries, 0);
  EXPECT_EQ(tracker_.repeats(record())->syn_copies, 1);
}

TEST_F(TrackerTest, S32SynAckThatAnswersSomethingElseDoesNotCount) {
  feed(make_.from_client(kSyn, 100));
  feed(make_.from_server(kSynAckFlags, 500, 4711));
  EXPECT_EQ(record().seen & format::seen::kSynAck, 0);
}

TEST_F(TrackerTest, S32SynAckMayAcceptFastOpenData) {
  feed(make_.from_client(kSyn, 100, 0, 3));
  feed(make_.from_server(kSynAckFlags, 500, 104));
  EXPECT_NE(record().seen & format::seen::kSynAck, 0);
  EXPECT_EQ(record().syn_payload, 3);
}

TEST_F(TrackerTest, S32ResetDoesNotComplete) {
  feed(make_.from_client(kSyn, 100));
  feed(make_.from_server(kSynAckFlags, 500, 101));
  feed(make_.from_client(kRstAck, 101, 501));
  EXPECT_EQ(record().seen & format::seen::kHandshakeAck, 0);
}

TEST_F(TrackerTest, S34AckCapturedBeforeTheSynAckCompletes) {
  feed(make_.from_client(kSyn, 100));
  feed(make_.from_client(kAck, 101, 501));
  feed(make_.from_server(kSynAckFlags, 500, 101));
  EXPECT_NE(record().seen & format::seen::kHandshakeAck, 0);
  EXPECT_LT(record().event_frame[kHandshakeAck], record().event_frame[kSynAck]);
}

TEST_F(TrackerTest, S41CloseIsCompleteWithTheAckOfTheSecondFin) {
  feed(make_.from_client(kSyn, 100));
  feed(make_.from_server(kSynAckFlags, 500, 101));
  feed(make_.from_client(kAck, 101, 501));
  feed(make_.from_client(kFinAck, 101, 501));  // frame 4
  feed(make_.from_server(kFinAck, 501, 102));  // frame 5 acknowledges the first
  feed(make_.from_client(kAck, 102, 502));     // frame 6 acknowledges the second
  EXPECT_EQ(record().event_frame[kFinA], 3U);
  EXPECT_EQ(record().event_frame[kFinB], 4U);
  EXPECT_EQ(record().event_frame[kCloseAck], 5U);
  EXPECT_EQ(history(), "ShAFf");
}

TEST_F(TrackerTest, S42FirstResetOfEachSideAndFirstAcceptable) {
  feed(make_.from_client(kSyn, 100));
  feed(make_.from_server(kSynAckFlags, 500, 101));
  feed(make_.from_client(kAck, 101, 501));
  feed(make_.from_client(kRst, 9'000'000, 0));  // far outside the window: suspect
  feed(make_.from_client(kRst, 8'000'000, 0));  // again: not kept
  feed(make_.from_client(kRst, 101, 0));        // exactly the next expected
  const std::vector<Reset> resets = tracker_.resets(record());
  ASSERT_EQ(resets.size(), 2U);
  EXPECT_EQ(resets[0].frame, 4U);
  EXPECT_EQ(resets[0].marks & format::reset_mark::kAcceptable, 0);
  EXPECT_EQ(resets[1].frame, 6U);
  EXPECT_NE(resets[1].marks & format::reset_mark::kAcceptable, 0);
  EXPECT_EQ(resets[1].acked[kB], 101U);
}

TEST_F(TrackerTest, S42RefusalIsAcceptable) {
  feed(make_.from_client(kSyn, 100));
  feed(make_.from_server(kRstAck, 0, 101));
  ASSERT_EQ(tracker_.resets(record()).size(), 1U);
  EXPECT_NE(tracker_.resets(record())[0].marks & format::reset_mark::kAcceptable, 0);
}

TEST_F(TrackerTest, EventsFarBehindTheFirstFrameKeepTheirFrames) {
  constexpr std::uint64_t k33 = std::uint64_t{1} << 33;
  feed(make_.from_client(kSyn, 100));
  make_.skip_frames(0xffff'fffe - 1);  // the SYN-ACK is just too far away for 32 bits
  feed(make_.from_server(kSynAckFlags, 500, 101));
  feed(make_.from_client(kAck, 101, 501));
  make_.skip_frames(k33);
  feed(make_.from_client(kFinAck, 101, 501));
  feed(make_.from_server(kFinAck, 501, 102));
  feed(make_.from_client(kAck, 102, 502));
  EXPECT_EQ(tracker_.event_frame(record(), kSynAck), 0xffff'ffffU);
  EXPECT_EQ(tracker_.event_frame(record(), kHandshakeAck), 0x1'0000'0000U);
  EXPECT_EQ(tracker_.event_frame(record(), kFinA), k33 + 0x1'0000'0001);
  EXPECT_EQ(tracker_.event_frame(record(), kFinB), k33 + 0x1'0000'0002);
  EXPECT_EQ(tracker_.event_frame(record(), kCloseAck), k33 + 0x1'0000'0003);
}

TEST_F(TrackerTest, HistoryKeepsTheOrderOfFirstOccurrences) {
  feed(make_.from_client(kSyn, 100));
  feed(make_.from_server(kSynAckFlags, 500, 101));
  feed(make_.from_client(kAck, 101, 501));
  feed(make_.from_client(kAck, 101, 501, 10));
  feed(make_.from_client(kAck, 101, 501, 10));  // sent again
  feed(make_.from_server(kAck, 501, 111, 20));
  feed(make_.from_client(kRstAck, 111, 521));
  EXPECT_EQ(history(), "ShADTdR");
}

struct CompletenessCase {
  const char* name;
  std::vector<std::pair<char, std::uint16_t>> segments;  ///< side and flags; every segment with 'd' or 'D' has data
  std::uint8_t expected;
};
class Completeness : public TrackerTest, public ::testing::WithParamInterface<CompletenessCase> {};

TEST_P(Completeness, IsWiresharksFinalValue) {
  std::uint32_t client = 100;
  for (const auto& [side, flags] : GetParam().segments) {
    const bool data = side == 'D' || side == 'd';
    const bool server = side == 's' || side == 'd';
    feed(server ? make_.from_server(flags, 500, client + 1, data ? 5 : 0)
                : make_.from_client(flags, client, 501, data ? 5 : 0));
  }
  EXPECT_EQ(record().completeness, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Rules, Completeness,
                         ::testing::ValuesIn(std::vector<CompletenessCase>{
                             {"syn_only", {{'c', kSyn}}, 1},
                             {"handshake", {{'c', kSyn}, {'s', kSynAckFlags}, {'c', kAck}}, 7},
                             {"with_data", {{'c', kSyn}, {'s', kSynAckFlags}, {'c', kAck}, {'D', kAck}}, 15},
                             {"refused", {{'c', kSyn}, {'s', kRstAck}}, 37},
                             {"first_segment_adds_nothing", {{'D', kAck}}, 0},
                             {"fin_needs_ack", {{'c', kSyn}, {'s', tcp_flag::kFin}}, 1},
                             {"syn_with_data", {{'D', kSyn}}, 9},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(TrackerTest, CompletenessOfReusedPortsStartsWithSyn) {
  feed(make_.from_client(kSyn, 100));
  feed(make_.from_client(kSyn, 900));
  EXPECT_EQ(record(1).completeness, 1);
}

decode::TcpOptions with_scale(std::uint8_t shift) {
  decode::TcpOptions options;
  options.mss = decode::OptionState::kAbsent;
  options.window_scale = decode::OptionState::kPresent;
  options.sack_permitted = decode::OptionState::kAbsent;
  options.timestamps = decode::OptionState::kAbsent;
  options.window_shift = shift;
  return options;
}

TEST_F(TrackerTest, OrdinaryScalingIsRegular) {
  feed(make_.from_client(kSyn, 100), with_scale(7));
  feed(make_.from_server(kSynAckFlags, 500, 101), with_scale(9));
  feed(make_.from_client(kAck, 101, 501));
  EXPECT_EQ(record().marks & format::connection_mark::kScaleIrregular, 0);
  EXPECT_EQ(record().direction[kA].shift, 7);
  EXPECT_EQ(record().direction[kB].shift, 9);
}

TEST_F(TrackerTest, ScaleOptionOnDataIsIrregular) {
  feed(make_.from_client(kSyn, 100), with_scale(7));
  feed(make_.from_server(kSynAckFlags, 500, 101), with_scale(9));
  feed(make_.from_client(kAck, 101, 501), with_scale(3));
  EXPECT_NE(record().marks & format::connection_mark::kScaleIrregular, 0);
}

TEST_F(TrackerTest, S27RepeatedSynWithoutTheOptionIsNoted) {
  feed(make_.from_client(kSyn, 100), with_scale(7));
  feed(make_.from_client(kSyn, 100));
  EXPECT_NE(record().marks & format::connection_mark::kSynOptionsDiffer, 0);
  EXPECT_NE(record().marks & format::connection_mark::kScaleIrregular, 0);
  EXPECT_EQ(format::offer_state(record().direction[kA].offers, format::Offer::kWindowScale),
            format::OfferState::kAbsent);
}

TEST_F(TrackerTest, S23SynCapturedAfterItsSynAckStillOffers) {
  feed(make_.from_server(kSynAckFlags, 500, 101), with_scale(9));
  feed(make_.from_client(kSyn, 100), with_scale(7));
  EXPECT_EQ(format::offer_state(record().direction[kB].offers, format::Offer::kWindowScale),
            format::OfferState::kPresent);
  EXPECT_EQ(record().direction[kB].shift, 7);
}

TEST_F(TrackerTest, SynAckThatAnswersSomethingElseMakesScalingIrregular) {
  feed(make_.from_client(kSyn, 100), with_scale(7));
  feed(make_.from_server(kSynAckFlags, 500, 4711), with_scale(9));
  EXPECT_NE(record().marks & format::connection_mark::kScaleIrregular, 0);
}

TEST_F(TrackerTest, S5CutOptionsAreUnknown) {
  Segment syn = make_.from_client(kSyn, 100);
  syn.oddities = oddity::kHeaderCut;
  feed(syn);
  EXPECT_EQ(record().direction[kA].offers, 0);
}

}  // namespace
}  // namespace pcapsule::track
