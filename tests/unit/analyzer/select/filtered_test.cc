// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/filtered.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::select {
namespace {

using pcapsule::testing::interleaved;
using pcapsule::testing::MemoryRecord;
using pcapsule::testing::TestRecord;

std::string found(TestRecord& record, const SelectionSpec& spec) {
  const Selection selection(spec, record.file().catalog(), record.table());
  DamageList damage;
  const auto connections = matching_connections(record.file(), record.table(), selection, damage);
  if (!damage.empty()) return "damaged";
  std::string text;
  for (std::uint64_t entry = 0; entry < connections.size(); ++entry) {
    if (connections.has(entry)) text += std::to_string(record.table().number(entry)) + " ";
  }
  return text;
}

SelectionSpec spec(const char* streams, const char* after = "", const char* before = "") {
  SelectionSpec out;
  if (*streams != '\0') out.streams = parse_streams(streams).value();
  if (*after != '\0') out.after = parse_time_bound(after).value();
  if (*before != '\0') out.before = parse_time_bound(before).value();
  return out;
}

/// Row i: connection i modulo 4, i + 1 milliseconds after the epoch, which is i after the first frame.
class ConnectionsOfATime : public ::testing::Test {
 protected:
  TestRecord record_{interleaved(12, 4)};
};

TEST_F(ConnectionsOfATime, WithoutTimesTheyAreTheSelected) {
  EXPECT_EQ(found(record_, spec("")), "0 1 2 3 ");
  EXPECT_EQ(found(record_, spec("1-2,9")), "1 2 ");
}

TEST_F(ConnectionsOfATime, HaveARowInTheTime) {
  // The record of a test has 0 as the stamp of its first frame.
  EXPECT_EQ(found(record_, spec("", "6ms", "8ms")), "1 2 ");
  EXPECT_EQ(found(record_, spec("", "", "3ms")), "0 1 ");
  EXPECT_EQ(found(record_, spec("", "13ms")), "");
}

TEST_F(ConnectionsOfATime, AreAlsoSelectedOtherwise) { EXPECT_EQ(found(record_, spec("2-3", "", "4ms")), "2 "); }

TEST_F(ConnectionsOfATime, ByTheirOwnClock) {
  EXPECT_EQ(found(record_, spec("", "+8ms")), "0 1 2 3 ");
  EXPECT_EQ(found(record_, spec("", "+9ms")), "");
}

TEST(ConnectionsOfATimeInADamagedFile, AreNotKnown) {
  std::vector<std::uint8_t> bytes = MemoryRecord(interleaved(1000, 4)).sink.file;
  const read::ChunkInfo chunk = TestRecord(bytes).file().segment_chunk_info(0);
  bytes[chunk.offset + chunk.bytes - 100] ^= 1;  // the vector built first, of the times, stands last
  TestRecord record(bytes);
  EXPECT_EQ(found(record, spec("", "0")), "damaged");
  EXPECT_EQ(found(record, spec("1")), "1 ");
}

}  // namespace
}  // namespace pcapsule::select
