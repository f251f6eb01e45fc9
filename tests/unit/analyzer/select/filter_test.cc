// SPDX-License-Identifier: Apache-2.0
// Filters over built record files: rows, chunks that are left out, connections.
#include <gtest/gtest.h>

#include "analyzer/select/chunk_chain.h"
#include "analyzer/select/conversations.h"
#include "analyzer/select/filtered.h"
#include "analyzer/select/segment_scan.h"
#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::select {
namespace {

using pcapsule::testing::interleaved;
using pcapsule::testing::TestRecord;
using C = read::SegmentColumn;

SelectionSpec filtered(std::string_view expression) {
  SelectionSpec spec;
  const auto filter = filter::Filter::compile(expression);
  if (!filter) throw std::runtime_error(filter.error().message);
  spec.filter = *filter;
  return spec;
}

std::vector<std::uint64_t> frames(TestRecord& record, const SelectionSpec& spec) {
  const Selection selection(spec, record.file().catalog(), record.table());
  SegmentScan rows(record.file(), record.table(), selection, {{C::kFrame}, fields::kNothing});
  std::vector<std::uint64_t> out;
  while (rows.next()) {
    for (const std::uint16_t row : rows.rows()) out.push_back(rows.context().chunk.frame[row]);
  }
  EXPECT_TRUE(rows.damage().empty());
  return out;
}
std::vector<std::uint64_t> frames(TestRecord& record, std::string_view expression) {
  return frames(record, filtered(expression));
}

std::vector<std::uint32_t> numbers(TestRecord& record, const SelectionSpec& spec) {
  const Selection selection(spec, record.file().catalog(), record.table());
  DamageList damage;
  const auto chosen = matching_connections(record.file(), record.table(), selection, damage);
  EXPECT_TRUE(damage.empty());
  std::vector<std::uint32_t> out;
  for (std::uint64_t entry = 0; entry < chosen.size(); ++entry) {
    if (chosen.has(entry)) out.push_back(record.table().number(entry));
  }
  return out;
}

std::size_t candidates(TestRecord& record, std::string_view expression) {
  const Selection selection(filtered(expression), record.file().catalog(), record.table());
  return candidate_chunks(record.file(), record.table(), selection, false).size();
}

using Frames = std::vector<std::uint64_t>;

TEST(FilteredScan, AnEmptyFilterSelectsAll) {
  TestRecord record(interleaved(20, 2));
  EXPECT_EQ(frames(record, "").size(), 20U);
  EXPECT_EQ(frames(record, "   ").size(), 20U);
}

TEST(FilteredScan, ComposesWithEveryOtherChoice) {
  TestRecord record(interleaved(100, 10));
  SelectionSpec spec = filtered("frame.number > 40");
  spec.streams = {{2, 3}};
  spec.before = TimeBound{TimeBound::Clock::kEpoch, 64'000'000};
  EXPECT_EQ(frames(record, spec), (Frames{43, 44, 53, 54, 63}));
}

TEST(FilteredScan, RowsThatAreNotNeighbours) {
  TestRecord record(interleaved(2'000, 10));
  SelectionSpec spec = filtered("tcp.len == 1000 && frame.number in {4, 14, 1994, 1995}");
  spec.streams = {{3, 3}};
  EXPECT_EQ(frames(record, spec), (Frames{4, 14, 1994}));
}

TEST(FilteredScan, QuotedHeadersAreNoRows) {
  decode::SegmentBatch batch = interleaved(10, 1);
  batch.segments[4].oddities = oddity::kQuoted;
  TestRecord record(batch);
  EXPECT_EQ(frames(record, "tcp").size(), 9U);
}

TEST(FilteredScan, AMalformedHeaderLacksFields) {
  decode::SegmentBatch batch = interleaved(10, 1);
  batch.segments[4].oddities = oddity::kBadDataOffset;
  TestRecord record(batch);
  EXPECT_EQ(frames(record, "!tcp.flags"), (Frames{5}));
  EXPECT_EQ(frames(record, "tcp.window_size_value == 1000").size(), 9U);
  EXPECT_EQ(frames(record, "tcp.window_size_value != 7").size(), 9U);
  EXPECT_EQ(frames(record, "!(tcp.window_size_value == 1000)"), (Frames{5}));
}

// Modulo 2^64 the frames 2 to 5 come a nanosecond after or before the one before.
TEST(FilteredScan, SpansOfMoreThan292YearsStopAtTheEnds) {
  decode::SegmentBatch batch = interleaved(6, 1);
  pcapsule::testing::stamp(batch, {INT64_MIN, INT64_MAX, INT64_MIN, INT64_MAX, INT64_MIN, INT64_MIN + 5});
  TestRecord record(batch, {}, {INT64_MIN});
  EXPECT_EQ(frames(record, "frame.time_delta > 1"), (Frames{2, 4}));
  EXPECT_EQ(frames(record, "frame.time_delta == 9223372036.854775807"), (Frames{2, 4}));
  EXPECT_EQ(frames(record, "frame.time_delta < -1"), (Frames{3, 5}));
  EXPECT_EQ(frames(record, "frame.time_delta == 0.000000005"), (Frames{6}));
  EXPECT_EQ(frames(record, "tcp.time_delta > 1"), (Frames{2, 4}));
  EXPECT_EQ(frames(record, "tcp.time_delta < -1"), (Frames{3, 5}));
  EXPECT_EQ(frames(record, "tcp.time_relative > 1"), (Frames{2, 4}));
  EXPECT_EQ(frames(record, "frame.time_relative > 1"), (Frames{2, 4}));
  EXPECT_EQ(frames(record, "frame.time_relative in {-1..1}"), (Frames{1, 3, 5, 6}));
}

// The stored distance to a frame that is no row counts modulo 2^64.
TEST(FilteredScan, FramesBeforeThatAreNoRowsAndMoreThan292YearsAway) {
  decode::SegmentBatch batch = interleaved(3, 1);
  pcapsule::testing::stamp(batch, {0, INT64_MAX, INT64_MIN});
  for (auto& segment : batch.segments) segment.frame_number *= 10;
  batch.segments[0].previous_time = {INT64_MIN};
  batch.segments[1].previous_time = {-2};
  batch.segments[2].previous_time = {INT64_MAX};
  TestRecord record(batch);
  EXPECT_EQ(frames(record, "frame.time_delta == 9223372036.854775807"), (Frames{10, 20}));
  EXPECT_EQ(frames(record, "frame.time_delta < -9223372036"), (Frames{30}));
}

TEST(FilteredScan, OptionsRepeatedWithoutEnd) {
  decode::SegmentBatch batch = interleaved(600, 1);
  decode::TcpOptions options;
  options.raw_bytes = 40;
  for (std::size_t i = 0; i < 40; i += 2) {
    options.raw[i] = 4;  // SACK permitted, twenty times
    options.raw[i + 1] = 2;
  }
  for (auto& segment : batch.segments) {
    segment.word = {0xf010};
    segment.header_available = 60;
    segment.options = static_cast<std::uint32_t>(batch.options.size());
    batch.options.push_back(options);
  }
  TestRecord record(batch);
  EXPECT_EQ(frames(record, "count(tcp.options.sack_perm) == 20").size(), 600U);
}

TEST(FilteredScan, UnwrappedNumbersInTheMiddleOfTheFile) {
  // 100 kB a segment: 4 GiB after 42,950 of them, in the first chunk; the last chunk alone matches.
  TestRecord record(interleaved(140'000, 1, 100'000));
  EXPECT_EQ(frames(record, "frame.number == 140000 && pcapsule.seq == 13999900001"), (Frames{140'000}));
}

TEST(Prune, ChunksWithStampsAtBothEndsOfTime) {
  decode::SegmentBatch batch = interleaved(70'000, 1);  // two chunks
  batch.segments[0].time = batch.segments[0].previous_time = {INT64_MIN};
  for (std::size_t i = 65'536; i < 70'000; ++i) batch.segments[i].time = {INT64_MAX};
  TestRecord record(batch, {}, {INT64_MIN});
  EXPECT_EQ(candidates(record, "frame.time_relative > 1"), 2U);
  EXPECT_EQ(candidates(record, "frame.time_relative < 1"), 1U);
  EXPECT_EQ(candidates(record, "frame.time_relative == 9223372036.854775807"), 2U);
  EXPECT_EQ(candidates(record, "frame.time_epoch > 9223372036"), 1U);
  EXPECT_EQ(frames(record, "frame.time_relative > 1").size(), 69'999U);
}

TEST(Prune, ChunksByTheCatalog) {
  decode::SegmentBatch batch = interleaved(150'000, 7);  // three chunks of 65,536 rows at most
  batch.segments[70'000].window = 0;
  batch.segments[70'000].word = {0x5014};
  TestRecord record(batch);
  EXPECT_EQ(candidates(record, "tcp"), 3U);
  EXPECT_EQ(candidates(record, "tcp.window_size_value == 0"), 1U);
  EXPECT_EQ(candidates(record, "tcp.flags.reset == 1"), 1U);
  EXPECT_EQ(candidates(record, "tcp.flags & 4"), 1U);
  EXPECT_EQ(candidates(record, "tcp.flags.syn == 1"), 0U);
  EXPECT_EQ(candidates(record, "!tcp.flags.syn == 0"), 0U);
  EXPECT_EQ(candidates(record, "tcp.len > 1000"), 0U);
  EXPECT_EQ(candidates(record, "frame.number <= 65536"), 1U);
  EXPECT_EQ(candidates(record, "frame.number in {1, 140000}"), 2U);
  EXPECT_EQ(candidates(record, "frame.time_epoch < 1"), 1U);
  EXPECT_EQ(candidates(record, "frame.time_relative > 1000"), 0U);
  EXPECT_EQ(candidates(record, "tcp.stream == 7"), 0U);
  EXPECT_EQ(candidates(record, "tcp.stream == 7 || tcp.flags.reset == 1"), 1U);
  EXPECT_EQ(candidates(record, "tcp.port == 9"), 3U);
  EXPECT_EQ(frames(record, "tcp.window_size_value == 0"), (Frames{70'001}));
  EXPECT_EQ(frames(record, "tcp.flags.reset == 1"), (Frames{70'001}));
}

TEST(MatchingConnections, ThoseWithASegmentThatMatches) {
  TestRecord record(interleaved(100, 10));
  EXPECT_EQ(numbers(record, filtered("frame.number in {3, 25, 45}")), (std::vector<std::uint32_t>{2, 4}));
  SelectionSpec spec = filtered("frame.number in {3, 25, 45}");
  spec.streams = {{0, 3}};
  EXPECT_EQ(numbers(record, spec), (std::vector<std::uint32_t>{2}));
}

TEST(MatchingConnections, ThoseWithASegmentInTheTime) {
  TestRecord record(interleaved(100, 10));
  SelectionSpec spec;
  spec.after = TimeBound{TimeBound::Clock::kEpoch, 22'000'000};
  spec.before = TimeBound{TimeBound::Clock::kEpoch, 24'000'000};
  EXPECT_EQ(numbers(record, spec), (std::vector<std::uint32_t>{1, 2}));
  spec.filter = filtered("pcapsule.client contains \":1002\"").filter;
  EXPECT_EQ(numbers(record, spec), (std::vector<std::uint32_t>{2}));
}

TEST(MatchingConnections, FieldsOfConnectionsComeFromTheTable) {
  TestRecord record(interleaved(95, 10));
  EXPECT_TRUE(filtered("pcapsule.frames == 9").filter->is_of_connections());
  EXPECT_FALSE(filtered("pcapsule.frames == 9 && tcp.len").filter->is_of_connections());
  EXPECT_EQ(numbers(record, filtered("pcapsule.frames == 9")), (std::vector<std::uint32_t>{5, 6, 7, 8, 9}));
  EXPECT_EQ(numbers(record, filtered("pcapsule.client == 10.0.0.1:1004 || tcp.stream in {1}")),
            (std::vector<std::uint32_t>{1, 4}));
  EXPECT_EQ(numbers(record, filtered("pcapsule.client matches \":100[78]$\"")), (std::vector<std::uint32_t>{7, 8}));
  EXPECT_EQ(numbers(record, filtered("pcapsule.frames == 9 && tcp.len")), (std::vector<std::uint32_t>{5, 6, 7, 8, 9}));
}

class Rows final : public ConversationSink {
 public:
  void begin(const read::Connection& connection, std::span<const analysis::Rebase>, TimestampNs) override {
    connections.push_back(connection.number);
  }
  bool row(const read::SegmentChunk& chunk, std::size_t row, bool selected) override {
    if (selected) frames.push_back(chunk.frame[row]);
    return true;
  }
  std::vector<std::uint32_t> connections;
  Frames frames;
};

TEST(ApplyFilter, ConversationsShowOnlyWhatMatches) {
  TestRecord record(interleaved(100, 10));
  Selection selection(filtered("frame.number in {3, 25, 45, 53}"), record.file().catalog(), record.table());
  DamageList damage;
  apply_filter(record.file(), record.table(), selection, damage);
  Rows rows;
  Conversations(record.file(), record.table(), selection, {C::kFrame}).visit(rows);
  EXPECT_EQ(rows.connections, (std::vector<std::uint32_t>{2, 4}));
  EXPECT_EQ(rows.frames, (Frames{3, 53, 25, 45}));
}

}  // namespace
}  // namespace pcapsule::select
