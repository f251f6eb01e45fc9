// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/extractor/track/segment_maker.h"
#include "tests/unit/record_file/memory_record.h"

namespace pcapsule::analysis {
namespace {

using pcapsule::testing::MemoryRecord;
using pcapsule::testing::TemporaryFile;
using ::testing::HasSubstr;

/// A record of ten connections over two chunks.
std::vector<std::uint8_t> record_bytes() {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  for (std::uint32_t i = 0; i < 70'000; ++i) {
    const Endpoint client = {IpAddress::v4(0x0a000001), static_cast<std::uint16_t>(1000 + i % 10)};
    batch.segments.push_back(make.make(client, {IpAddress::v4(0x0a000002), 80}, 0x10, 100 + i, 1, 10));
  }
  return MemoryRecord(batch).sink.file;
}

FaultList verify_bytes(const std::vector<std::uint8_t>& bytes) {
  const TemporaryFile on_disk(bytes);
  auto file = read::RecordFile::open(on_disk.path());
  if (file) return verify(*file);
  FaultList refused(on_disk.path());
  refused.add(file.error().message);
  return refused;
}

TEST(Verify, FindsNothingInAGoodFile) {
  const FaultList faults = verify_bytes(record_bytes());
  EXPECT_EQ(faults.count(), 0U) << faults.lines().front();
}

/// Stamps in whole microseconds, of which a distance modulo 2^64 is not in whole microseconds.
TEST(Verify, FindsNothingInAFileOfStampsAtBothEndsOfTime) {
  constexpr std::int64_t kEnd = 9'223'372'036'854'775'000;
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  for (const bool far : {false, true}) {
    const Endpoint client = {IpAddress::v4(0x0a000001), static_cast<std::uint16_t>(1000 + (far ? 1 : 0))};
    const Endpoint server = {IpAddress::v4(0x0a000002), 80};
    const std::size_t first = batch.segments.size();
    batch.segments.push_back(make.make(client, server, 0x02, 100, 0, 0));
    batch.segments.push_back(make.make(server, client, 0x12, 900, 101, 0));
    batch.segments.push_back(make.make(client, server, 0x11, 101, 901, 0));
    batch.segments.push_back(make.make(server, client, 0x11, 901, 102, 0));
    batch.segments.push_back(make.make(client, server, 0x10, 102, 902, 0));
    for (std::size_t i = first; i < batch.segments.size(); ++i) {
      const auto after = static_cast<std::int64_t>(i - first) * 4'000;
      batch.segments[i].time = {far && i > first ? -kEnd + after : kEnd - 100'000 + after};
    }
    batch.segments[first].time = {far ? kEnd : kEnd - 100'000};
  }
  const FaultList faults = verify_bytes(MemoryRecord(batch).sink.file);
  EXPECT_EQ(faults.count(), 0U) << faults.lines().front();
}

TEST(Verify, FindsAFlippedBitAnywhere) {
  const std::vector<std::uint8_t> good = record_bytes();
  for (std::size_t at = 0; at < good.size(); at += 9973) {
    std::vector<std::uint8_t> bad = good;
    bad[at] ^= 0x10;
    const FaultList faults = verify_bytes(bad);
    ASSERT_GT(faults.count(), 0U) << "byte " << at;
  }
}

TEST(Verify, NamesChunkAndOffset) {
  std::vector<std::uint8_t> bytes = record_bytes();
  bytes[5000] ^= 1;
  const FaultList faults = verify_bytes(bytes);
  ASSERT_EQ(faults.count(), 1U);
  EXPECT_THAT(faults.lines().front(), HasSubstr("chunk 0 at offset 16"));
}

TEST(FaultList, KeepsTheFirstAndCountsTheRest) {
  FaultList faults("x.fb");
  for (int i = 0; i < 1000; ++i) faults.add_to_file("bad");
  EXPECT_EQ(faults.count(), 1000U);
  EXPECT_EQ(faults.lines().size(), FaultList::kGreatestKept);
}

}  // namespace
}  // namespace pcapsule::analysis
