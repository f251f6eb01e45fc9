// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/receive_window.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::analysis {
namespace {

constexpr std::uint16_t kF = 1, kS = 2, kR = 4, kA = 16;
constexpr unsigned kClient = 0, kServer = 1;

/// A segment at a time in milliseconds. `seq` and `ack` count from 1 on both sides.
struct Sent {
  std::int64_t ms;
  unsigned side;
  std::uint16_t flags;
  std::uint32_t seq;
  std::uint32_t ack;
  std::uint16_t window;
  std::uint32_t payload = 0;
};

Sent from_client(std::int64_t ms, std::uint32_t ack, std::uint16_t window) { return {ms, kClient, kA, 1, ack, window}; }
Sent data(std::int64_t ms, std::uint32_t seq, std::uint32_t payload) { return {ms, kServer, kA, seq, 1, 500, payload}; }

constexpr WindowScale kUnscaled = {ScaleState::kNone, {std::uint8_t{0}, std::uint8_t{0}}};
constexpr WindowScale kScaledBy2 = {ScaleState::kBoth, {std::uint8_t{2}, std::uint8_t{0}}};
constexpr WindowScale kOneSided = {ScaleState::kOneSided, {std::uint8_t{2}, std::nullopt}};

ConnectionWindow analyse(const std::vector<Sent>& sent, const WindowScale& scale, const DipRule& rule = {}) {
  // Just below 2^32, so that whatever is long enough wraps.
  constexpr std::uint32_t kBase = 0xffffff00;
  ReceiveWindow window(scale, rule);
  std::uint64_t frame = 0;
  for (const Sent& s : sent) {
    WindowRow row;
    row.at = {++frame, {s.ms * 1'000'000}};
    row.side = s.side;
    row.word = TcpWord{static_cast<std::uint16_t>(0x5000 | s.flags)};
    row.field = s.window;
    row.seq = kBase + s.seq;
    row.ack = kBase + s.ack;
    row.payload = s.payload;
    window.feed(row);
  }
  return window.finish();
}

/// `2-4 20ms 1 probe`, and `open` if it is.
std::string to_text(const WindowStall& stall) {
  const auto duration = stall.duration();
  return std::to_string(stall.begin.frame) + "-" + std::to_string(stall.end.frame) + " " +
         (duration ? std::to_string(duration->value / 1'000'000) : std::string("?")) + "ms " +
         std::to_string(stall.probes) + (stall.open ? " open" : "");
}

struct StallCase {
  const char* name;
  std::vector<Sent> sent;
  std::vector<std::string> stalls;  ///< of the client
};

class StallsOf : public ::testing::TestWithParam<StallCase> {};

TEST_P(StallsOf, TheClient) {
  for (const WindowScale& scale : {kUnscaled, kScaledBy2, kOneSided}) {  // zero is zero in any scale
    const ConnectionWindow window = analyse(GetParam().sent, scale);
    std::vector<std::string> found;
    for (const WindowStall& stall : window.side[kClient].stalls) found.push_back(to_text(stall));
    EXPECT_EQ(found, GetParam().stalls);
    EXPECT_TRUE(window.side[kServer].stalls.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(
    S29, StallsOf,
    ::testing::ValuesIn(std::vector<StallCase>{
        {"none", {from_client(0, 1, 10), data(1, 1, 10), from_client(2, 11, 10)}, {}},
        {"until_the_first_window", {from_client(0, 1, 0), from_client(5, 1, 0), from_client(20, 1, 9)}, {"1-3 20ms 0"}},
        {"two",
         {from_client(0, 1, 0), from_client(3, 1, 9), from_client(4, 1, 0), from_client(9, 1, 1)},
         {"1-2 3ms 0", "3-4 5ms 0"}},
        {"open_ends_at_the_last_segment", {from_client(0, 1, 0), data(7, 1, 0)}, {"1-2 7ms 0 open"}},
        {"a_reset_ends_nothing", {from_client(0, 1, 0), {3, kClient, kR, 1, 1, 9}, data(7, 1, 0)}, {"1-3 7ms 0 open"}},
        {"reset_with_window_0", {from_client(0, 1, 10), {3, kClient, kR, 1, 1, 0}}, {}},
        {"fin_with_window_0", {from_client(0, 1, 10), {3, kClient, kF | kA, 1, 1, 0}, {4, kClient, kA, 2, 1, 10}}, {}},
        {"syn_with_window_0", {{0, kClient, kS, 0, 0, 0}, {1, kServer, kS | kA, 0, 1, 500}, from_client(2, 1, 9)}, {}},
        {"stamps_go_backwards", {from_client(9, 1, 0), from_client(2, 1, 9)}, {"1-2 ?ms 0"}},
        {"probe_of_one_byte_and_again",
         {data(0, 1, 10), from_client(1, 11, 0), data(2, 11, 1), from_client(3, 11, 0), data(4, 11, 1),
          from_client(5, 12, 9)},
         {"2-6 4ms 2"}},
        {"probe_like_keep_alive",
         {data(0, 1, 10), from_client(1, 11, 0), data(2, 10, 0), from_client(5, 11, 9)},
         {"2-4 4ms 1"}},
        {"probe_of_unseen_data", {from_client(1, 11, 0), data(2, 10, 0), from_client(5, 11, 9)}, {"1-3 4ms 1"}},
        {"acknowledgments_are_no_probes",
         {data(0, 1, 10), from_client(1, 11, 0), data(2, 11, 0), from_client(5, 11, 9)},
         {"2-4 4ms 0"}},
        {"nothing_is_a_probe_outside", {data(0, 1, 10), from_client(1, 11, 8), data(2, 10, 0), data(2, 11, 1)}, {}},
    }),
    [](const auto& row) { return std::string(row.param.name); });

struct FullCase {
  const char* name;
  WindowScale scale;
  std::vector<Sent> sent;
  std::string found;  ///< of the client: segments at window full, segments beyond, milliseconds limited
};

class WindowFullOf : public ::testing::TestWithParam<FullCase> {};

TEST_P(WindowFullOf, TheClient) {
  const ConnectionWindow window = analyse(GetParam().sent, GetParam().scale);
  const SideWindow& client = window.side[kClient];
  const std::string full =
      client.full ? std::to_string(*client.full) + " " + std::to_string(client.exceeded.value_or(99)) : "? ?";
  EXPECT_EQ(full + " " + (client.limited ? std::to_string(client.limited->value / 1'000'000) : "?"), GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(
    S30, WindowFullOf,
    ::testing::ValuesIn(std::vector<FullCase>{
        {"below", kUnscaled, {from_client(0, 1, 100), data(1, 1, 99), from_client(9, 100, 100)}, "0 0 0"},
        {"exactly_until_the_edge_moves",
         kUnscaled,
         {from_client(0, 1, 100), data(1, 1, 100), from_client(4, 101, 0), from_client(9, 101, 1)},
         "1 0 8"},
        {"an_acknowledgment_that_moves_nothing",
         kUnscaled,
         {from_client(0, 1, 100), data(1, 1, 100), from_client(4, 51, 50), from_client(9, 101, 50)},
         "1 0 8"},
        {"scaled", kScaledBy2, {from_client(0, 1, 25), data(1, 1, 100), from_client(9, 101, 25)}, "1 0 8"},
        {"beyond_is_not_held_up",
         kUnscaled,
         {from_client(0, 1, 400), data(1, 1, 400), data(4, 401, 1), from_client(9, 402, 9)},
         "1 1 3"},
        {"zero_window_without_full", kUnscaled, {from_client(1, 1, 0), from_client(6, 1, 10), data(9, 1, 1)}, "0 0 5"},
        {"until_the_end", kUnscaled, {from_client(0, 1, 10), data(1, 1, 10), data(7, 1, 10)}, "2 0 6"},
        {"probes_are_not_full",
         kUnscaled,
         {data(0, 1, 10), from_client(1, 11, 0), data(3, 11, 1), from_client(6, 11, 5)},
         "0 0 5"},
        {"an_old_segment_says_nothing",
         kUnscaled,
         {from_client(0, 101, 100), from_client(1, 1, 5), data(2, 101, 50), from_client(3, 151, 9)},
         "0 0 0"},
        {"a_reset_is_not_full",
         kUnscaled,
         {from_client(0, 1, 10), {1, kServer, kR, 1, 1, 0, 10}, data(3, 1, 0)},
         "0 0 0"},
        {"syn_ack_unscaled",
         kScaledBy2,
         {{0, kServer, kS, 0, 0, 500}, {1, kClient, kS | kA, 0, 1, 100}, data(2, 1, 100), from_client(6, 101, 30)},
         "1 0 4"},
        {"unknown_scale", kOneSided, {from_client(0, 1, 100), data(1, 1, 100), from_client(9, 101, 0)}, "? ? ?"},
        {"stamps_go_backwards", kUnscaled, {from_client(0, 1, 10), data(5, 1, 10), from_client(2, 11, 10)}, "1 0 ?"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ReceiveWindow, RangeSkipsSynAndReset) {
  const ConnectionWindow window = analyse({{0, kClient, kS, 0, 0, 65535},
                                           {1, kServer, kS | kA, 0, 1, 65535},
                                           from_client(2, 1, 30),
                                           from_client(3, 1, 10),
                                           from_client(4, 1, 20),
                                           {5, kClient, kF | kA, 1, 1, 15},
                                           {6, kClient, kR | kA, 1, 1, 0}},
                                          kScaledBy2);
  const SideWindow& client = window.side[kClient];
  EXPECT_EQ(client.samples, 4U);
  EXPECT_EQ(client.least, 40U);
  EXPECT_EQ(client.median, 60U);  // the second of four
  EXPECT_EQ(client.greatest, 120U);
  EXPECT_EQ(window.side[kServer].samples, 0U);
  EXPECT_EQ(window.duration.value, 6'000'000);
}

TEST(ReceiveWindow, UnknownScaleHasNoNumbers) {
  for (const ScaleState state : {ScaleState::kUnknown, ScaleState::kOneSided}) {
    const WindowScale scale = {state, {std::uint8_t{2}, std::nullopt}};
    const ConnectionWindow window = analyse({from_client(0, 1, 30), from_client(1, 1, 0), data(2, 1, 30)}, scale);
    EXPECT_EQ(window.side[kClient].samples, 0U);
    EXPECT_FALSE(window.side[kClient].full);
    EXPECT_FALSE(window.limited_share(kClient));
    EXPECT_EQ(window.side[kClient].stalls.size(), 1U);
  }
  EXPECT_EQ(analyse({from_client(0, 1, 30)}, {ScaleState::kAssumed, {std::uint8_t{2}, std::uint8_t{0}}})
                .side[kClient]
                .samples,
            1U);
}

TEST(ReceiveWindow, ShareIsOfTheDuration) {
  const ConnectionWindow window =
      analyse({from_client(0, 1, 0), from_client(5, 1, 9), from_client(20, 1, 9)}, kUnscaled);
  EXPECT_EQ(window.limited_share(kClient), 0.25);
  EXPECT_EQ(window.limited_share(kServer), 0.0);
  EXPECT_FALSE(analyse({from_client(3, 1, 0)}, kUnscaled).limited_share(kClient));  // no duration, no share
}

TEST(ReceiveWindow, TotalsOfStalls) {
  const auto totals = totals_of(analyse({from_client(0, 1, 0), from_client(5, 1, 9), from_client(6, 1, 0),
                                         from_client(26, 1, 9), from_client(27, 1, 0)},
                                        kUnscaled)
                                    .side[kClient]
                                    .stalls);
  EXPECT_EQ(totals.total, DurationNs{25'000'000});
  EXPECT_EQ(totals.open, 1U);
  EXPECT_FALSE(totals_of(analyse({from_client(5, 1, 0), from_client(3, 1, 9)}, kUnscaled).side[kClient].stalls).total);
}

TEST(ReceiveWindow, StampsAtBothEndsOfTime) {
  ReceiveWindow window(kUnscaled, {});
  std::uint64_t frame = 0;
  for (const auto& [ns, field] : std::vector<std::pair<std::int64_t, std::uint16_t>>{
           {0, 0}, {INT64_MAX, 5}, {0, 0}, {INT64_MAX, 5}, {INT64_MIN, 0}, {INT64_MAX, 5}}) {
    WindowRow row;
    row.at = {++frame, {ns}};
    row.word = TcpWord{0x5000 | kA};
    row.field = field;
    row.ack = static_cast<std::uint32_t>(frame);
    window.feed(row);
  }
  const ConnectionWindow result = window.finish();
  EXPECT_EQ(result.side[kClient].stalls.size(), 3U);
  EXPECT_FALSE(totals_of(result.side[kClient].stalls).total);
  EXPECT_FALSE(result.side[kClient].limited);
}

TEST(ReceiveWindow, RowsOfARecordFile) {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  batch.segments.push_back(make.from_client(kA, 5, 7));
  batch.segments.push_back(make.from_server(kA, 7, 5, 3));
  batch.segments.push_back(make.from_client(kA, 5, 10));
  batch.segments.back().oddities = oddity::kBadDataOffset;
  pcapsule::testing::TestRecord record(batch);
  const auto chunk = record.file().segments(0, window_columns());
  ASSERT_TRUE(chunk.ok());
  const WindowRow row = window_row(*chunk, 1);
  EXPECT_EQ(row.side, 1U);
  EXPECT_EQ(row.at.frame, 2U);
  EXPECT_EQ(row.field, 1000U);
  EXPECT_EQ(row.payload, 3U);
  EXPECT_EQ(row.ack, 5U);
  EXPECT_FALSE(window_row(*chunk, 2).is_segment());
  EXPECT_FALSE(window_sample(kUnscaled, window_row(*chunk, 2)));
}

}  // namespace
}  // namespace pcapsule::analysis
