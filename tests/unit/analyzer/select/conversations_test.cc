// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/conversations.h"

#include <gtest/gtest.h>

#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::select {
namespace {

using pcapsule::testing::interleaved;
using pcapsule::testing::TestRecord;

/// Notes the frames of every connection; gives up after `limit` rows.
class Notes final : public ConversationSink {
 public:
  explicit Notes(std::size_t limit = ~std::size_t{0}) : left(limit) {}
  void begin(const read::Connection& connection, std::span<const analysis::Rebase>, TimestampNs) override {
    numbers.push_back(connection.number);
    frames.emplace_back();
  }
  bool row(const read::SegmentChunk& chunk, std::size_t row, bool selected) override {
    if (selected) frames.back().push_back(chunk.frame[row]);
    return --left > 0;
  }
  std::vector<std::uint32_t> numbers;
  std::vector<std::vector<std::uint64_t>> frames;
  std::size_t left;
};

Notes visit(TestRecord& record, const SelectionSpec& spec, Notes notes = Notes()) {
  const Selection selection(spec, record.file().catalog(), record.table());
  Conversations conversations(record.file(), record.table(), selection, {read::SegmentColumn::kFrame});
  conversations.visit(notes);
  EXPECT_TRUE(conversations.damage().empty());
  return notes;
}

void expect_interleaved(const Notes& notes, std::size_t rows, std::size_t connections) {
  ASSERT_EQ(notes.numbers.size(), connections);
  for (std::size_t i = 0; i < connections; ++i) {
    ASSERT_EQ(notes.numbers[i], i);
    ASSERT_EQ(notes.frames[i].size(), (rows - i + connections - 1) / connections);
    for (std::size_t k = 0; k < notes.frames[i].size(); ++k) ASSERT_EQ(notes.frames[i][k], 1 + i + k * connections);
  }
}

TEST(Conversations, ManyConnectionsInBatches) {
  TestRecord record(interleaved(200'000, 1000));
  expect_interleaved(visit(record, {}), 200'000, 1000);
}

TEST(Conversations, ConnectionsLargerThanABatchAreStreamed) {
  TestRecord record(interleaved(300'000, 2));
  expect_interleaved(visit(record, {}), 300'000, 2);
}

TEST(Conversations, OnlyThoseSelected) {
  TestRecord record(interleaved(10'000, 100));
  SelectionSpec spec;
  spec.streams = {{98, 200}, {5, 5}};
  const Notes notes = visit(record, spec);
  EXPECT_EQ(notes.numbers, (std::vector<std::uint32_t>{5, 98, 99}));
}

TEST(Conversations, RowsOutsideTheTimeArePassedButNotSelected) {
  TestRecord record(interleaved(10, 1));
  SelectionSpec spec;
  spec.after = TimeBound{TimeBound::Clock::kEpoch, 9'000'000};
  const Notes notes = visit(record, spec);
  EXPECT_EQ(notes.frames, (std::vector<std::vector<std::uint64_t>>{{9, 10}}));
}

TEST(Conversations, EndWhenTheSinkHasEnough) {
  TestRecord record(interleaved(200'000, 1000));
  const Notes notes = visit(record, {}, Notes(3));
  EXPECT_EQ(notes.numbers.size(), 1U);
  EXPECT_EQ(notes.frames[0].size(), 3U);
}

TEST(Conversations, RowsBeyondWhatTheTableSaysAreDamage) {
  TestRecord record(interleaved(30'000, 300));
  TestRecord liar(interleaved(15'000, 300));  // its table knows half of the rows
  const Selection selection({}, record.file().catalog(), liar.table());
  Conversations conversations(record.file(), liar.table(), selection, {read::SegmentColumn::kFrame});
  Notes notes;
  conversations.visit(notes);
  expect_interleaved(notes, 15'000, 300);
  ASSERT_EQ(conversations.damage().size(), 1U);
  EXPECT_NE(conversations.damage().front().message.find(": it has more rows of connection"), std::string::npos);
}

}  // namespace
}  // namespace pcapsule::select
