// SPDX-License-Identifier: Apache-2.0
// Rows a second of LabelReplay over the columns of a chunk, one core.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "analyzer/analysis/labels/label_replay.h"
#include "common/format/record_layout.h"

namespace pcapsule::analysis {
namespace {

constexpr std::uint32_t kRows = 65'536;
constexpr std::uint32_t kPayload = 1448;

/// The columns of a chunk with one download: a window of segments, then an ACK for every second one.
struct Columns {
  std::vector<std::uint32_t> time;
  std::vector<std::uint8_t> marks;
  std::vector<std::uint16_t> word;
  std::vector<std::uint32_t> seq;
  std::vector<std::uint32_t> ack;
  std::vector<std::uint16_t> window;
  std::vector<std::uint16_t> payload;

  void add(bool from_client, std::uint32_t number, std::uint32_t acknowledged, std::uint16_t bytes) {
    time.push_back(static_cast<std::uint32_t>(time.size()) * 10);
    marks.push_back(from_client ? 0 : format::mark::kSentByB);
    word.push_back(0x8010);
    seq.push_back(number);
    ack.push_back(acknowledged);
    window.push_back(1000);
    payload.push_back(bytes);
  }

  [[nodiscard]] read::SegmentChunk view() const {
    read::SegmentChunk chunk;
    chunk.rows = static_cast<std::uint32_t>(time.size());
    chunk.frame.base = 1;
    chunk.time = {0, 1000, time.data(), nullptr};
    chunk.marks.data = marks.data();
    chunk.tcp_word.data = word.data();
    chunk.seq.data = seq.data();
    chunk.ack.data = ack.data();
    chunk.window.data = window.data();
    chunk.payload.narrow = payload.data();
    return chunk;
  }
};

/// `in_flight` segments ahead of the acknowledgments; of 1000, `lost` are sent again a window later.
Columns download(std::uint32_t in_flight, unsigned lost) {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same numbers every time
  Columns columns;
  std::uint32_t sent = 0;
  std::uint32_t acked = 0;
  std::vector<std::uint32_t> missing;
  while (columns.time.size() < kRows) {
    if (sent - acked < in_flight * kPayload) {
      if (random() % 1000 < lost) {
        missing.push_back(sent);
      } else {
        columns.add(false, sent + 1, 1, kPayload);
      }
      sent += kPayload;
      continue;
    }
    if (missing.empty() || acked < missing.front()) {
      acked += 2 * kPayload;
      if (!missing.empty()) acked = std::min(acked, missing.front());
      columns.add(true, 1, acked + 1, 0);
    }
    if (!missing.empty() && acked == missing.front()) {
      for (int i = 0; i < 3; ++i) columns.add(true, 1, acked + 1, 0);
      columns.add(false, missing.front() + 1, 1, kPayload);
      missing.erase(missing.begin());
      acked += kPayload;
    }
  }
  return columns;
}

void replay(benchmark::State& state, const Columns& columns) {
  const read::SegmentChunk chunk = columns.view();
  const MptcpTimeline mptcp;
  const read::Connection connection;
  std::vector<SegmentLabels> found(chunk.rows);
  for (auto _ : state) {
    LabelReplay labels(connection, mptcp);
    for (std::size_t row = 0; row < chunk.rows; ++row) labels.feed(label_row(chunk, row), found[row]);
    benchmark::DoNotOptimize(found.data());
  }
  state.SetItemsProcessed(state.iterations() * chunk.rows);
}

void clean_download(benchmark::State& state) { replay(state, download(40, 0)); }
void long_fat_download(benchmark::State& state) { replay(state, download(4000, 0)); }
void lossy_download(benchmark::State& state) { replay(state, download(400, 10)); }

/// The worst case of the list of unacknowledged segments: full, each before the one before, and every ACK new.
void descending_segments(benchmark::State& state) {
  Columns columns;
  for (std::uint32_t i = 0; i < OpenSegments::kGreatest; ++i) columns.add(false, 2'000'000'000 - i * 10, 1, 5);
  for (std::uint32_t i = 0; i < OpenSegments::kGreatest; ++i) columns.add(true, 1, 1'000'000'000 + i, 0);
  replay(state, columns);
}

BENCHMARK(clean_download);
BENCHMARK(long_fat_download);
BENCHMARK(lossy_download);
BENCHMARK(descending_segments);

}  // namespace
}  // namespace pcapsule::analysis
