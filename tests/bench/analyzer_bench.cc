// SPDX-License-Identifier: Apache-2.0
// Segments (connections) a second of the rooms of the analyzer, one core. The record file is in the page cache and its
// columns have matched their checksums before.
#include <benchmark/benchmark.h>

#include "analyzer/analysis/handshake_summary.h"
#include "analyzer/report/conversation_printer.h"
#include "analyzer/select/segment_scan.h"
#include "tests/bench/traffic.h"
#include "tests/bench/value_of.h"

namespace pcapsule::bench {
namespace {

constexpr std::uint32_t kConnections = 5000;

/// Made once: it takes a second.
OpenedRecord& shared_record() {
  static OpenedRecord record(kConnections);
  return record;
}

void open_file(benchmark::State& state) {
  const testing::TemporaryFile file(testing::MemoryRecord(segments_of(short_connections(kConnections))).sink.file);
  for (auto _ : state) {
    read::RecordFile opened = value_of(read::RecordFile::open(file.path()));
    const read::ConnectionTable table = value_of(read::ConnectionTable::open(opened));
    benchmark::DoNotOptimize(table.size());
  }
  state.SetItemsProcessed(state.iterations() * kConnections);
}

template <class Read>
void read_column(benchmark::State& state, read::SegmentColumn column, Read read) {
  read::RecordFile& file = shared_record().file();
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (std::size_t number = 0; number < file.segment_chunks(); ++number) {
      const read::SegmentChunk chunk = value_of(file.segments(number, {column}));
      for (std::size_t row = 0; row < chunk.rows; ++row) sum += read(chunk, row);
    }
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * shared_record().rows());
}

void read_plain_column(benchmark::State& state) {
  read_column(state, read::SegmentColumn::kAck,
              [](const read::SegmentChunk& chunk, std::size_t row) { return chunk.ack[row]; });
}
void read_time_column(benchmark::State& state) {
  read_column(state, read::SegmentColumn::kTime, [](const read::SegmentChunk& chunk, std::size_t row) {
    return static_cast<std::uint64_t>(chunk.time[row].value);
  });
}

void filter_rows(benchmark::State& state, const char* expression) {
  OpenedRecord& record = shared_record();
  select::SelectionSpec spec;
  spec.filter = value_of(filter::Filter::compile(expression));
  const select::Selection selection(spec, record.file().catalog(), record.table());
  for (auto _ : state) {
    select::SegmentScan scan(record.file(), record.table(), selection, {});
    std::size_t rows = 0;
    while (scan.next()) rows += scan.rows().size();
    benchmark::DoNotOptimize(rows);
  }
  state.SetItemsProcessed(state.iterations() * record.rows());
}

void filter_one_column(benchmark::State& state) { filter_rows(state, "tcp.ack_raw == 77"); }
void filter_four_columns(benchmark::State& state) {
  filter_rows(state,
              "tcp.ack_raw == 77 || tcp.seq_raw == 78 || tcp.window_size_value == 64999 || "
              "tcp.options.timestamp.tsval == 4000000079");
}
void filter_addresses(benchmark::State& state) { filter_rows(state, "ip.addr == 192.0.2.77"); }
/// The replay behind tcp.analysis; label_replay_bench has it alone.
void filter_labels(benchmark::State& state) { filter_rows(state, "tcp.analysis.retransmission"); }

void sum_up_handshakes(benchmark::State& state) {
  const read::ConnectionTable& table = shared_record().table();
  for (auto _ : state) {
    analysis::HandshakeGroups groups(analysis::HandshakeGroup::kServer, DurationNs{1}, TimestampNs{});
    for (std::uint64_t entry = 0; entry < table.size(); ++entry) groups.add(table.at(entry));
    benchmark::DoNotOptimize(groups.summarise());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(table.size()));
}

class NoOutput final : public report::OutputSink {
 public:
  Result<bool> write(std::span<const char> bytes) override {
    benchmark::DoNotOptimize(bytes.data());
    return true;
  }
};

void print_conversations(benchmark::State& state) {
  OpenedRecord& record = shared_record();
  const select::Selection all({}, record.file().catalog(), record.table());
  const report::TimeFormat time;
  for (auto _ : state) {
    NoOutput nowhere;
    report::BufferedWriter out(nowhere);
    report::ConversationOptions options;
    report::ConversationPrinter printer(out, options);
    select::Conversations conversations(record.file(), record.table(), all, report::ConversationPrinter::columns(time));
    conversations.visit(printer);
    benchmark::DoNotOptimize(printer.lines());
  }
  state.SetItemsProcessed(state.iterations() * record.rows());
}

BENCHMARK(open_file);
BENCHMARK(read_plain_column);
BENCHMARK(read_time_column);
BENCHMARK(filter_one_column);
BENCHMARK(filter_four_columns);
BENCHMARK(filter_addresses);
BENCHMARK(filter_labels);
BENCHMARK(sum_up_handshakes);
BENCHMARK(print_conversations);

}  // namespace
}  // namespace pcapsule::bench
