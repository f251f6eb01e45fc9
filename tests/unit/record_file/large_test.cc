// SPDX-License-Identifier: Apache-2.0
// Nothing breaks where bytes, rows and frames pass 2^31 and 2^32. The files are sparse: they take a few MB.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <utility>
#include <vector>

#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/select/conversations.h"
#include "common/container/record_writer.h"
#include "tests/unit/record_file/sparse_record.h"

namespace pcapsule {
namespace {

using ::testing::ElementsAre;

constexpr std::uint64_t k31 = std::uint64_t{1} << 31;
constexpr std::uint64_t k32 = std::uint64_t{1} << 32;
/// As many chunks of 65,536 rows have 2^31 rows.
constexpr std::uint32_t kHalf = 32'768;
constexpr std::uint32_t kLargeHoles = 33;
constexpr std::uint32_t kSmallHoleBytes = 4 * format::kMaxChunkRows;  // the least that so many rows take

/// Row, frame and chunk of what is visited.
class Visited final : public select::ConversationSink {
 public:
  void begin(const read::Connection& connection, std::span<const analysis::Rebase> /*rebases*/,
             TimestampNs start) override {
    first_row = connection.first_row;
    start_ns = start.value;
  }
  bool row(const read::SegmentChunk& chunk, std::size_t row, bool selected) override {
    if (selected) rows.push_back(chunk.first_row + row);
    if (selected) frames.push_back(chunk.frame[row]);
    return true;
  }
  std::uint64_t first_row = 0;
  std::int64_t start_ns = 0;
  std::vector<std::uint64_t> rows;
  std::vector<std::uint64_t> frames;
};

/// Two chunks are real: one whose offset and first row have just passed 2^31, one beyond 2^32. Both are of one
/// connection.
class BeyondTwoToThe32 : public ::testing::Test {
 protected:
  BeyondTwoToThe32() {
    testing::SparseRecord record(file_);
    record::RowLink link;
    add_half(record);
    record::Connection connection;
    connection.first_row = record.rows();
    record.add_rows({k31, k31 + 1}, link);
    add_half(record);
    near_ = record.chunks();
    record.add_rows({k32 * 16 - 1, k32 * 16}, link);
    connection.last_row = record.rows() - 1;
    connection.last_chunk = link.last_chunk;
    connection.first = {k31, {static_cast<std::int64_t>(k31)}};
    connection.last = {k32 * 16, {static_cast<std::int64_t>(k32 * 16)}};
    connection.side[0].segments = 4;
    connection.side[0].payload_bytes = k32 * 3;
    connection.side[0].wire_bytes = k32 * 4;
    connection.side[1].segments = 0;
    connection.close_ack = record::Moment{k32 * 16, {static_cast<std::int64_t>(k32 * 16)}};
    connection.seen = format::seen::kCloseAck;
    record::Connection of_holes;
    of_holes.number = 1;
    of_holes.last = connection.last;
    of_holes.side[0].segments = k32;
    record.add_connections(std::array{connection, of_holes});
    record.finish();
  }

  static void add_half(testing::SparseRecord& record) {
    record.add_holes(kLargeHoles, format::kMaxChunkBytes);
    record.add_holes(kHalf - kLargeHoles, kSmallHoleBytes);
  }

