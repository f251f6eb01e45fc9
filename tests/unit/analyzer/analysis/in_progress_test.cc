// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/in_progress.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::analysis {
namespace {

const IpAddress kHere = IpAddress::v4(1);
const IpAddress kThere = IpAddress::v4(2);
const IpAddress kElsewhere = IpAddress::v4(3);

struct InstantCase {
  const char* name;
  ConnectionLife life;
  std::uint64_t frame;
  std::array<std::uint64_t, kProgressKinds> count;  ///< established, handshake, uncertain
};

class AtTheInstant : public ::testing::TestWithParam<InstantCase> {};

TEST_P(AtTheInstant, OneOtherConnectionIs) {
  const InstantCase& c = GetParam();
  const auto others = others_in_progress({&c.life, 1}, std::vector<Instant>{{kHere, kThere, c.frame}}, 1);
  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(others[0].count, c.count);
  EXPECT_EQ(others[0].listed.size(), others[0].all());
}

const ConnectionLife kClosed = {7, kHere, kElsewhere, 10, 12, 20, true};
const ConnectionLife kOpen = {7, kHere, kElsewhere, 10, 12, 20, false};
const ConnectionLife kNever = {7, kHere, kElsewhere, 10, std::nullopt, 20, false};
const ConnectionLife kMidStream = {7, kHere, kElsewhere, 10, 10, 20, false};
const ConnectionLife kSameServer = {7, kHere, kThere, 10, 12, 20, false};
const ConnectionLife kOtherClient = {7, kThere, kElsewhere, 10, 12, 20, false};

INSTANTIATE_TEST_SUITE_P(S43, AtTheInstant,
                         ::testing::ValuesIn(std::vector<InstantCase>{
                             {"not_begun", kClosed, 9, {0, 0, 0}},
                             {"begins_with_the_frame", kClosed, 10, {0, 1, 0}},
                             {"in_its_handshake", kClosed, 11, {0, 1, 0}},
                             {"established_with_the_frame", kClosed, 12, {1, 0, 0}},
                             {"ends_with_the_frame", kClosed, 20, {1, 0, 0}},
                             {"ended", kClosed, 21, {0, 0, 0}},
                             {"last_segment", kOpen, 20, {1, 0, 0}},
                             {"silent_and_never_closed", kOpen, 21, {0, 0, 1}},
                             {"never_established", kNever, 20, {0, 1, 0}},
                             {"never_established_and_silent", kNever, 500, {0, 0, 1}},
                             {"capture_began_later", kMidStream, 10, {1, 0, 0}},
                             {"to_the_same_server", kSameServer, 15, {0, 0, 0}},
                             {"of_another_client", kOtherClient, 15, {0, 0, 0}},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

/// Few addresses and frames, so that everything overlaps and ties are common.
class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t end) { return std::uniform_int_distribution<std::uint64_t>(0, end - 1)(engine_); }

  ConnectionLife life(std::uint64_t entry, std::uint64_t frames) {
    ConnectionLife life;
    life.entry = entry;
    life.client = IpAddress::v4(static_cast<std::uint32_t>(below(4)));
    life.server = IpAddress::v4(static_cast<std::uint32_t>(below(6)));
    life.first_frame = below(frames);
    life.end_frame = life.first_frame + below(frames / 3);
    if (below(4) > 0) life.established_frame = life.first_frame + below(frames / 2);
    life.closed = below(3) > 0;
    return life;
  }
  Instant instant(std::uint64_t frames) {
    return {IpAddress::v4(static_cast<std::uint32_t>(below(5))), IpAddress::v4(static_cast<std::uint32_t>(below(7))),
            below(frames)};
  }

 private:
  std::mt19937 engine_;
};

/// S43 word by word.
std::optional<Progress> progress_at(const ConnectionLife& life, const Instant& instant) {
  if (life.client != instant.client || life.server == instant.server || life.first_frame > instant.frame) return {};
  if (life.end_frame < instant.frame) return life.closed ? std::nullopt : std::optional(Progress::kUncertain);
  const bool established = life.established_frame && *life.established_frame <= instant.frame;
  return established ? Progress::kEstablished : Progress::kHandshake;
}

using Listing = std::vector<std::tuple<Progress, IpAddress, std::uint64_t>>;

Listing all_others(const std::vector<ConnectionLife>& lives, const Instant& instant) {
  Listing all;
  for (const ConnectionLife& life : lives) {
    if (const auto progress = progress_at(life, instant)) all.emplace_back(*progress, life.server, life.entry);
  }
  std::ranges::sort(all);
  return all;
}

class AgainstCountingThemAll : public ::testing::TestWithParam<unsigned> {};

TEST_P(AgainstCountingThemAll, CountsAndListsAreEqual) {
  constexpr std::uint64_t kFrames = 2000;
  constexpr std::size_t kListed = 7;
  constexpr std::size_t kInstants = 500;
  Random random(GetParam());
  std::vector<ConnectionLife> lives;
  for (std::uint64_t i = 0; i < 3000; ++i) lives.push_back(random.life(i, kFrames));
  std::vector<Instant> instants;
  instants.reserve(kInstants);
  for (std::size_t i = 0; i < kInstants; ++i) instants.push_back(random.instant(kFrames));
  const auto found = others_in_progress(lives, instants, kListed);
  const auto unlisted = others_in_progress(lives, instants, 0);
  ASSERT_EQ(found.size(), instants.size());
  std::uint64_t counted = 0;
  for (std::size_t i = 0; i < instants.size(); ++i) {
    const Listing all = all_others(lives, instants[i]);
    std::array<std::uint64_t, kProgressKinds> count{};
    for (const auto& other : all) ++count[static_cast<std::size_t>(std::get<0>(other))];
    ASSERT_EQ(found[i].count, count) << "instant " << i;
    ASSERT_EQ(unlisted[i].count, count);
    ASSERT_TRUE(unlisted[i].listed.empty());
    ASSERT_EQ(found[i].listed.size(), std::min(kListed, all.size()));
    for (std::size_t k = 0; k < found[i].listed.size(); ++k) {
      ASSERT_EQ(found[i].listed[k].progress, std::get<0>(all[k])) << "instant " << i;
      ASSERT_EQ(found[i].listed[k].entry, std::get<2>(all[k])) << "instant " << i;
    }
    counted += all.size();
  }
  EXPECT_GT(counted, 50'000U) << "the connections hardly overlap: nothing was tested";
}

INSTANTIATE_TEST_SUITE_P(Seeds, AgainstCountingThemAll, ::testing::Range(0U, 8U));

TEST(OthersInProgress, OfNothingAreNone) {
  EXPECT_TRUE(others_in_progress({}, {}, 5).empty());
  const auto others = others_in_progress({}, std::vector<Instant>{{kHere, kThere, 1}}, 5);
  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(others[0].all(), 0U);
}

constexpr std::uint16_t kF = 1, kS = 2, kR = 4, kA = 16;

struct Sent {
  bool client;
  std::uint16_t flags;
  std::uint32_t seq;
  std::uint32_t ack;
  std::uint32_t payload = 0;
};

struct LifeCase {
  const char* name;
  std::vector<Sent> sent;
  std::optional<std::uint64_t> established;
  std::uint64_t end;
  bool closed;
};

class LifeOfConnections : public ::testing::TestWithParam<LifeCase> {};

TEST_P(LifeOfConnections, IsToldByTheTable) {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  for (const Sent& s : GetParam().sent) {
    batch.segments.push_back(s.client ? make.from_client(s.flags, s.seq, s.ack, s.payload)
                                      : make.from_server(s.flags, s.seq, s.ack, s.payload));
  }
  const pcapsule::testing::TestRecord record(batch);
  const read::Connection connection = record.table().at(0);
  const ConnectionLife life = life_of(3, connection, totals_of(connection));
  EXPECT_EQ(life.entry, 3U);
  EXPECT_EQ(life.client, connection.client_side().endpoint.address);
  EXPECT_EQ(life.server, connection.server_side().endpoint.address);
  EXPECT_EQ(life.first_frame, 1U);
  EXPECT_EQ(life.established_frame, GetParam().established);
  EXPECT_EQ(life.end_frame, GetParam().end);
  EXPECT_EQ(life.closed, GetParam().closed);
}

const Sent kSyn = {true, kS, 100, 0};
const Sent kSynAck = {false, kS | kA, 900, 101};
const Sent kAck = {true, kA, 101, 901};
const Sent kClientFin = {true, kF | kA, 101, 901};
const Sent kServerFin = {false, kF | kA, 901, 102};
const Sent kLastAck = {true, kA, 102, 902};

INSTANTIATE_TEST_SUITE_P(
    S43, LifeOfConnections,
    ::testing::ValuesIn(std::vector<LifeCase>{
        {"whole_and_a_late_ack",
         {kSyn, kSynAck, kAck, kClientFin, kServerFin, kLastAck, {false, kA, 902, 102}},
         3,
         6,
         true},
        {"unanswered", {kSyn, kSyn}, std::nullopt, 2, false},
        {"refused_and_more", {kSyn, {false, kR | kA, 0, 101}, {false, kR | kA, 0, 101}}, std::nullopt, 2, true},
        {"open", {kSyn, kSynAck, kAck, {true, kA, 101, 901, 10}}, 3, 4, false},
        {"fin_one_way", {kSyn, kSynAck, kAck, kClientFin, {false, kA, 901, 102}}, 3, 5, false},
        {"fin_both_ways_last_ack_not_captured", {kSyn, kSynAck, kAck, kClientFin, kServerFin}, 3, 5, true},
        {"reset_and_data_after_it", {kSyn, kSynAck, kAck, {true, kR, 101, 0}, {false, kA, 901, 101, 9}}, 3, 4, true},
        {"suspect_reset_ends_nothing", {kSyn, kSynAck, kAck, {true, kR, 500'000'000, 0}, kAck}, 3, 5, false},
        {"ack_not_captured", {kSyn, kSynAck}, std::nullopt, 2, false},
        {"only_the_server_was_captured", {kSynAck, {false, kA, 901, 101, 9}}, 1, 2, false},
        {"capture_began_later", {{true, kA, 101, 901, 10}, {false, kA, 901, 111}}, 1, 2, false},
    }),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pcapsule::analysis
