// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/window_scale.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "common/net/tcp_oddity.h"

namespace pcapsule::analysis {
namespace {

using format::OfferState;

constexpr TcpWord kSyn{0x5002};
constexpr TcpWord kSynAck{0x5012};
constexpr TcpWord kAck{0x5010};
constexpr std::uint64_t kSynFrame = 10;
constexpr std::uint64_t kSynAckFrame = 20;

/// What the connection table says of one side's option.
struct Offer {
  OfferState state = OfferState::kUnknown;
  std::uint8_t shift = 0;
};
constexpr Offer kAbsent = {OfferState::kAbsent, 0};
constexpr Offer kUnknown = {OfferState::kUnknown, 0};
constexpr Offer present(std::uint8_t shift) { return {OfferState::kPresent, shift}; }

/// A connection whose client is endpoint A; a side whose SYN was not captured has no frame.
read::Connection connection(bool syn, Offer client, bool syn_ack, Offer server) {
  read::Connection c;
  const auto set = [](read::Side& side, Offer offer) {
    side.offers = static_cast<std::uint8_t>(static_cast<unsigned>(offer.state)
                                            << static_cast<unsigned>(format::Offer::kWindowScale));
    side.shift = offer.shift;
  };
  set(c.side[0], client);
  set(c.side[1], server);
  if (syn) c.first_syn = read::Moment{kSynFrame, {}};
  if (syn_ack) c.syn_ack = read::Moment{kSynAckFrame, {}};
  c.syns = syn ? 1 : 0;
  c.syn_acks = syn_ack ? 1 : 0;
  return c;
}

struct Row {
  const char* name;
  read::Connection connection;
  ScaleState state;
  std::optional<std::uint8_t> client_shift;
  std::optional<std::uint8_t> server_shift;
  ShiftPair after_syn;
  ShiftPair after_syn_ack;
};

/// The captures of captures/micro, and what S23 to S26 and tshark say of each.
std::vector<Row> rows() {
  return {
      {"ws_both", connection(true, present(7), true, present(6)), ScaleState::kBoth, 7, 6, {7, -1}, {7, 6}},
      {"ws_client_only", connection(true, present(7), true, kAbsent), ScaleState::kNone, 0, 0, {7, -1}, {-2, -2}},
      {"ws_server_only", connection(true, kAbsent, true, present(6)), ScaleState::kNone, 0, 0, {-2, -2}, {-2, -2}},
      {"ws_15", connection(true, present(15), true, present(7)), ScaleState::kBoth, 14, 7, {14, -1}, {14, 7}},
      {"mid_noSYN",
       connection(false, kUnknown, false, kUnknown),
       ScaleState::kUnknown,
       std::nullopt,
       std::nullopt,
       {-1, -1},
       {-1, -1}},
      {"syn_ack_only",
       connection(false, kUnknown, true, present(6)),
       ScaleState::kOneSided,
       std::nullopt,
       6,
       {-1, -1},
       {-1, 6}},
      {"syn_ack_only_without", connection(false, kUnknown, true, kAbsent), ScaleState::kNone, 0, 0, {-1, -1}, {-2, -2}},
      {"syn_only",
       connection(true, present(7), false, kUnknown),
       ScaleState::kOneSided,
       std::nullopt,
       std::nullopt,
       {7, -1},
       {7, -1}},
      {"syn_only_without", connection(true, kAbsent, false, kUnknown), ScaleState::kNone, 0, 0, {-2, -2}, {-2, -2}},
  };
}

class WindowScaleRows : public testing::TestWithParam<Row> {};

TEST_P(WindowScaleRows, OursS23toS26) {
  const WindowScale scale = window_scale(GetParam().connection, std::nullopt);
  EXPECT_EQ(scale.state, GetParam().state);
  EXPECT_EQ(scale.shift[0], GetParam().client_shift);
  EXPECT_EQ(scale.shift[1], GetParam().server_shift);
}

TEST_P(WindowScaleRows, WiresharksByFrame) {
  const auto timeline = ShiftTimeline::from(GetParam().connection);
  ASSERT_TRUE(timeline);
  EXPECT_EQ(timeline->before(1), kShiftsAtStart);
  EXPECT_EQ(timeline->before(kSynFrame), kShiftsAtStart) << "options act from the next segment on";
  EXPECT_EQ(timeline->before(kSynFrame + 1), GetParam().after_syn);
  EXPECT_EQ(timeline->before(kSynAckFrame), GetParam().after_syn);
  EXPECT_EQ(timeline->before(kSynAckFrame + 1), GetParam().after_syn_ack);
}

INSTANTIATE_TEST_SUITE_P(Micro, WindowScaleRows, testing::ValuesIn(rows()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ShiftTimeline, AsksForAReplayWhereTheTableDoesNotTell) {
  read::Connection irregular = connection(true, present(7), true, present(6));
  irregular.marks = format::connection_mark::kScaleIrregular;
  EXPECT_FALSE(ShiftTimeline::from(irregular));
  read::Connection repeated = connection(true, present(7), true, present(6));
  repeated.syn_acks = 2;
  EXPECT_FALSE(ShiftTimeline::from(repeated));
  EXPECT_FALSE(ShiftTimeline::from(connection(true, kUnknown, true, present(6)))) << "options cut by the snaplen";
}

TEST(WindowScale, AssumptionServesOnlyWhereNothingWasCapturedS26) {
  const AssumedScale assumed = {7, 9};
  const WindowScale scale = window_scale(connection(false, kUnknown, false, kUnknown), assumed);
  EXPECT_EQ(scale.state, ScaleState::kAssumed);
  EXPECT_EQ(scale.bytes(0, kAck, 229), 29312U);
  EXPECT_EQ(scale.bytes(1, kAck, 1), 512U);
  EXPECT_EQ(window_scale(connection(true, present(2), true, present(3)), assumed).shift[0], 2);
  EXPECT_EQ(window_scale(connection(true, kAbsent, false, kUnknown), assumed).state, ScaleState::kNone);
}

TEST(WindowScale, BytesByS23) {
  const WindowScale both = window_scale(connection(true, present(7), true, present(6)), std::nullopt);
  EXPECT_EQ(both.bytes(0, kSyn, 29200), 29200U) << "never on a SYN";
  EXPECT_EQ(both.bytes(1, kSynAck, 28960), 28960U);
  EXPECT_EQ(both.bytes(0, kAck, 229), 29312U);
  EXPECT_EQ(both.bytes(1, kAck, 235), 15040U);
  const WindowScale clamped = window_scale(connection(true, present(15), true, present(0)), std::nullopt);
  EXPECT_EQ(clamped.bytes(0, kAck, 229), 3751936U);
  const WindowScale unknown = window_scale(connection(false, kUnknown, false, kUnknown), std::nullopt);
  EXPECT_EQ(unknown.bytes(0, kAck, 229), std::nullopt);
  EXPECT_EQ(unknown.bytes(0, kSyn, 29200), 29200U);
}

TEST(WiresharkWindow, ScalesOnlyKnownLengthsWithoutSyn) {
  EXPECT_EQ(wireshark_window(7, kAck, 229, true), 29312U);
  EXPECT_EQ(wireshark_window(7, kSyn, 229, true), 229U);
  EXPECT_EQ(wireshark_window(7, kAck, 229, false), 229U);
  EXPECT_EQ(wireshark_window(-1, kAck, 229, true), 229U);
  EXPECT_EQ(wireshark_window(-2, kAck, 229, true), 229U);
}

using Options = std::vector<std::uint8_t>;
const Options kNone;
const Options kScale7 = {1, 3, 3, 7};
const Options kScale5 = {1, 3, 3, 5};

ShiftPair after(const std::vector<std::tuple<unsigned, TcpWord, Options>>& segments) {
  ShiftReplay replay;
  for (const auto& [side, word, options] : segments) replay.feed({side, word, 0, false, options});
  return replay.state();
}

/// W2.4, consequence by consequence.
TEST(ShiftReplay, FollowsTheOptionsInFileOrder) {
  EXPECT_EQ(after({{0, kSyn, kScale7}, {1, kSynAck, kScale5}}), (ShiftPair{7, 5}));
  EXPECT_EQ(after({{0, kSyn, kNone}, {1, kSynAck, kScale5}}), (ShiftPair{-2, -2}));
  EXPECT_EQ(after({{0, kSyn, kScale7}, {1, kSynAck, kNone}}), (ShiftPair{-2, -2}));
  EXPECT_EQ(after({{0, kSyn, kScale7}, {0, kSyn, kNone}}), (ShiftPair{7, -1})) << "a repeated SYN clears nothing";
  EXPECT_EQ(after({{0, kSyn, kNone}, {0, kSyn, kScale7}, {1, kSynAck, kScale5}}), (ShiftPair{7, 5}));
  EXPECT_EQ(after({{0, kAck, kScale7}}), (ShiftPair{7, -1})) << "on a segment without SYN (Q7)";
}

TEST(ShiftReplay, ReadsOptionsAsWiresharkDoes) {
  EXPECT_EQ(after({{0, kSyn, {2, 4, 5, 180, 3, 3, 9}}})[0], 9);
  EXPECT_EQ(after({{0, kSyn, {3, 3, 15}}})[0], 14) << "clamped";
  EXPECT_EQ(after({{0, kSyn, {3, 4, 7, 0}}})[0], -2) << "a wrong length is ignored";
  EXPECT_EQ(after({{0, kSyn, {0, 3, 3, 7}}})[0], -2) << "after the end of the list";
  EXPECT_EQ(after({{0, kSyn, {3, 9, 7}}})[0], -2) << "runs past the area";
  EXPECT_EQ(after({{0, kSyn, {3, 0, 7}}})[0], -2) << "length 0 must not loop for ever";
  EXPECT_EQ(after({{0, kSyn, {3}}})[0], -2) << "ends after the kind";
}

TEST(ShiftReplay, StopsAtBrokenAndMalformedHeaders) {
  ShiftReplay replay;
  replay.feed({0, kSyn, oddity::kBadDataOffset, false, kScale7});
  EXPECT_EQ(replay.state(), kShiftsAtStart);
  replay.feed({0, kSyn, oddity::kHeaderCut, true, {}});
  EXPECT_EQ(replay.state(), kShiftsAtStart);
  replay.feed({0, kSyn, oddity::kOptionsBroken, false, {}});
  EXPECT_EQ(replay.state(), kShiftsAtStart) << "a break ends before the SYN is judged";
}

}  // namespace
}  // namespace pcapsule::analysis