  testing::SparseFile file_;
  std::uint32_t near_ = 0;
};

TEST_F(BeyondTwoToThe32, ChunksAreFoundByRow) {
  auto file = read::RecordFile::open(file_.path());
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file->catalog().rows, k32 + 4);
  EXPECT_GT(file->catalog().file_bytes, k32);
  EXPECT_EQ(file->segment_chunk_of_row(k31 - 1), kHalf - 1);
  EXPECT_EQ(file->segment_chunk_of_row(k31), kHalf);
  EXPECT_EQ(file->segment_chunk_of_row(k31 + 1), kHalf);
  EXPECT_EQ(file->segment_chunk_of_row(k31 + 2), kHalf + 1);
  EXPECT_EQ(file->segment_chunk_of_row(k32 + 1), near_ - 1);
  EXPECT_EQ(file->segment_chunk_of_row(k32 + 2), near_);
  EXPECT_EQ(file->segment_chunk_of_row(k32 + 3), near_);
  EXPECT_GT(file->segment_chunk_info(kHalf).offset, k31);
  EXPECT_GT(file->segment_chunk_info(near_).offset, k32);
}

TEST_F(BeyondTwoToThe32, RowsAndConnectionsComeBack) {
  auto file = read::RecordFile::open(file_.path());
  ASSERT_TRUE(file.ok()) << file.error().message;
  const auto chunk = file->segments(near_, read::ColumnSet::all());
  ASSERT_TRUE(chunk.ok()) << chunk.error().message;
  EXPECT_EQ(chunk->first_row, k32 + 2);
  EXPECT_EQ(chunk->frame[1], k32 * 16);
  EXPECT_EQ(chunk->time[1].value, static_cast<std::int64_t>(k32 * 16));
  const auto table = read::ConnectionTable::open(*file);
  ASSERT_TRUE(table.ok()) << table.error().message;
  const read::Connection connection = table->at(0);
  EXPECT_EQ(connection.first_row, k31);
  EXPECT_EQ(connection.last_row, k32 + 3);
  EXPECT_EQ(connection.first.frame, k31);
  EXPECT_EQ(connection.last.frame, k32 * 16);
  EXPECT_EQ(connection.side[0].payload_bytes, k32 * 3);
  EXPECT_EQ(connection.side[0].wire_bytes, k32 * 4);
  ASSERT_TRUE(connection.close_ack);
  EXPECT_EQ(connection.close_ack->frame, k32 * 16);
}

TEST_F(BeyondTwoToThe32, ConversationIsFoundThroughTheChainOfChunks) {
  auto file = read::RecordFile::open(file_.path());
  ASSERT_TRUE(file.ok()) << file.error().message;
  const auto table = read::ConnectionTable::open(*file);
  ASSERT_TRUE(table.ok()) << table.error().message;
  select::SelectionSpec spec;
  spec.streams = {{0, 0}};
  const select::Selection selection(spec, file->catalog(), *table);
  select::Conversations conversations(*file, *table, selection, {read::SegmentColumn::kFrame});
  Visited visited;
  conversations.visit(visited);
  EXPECT_TRUE(conversations.damage().empty());
  EXPECT_EQ(visited.first_row, k31);
  EXPECT_THAT(visited.rows, ElementsAre(k31, k31 + 1, k32 + 2, k32 + 3));
  EXPECT_THAT(visited.frames, ElementsAre(k31, k31 + 1, k32 * 16 - 1, k32 * 16));
}

/// Yields one connection.
class OneConnection final : public container::ConnectionSource {
 public:
  OneConnection(record::Connection connection, record::RowLink link)
      : connection_(std::move(connection)), link_(link) {}
  bool next(record::Connection& connection, record::RowLink& rows) override {
    connection = connection_;
    rows = link_;
    return !std::exchange(told_, true);
  }

 private:
  record::Connection connection_;
  record::RowLink link_;
  bool told_ = false;
};

// Rows 2^32 frames apart have chunks of their own; each is made heavy by an option area that no segment
// has, of zeros, which take no room.
TEST(RecordWriterBeyondTwoToThe32, OffsetsAndFramesComeBack) {
  constexpr std::size_t kOptionBytes = 60'000'000;
  constexpr std::uint64_t kRows = 75;
  const std::vector<std::uint8_t> options(kOptionBytes);
  testing::SparseFile file;
  container::RecordWriter writer(file);
  ASSERT_TRUE(writer.start().ok());
  record::RowLink link;
  for (std::uint64_t i = 0; i < kRows; ++i) {
    record::SegmentRow row;
    row.frame = 1 + i * k32;
    row.time = {static_cast<std::int64_t>(i * k32)};
    row.tcp_word = {0x5010};
    row.option_bytes = options;
    ASSERT_TRUE(writer.append(row, link).ok());
  }
  record::Connection connection;
  connection.first = {1, {}};
  connection.last = {1 + (kRows - 1) * k32, {static_cast<std::int64_t>((kRows - 1) * k32)}};
  connection.side[0].segments = kRows;
  OneConnection connections(connection, link);
  ASSERT_TRUE(writer.finish(connections, {}).ok());
  EXPECT_GT(writer.bytes_written(), k32);
  EXPECT_EQ(writer.bytes_written(), file.offset());

  auto opened = read::RecordFile::open(file.path());
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  ASSERT_EQ(opened->segment_chunks(), kRows);
  EXPECT_GT(opened->segment_chunk_info(kRows - 1).offset, k32);
  const auto last = opened->segments(kRows - 1, {read::SegmentColumn::kFrame, read::SegmentColumn::kDirectory});
  ASSERT_TRUE(last.ok()) << last.error().message;
  EXPECT_EQ(last->frame[0], 1 + (kRows - 1) * k32);
  ASSERT_THAT(last->directory.previous, ::testing::SizeIs(1));
  EXPECT_EQ(last->directory.previous[0], kRows - 1);
}

}  // namespace
}  // namespace pcapsule
