// SPDX-License-Identifier: Apache-2.0
#include "analyzer/subset/subset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "analyzer/verify/verify.h"
#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::subset {
namespace {

using pcapsule::testing::chunks_of;
using pcapsule::testing::interleaved;
using pcapsule::testing::MemoryRecord;
using pcapsule::testing::MemorySink;
using pcapsule::testing::TestRecord;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

analysis::ConnectionSet chosen(const read::ConnectionTable& table, const std::vector<std::uint32_t>& numbers) {
  auto set = analysis::ConnectionSet::none(table.size());
  for (const std::uint32_t number : numbers) set.insert(*table.find(number));
  return set;
}

/// The bytes of a subset, or the message why there is none.
struct Written {
  std::vector<std::uint8_t> bytes;
  std::string error;
  SubsetSummary summary;
};

Written subset_of(TestRecord& record, const analysis::ConnectionSet& set, const char* selection = "-s") {
  MemorySink sink;
  const auto summary = write_subset(record.file(), record.table(), set, selection, sink);
  if (!summary) return {{}, summary.error().message, {}};
  return {sink.file, "", *summary};
}

Written subset_of(TestRecord& record, const std::vector<std::uint32_t>& numbers, const char* selection = "-s") {
  return subset_of(record, chosen(record.table(), numbers), selection);
}

std::string outcomes_of(const read::Catalog& catalog) {
  std::string text;
  for (const read::NamedCount& outcome : catalog.outcomes) {
    text += outcome.name + " " + std::to_string(outcome.count) + ", ";
  }
  return text;
}

/// Every connection of a subset has the rows and events that it had.
void expect_same_connections(TestRecord& part, TestRecord& whole) {
  for (std::uint64_t entry = 0; entry < part.table().size(); ++entry) {
    const read::Connection found = part.table().at(entry);
    const read::Connection from = whole.table().at(*whole.table().find(found.number));
    EXPECT_EQ(found.rows(), from.rows());
    EXPECT_EQ(found.first.frame, from.first.frame);
    EXPECT_EQ(found.last.frame, from.last.frame);
    EXPECT_EQ(found.last.time, from.last.time);
  }
}

TEST(Subset, OfEverythingHasTheSameChunks) {
  const std::vector<std::uint8_t> whole = MemoryRecord(interleaved(70'000, 7)).sink.file;
  TestRecord record(whole);
  const Written written = subset_of(record, analysis::ConnectionSet::all(record.table().size()), "all");
  ASSERT_EQ(written.error, "");
  EXPECT_EQ(chunks_of(written.bytes), chunks_of(whole));
}

TEST(Subset, OfSomeOverSeveralChunksIsAGoodFile) {
  TestRecord record(interleaved(200'000, 10));
  const Written written = subset_of(record, {2, 7});
  ASSERT_EQ(written.error, "");
  EXPECT_EQ(written.summary.connections, 2U);
  EXPECT_EQ(written.summary.rows, 40'000U);
  EXPECT_EQ(written.summary.bytes, written.bytes.size());
  TestRecord part(written.bytes);
  const auto faults = verify::faults_of(part.file());
  EXPECT_EQ(faults.count(), 0U) << faults.lines().front();
  EXPECT_EQ(part.table().size(), 2U);
  expect_same_connections(part, record);
}

TEST(Subset, KeepsFrameTimeAndTheFrameBefore) {
  TestRecord record(interleaved(9, 3));
  TestRecord part(subset_of(record, {1}).bytes);
  const auto chunk = part.file().segments(0, read::ColumnSet::all());
  ASSERT_TRUE(chunk.ok());
  ASSERT_EQ(chunk->rows, 3U);
  for (std::size_t row = 0; row < 3; ++row) {
    EXPECT_EQ(chunk->frame[row], 2 + 3 * row);
    EXPECT_EQ(chunk->time[row].value, static_cast<std::int64_t>(2 + 3 * row) * 1'000'000);
    EXPECT_EQ(chunk->since_frame_before(row).value, 1'000'000);
    EXPECT_EQ(chunk->connection[row], 1U);
  }
}

TEST(Subset, KeepsDistancesOfMoreThan292Years) {
  decode::SegmentBatch batch = interleaved(6, 2);
  pcapsule::testing::stamp(batch, {INT64_MIN, INT64_MAX, INT64_MIN + 7, INT64_MAX - 1, 0, INT64_MIN});
  TestRecord record(batch);
  const auto whole = record.file().segments(0, read::ColumnSet::all());
  TestRecord part(subset_of(record, {1}).bytes);
  EXPECT_EQ(verify::faults_of(part.file()).count(), 0U);
  const auto chunk = part.file().segments(0, read::ColumnSet::all());
  ASSERT_TRUE(whole.ok() && chunk.ok());
  ASSERT_EQ(chunk->previous.row.size(), 3U);
  for (std::size_t row = 0; row < 3; ++row) {
    EXPECT_EQ(chunk->time[row], batch.segments[2 * row + 1].time);
    EXPECT_EQ(at_distance(batch.segments[2 * row].time, chunk->previous[row]), chunk->time[row]);
    EXPECT_EQ(chunk->since_frame_before(row), whole->since_frame_before(2 * row + 1));
  }
  EXPECT_EQ(chunk->since_frame_before(0), kGreatestSpan);
  EXPECT_EQ(chunk->since_frame_before(2), kLeastSpan);
}

TEST(Subset, OfFramesWithSeveralHeadersIsAGoodFile) {
  decode::SegmentBatch batch = interleaved(90, 3);
  for (std::size_t i = 0; i < batch.segments.size(); ++i) {  // six in each, as in an 802.11 A-MSDU
    decode::Segment& segment = batch.segments[i];
    segment.frame_number = 1 + i / 6;
    segment.time = {static_cast<std::int64_t>(segment.frame_number) * 1'000'000};
  }
  TestRecord record(batch);
  const Written written = subset_of(record, {1});
  ASSERT_EQ(written.error, "");
  EXPECT_EQ(written.summary.rows, 30U);
  TestRecord part(written.bytes);
  EXPECT_EQ(verify::faults_of(part.file()).count(), 0U);
  EXPECT_EQ(outcomes_of(part.file().catalog()), "segment 15, not_chosen 75, ");
  EXPECT_EQ(part.file().segments(0, read::ColumnSet::all())->frame[29], 15U);
}

TEST(Subset, OfASubsetIsThatOfTheWholeAndRemembersBoth) {
  TestRecord record(interleaved(1000, 10));
  TestRecord some(subset_of(record, {2, 5, 7}, "-s 2,5,7").bytes);
  const Written second = subset_of(some, {5}, "-s 5");
  const Written direct = subset_of(record, {5}, "-s 5");
  EXPECT_EQ(chunks_of(second.bytes), chunks_of(direct.bytes));
  TestRecord part(second.bytes);
  EXPECT_THAT(part.file().catalog().subset, ElementsAre("-s 2,5,7", "-s 5"));
  EXPECT_EQ(outcomes_of(part.file().catalog()), "segment 100, not_chosen 900, ");
}

TEST(Subset, OfNothingIsAnEmptyFile) {
  TestRecord record(interleaved(100, 10));
  const Written written = subset_of(record, std::vector<std::uint32_t>{});
  ASSERT_EQ(written.error, "");
  EXPECT_EQ(written.summary.connections, 0U);
  TestRecord part(written.bytes);
  EXPECT_EQ(verify::faults_of(part.file()).count(), 0U);
  EXPECT_EQ(part.file().catalog().rows, 0U);
  EXPECT_EQ(outcomes_of(part.file().catalog()), "not_chosen 100, ");
}

TEST(Subset, IsTheSameEachTime) {
  TestRecord record(interleaved(1000, 10));
  EXPECT_EQ(subset_of(record, {3, 4}).bytes, subset_of(record, {3, 4}).bytes);
}

/// 200,000 rows of two connections, one after the other: four chunks, of which connection 0 has the first two.
std::vector<std::uint8_t> one_after_the_other() {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    const Endpoint client = {IpAddress::v4(0x0a000001), static_cast<std::uint16_t>(1000 + i / 100'000)};
    batch.segments.push_back(make.make(client, {IpAddress::v4(0x0a000002), 80}, 0x10, 100 + i, 1, 1));
  }
  return MemoryRecord(batch).sink.file;
}

TEST(Subset, IsRefusedWhereItsConnectionsAreDamaged) {
  std::vector<std::uint8_t> bytes = one_after_the_other();
  const read::ChunkInfo last = TestRecord(bytes).file().segment_chunk_info(3);
  bytes[last.offset + last.bytes / 2] ^= 1;
  TestRecord record(bytes);
  EXPECT_THAT(subset_of(record, {1}).error, HasSubstr("chunk 3 at offset"));
  EXPECT_EQ(subset_of(record, {0}).error, "") << "the damage is not where connection 0 is";
}

TEST(Subset, IsRefusedWhereTheTableCountsOtherRows) {
  MemorySink sink;
  container::RecordWriter writer(sink);
  ASSERT_TRUE(writer.start().ok());
  std::array<record::RowLink, 2> links;
  record::SegmentRow row;
  for (const std::uint32_t connection : {0U, 1U, 1U}) {
    ++row.frame;
    row.connection = connection;
    ASSERT_TRUE(writer.append(row, links[connection]).ok());
  }
  /// The first connection claims a row of the second.
  struct Source final : container::ConnectionSource {
    explicit Source(const std::array<record::RowLink, 2>& of) : links(of) {}
    bool next(record::Connection& connection, record::RowLink& rows) override {
      if (told == 2) return false;
      connection = {};
      connection.number = told;
      connection.side[0].segments = 2 - told;
      rows = links[told++];
      return true;
    }
    std::array<record::RowLink, 2> links;
    std::uint32_t told = 0;
  } source(links);
  ASSERT_TRUE(writer.finish(source, {}).ok());
  TestRecord record(sink.file);
  EXPECT_THAT(subset_of(record, {0}).error, HasSubstr("connection 0 has 1 rows, but the connection table says 2"));
}

}  // namespace
}  // namespace pcapsule::subset
