// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/connection_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::select {
namespace {

using pcapsule::testing::TestRecord;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Connections 0, 1, 2 with 2, 1 and 3 segments; the client ports fall.
decode::SegmentBatch three_connections() {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  for (const std::uint16_t port : std::array<std::uint16_t, 6>{3000, 2000, 1000, 3000, 1000, 1000}) {
    const Endpoint client = {IpAddress::v4(0x0a000001), port};
    batch.segments.push_back(make.make(client, {IpAddress::v4(0x0a000002), 80}, 0x10, 100, 1, 10));
  }
  return batch;
}

std::vector<std::uint64_t> ordered(std::string_view key, std::uint64_t count = 100) {
  TestRecord record(three_connections());
  const auto order = parse_connection_order(key);
  EXPECT_TRUE(order.ok()) << key;
  TotalsReader totals(record.file());
  return ordered_entries(record.file(), record.table(), analysis::ConnectionSet::all(record.table().size()), *order,
                         count, totals);
}

TEST(ConnectionOrder, AmountsComeGreatestFirst) {
  EXPECT_THAT(ordered("segments"), ElementsAre(2, 0, 1));
  EXPECT_THAT(ordered("bytes"), ElementsAre(2, 0, 1));
  EXPECT_THAT(ordered("pcapsule.client_payload_bytes"), ElementsAre(2, 0, 1));
  EXPECT_THAT(ordered("duration"), ElementsAre(0, 2, 1));  // 3 ms each, then none: ties by number
}

TEST(ConnectionOrder, PositionsAndTextsComeLeastFirst) {
  EXPECT_THAT(ordered("stream"), ElementsAre(0, 1, 2));
  EXPECT_THAT(ordered("start"), ElementsAre(0, 1, 2));
  EXPECT_THAT(ordered("client"), ElementsAre(2, 1, 0));
  EXPECT_THAT(ordered("conn_state"), ElementsAre(0, 1, 2));
}

/// Facts that a field reads must be among those that it is sorted with.
TEST(ConnectionOrder, FieldsHaveTheFactsTheyNeed) {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  batch.segments = {make.from_client(0x02, 100), make.from_server(0x12, 900, 101), make.from_client(0x18, 101, 901, 10),
                    make.from_server(0x11, 901, 111), make.from_client(0x14, 111, 902)};
  TestRecord record(batch);
  const read::Connection all = record.table().at(0);
  for (const fields::Field& field : fields::all_fields()) {
    if (field.of_connection == nullptr) continue;
    const read::Connection some = record.table().at(0, facts_of(field));
    EXPECT_EQ(field.of_connection({some, analysis::totals_of(some)}),
              field.of_connection({all, analysis::totals_of(all)}))
        << field.name;
  }
}

TEST(ConnectionOrder, OnlyTheFirst) { EXPECT_THAT(ordered("bytes", 2), ElementsAre(2, 0)); }

TEST(ConnectionOrder, ByNumberWithoutAField) {
  TestRecord record(three_connections());
  auto set = analysis::ConnectionSet::none(3);
  set.insert(2);
  set.insert(0);
  TotalsReader totals(record.file());
  EXPECT_THAT(ordered_entries(record.file(), record.table(), set, {}, 100, totals), ElementsAre(0, 2));
}

TEST(ConnectionOrder, RefusesFieldsOfSegments) {
  EXPECT_THAT(parse_connection_order("tcp.len").error().message, HasSubstr("--sort tcp.len"));
  EXPECT_FALSE(parse_connection_order("").ok());
}

}  // namespace
}  // namespace pcapsule::select
