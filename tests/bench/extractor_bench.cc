// SPDX-License-Identifier: Apache-2.0
// Segments a second of the rooms of the extractor, one core: reading, decoding, tracking, writing.
#include <benchmark/benchmark.h>

#include "extractor/capture/open_capture.h"
#include "extractor/decode/decode_frame.h"
#include "extractor/track/connection_tracker.h"
#include "extractor/write/track_writer.h"
#include "tests/bench/traffic.h"
#include "tests/bench/value_of.h"

namespace pcapsule::bench {
namespace {

constexpr std::uint32_t kConnections = 2000;
constexpr std::uint32_t kFloodSegments = 100'000;
constexpr std::uint32_t kCollidingSegments = 8192;
/// As the pipeline hands them on.
constexpr std::size_t kBatchSegments = 8192;

void count_items(benchmark::State& state, std::size_t items) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}

/// Open, every frame, fingerprint; the file is in the page cache.
void read_capture(benchmark::State& state) {
  const test::Bytes bytes = capture_of(short_connections(kConnections));
  const testing::TemporaryFile file(bytes);
  std::size_t frames = 0;
  for (auto _ : state) {
    const auto source = value_of(capture::open_capture({file.path(), std::nullopt}));
    capture::Frame frame;
    for (frames = 0; source->next(frame); ++frames) benchmark::DoNotOptimize(frame.bytes.data());
    benchmark::DoNotOptimize(value_of(source->finish()).fingerprint.low);
  }
  count_items(state, frames);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}

void decode_frames(benchmark::State& state) {
  const std::vector<test::Bytes> frames = short_connections(kBatchSegments / kRowsAConnection);
  decode::SegmentBatch batch;
  decode::DecodeCounts counts;
  for (auto _ : state) {
    batch.clear();
    for (const test::Bytes& frame : frames) {
      decode::RawFrame raw;
      raw.wire_bytes = static_cast<std::uint32_t>(frame.size());
      raw.bytes = frame;
      decode::decode_frame(raw, batch, counts);
    }
    benchmark::DoNotOptimize(batch.segments.data());
  }
  count_items(state, frames.size());
}

void track_all(benchmark::State& state, const decode::SegmentBatch& batch) {
  std::vector<track::TrackedRow> rows;
  for (auto _ : state) {
    track::ConnectionTracker tracker(track::HashSeed{});
    tracker.track(batch, rows);
    benchmark::DoNotOptimize(rows.data());
  }
  count_items(state, batch.segments.size());
}

void track_short_connections(benchmark::State& state) {
  track_all(state, segments_of(short_connections(kConnections)));
}
void track_flood(benchmark::State& state) { track_all(state, flood(kFloodSegments)); }
/// What a seed that strangers know would cost.
void track_colliding_flood(benchmark::State& state) { track_all(state, colliding_flood(kCollidingSegments)); }

/// Takes everything, keeps nothing.
class NoSink final : public container::ByteSink {
 public:
  Result<void> write(ByteView bytes) override {
    benchmark::DoNotOptimize(bytes.data());
    return {};
  }
};

/// Rows, staging, chunks and their checksums; no connection table, no disk.
void stage_and_build(benchmark::State& state) {
  const decode::SegmentBatch batch = segments_of(short_connections(kConnections));
  std::vector<track::TrackedRow> rows;
  track::ConnectionTracker tracker(track::HashSeed{});
  tracker.track(batch, rows);
  for (auto _ : state) {
    NoSink sink;
    write::TrackWriter writer(sink, track::HashSeed{});
    bool good = writer.start().ok();
    std::vector<record::RowLink> links(tracker.connections());
    for (std::size_t i = 0; i < batch.segments.size(); ++i) {
      const decode::Segment& segment = batch.segments[i];
      record::RowLink& link = links[rows[i].connection];
      good = good && writer.append(segment, batch.carrier_of(segment), batch.options_of(segment), rows[i], link).ok();
    }
    benchmark::DoNotOptimize(good);
  }
  count_items(state, batch.segments.size());
}

BENCHMARK(read_capture);
BENCHMARK(decode_frames);
BENCHMARK(track_short_connections);
BENCHMARK(track_flood);
BENCHMARK(track_colliding_flood);
BENCHMARK(stage_and_build);

}  // namespace
}  // namespace pcapsule::bench
