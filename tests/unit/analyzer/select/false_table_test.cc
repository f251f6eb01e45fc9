// SPDX-License-Identifier: Apache-2.0
// Record files whose connection table lies about where the rows are, with right checksums.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/select/connection_rows.h"
#include "analyzer/select/conversations.h"
#include "analyzer/select/segment_scan.h"
#include "tests/faults/craft.h"
#include "tests/fuzz/in_memory.h"
#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::select {
namespace {

using pcapsule::testing::interleaved;
using pcapsule::testing::MemoryRecord;
using pcapsule::testing::TestRecord;
using ::testing::HasSubstr;

constexpr std::uint32_t kRows = 70'000;  // in two chunks
constexpr std::uint32_t kFew = 10;       // connections, whose chains are followed
constexpr std::uint32_t kMany = 300;     // whose are not

/// Connections of two chunks, all of which are said to end in the first.
std::vector<std::uint8_t> with_false_last_chunk(std::uint32_t connections) {
  std::vector<std::uint8_t> file = MemoryRecord(interleaved(kRows, connections)).sink.file;
  faults::set_field(faults::connections_of(file), fb::ConnectionChunk::VT_LAST_CHUNK_ALL, 0U);
  fuzz::repair_checksums(file);
  return file;
}

class Counter final : public ConversationSink {
 public:
  void begin(const read::Connection&, std::span<const analysis::Rebase>, TimestampNs) override {}
  bool row(const read::SegmentChunk&, std::size_t, bool) override { return ++rows > 0; }
  std::uint64_t rows = 0;
};

/// The damage that a walk over all connections tells, and the rows that it finds.
std::pair<DamageList, std::uint64_t> visit(TestRecord& record) {
  const Selection selection({}, record.file().catalog(), record.table());
  Conversations conversations(record.file(), record.table(), selection, {});
  Counter counter;
  conversations.visit(counter);
  return {conversations.damage(), counter.rows};
}

TEST(Conversations, AFalseLastChunkIsDamageAndLosesNothing) {
  TestRecord record(with_false_last_chunk(kFew));
  const auto [damage, rows] = visit(record);
  EXPECT_EQ(rows, kRows);
  ASSERT_EQ(damage.size(), 2U);  // of two batches
  EXPECT_THAT(damage[0].message, HasSubstr("chunk 0 at offset 16: the directories lead from here to 6554 rows"));
}

TEST(Conversations, FewerRowsThanTheTableSaysAreDamage) {
  TestRecord record(with_false_last_chunk(kMany));
  const auto [damage, rows] = visit(record);
  EXPECT_LT(rows, kRows);
  ASSERT_EQ(damage.size(), 2U);  // of a batch of 280, and of one that is small enough to follow the chains
  EXPECT_THAT(damage[0].message, HasSubstr("connection 0 and 279 others have fewer rows than the connection table"));
  EXPECT_THAT(damage[1].message, HasSubstr("the directories lead from here to"));
}

TEST(ConnectionRows, AFalseLastChunkIsDamage) {
  for (const std::uint32_t connections : {kFew, kMany}) {
    TestRecord record(with_false_last_chunk(connections));
    ConnectionRows reader(record.file(), record.table(), false);
    std::vector<std::uint64_t> entries;
    for (std::uint64_t entry = 0; entry < connections; ++entry) entries.push_back(entry);
    std::vector<analysis::compare::TapRows> rows;
    reader.gather(entries, ~std::uint64_t{0}, rows);
    EXPECT_EQ(reader.damage().size(), 1U) << connections;
  }
}

TEST(SegmentScan, RowsAfterTheLastChunkOfTheTableAreDamage) {
  TestRecord record(with_false_last_chunk(kMany));
  const Selection selection({}, record.file().catalog(), record.table());
  const auto needs = fields::kConnections | fields::kBases | fields::kRelative;
  SegmentScan scan(record.file(), record.table(), selection, {read::ColumnSet::all(), needs});
  std::uint64_t rows = 0;
  while (scan.next()) rows += scan.rows().size();
  EXPECT_EQ(rows, 65'536U);
  ASSERT_EQ(scan.damage().size(), 1U);
  EXPECT_THAT(scan.damage()[0].message, HasSubstr("chunk 1 at offset "));
  EXPECT_THAT(scan.damage()[0].message, HasSubstr("after the last that the connection table names"));
}

/// The relative sequence numbers of the selected rows.
std::vector<std::optional<std::int64_t>> relative_numbers(TestRecord& record, const SelectionSpec& spec) {
  const Selection selection(spec, record.file().catalog(), record.table());
  const auto needs = fields::kConnections | fields::kBases | fields::kRelative;
  SegmentScan scan(record.file(), record.table(), selection, {read::ColumnSet::all(), needs});
  std::vector<std::optional<std::int64_t>> found;
  while (scan.next()) {
    for (const std::uint16_t row : scan.rows()) found.push_back(scan.context().relative[row].seq);
  }
  EXPECT_TRUE(scan.damage().empty());
  return found;
}

// Sequence numbers that wrap in chunks that are passed over: what comes after is right only if those were fed.
TEST(SegmentScan, CatchesUpAllConnectionsOfAChunk) {
  constexpr std::int64_t kLate = 1'000'000'000'000'000;
  decode::SegmentBatch batch = interleaved(3 * 65'536, kMany, 10'000'000);
  for (std::size_t i = 0; i < std::size_t{2} * 65'536; ++i) batch.segments[i].time.value += kLate;
  TestRecord record(batch);
  SelectionSpec early;
  early.before = TimeBound{TimeBound::Clock::kEpoch, kLate};
  const auto all = relative_numbers(record, {});
  const auto found = relative_numbers(record, early);
  ASSERT_EQ(found.size(), 65'536U);
  EXPECT_TRUE(std::equal(found.begin(), found.end(), all.begin() + 2 * 65'536));
}

}  // namespace
}  // namespace pcapsule::select
