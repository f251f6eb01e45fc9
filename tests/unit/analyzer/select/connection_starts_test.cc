// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/connection_starts.h"

#include <gtest/gtest.h>

#include <vector>

#include "common/net/tcp_oddity.h"
#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::select {
namespace {

using pcapsule::testing::interleaved;
using pcapsule::testing::TestRecord;

TEST(StartsOf, AreThoseOfEachConnection) {
  constexpr std::uint32_t kConnections = 300;
  decode::SegmentBatch batch = interleaved(70'000, kConnections);
  for (std::size_t i = 0; i < 65'600; ++i) {
    if (i % kConnections % 3 == 0) batch.segments[i].oddities = oddity::kQuoted;
  }
  TestRecord record(batch);
  std::vector<std::uint64_t> entries;
  for (std::uint64_t entry = 0; entry < kConnections; ++entry) entries.push_back(entry);
  DamageList damage;
  const auto starts = starts_of(record.file(), record.table(), entries, &damage);
  ASSERT_EQ(starts.size(), kConnections);
  for (std::uint64_t entry = 0; entry < kConnections; ++entry) {
    std::size_t first = entry;
    while (batch.segments[first].oddities != 0) first += kConnections;
    ASSERT_EQ(starts[entry].value, batch.segments[first].time.value) << entry;
    ASSERT_EQ(start_of(record.file(), record.table().at(entry)).value, starts[entry].value) << entry;
  }
  EXPECT_TRUE(damage.empty());
}

}  // namespace
}  // namespace pcapsule::select
