// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/labels/mptcp_timeline.h"

#include <gtest/gtest.h>

#include <vector>

#include "analyzer/analysis/labels/key_token.h"

namespace pcapsule::analysis {
namespace {

constexpr std::uint64_t kKey = 0x0102030405060708;
constexpr std::uint8_t kSeenCapable = 1, kSeenJoin = 2, kSeenDss = 4;

std::vector<std::uint8_t> capable(std::uint8_t version, std::uint64_t key) {
  std::vector<std::uint8_t> option = {30, 12, version, 0x81};
  for (int shift = 56; shift >= 0; shift -= 8) option.push_back(static_cast<std::uint8_t>(key >> shift));
  return option;
}

std::vector<std::uint8_t> join(std::uint32_t token) {
  std::vector<std::uint8_t> option = {30, 12, 0x10, 1};
  for (int shift = 24; shift >= 0; shift -= 8) option.push_back(static_cast<std::uint8_t>(token >> shift));
  option.insert(option.end(), 4, 0);
  return option;
}

// The tokens are those that Python's hashlib yields.
TEST(KeyToken, OfKnownKeys) {
  EXPECT_EQ(token_of_key_v0(0), 0x05fe4057U);
  EXPECT_EQ(token_of_key_v1(0), 0xaf5570f5U);
  EXPECT_EQ(token_of_key_v0(kKey), 0xdd5783bcU);
  EXPECT_EQ(token_of_key_v1(kKey), 0x66840ddaU);
}

TEST(MptcpTimeline, KnowsNothingWithoutOptions) {
  MptcpTimeline timeline;
  const std::vector<std::uint8_t> mss = {2, 4, 5, 180};
  timeline.feed({0, 7, 0, false, false, mss});
  EXPECT_TRUE(timeline.empty());
  EXPECT_EQ(timeline.seen_before(7, 100), std::nullopt);
}

TEST(MptcpTimeline, ARowCountsFromTheNextOn) {
  MptcpTimeline timeline;
  timeline.feed({3, 7, 0, false, false, capable(0, kKey)});
  timeline.feed({5, 7, 1, false, true, {}});
  EXPECT_EQ(timeline.seen_before(7, 3), std::nullopt);
  EXPECT_EQ(timeline.seen_before(7, 4), kSeenCapable);
  EXPECT_EQ(timeline.seen_before(7, 5), kSeenCapable);
  EXPECT_EQ(timeline.seen_before(7, 6), kSeenCapable | kSeenDss);
}

TEST(MptcpTimeline, JoinsByToken) {
  for (const std::uint8_t version : {std::uint8_t{0}, std::uint8_t{1}}) {
    MptcpTimeline timeline;
    timeline.feed({0, 7, 0, false, false, capable(version, kKey)});
    const std::uint32_t token = version == 0 ? token_of_key_v0(kKey) : token_of_key_v1(kKey);
    timeline.feed({1, 8, 1, false, false, join(token)});
    timeline.feed({2, 9, 0, false, false, join(token + 1)});
    EXPECT_EQ(timeline.seen_before(7, 10), kSeenCapable | kSeenJoin);
    EXPECT_EQ(timeline.seen_before(8, 10), kSeenCapable | kSeenJoin);
    EXPECT_EQ(timeline.seen_before(9, 10), kSeenJoin) << "an unknown token is a group of its own";
  }
}

TEST(MptcpTimeline, ABrokenWalkFoundsButAddsNothing) {
  MptcpTimeline timeline;
  timeline.feed({0, 7, 0, true, false, capable(0, kKey)});
  EXPECT_EQ(timeline.seen_before(7, 1), 0);
}

TEST(MptcpTimeline, ACapableOptionWithoutKeysFoundsNothing) {
  MptcpTimeline timeline;
  const std::vector<std::uint8_t> syn_of_version_1 = {30, 4, 1, 0x81};
  timeline.feed({0, 7, 0, false, false, syn_of_version_1});
  EXPECT_TRUE(timeline.empty());
}

}  // namespace
}  // namespace pcapsule::analysis
