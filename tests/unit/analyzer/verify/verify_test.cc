// SPDX-License-Identifier: Apache-2.0
#include "analyzer/verify/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/extractor/track/segment_maker.h"
#include "tests/unit/record_file/memory_record.h"

namespace pcapsule::verify {
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
  if (file) return faults_of(*file);
  FaultList refused(on_disk.path());
  refused.add(file.error().message);
  return refused;
}

TEST(Verify, FindsNothingInAGoodFile) {
  const FaultList faults = verify_bytes(record_bytes());
  EXPECT_EQ(faults.count(), 0U) << faults.lines().front();
}

/// Three segments in two captures, of one and of two frames.
FaultList verify_captures(const std::function<void(std::vector<record::CaptureInfo>&)>& change) {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  for (std::uint32_t i = 0; i < 3; ++i) {
    batch.segments.push_back(make.make({IpAddress::v4(1), 1}, {IpAddress::v4(2), 80}, 0x10, 100 + i, 1, 10));
  }
  std::vector<record::CaptureInfo> captures(2);
  captures[0].frames = captures[0].rows = 1;
  captures[1].frames = captures[1].rows = 2;
  captures[1].first_frame = 2;
  captures[1].first_row = 1;
  for (record::CaptureInfo& capture : captures) capture.interfaces.resize(1);
  change(captures);
  return verify_bytes(MemoryRecord(batch, captures).sink.file);
}

TEST(Verify, CapturesFollowEachOther) {
  using Captures = std::vector<record::CaptureInfo>;
  EXPECT_EQ(verify_captures([](Captures&) {}).count(), 0U);
  const auto expect_fault = [](const FaultList& faults, const char* what) {
    ASSERT_EQ(faults.count(), 1U);
    EXPECT_THAT(faults.lines().front(), HasSubstr(what));
  };
  constexpr auto kBegin = "do not begin behind those of the capture before";
  expect_fault(verify_captures([](Captures& all) { all[0].first_frame = 0; }), kBegin);
  expect_fault(verify_captures([](Captures& all) { all[1].first_frame = 3; }), kBegin);
  expect_fault(verify_captures([](Captures& all) { all[1].first_row = 2; }), kBegin);
  expect_fault(verify_captures([](Captures& all) { all[1].rows = 3; }), "do not add up");
  expect_fault(verify_captures([](Captures& all) { all[1].frames = ~std::uint64_t{0}; }), "do not add up");
  expect_fault(verify_captures([](Captures& all) { all[0].first_frame_time.value = 5; }), "stamp of the first frame");
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
}  // namespace pcapsule::verify
