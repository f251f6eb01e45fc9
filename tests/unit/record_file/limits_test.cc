// SPDX-License-Identifier: Apache-2.0
// What no writer writes and no reader takes.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "analyzer/read/record_file.h"
#include "common/container/container.h"
#include "common/container/record_writer.h"
#include "schema/packet_record_generated.h"
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

class NoConnection final : public container::ConnectionSource {
 public:
  bool next(record::Connection&, record::RowLink&) override { return false; }
};

TEST(RecordLimits, ACatalogHasAsManyTablesAsItHasBytesFor) {
  record::Provenance provenance;
  provenance.ether_types.resize(1'000'001);  // more than FlatBuffers' verifier takes unless told otherwise
  MemorySink sink;
  container::RecordWriter writer(sink);
  NoConnection none;
  ASSERT_TRUE(writer.start().ok());
  ASSERT_TRUE(writer.finish(none, provenance).ok());
  const auto found = container::find_catalog(sink.file, "record");
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(container::to_value(*found).ether_types.size(), provenance.ether_types.size());
}

/// A record file without chunks whose catalog shares texts and captures as no writer does.
class SharedCatalog {
 public:
  using Text = flatbuffers::Offset<flatbuffers::String>;
  using Capture = flatbuffers::Offset<fb::Capture>;

  Text text(std::size_t bytes) { return fbb_.CreateString(std::string(bytes, 'A')); }
  Capture capture(const std::vector<Text>& comments) {
    const auto vector = fbb_.CreateVector(comments);
    fb::CaptureBuilder table(fbb_);
    table.add_comments(vector);
    return table.Finish();
  }
  Result<container::CatalogView> find(const std::vector<Text>& encapsulations, const std::vector<Capture>& captures) {
    const auto region_first = fbb_.CreateVector(std::vector<std::uint32_t>{0});
    const auto texts = fbb_.CreateVector(encapsulations);
    const auto tables = fbb_.CreateVector(captures);
    fb::CatalogBuilder table(fbb_);
    table.add_region_first(region_first);
    table.add_encapsulations(texts);
    table.add_captures(tables);
    fbb_.FinishSizePrefixed(table.Finish(), format::kCatalogIdentifier);
    return container::find_catalog(file({fbb_.GetBufferPointer(), fbb_.GetSize()}), "record");
  }

 private:
  const std::vector<std::uint8_t>& file(ByteView catalog) {
    file_.assign(format::kHeaderMagic.begin(), format::kHeaderMagic.end());
    put(std::uint64_t{format::kFormatVersion});
    file_.insert(file_.end(), catalog.begin(), catalog.end());
    file_.resize((file_.size() + format::kAlignment - 1) / format::kAlignment * format::kAlignment);
    put(std::uint64_t{format::kHeaderBytes});
    put(std::uint64_t{catalog.size()});
    put(container::checksum(catalog));
    file_.insert(file_.end(), format::kTrailerMagic.begin(), format::kTrailerMagic.end());
    return file_;
  }
  void put(std::uint64_t value) {
    for (unsigned bit = 0; bit < 64; bit += 8) file_.push_back(static_cast<std::uint8_t>(value >> bit));
  }

  flatbuffers::FlatBufferBuilder fbb_;
  std::vector<std::uint8_t> file_;
};

void expect_too_much(const Result<container::CatalogView>& found) {
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(found.error().message.find("record: the catalog at offset 16 says more than it has bytes for"),
            std::string::npos)
      << found.error().message;
}

TEST(RecordLimits, WhatACatalogSaysTakesItsBytes) {
  SharedCatalog catalog;
  const std::vector<SharedCatalog::Text> texts = {catalog.text(1000), catalog.text(0), catalog.text(7)};
  const auto found = catalog.find(texts, {catalog.capture({catalog.text(3)}), catalog.capture({})});
  ASSERT_TRUE(found.ok()) << found.error().message;
  const record::Catalog value = container::to_value(*found);
  EXPECT_EQ(value.encapsulations, (std::vector<std::string>{std::string(1000, 'A'), "", "AAAAAAA"}));
  ASSERT_EQ(value.captures.size(), 2U);
  EXPECT_EQ(value.captures[0].comments, std::vector<std::string>{"AAA"});
}

TEST(RecordLimits, ManyOffsetsDoNotShareALongText) {
  SharedCatalog catalog;
  expect_too_much(catalog.find(std::vector(100'000, catalog.text(500'000)), {}));
}

/// 2.5 * 10^9 texts: neither the verifier of FlatBuffers nor a reader begins with them.
TEST(RecordLimits, ManyCapturesDoNotShareManyComments) {
  SharedCatalog catalog;
  const auto capture = catalog.capture(std::vector(50'000, catalog.text(3)));
  expect_too_much(catalog.find({}, std::vector(50'000, capture)));
}

}  // namespace
}  // namespace pcapsule
