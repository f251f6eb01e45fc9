// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "analyzer/select/chunk_chain.h"
#include "analyzer/select/connection_starts.h"
#include "analyzer/select/segment_scan.h"
#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::select {
namespace {

using pcapsule::testing::interleaved;
using pcapsule::testing::TestRecord;
using C = read::SegmentColumn;

SelectionSpec streams(std::vector<StreamRange> ranges) {
  SelectionSpec spec;
  spec.streams = std::move(ranges);
  return spec;
}

struct Scanned {
  std::vector<std::uint64_t> frames;
  std::size_t chunks = 0;
  std::optional<std::int64_t> last_seq;
};

Scanned scan(TestRecord& record, const SelectionSpec& spec, fields::Needs needs = fields::kConnections) {
  const Selection selection(spec, record.file().catalog(), record.table());
  SegmentScan rows(record.file(), record.table(), selection,
                   {{C::kFrame, C::kConnection, C::kMarks, C::kOddities}, needs});
  Scanned out;
  while (rows.next()) {
    ++out.chunks;
    for (const std::uint16_t row : rows.rows()) {
      out.frames.push_back(rows.context().chunk.frame[row]);
      if ((needs & fields::kRelative) != 0) out.last_seq = rows.context().relative[row].seq;
    }
  }
  EXPECT_TRUE(rows.damage().empty());
  return out;
}

TEST(SegmentScan, AllRowsInFileOrder) {
  TestRecord record(interleaved(150'000, 7));
  const Scanned all = scan(record, {});
  ASSERT_EQ(all.frames.size(), 150'000U);
  EXPECT_EQ(all.chunks, 3U);
  for (std::size_t i = 0; i < all.frames.size(); ++i) ASSERT_EQ(all.frames[i], i + 1);
}

/// The scan is shown only the third chunk, yet each row knows the row before it.
TEST(SegmentScan, CatchesUpOnChunksThatItPassedOver) {
  decode::SegmentBatch batch = interleaved(3 * 65'536, 5);
  // The times of the middle chunk lie far ahead, so that a bound on time leaves it out.
  for (std::size_t i = 65'536; i < 2 * 65'536; ++i) batch.segments[i].time.value += 1'000'000'000'000;
  TestRecord record(batch);
  SelectionSpec spec;
  spec.before = TimeBound{TimeBound::Clock::kEpoch, 500'000'000'000};
  const Selection selection(spec, record.file().catalog(), record.table());
  SegmentScan rows(record.file(), record.table(), selection, {{C::kTime}, fields::kConnections | fields::kRowBefore});
  std::size_t seen = 0;
  while (rows.next()) {
    const auto& chunk = rows.context().chunk;
    for (const std::uint16_t row : rows.rows()) {
      const std::uint64_t number = chunk.first_row + row;
      const std::uint64_t before = number < 5 ? number : number - 5;
      ASSERT_EQ(rows.context().row_before[row], batch.segments[before].time) << number;
      ++seen;
    }
  }
  EXPECT_EQ(seen, 2U * 65'536);
}

TEST(SegmentScan, OneConnectionAndNoOther) {
  TestRecord record(interleaved(150'000, 7));
  const Scanned one = scan(record, streams({{3, 3}}));
  ASSERT_EQ(one.frames.size(), 150'000U / 7 + 1);
  for (std::size_t i = 0; i < one.frames.size(); ++i) ASSERT_EQ(one.frames[i], 4 + 7 * i);
}

TEST(SegmentScan, TouchesOnlyTheChunksOfTheConnection) {
  // Connection 0 in the first and third chunk only; connection 1 fills the rest.
  decode::SegmentBatch batch = interleaved(3 * 65'536, 1);
  for (std::size_t i = 1; i < batch.segments.size() - 1; ++i) batch.segments[i].port[0] = 2000;
  TestRecord record(batch);
  EXPECT_EQ(chunks_of(record.file(), record.table().at(0)).value(), (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(scan(record, streams({{0, 0}})).frames, (std::vector<std::uint64_t>{1, 3 * 65'536}));
}

TEST(SegmentScan, ClientAndServer) {
  TestRecord record(interleaved(100, 10));
  SelectionSpec spec;
  spec.server = parse_endpoint_pattern("10.0.0.2:80");
  spec.client = parse_endpoint_pattern("10.0.0.1:1004");
  const Scanned found = scan(record, spec);
  EXPECT_EQ(found.frames.size(), 10U);
  EXPECT_EQ(found.frames.front(), 5U);
  spec.client = parse_endpoint_pattern("10.0.0.2");
  EXPECT_TRUE(scan(record, spec).frames.empty());
}

/// Frame n is stamped n ms; the catalog's first frame is at the epoch (no capture listed).
TEST(SegmentScan, TimeBoundsAreHalfOpen) {
  TestRecord record(interleaved(100, 10));
  SelectionSpec spec;
  spec.after = TimeBound{TimeBound::Clock::kEpoch, 20'000'000};
  spec.before = TimeBound{TimeBound::Clock::kEpoch, 23'000'000};
  EXPECT_EQ(scan(record, spec).frames, (std::vector<std::uint64_t>{20, 21, 22}));
}

TEST(SegmentScan, TimeBoundsByTheClockOfEachConnection) {
  TestRecord record(interleaved(100, 10));
  SelectionSpec spec = streams({{2, 3}});
  spec.after = TimeBound{TimeBound::Clock::kConnection, 10'000'000};
  spec.before = TimeBound{TimeBound::Clock::kConnection, 20'000'001};
  EXPECT_EQ(scan(record, spec).frames, (std::vector<std::uint64_t>{13, 14, 23, 24}));
}

TEST(SegmentScan, UnwrappedNumbersKnowWhatCameBeforeTheSelectedTime) {
  // One direction, 100 kB a segment: 4 GiB after 42,950 of them, in the first chunk.
  TestRecord record(interleaved(140'000, 1, 100'000));
  SelectionSpec spec;
  spec.after = TimeBound{TimeBound::Clock::kEpoch, 140'000'000'000};
  const fields::Needs needs = fields::kConnections | fields::kBases | fields::kRelative;
  const Scanned last = scan(record, spec, needs);
  ASSERT_EQ(last.frames, (std::vector<std::uint64_t>{140'000}));
  EXPECT_EQ(last.last_seq, 1 + std::int64_t{139'999} * 100'000);
}

/// Relative numbers of the last chunk are computed from the first, which is damaged.
TEST(SegmentScan, DamageBeforeTheSelectedTimeIsTold) {
  const decode::SegmentBatch batch = interleaved(140'000, 1, 100'000);
  pcapsule::testing::MemoryRecord written(batch);
  std::vector<std::uint8_t> bytes = written.sink.file;
  bytes[format::kHeaderBytes + 200'000] ^= 1;  // far inside the first chunk, the columns of seq, ack or time
  TestRecord record(bytes);
  SelectionSpec spec;
  spec.after = TimeBound{TimeBound::Clock::kEpoch, 140'000'000'000};
  const Selection selection(spec, record.file().catalog(), record.table());
  const auto needs = fields::kConnections | fields::kBases | fields::kRelative | fields::kLabels;
  SegmentScan rows(record.file(), record.table(), selection, {read::ColumnSet::all(), needs});
  while (rows.next()) EXPECT_EQ(rows.rows().size(), 1U);
  ASSERT_EQ(rows.damage().size(), 1U);
  EXPECT_NE(rows.damage().front().message.find(": chunk 0 at offset 16: "), std::string::npos)
      << rows.damage().front().message;
}

TEST(SegmentScan, QuotedHeadersAreNoRows) {
  decode::SegmentBatch batch = interleaved(10, 1);
  batch.segments[4].oddities = oddity::kQuoted;
  TestRecord record(batch);
  EXPECT_EQ(scan(record, {}).frames, (std::vector<std::uint64_t>{1, 2, 3, 4, 6, 7, 8, 9, 10}));
}

TEST(StartOf, SkipsAQuotedFirstRow) {
  decode::SegmentBatch batch = interleaved(10, 2);
  batch.segments[0].oddities = oddity::kQuoted;
  TestRecord record(batch);
  EXPECT_EQ(start_of(record.file(), record.table().at(0)).value, 3'000'000);
  EXPECT_EQ(start_of(record.file(), record.table().at(1)).value, 2'000'000);
}

TEST(SegmentScan, NothingChosenIsNothing) {
  TestRecord record(interleaved(10, 2));
  EXPECT_TRUE(scan(record, streams({{7, 9}})).frames.empty());
  TestRecord empty{decode::SegmentBatch{}};
  EXPECT_TRUE(scan(empty, {}).frames.empty());
}

}  // namespace
}  // namespace pcapsule::select
