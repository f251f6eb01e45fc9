// SPDX-License-Identifier: Apache-2.0
// One connection of a file whose numbers have gaps, as those of a subset have, with only its part of the table open.
#include <gtest/gtest.h>

#include <vector>

#include "analyzer/select/segment_scan.h"
#include "common/container/connection_stage.h"
#include "common/container/record_writer.h"
#include "tests/unit/record_file/memory_record.h"

namespace pcapsule::select {
namespace {

constexpr std::uint32_t kConnections = container::kConnectionsOfChunk + 10;  // two chunks of the table
constexpr std::uint32_t kStep = 3;                                           // between numbers

class OneRowEach final : public container::ConnectionSource {
 public:
  explicit OneRowEach(const std::vector<record::RowLink>& links) : links_(links) {}
  bool next(record::Connection& connection, record::RowLink& rows) override {
    if (next_ == links_.size()) return false;
    connection = {};
    connection.number = static_cast<std::uint32_t>(next_ * kStep);
    connection.first_row = connection.last_row = next_;
    connection.side[0].segments = 1;
    connection.first.frame = connection.last.frame = next_ + 1;
    rows = links_[next_++];
    return true;
  }

 private:
  const std::vector<record::RowLink>& links_;
  std::size_t next_ = 0;
};

/// Connection `kStep * i` has row i.
std::vector<std::uint8_t> with_gaps() {
  testing::MemorySink sink;
  container::RecordWriter writer(sink);
  std::vector<record::RowLink> links(kConnections);
  bool good = writer.start().ok();
  for (std::uint32_t i = 0; i < kConnections; ++i) {
    record::SegmentRow row;
    row.frame = i + 1;
    row.connection = i * kStep;
    good = good && writer.append(row, links[i]).ok();
  }
  OneRowEach connections(links);
  record::Provenance provenance;
  provenance.frames = kConnections;
  good = good && writer.finish(connections, provenance).ok();
  return good ? sink.file : std::vector<std::uint8_t>{};
}

TEST(OpenPart, NeighboursOfTheConnectionsAskedForAreNoDamage) {
  const testing::TemporaryFile on_disk(with_gaps());
  for (const std::uint32_t place : {0U, 5U, kConnections - 20, kConnections - 1}) {
    const std::uint32_t number = place * kStep;
    auto file = read::RecordFile::open(on_disk.path());
    ASSERT_TRUE(file.ok());
    SelectionSpec spec;
    spec.streams = {{number, number}};
    const auto table = read::ConnectionTable::open(*file, spec.streams);
    ASSERT_TRUE(table.ok()) << table.error().message;
    const Selection selection(spec, file->catalog(), *table);
    SegmentScan rows(*file, *table, selection, {{read::SegmentColumn::kFrame}, fields::kConnections});
    std::vector<std::uint64_t> frames;
    while (rows.next()) {
      for (const std::uint16_t row : rows.rows()) frames.push_back(rows.context().chunk.frame[row]);
    }
    EXPECT_EQ(frames, std::vector<std::uint64_t>{place + 1U});
    EXPECT_TRUE(rows.damage().empty()) << rows.damage()[0].message;
  }
}

TEST(OpenPart, ANumberBetweenThoseOfTheOpenPartIsDamage) {
  const testing::TemporaryFile on_disk(with_gaps());
  auto file = read::RecordFile::open(on_disk.path());
  const std::vector<read::ConnectionRange> wanted = {{0, 0}};
  const auto table = read::ConnectionTable::open(*file, wanted);
  ASSERT_TRUE(table.ok());
  EXPECT_FALSE(table->is_closed_about(0));
  EXPECT_FALSE(table->is_closed_about(1));  // of the first chunk, if there were one
  EXPECT_TRUE(table->is_closed_about((kConnections - 1) * kStep));
  EXPECT_FALSE(table->is_closed_about((kConnections - 1) * kStep + 1));
  EXPECT_FALSE(table->find(1));
}

}  // namespace
}  // namespace pcapsule::select
