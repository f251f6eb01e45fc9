// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/row_totals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "common/net/tcp_oddity.h"
#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::select {
namespace {

using pcapsule::testing::interleaved;
using pcapsule::testing::MemoryRecord;
using pcapsule::testing::TestRecord;
using ::testing::HasSubstr;

/// Every `nth` row was quoted by an ICMP error: it is in no total.
decode::SegmentBatch with_quotes(decode::SegmentBatch batch, std::size_t nth) {
  for (std::size_t i = 0; i < batch.segments.size(); i += nth) batch.segments[i].oddities |= oddity::kQuoted;
  return batch;
}

struct Sum {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
};

/// What the rows of each connection that count add up to, one by one.
std::map<std::uint16_t, Sum> sums_of(const decode::SegmentBatch& batch) {
  std::map<std::uint16_t, Sum> sums;
  for (const decode::Segment& segment : batch.segments) {
    Sum& sum = sums[segment.port[0]];
    if ((segment.oddities & oddity::kQuoted) != 0) continue;
    if (sum.frames == 0) sum.first = segment.frame_number;
    sum.last = segment.frame_number;
    ++sum.frames;
    sum.bytes += segment.wire_bytes;
  }
  return sums;
}

void expect_sums(const decode::SegmentBatch& batch) {
  TestRecord record(batch);
  TotalsReader reader(record.file());
  const auto wanted = sums_of(batch);
  ASSERT_EQ(record.table().size(), wanted.size());
  for (int pass = 0; pass < 2; ++pass) {
    for (std::uint64_t entry = 0; entry < record.table().size(); ++entry) {
      const read::Connection connection = record.table().at(entry);
      const auto totals = reader.of(connection);
      const Sum& sum = wanted.at(connection.side[0].endpoint.port);
      ASSERT_EQ(totals.frames[0], sum.frames) << entry;
      ASSERT_EQ(totals.bytes[0], sum.bytes) << entry;
      if (sum.frames == 0) continue;
      ASSERT_EQ(totals.first.frame, sum.first) << entry;
      ASSERT_EQ(totals.last.frame, sum.last) << entry;
    }
  }
  EXPECT_TRUE(reader.damage().empty());
}

TEST(TotalsReader, OfRowsThatAllCount) { expect_sums(interleaved(1000, 7)); }

TEST(TotalsReader, WithoutQuotedRows) { expect_sums(with_quotes(interleaved(1000, 7), 3)); }

/// Every connection has a quoted row: what was read once is not read for each of them again.
TEST(TotalsReader, OfThousandsInOneChunk) { expect_sums(with_quotes(interleaved(60'000, 20'000), 1)); }

TEST(TotalsReader, OverSeveralChunks) { expect_sums(with_quotes(interleaved(200'000, 5), 4)); }

/// More chunks than are kept: from the third connection on, those that one pass over the file found.
TEST(TotalsReader, OverManyChunks) { expect_sums(with_quotes(interleaved(20 * 65'536, 3, 10), 7)); }

TEST(TotalsReader, TellsDamageOnceAndKeepsWhatTheTableSays) {
  std::vector<std::uint8_t> bytes = MemoryRecord(with_quotes(interleaved(1000, 4), 3)).sink.file;
  const read::ChunkInfo chunk = TestRecord(bytes).file().segment_chunk_info(0);
  bytes[chunk.offset + chunk.bytes - 100] ^= 1;  // the vector built first, of the times, stands last
  TestRecord record(bytes);
  TotalsReader reader(record.file());
  for (std::uint64_t entry = 0; entry < record.table().size(); ++entry) {
    const read::Connection connection = record.table().at(entry);
    EXPECT_EQ(reader.of(connection).frames[0], connection.side[0].segments);
  }
  ASSERT_EQ(reader.damage().size(), 1U);
  EXPECT_THAT(reader.damage()[0].message, HasSubstr("does not match its checksum"));
}

}  // namespace
}  // namespace pcapsule::select
