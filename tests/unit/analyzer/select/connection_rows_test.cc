// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/connection_rows.h"

#include <gtest/gtest.h>

#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::select {
namespace {

using pcapsule::testing::interleaved;
using pcapsule::testing::TestRecord;

TEST(ConnectionRows, GathersInTheOrderThatWasAskedFor) {
  TestRecord record(interleaved(200'000, 100));
  ConnectionRows reader(record.file(), record.table(), false);
  std::vector<analysis::compare::TapRows> rows;
  const std::vector<std::uint64_t> entries = {70, 3, 42};
  reader.gather(entries, ~std::uint64_t{0}, rows);
  ASSERT_GE(rows.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_EQ(rows[i].segments.size(), 2000U);
    for (std::size_t k = 0; k < 2000; ++k) ASSERT_EQ(rows[i].segments[k].frame, 1 + entries[i] + k * 100);
  }
  EXPECT_TRUE(reader.damage().empty());
}

TEST(ConnectionRows, GathersManyInOnePass) {
  TestRecord record(interleaved(10'000, 500));
  ConnectionRows reader(record.file(), record.table(), false);
  std::vector<analysis::compare::TapRows> rows;
  std::vector<std::uint64_t> entries;
  for (std::uint64_t i = 500; i-- > 0;) entries.push_back(i);
  reader.gather(entries, ~std::uint64_t{0}, rows);
  for (std::size_t i = 0; i < 500; ++i) {
    ASSERT_EQ(rows[i].segments.size(), 20U);
    ASSERT_EQ(rows[i].segments[0].frame, 500 - i);
  }
}

TEST(ConnectionRows, OnlyTheFirstOfEach) {
  TestRecord record(interleaved(1000, 10));
  ConnectionRows reader(record.file(), record.table(), false);
  std::vector<analysis::compare::TapRows> rows;
  const std::vector<std::uint64_t> entries = {4};
  reader.gather(entries, 7, rows);
  EXPECT_EQ(rows[0].segments.size(), 7U);
  EXPECT_EQ(rows[0].segments[6].seq, 6100);
}

TEST(ConnectionRows, WhatWasThereBeforeIsDropped) {
  TestRecord record(interleaved(1000, 10));
  ConnectionRows reader(record.file(), record.table(), false);
  std::vector<analysis::compare::TapRows> rows;
  const std::vector<std::uint64_t> first = {1, 2};
  const std::vector<std::uint64_t> second = {3};
  reader.gather(first, ~std::uint64_t{0}, rows);
  reader.gather(second, ~std::uint64_t{0}, rows);
  EXPECT_EQ(rows[0].segments.size(), 100U);
  EXPECT_EQ(rows[0].segments[0].frame, 4U);
}

TEST(ConnectionRows, LeavesCopiesAtTheTapOutUnlessTheyAreWanted) {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  for (unsigned i = 0; i < 4; ++i) {
    const Endpoint client = {IpAddress::v4(0x0a000001), 1000};
    batch.segments.push_back(make.make(client, {IpAddress::v4(0x0a000002), 80}, 0x10, 100 + i / 2, 1, 0));
    batch.segments.back().time = {static_cast<std::int64_t>(i) * 100'000};
  }
  TestRecord record(batch);
  const std::vector<std::uint64_t> entries = {0};
  std::vector<analysis::compare::TapRows> rows;
  ConnectionRows(record.file(), record.table(), false).gather(entries, ~std::uint64_t{0}, rows);
  EXPECT_EQ(rows[0].segments.size(), 2U);
  EXPECT_EQ(rows[0].duplicates[0], 2U);
  ConnectionRows(record.file(), record.table(), true).gather(entries, ~std::uint64_t{0}, rows);
  EXPECT_EQ(rows[0].segments.size(), 4U);
  EXPECT_EQ(rows[0].duplicates[0], 0U);
}

}  // namespace
}  // namespace pcapsule::select
