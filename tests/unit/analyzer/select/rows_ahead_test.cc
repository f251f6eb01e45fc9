// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/rows_ahead.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::select {
namespace {

using pcapsule::testing::interleaved;
using pcapsule::testing::MemoryRecord;
using pcapsule::testing::TestRecord;
using C = read::SegmentColumn;

constexpr std::uint32_t kRows = 70'000;  // two chunks
constexpr std::size_t kTaken = 200;

Selection selection_of(TestRecord& record, const char* filter) {
  SelectionSpec spec;
  spec.filter = filter::Filter::compile(filter).value();
  return {spec, record.file().catalog(), record.table()};
}

/// The two chunks over and over: enough of them for several threads.
std::vector<std::uint32_t> both_chunks() {
  std::vector<std::uint32_t> chunks;
  for (std::uint32_t i = 0; i < kTaken; ++i) chunks.push_back(i % 2);
  return chunks;
}

std::vector<std::uint16_t> rows_of_connection(TestRecord& record, std::uint32_t chunk, std::uint32_t connection) {
  const auto view = record.file().segments(chunk, {C::kConnection});
  std::vector<std::uint16_t> rows;
  for (std::uint32_t row = 0; row < view->rows; ++row) {
    if (view->connection[row] == connection) rows.push_back(static_cast<std::uint16_t>(row));
  }
  return rows;
}

/// The record with a byte of column `seq` of its second chunk changed.
std::vector<std::uint8_t> damaged(const std::vector<std::uint8_t>& good) {
  const read::ChunkInfo info = TestRecord(good).file().segment_chunk_info(1);
  constexpr std::size_t kStep = 512;
  for (std::size_t at = info.offset; at < info.offset + info.bytes; at += kStep) {
    std::vector<std::uint8_t> bad = good;
    bad[at] ^= 1;
    TestRecord changed(bad);
    if (!changed.file().segments(1, {C::kSeq}).ok() && changed.file().segments(1, {C::kConnection}).ok()) return bad;
  }
  return {};
}

TEST(RowsAhead, AreTakenInTheOrderOfTheChunks) {
  TestRecord record(interleaved(kRows, 4));
  const Selection selection = selection_of(record, "tcp.stream == 3 && tcp.len > 0");
  ASSERT_TRUE(RowsAhead::suits(selection));
  const auto chunks = both_chunks();
  RowsAhead ahead(record.file(), selection, chunks);
  const std::vector<std::vector<std::uint16_t>> expected = {rows_of_connection(record, 0, 3),
                                                            rows_of_connection(record, 1, 3)};
  std::vector<std::uint16_t> rows;
  for (const std::uint32_t chunk : chunks) {
    ASSERT_TRUE(ahead.take(rows).ok());
    ASSERT_EQ(rows, expected[chunk]);
  }
  EXPECT_FALSE(ahead.gave_up());
}

TEST(RowsAhead, MayBeLeftBeforeTheEnd) {
  TestRecord record(interleaved(kRows, 4));
  const Selection selection = selection_of(record, "tcp.stream == 3");
  const auto chunks = both_chunks();
  for (std::size_t taken = 0; taken < 20; ++taken) {
    RowsAhead ahead(record.file(), selection, chunks);
    std::vector<std::uint16_t> rows;
    for (std::size_t i = 0; i < taken; ++i) ASSERT_TRUE(ahead.take(rows).ok());
  }
}

TEST(RowsAhead, ADamagedChunkFailsWhereItStands) {
  const auto bytes = damaged(MemoryRecord(interleaved(kRows, 4)).sink.file);
  ASSERT_FALSE(bytes.empty());
  TestRecord record(bytes);
  const Selection selection = selection_of(record, "tcp.seq_raw != 7");
  const auto chunks = both_chunks();
  RowsAhead ahead(record.file(), selection, chunks);
  std::vector<std::uint16_t> rows;
  for (const std::uint32_t chunk : chunks) ASSERT_EQ(ahead.take(rows).ok(), chunk == 0);
}

TEST(RowsAhead, PatternsAreMatchedByEveryThread) {
  TestRecord record(interleaved(kRows, 4));
  const Selection selection = selection_of(record, "string(tcp.stream) matches \"^[13]$\"");
  ASSERT_TRUE(RowsAhead::suits(selection));
  const auto chunks = both_chunks();
  RowsAhead ahead(record.file(), selection, chunks);
  std::vector<std::uint16_t> rows;
  for (const std::uint32_t chunk : chunks) {
    ASSERT_TRUE(ahead.take(rows).ok());
    ASSERT_EQ(rows.size(), (chunk == 0 ? 65'536 : kRows - 65'536) / 2);
  }
}

TEST(RowsAhead, SuitsOnlyWhatChunksAloneTell) {
  TestRecord record(interleaved(8, 4));
  EXPECT_FALSE(RowsAhead::suits(selection_of(record, "ip.addr == 10.0.0.1")));
  EXPECT_FALSE(RowsAhead::suits(selection_of(record, "tcp.seq == 1")));
  SelectionSpec spec;
  EXPECT_FALSE(RowsAhead::suits(Selection(spec, record.file().catalog(), record.table())));
  spec.filter = filter::Filter::compile("tcp.len > 0").value();
  spec.streams = {{1, 2}};
  EXPECT_FALSE(RowsAhead::suits(Selection(spec, record.file().catalog(), record.table())));
  spec.streams.clear();
  spec.after = parse_time_bound("+1s").value();
  EXPECT_FALSE(RowsAhead::suits(Selection(spec, record.file().catalog(), record.table())));
}

}  // namespace
}  // namespace pcapsule::select
