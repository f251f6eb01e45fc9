// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/connection_series.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analyzer/plot/axis.h"
#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::plot {
namespace {

using pcapsule::testing::TestRecord;
using Lines = std::vector<std::string>;

constexpr std::uint16_t kF = 1, kS = 2, kR = 4, kA = 16;

/// Notes points as `series frame x=ms value[..value_end]`.
class Notes final : public PointSink {
 public:
  void connection(std::uint32_t number) override { lines.push_back("connection " + std::to_string(number)); }
  bool put(SeriesId series, const Point& point) override {
    std::string line = std::string(spec_of(series).key) + " " + std::to_string(point.frame) +
                       " x=" + std::to_string(point.x_ns / 1'000'000) + " " + plain_number(point.value);
    if (point.value_end != point.value) line += ".." + plain_number(point.value_end);
    lines.push_back(line);
    return --left > 0;
  }
  void hold(SeriesId series, std::int64_t x_ns) override {
    held.push_back(std::string(spec_of(series).key) + " x=" + std::to_string(x_ns / 1'000'000));
  }
  Lines lines;
  Lines held;
  int left = 1000;
};

struct Drawn {
  Notes notes;
  std::uint64_t unknown_scales = 0;
};

Drawn draw(const decode::SegmentBatch& batch, Kind kind, const SeriesOptions& options = {},
           const select::SelectionSpec& spec = {}, int limit = 1000) {
  TestRecord record(batch);
  const select::Selection selection(spec, record.file().catalog(), record.table());
  Drawn drawn;
  drawn.notes.left = limit;
  const analysis::MptcpTimeline no_mptcp;
  const auto series = make_connection_series(kind, options, no_mptcp, drawn.notes);
  select::Conversations(record.file(), record.table(), selection, series_columns(kind, options)).visit(*series);
  series->close();
  drawn.unknown_scales = series->unknown_scales();
  return drawn;
}

/// A handshake without options, so that nothing is scaled; frames are a millisecond apart.
class Transfer {
 public:
  Transfer() {
    batch.segments = {make.from_client(kS, 100), make.from_server(kS | kA, 500, 101), make.from_client(kA, 101, 501)};
  }
  decode::Segment& client(std::uint16_t flags, std::uint32_t seq, std::uint32_t ack, std::uint32_t payload = 0) {
    return batch.segments.emplace_back(make.from_client(flags, 100 + seq, 500 + ack, payload));
  }
  decode::Segment& server(std::uint16_t flags, std::uint32_t seq, std::uint32_t ack, std::uint32_t payload = 0) {
    return batch.segments.emplace_back(make.from_server(flags, 500 + seq, 100 + ack, payload));
  }
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
};

Transfer download() {
  Transfer transfer;
  transfer.server(kA, 1, 1, 1000);
  transfer.server(kA, 1001, 1, 1000);
  transfer.client(kA, 1, 2001).window = 0;
  transfer.server(kA, 1001, 1, 1000);
  transfer.client(kR | kA, 1, 2001).window = 7;
  return transfer;
}

TEST(ConnectionSeries, WindowsOfBothSidesWithoutSynAndRst) {
  const Drawn drawn = draw(download().batch, Kind::kWindow);
  EXPECT_EQ(drawn.notes.lines,
            (Lines{"connection 0", "client_window 3 x=2 1000", "server_window 4 x=3 1000", "server_window 5 x=4 1000",
                   "client_window 6 x=5 0", "zero_window 6 x=5 0", "server_window 7 x=6 1000"}));
  // The last value holds to the end of what is shown.
  EXPECT_EQ(drawn.notes.held, (Lines{"client_window x=7", "server_window x=7"}));
  EXPECT_EQ(drawn.unknown_scales, 0U);
}

TEST(ConnectionSeries, WindowsOfOneSide) {
  SeriesOptions options;
  options.client = true;
  EXPECT_EQ(draw(download().batch, Kind::kWindow, options).notes.lines,
            (Lines{"connection 0", "client_window 3 x=2 1000", "client_window 6 x=5 0", "zero_window 6 x=5 0"}));
}

TEST(ConnectionSeries, DipsAreMarkedAtTheirLowest) {
  Transfer transfer;
  for (const std::uint16_t window : std::vector<std::uint16_t>{1000, 1000, 1000, 1000, 1000, 300, 200, 1000}) {
    decode::Segment& ack = transfer.client(kA, 1, 1);
    ack.window = window;
    ack.ip_id = static_cast<std::uint16_t>(ack.frame_number);  // or they would be copies at the tap
  }
  SeriesOptions options;
  options.client = true;
  const Lines lines = draw(transfer.batch, Kind::kWindow, options).notes.lines;
  EXPECT_EQ(lines.back(), "dip 10 x=9 200");
  // Not where it is not shown.
  select::SelectionSpec spec;
  spec.after = select::TimeBound{select::TimeBound::Clock::kConnection, 10'000'000};
  EXPECT_EQ(draw(transfer.batch, Kind::kWindow, options, spec).notes.lines,
            (Lines{"connection 0", "client_window 11 x=10 1000"}));
}

TEST(ConnectionSeries, AWindowOfUnknownScaleIsNoNumber) {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  batch.segments = {make.from_client(kA, 1, 1), make.from_server(kA, 1, 1, 10)};
  for (const Kind kind : {Kind::kWindow, Kind::kWindowAck}) {
    const Drawn drawn = draw(batch, kind);
    EXPECT_EQ(drawn.unknown_scales, 1U);
    for (const std::string& line : drawn.notes.lines) EXPECT_EQ(line.find("window"), std::string::npos) << line;
  }
  SeriesOptions options;
  options.assumed_scale = analysis::AssumedScale{2, 0};
  const Drawn drawn = draw(batch, Kind::kWindow, options);
  EXPECT_EQ(drawn.unknown_scales, 0U);
  EXPECT_EQ(drawn.notes.lines.at(1), "client_window 1 x=0 4000");
}

TEST(ConnectionSeries, WindowAndAcknowledgmentsOfTheSideThatReceivedMore) {
  EXPECT_EQ(draw(download().batch, Kind::kWindowAck).notes.lines,
            (Lines{"connection 0", "client_ack 3 x=2 1", "client_window 3 x=2 1000", "client_ack 6 x=5 2001",
                   "client_window 6 x=5 0", "zero_window 6 x=5 0"}));
  EXPECT_EQ(draw(download().batch, Kind::kWindowAck).notes.held, (Lines{"client_ack x=7", "client_window x=7"}));
  SeriesOptions options;
  options.client = false;
  EXPECT_EQ(draw(download().batch, Kind::kWindowAck, options).notes.lines.at(1), "server_ack 2 x=1 1");
}

TEST(ConnectionSeries, DataOfTheSideThatSentMoreAndWhatTheOtherAllows) {
  EXPECT_EQ(draw(download().batch, Kind::kTimeSequence).notes.lines,
            (Lines{"connection 0", "client_ack 3 x=2 1", "client_window_edge 3 x=2 1001", "server_data 4 x=3 1..1001",
                   "server_data 5 x=4 1001..2001", "client_ack 6 x=5 2001", "client_window_edge 6 x=5 2001",
                   "server_data 7 x=6 1001..2001", "retransmission 7 x=6 1001"}));
}

TEST(ConnectionSeries, CopiesAtTheTapAreLeftOut) {
  Transfer transfer;
  transfer.server(kA, 1, 1, 1000).ip_id = 7;
  const decode::Segment copied = transfer.batch.segments.back();
  transfer.batch.segments.push_back(copied);
  ++transfer.batch.segments.back().frame_number;
  const Lines once = {"connection 0", "client_ack 3 x=2 1", "client_window_edge 3 x=2 1001",
                      "server_data 4 x=3 1..1001"};
  EXPECT_EQ(draw(transfer.batch, Kind::kTimeSequence).notes.lines, once);
  SeriesOptions options;
  options.keep_duplicates = true;
  EXPECT_EQ(draw(transfer.batch, Kind::kTimeSequence, options).notes.lines.size(), once.size() + 2);
}

TEST(ConnectionSeries, TheEdgeOfAWindowOfUnknownScaleIsNotShown) {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  batch.segments = {make.from_server(kA, 1, 1, 10), make.from_client(kA, 1, 11)};
  const Drawn drawn = draw(batch, Kind::kTimeSequence);
  EXPECT_EQ(drawn.notes.lines, (Lines{"connection 0", "server_data 1 x=0 1..11", "client_ack 2 x=1 11"}));
  EXPECT_EQ(drawn.unknown_scales, 1U);
}

TEST(ConnectionSeries, ThroughputCountsWhatIsNewOnceInBitsPerSecond) {
  SeriesOptions options;
  options.bucket = DurationNs{4'000'000};
  options.client = false;
  const Drawn drawn = draw(download().batch, Kind::kThroughput, options);
  // 1000 bytes in 4 ms are 2 Mbit/s; 2000, of which half is new, 4 and 2.
  EXPECT_EQ(drawn.notes.lines, (Lines{"connection 0", "server_throughput 4 x=0 2000000", "server_goodput 4 x=0 2000000",
                                      "server_throughput 5 x=4 4000000", "server_goodput 5 x=4 2000000"}));
  EXPECT_EQ(drawn.notes.held, (Lines{"server_throughput x=8", "server_goodput x=8"}));
}

TEST(ConnectionSeries, TheUsualBucketIsNotShorterThanAMillisecond) {
  SeriesOptions options;
  options.client = false;
  // Within 6 ms: 1000 bytes in the fourth.
  EXPECT_EQ(draw(download().batch, Kind::kThroughput, options).notes.lines.at(7), "server_throughput 4 x=3 8000000");
}

TEST(ConnectionSeries, WhatWasSentBeforeTheStretchShownIsNotNewInIt) {
  SeriesOptions options;
  options.bucket = DurationNs{10'000'000};
  options.client = false;
  select::SelectionSpec spec;
  spec.after = select::TimeBound{select::TimeBound::Clock::kConnection, 5'000'000};
  EXPECT_EQ(draw(download().batch, Kind::kThroughput, options, spec).notes.lines,
            (Lines{"connection 0", "server_throughput 7 x=0 800000", "server_goodput 7 x=0 0"}));
}

TEST(ConnectionSeries, RoundTripTimes) {
  EXPECT_EQ(
      draw(download().batch, Kind::kRtt).notes.lines,
      (Lines{"connection 0", "client_rtt 2 x=1 1000000", "server_rtt 3 x=2 1000000", "server_rtt 6 x=5 1000000"}));
}

TEST(ConnectionSeries, EndsWhenTheSinkHasEnough) {
  EXPECT_EQ(draw(download().batch, Kind::kWindow, {}, {}, 2).notes.lines.size(), 3U);
}

TEST(ConnectionSeries, FinIsNoData) {
  Transfer transfer;
  transfer.server(kF | kA, 1, 1);
  EXPECT_EQ(draw(transfer.batch, Kind::kTimeSequence).notes.lines,
            (Lines{"connection 0", "client_ack 3 x=2 1", "client_window_edge 3 x=2 1001"}));
}

}  // namespace
}  // namespace pcapsule::plot
