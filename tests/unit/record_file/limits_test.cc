// SPDX-License-Identifier: Apache-2.0
// What no writer writes and no reader takes.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "analyzer/read/record_file.h"
#include "common/container/record_writer.h"
#include "tests/unit/record_file/memory_record.h"
#include "tests/unit/record_file/sparse_record.h"

namespace pcapsule {
namespace {

using testing::MemorySink;

class OneConnection final : public container::ConnectionSource {
 public:
  OneConnection(const record::RowLink& rows, std::size_t resets) : rows_(rows), resets_(resets) {}
  bool next(record::Connection& connection, record::RowLink& rows) override {
    connection = {};
    connection.resets.resize(resets_);
    rows = rows_;
    return !std::exchange(given_, true);
  }

 private:
  record::RowLink rows_;
  std::size_t resets_;
  bool given_ = false;
};

/// A file of one row with so many SACK blocks, and of one connection with so many resets.
Result<void> write_row(MemorySink& sink, std::size_t sack_blocks, std::size_t resets = 0) {
  const std::vector<SackBlock> sack(sack_blocks);
  container::RecordWriter writer(sink);
  record::SegmentRow row;
  row.frame = 1;
  row.sack = sack;
  record::RowLink link;
  if (auto started = writer.start(); !started) return started;
  if (auto appended = writer.append(row, link); !appended) return appended;
  OneConnection connection(link, resets);
  record::Provenance provenance;
  provenance.frames = 1;
  return writer.finish(connection, provenance);
}

TEST(RecordLimits, ARowHasAtMostFourSackBlocks) {
  for (const std::size_t blocks : {0U, 4U, 5U}) {
    MemorySink sink;
    ASSERT_TRUE(write_row(sink, blocks).ok());
    const testing::TemporaryFile file(sink.file);
    auto opened = read::RecordFile::open(file.path());
    ASSERT_TRUE(opened.ok());
    const auto chunk = opened->segments(0, {read::SegmentColumn::kSack});
    EXPECT_EQ(chunk.ok(), blocks <= 4) << blocks;
    if (!chunk.ok()) {
      EXPECT_EQ(chunk.error().code, ErrorCode::kCorrupt);
    }
  }
}

TEST(RecordLimits, AConnectionHasAtMostThreeResets) {
  for (const std::size_t resets : {0U, 3U, 4U}) {
    MemorySink sink;
    ASSERT_TRUE(write_row(sink, 0, resets).ok());
    const testing::TemporaryFile file(sink.file);
    auto opened = read::RecordFile::open(file.path());
    ASSERT_TRUE(opened.ok());
    const auto chunk = opened->connections(0);
    EXPECT_EQ(chunk.ok(), resets <= 3) << resets;
    if (!chunk.ok()) {
      EXPECT_NE(chunk.error().message.find("reset_entry names a row more than 3 times"), std::string::npos);
    }
  }
}

TEST(RecordLimits, AChunkHasNoMoreRowsThanItsBytesHaveRoomFor) {
  for (const std::uint32_t bytes : {4 * format::kMaxChunkRows, 4 * format::kMaxChunkRows - 8}) {
    testing::SparseFile file;
    testing::SparseRecord record(file);
    record.add_holes(1, bytes);
    record.finish();
    auto opened = read::RecordFile::open(file.path());
    EXPECT_EQ(opened.ok(), bytes == 4 * format::kMaxChunkRows);
    if (!opened.ok()) {
      EXPECT_NE(opened.error().message.find("which cannot be"), std::string::npos);
    }
  }
}

TEST(RecordLimits, AChunkThatNoReaderTakesIsNotWritten) {
  MemorySink sink;
  const auto written = write_row(sink, 7'000'000);
  ASSERT_FALSE(written.ok());
  EXPECT_NE(written.error().message.find("larger than"), std::string::npos);
  EXPECT_LT(sink.file.size(), format::kMaxChunkBytes);
}

}  // namespace
}  // namespace pcapsule
