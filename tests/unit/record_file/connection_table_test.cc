// SPDX-License-Identifier: Apache-2.0
#include "analyzer/read/connection_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/extractor/track/segment_maker.h"
#include "tests/unit/record_file/memory_record.h"

namespace pcapsule {
namespace {

using read::ConnectionTable;
using testing::MemoryRecord;
using testing::TemporaryFile;

constexpr std::uint32_t kConnections = format::kMaxChunkRows + 6;  // several chunks

/// Connection i is of one segment, which client 10.0.0.0 + i sent.
std::vector<std::uint8_t> many_connections() {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  for (std::uint32_t i = 0; i < kConnections; ++i) {
    const Endpoint client = {IpAddress::v4(0x0a000000 + i), 1000};
    batch.segments.push_back(make.make(client, {IpAddress::v4(0xc0000201), 80}, 0x10, 100 + i, 1, 10));
  }
  return MemoryRecord(batch).sink.file;
}

class ManyConnections : public ::testing::Test {
 protected:
  read::RecordFile open() const { return std::move(*read::RecordFile::open(on_disk_.path())); }
  const std::vector<std::uint8_t> good_ = many_connections();
  const TemporaryFile on_disk_{good_};
};

TEST_F(ManyConnections, AreFoundInAPartOfTheTable) {
  read::RecordFile file = open();
  const std::vector<read::ConnectionRange> wanted = {{kConnections - 3, kConnections - 2}};
  const auto table = ConnectionTable::open(file, wanted);
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_EQ(table->size(), kConnections);
  EXPECT_EQ(table->find(kConnections - 3), kConnections - 3);
  EXPECT_EQ(table->find(kConnections), std::nullopt);
  EXPECT_EQ(table->number(5), 5U);
  const read::Connection connection = table->at(kConnections - 3);
  EXPECT_EQ(connection.number, kConnections - 3);
  EXPECT_EQ(to_text(connection.side[0].endpoint), "10.1.0.3:1000");
}

TEST_F(ManyConnections, APartIsNotSpoiltByDamageElsewhere) {
  std::vector<std::uint8_t> bad = good_;
  const read::ChunkInfo first = open().connection_chunk_info(0);
  bad[first.offset + first.bytes / 2] ^= 1;
  on_disk_.replace(bad);
  read::RecordFile file = open();
  EXPECT_FALSE(ConnectionTable::open(file).ok());
  const std::vector<read::ConnectionRange> first_chunk = {{0, 5}, {kConnections - 1, kConnections - 1}};
  EXPECT_FALSE(ConnectionTable::open(file, first_chunk).ok());
  const std::vector<read::ConnectionRange> second_chunk = {{kConnections - 1, 0xffff'ffff}};
  EXPECT_TRUE(ConnectionTable::open(file, second_chunk).ok());
}

TEST(ConnectionFacts, AreThoseAskedFor) {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  batch.segments = {make.from_client(0x02, 100),          make.from_client(0x02, 100),
                    make.from_server(0x12, 900, 101),     make.from_client(0x10, 101, 901),
                    make.from_client(0x11, 101, 901, 10), make.from_server(0x14, 901, 112)};
  const TemporaryFile on_disk(MemoryRecord(batch).sink.file);
  auto file = read::RecordFile::open(on_disk.path());
  const auto table = ConnectionTable::open(*file);
  const read::Connection all = table->at(0);
  ASSERT_EQ(all.resets.size(), 1U);
  ASSERT_TRUE(all.last_syn && all.first_syn && all.last_syn->frame == 2 && all.first_syn->frame == 1);

  const read::Connection identity = table->at(0, read::Facts::kIdentity);
  EXPECT_EQ(identity.side[1].endpoint, all.side[1].endpoint);
  EXPECT_EQ(identity.segments(), 6U);
  EXPECT_EQ(identity.first.time, all.first.time);
  EXPECT_FALSE(identity.first_syn || !identity.resets.empty() || identity.seen != 0);

  const read::Connection totals = table->at(0, read::Facts::kTotals);
  EXPECT_EQ(totals.last.frame, 6U);
  EXPECT_EQ(totals.side[0].wire_bytes, all.side[0].wire_bytes);
  EXPECT_EQ(totals.last_chunk, all.last_chunk);

  const read::Connection events = table->at(0, read::Facts::kEvents);
  EXPECT_EQ(events.seen, all.seen);
  EXPECT_EQ(events.syns, 2U);
  EXPECT_EQ(events.last_syn->frame, 2U);
  EXPECT_EQ(events.last_own_syn->frame, all.last_own_syn->frame);
  EXPECT_EQ(events.syn_ack->frame, 3U);
  EXPECT_EQ(events.handshake_ack->frame, 4U);
  EXPECT_EQ(events.side[0].fin->frame, 5U);
  EXPECT_EQ(events.resets.size(), 1U);
  EXPECT_EQ(table->entries_with_resets(), std::vector<std::uint64_t>{0});
}

}  // namespace
}  // namespace pcapsule
