// SPDX-License-Identifier: Apache-2.0
// Which connection a segment belongs to, its roles and sequence bases.
#include "extractor/track/connection_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/unit/extractor/track/tracker_fixture.h"

namespace pcapsule::track {
namespace {

using decode::Segment;
using namespace testing;
using ::testing::ElementsAre;

TEST_F(TrackerTest, S11BothDirectionsAreOneConnection) {
  const TrackedRow syn = feed(make_.from_client(kSyn, 100));
  const TrackedRow answer = feed(make_.from_server(kSynAckFlags, 500, 101));
  EXPECT_EQ(syn.connection, answer.connection);
  EXPECT_EQ(syn.side, kA);
  EXPECT_EQ(answer.side, kB);
}

TEST_F(TrackerTest, S11EqualAddressesAreToldApartByPort) {
  const Endpoint one = {IpAddress::v4(1), 10};
  const Endpoint two = {IpAddress::v4(1), 20};
  EXPECT_EQ(feed(make_.make(one, two, kSyn, 1, 0, 0)).side, kA);
  EXPECT_EQ(feed(make_.make(two, one, kSynAckFlags, 9, 2, 0)).side, kB);
  EXPECT_EQ(tracker_.connections(), 1U);
}

TEST_F(TrackerTest, S11EqualEndpointsAreOneSide) {
  const Endpoint end = {IpAddress::v4(1), 10};
  EXPECT_EQ(feed(make_.make(end, end, kSyn, 1, 0, 0)).side, kA);
  EXPECT_EQ(feed(make_.make(end, end, kSynAckFlags, 1, 2, 0)).side, kA);
}

TEST_F(TrackerTest, S11AddressVersionsAreDifferentKeys) {
  const Endpoint v4_one = {IpAddress::v4(1), 10};
  const Endpoint v4_two = {IpAddress::v4(2), 20};
  const Endpoint v6_one = {IpAddress::v6(0, 1), 10};
  const Endpoint v6_two = {IpAddress::v6(0, 2), 20};
  EXPECT_EQ(feed(make_.make(v4_one, v4_two, kAck, 1, 1, 0)).connection, 0U);
  EXPECT_EQ(feed(make_.make(v6_one, v6_two, kAck, 1, 1, 0)).connection, 1U);
  EXPECT_EQ(tracker_.endpoint(record(1), kB), v6_two);
}

TEST_F(TrackerTest, S12SynWithAnotherSeqStartsAConnection) {
  EXPECT_THAT(numbers({make_.from_client(kSyn, 100), make_.from_server(kSynAckFlags, 500, 101),
                       make_.from_client(kSyn, 900), make_.from_client(kAck, 901, 501)}),
              ElementsAre(0, 0, 1, 1));
  EXPECT_EQ(record(1).previous_connection, 0U);
}

TEST_F(TrackerTest, S12SynWithTheSameSeqAfterResetIsARetry) {
  EXPECT_THAT(numbers({make_.from_client(kSyn, 100), make_.from_server(kRstAck, 0, 101), make_.from_client(kSyn, 100)}),
              ElementsAre(0, 0, 0));
  EXPECT_EQ(record().syns, 2);
  EXPECT_EQ(record().retries, 1);
}

TEST_F(TrackerTest, S12BaseGuessedFromDataStillSplits) {
  EXPECT_THAT(numbers({make_.from_client(kAck, 100, 7), make_.from_client(kSyn, 900)}), ElementsAre(0, 1));
}

TEST_F(TrackerTest, S12BaseGuessedFromTheOtherSideStillSplits) {
  EXPECT_THAT(numbers({make_.from_server(kAck, 7, 100), make_.from_client(kSyn, 900)}), ElementsAre(0, 1));
}

TEST_F(TrackerTest, S12SynOfASideWithoutBaseJoins) {
  EXPECT_THAT(numbers({make_.from_server(kSyn, 7), make_.from_client(kSyn, 900)}), ElementsAre(0, 0));
}

TEST_F(TrackerTest, S12SynAckWithAnotherSeqSetsTheBaseAnew) {
  feed(make_.from_client(kSyn, 100));
  EXPECT_FALSE(feed(make_.from_server(kSynAckFlags, 500, 101)).rebased);
  EXPECT_TRUE(feed(make_.from_server(kSynAckFlags, 700, 101)).rebased);
  EXPECT_EQ(tracker_.connections(), 1U);
  EXPECT_EQ(record().direction[kB].base, 700U);
  ASSERT_NE(tracker_.repeats(record()), nullptr);
  EXPECT_EQ(tracker_.repeats(record())->first_base[kB], 500U);
}

TEST_F(TrackerTest, S12QuotedHeaderTakesANumberButIsNoSegment) {
  Segment quoted = make_.from_client(kAck, 5, 6);
  quoted.oddities = oddity::kQuoted;
  EXPECT_EQ(feed(quoted).connection, 0U);
  EXPECT_EQ(record().direction[kA].segments, 0U);
  EXPECT_EQ(record().other_rows, 1U);
  EXPECT_EQ(record().direction[kA].base_source, format::BaseSource::kNone);
}

TEST_F(TrackerTest, S15RoleFromSyn) {
  feed(make_.from_server(kSyn, 7));  // port 80 opens: the SYN decides, not the port
  tracker_.decide_roles();
  EXPECT_EQ(record().evidence, format::RoleEvidence::kSyn);
  EXPECT_EQ(record().marks & format::connection_mark::kClientIsB, 0);
}

TEST_F(TrackerTest, S15S17RoleFromSynAck) {
  feed(make_.from_server(kSynAckFlags, 7, 101));
  tracker_.decide_roles();
  EXPECT_EQ(record().evidence, format::RoleEvidence::kSynAck);
  EXPECT_NE(record().marks & format::connection_mark::kClientIsB, 0);
}

TEST_F(TrackerTest, S15ServerElsewhereBeatsThePort) {
  const Endpoint server = {IpAddress::v4(9), 9999};
  const Endpoint one = {IpAddress::v4(1), 80};  // a well-known port, but the other one is a server for sure
  feed(make_.make({IpAddress::v4(2), 40000}, server, kSyn, 1, 0, 0));
  feed(make_.make(server, one, kAck, 1, 1, 0));
  tracker_.decide_roles();
  EXPECT_EQ(record(1).evidence, format::RoleEvidence::kServerElsewhere);
  EXPECT_NE(record(1).marks & format::connection_mark::kClientIsB, 0);
}

TEST_F(TrackerTest, S15WellKnownThenLowerPortThenFirstSender) {
  const auto end = [](std::uint32_t address, std::uint16_t port) { return Endpoint{IpAddress::v4(address), port}; };
  feed(make_.make(end(1, 443), end(2, 5000), kAck, 1, 1, 0));
  feed(make_.make(end(3, 4000), end(4, 5000), kAck, 1, 1, 0));
  feed(make_.make(end(5, 5000), end(6, 5000), kAck, 1, 1, 0));
  tracker_.decide_roles();
  EXPECT_EQ(record(0).evidence, format::RoleEvidence::kWellKnownPort);
  EXPECT_NE(record(0).marks & format::connection_mark::kClientIsB, 0);
  EXPECT_EQ(record(1).evidence, format::RoleEvidence::kLowerPort);
  EXPECT_NE(record(1).marks & format::connection_mark::kClientIsB, 0);
  EXPECT_EQ(record(2).evidence, format::RoleEvidence::kFirstSender);
  EXPECT_EQ(record(2).marks & format::connection_mark::kClientIsB, 0);
}

TEST_F(TrackerTest, S16SimultaneousOpenIsOneConnectionOfTheFirstSyn) {
  feed(make_.from_client(kSyn, 100));
  feed(make_.from_server(kSyn, 500));
  feed(make_.from_client(kSynAckFlags, 100, 501));
  feed(make_.from_server(kSynAckFlags, 500, 101));
  tracker_.decide_roles();
  EXPECT_EQ(tracker_.connections(), 1U);
  EXPECT_EQ(record().marks & format::connection_mark::kClientIsB, 0);
}

TEST_F(TrackerTest, S18BaseOfTheOtherSideFromItsAck) {
  feed(make_.from_client(kAck, 1000, 2000));
  EXPECT_EQ(record().direction[kA].base, 999U);
  EXPECT_EQ(record().direction[kA].base_source, format::BaseSource::kSegment);
  EXPECT_EQ(record().direction[kB].base, 1999U);
  EXPECT_EQ(record().direction[kB].base_source, format::BaseSource::kPeerAck);
}

TEST_F(TrackerTest, S18PureSynSaysNothingOfTheOtherSide) {
  feed(make_.from_client(kSyn, 1000, 77));
  EXPECT_EQ(record().direction[kB].base_source, format::BaseSource::kNone);
}

TEST_F(TrackerTest, S18HeaderOfUnknownLengthSetsNoBase) {
  Segment fragment = make_.from_client(kAck, 1000, 2000);
  fragment.oddities = oddity::kFirstFragment;
  feed(fragment);
  EXPECT_EQ(record().direction[kA].base_source, format::BaseSource::kNone);
}

/// The numbers do not depend on the seed, and the index finds every connection
/// among many, against a map as oracle.
TEST(ConnectionTracker, ManyConnectionsAgainstAMap) {
  std::mt19937 random(7);
  ConnectionTracker tracker(HashSeed{random(), random()});
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint32_t> expected;
  SegmentMaker make;
  decode::SegmentBatch batch;
  std::vector<TrackedRow> rows;
  for (int i = 0; i < 200'000; ++i) {
    const Endpoint a = {IpAddress::v4(static_cast<std::uint32_t>(random() % 64)),
                        static_cast<std::uint16_t>(random() % 16)};
    const Endpoint b = {IpAddress::v4(static_cast<std::uint32_t>(random() % 64)),
                        static_cast<std::uint16_t>(random() % 16)};
    const auto code = [](const Endpoint& end) { return (end.address.low << 16) | end.port; };
    const auto key = std::minmax({code(a), code(b)});
    const auto [at, fresh] = expected.try_emplace(key, static_cast<std::uint32_t>(expected.size()));
    batch.clear();
    batch.segments.push_back(make.make(a, b, kAck, 1, 1, 0));
    tracker.track(batch, rows);
    ASSERT_EQ(rows[0].connection, at->second);
    ASSERT_EQ(tracker.connections() == expected.size(), true);
  }
}

}  // namespace
}  // namespace pcapsule::track
