// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/segment_match.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/analyzer/analysis/compare/made_pair.h"

namespace pcapsule::analysis::compare {
namespace {

using namespace testing;

/// Of each near row: the far row and how it was found, as `0e 1a - 2r`.
std::string to_text(const PairRows& pair) {
  constexpr std::string_view kKinds = "-earpcs";
  std::string text;
  for (const SegmentMatch::Row& row : pair.match.rows[kNear]) {
    if (!text.empty()) text += ' ';
    if (row.partner != kNoRow) text += std::to_string(row.partner);
    text += kKinds[static_cast<std::size_t>(row.kind)];
  }
  return text;
}

Made data(std::optional<double> near_ms, std::optional<double> far_ms, std::int64_t seq, std::uint32_t payload,
          std::uint16_t id, std::uint32_t value = 0) {
  return {kNearHost, near_ms, far_ms, kA, seq, 1, payload, id, value};
}

struct MatchCase {
  const char* name;
  std::vector<Made> made;
  std::string expected;
};
class MatchSegments : public ::testing::TestWithParam<MatchCase> {};

TEST_P(MatchSegments, FindsThePartner) { EXPECT_EQ(to_text(pair_of(GetParam().made)), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    S46, MatchSegments,
    ::testing::ValuesIn(std::vector<MatchCase>{
        {"in_order", {data(0, 10, 1, 100, 1), data(1, 11, 101, 100, 2)}, "0e 1e"},
        {"overtaken", {data(0, 12, 1, 100, 1), data(1, 11, 101, 100, 2)}, "1e 0e"},
        {"lost", {data(0, {}, 1, 100, 1), data(1, 11, 101, 100, 2)}, "- 0e"},
        {"only_the_copy_arrives_told_by_identification",
         {data(0, {}, 1, 100, 1), data(1, 11, 101, 100, 2), data(30, 40, 1, 100, 3)},
         "- 0e 1e"},
        {"only_the_copy_arrives_told_by_timestamp",
         {data(0, {}, 1, 100, 0, 5), data(1, 11, 101, 100, 0, 5), data(30, 40, 1, 100, 0, 9)},
         "- 0e 1e"},
        {"kth_to_kth_where_nothing_tells", {data(0, 10, 1, 100, 0), data(5, 15, 1, 100, 0)}, "0a 1a"},
        {"the_nearest_in_time_where_one_is_missing",
         {data(0, 10, 1, 10, 7), data(20, {}, 11, 100, 0), data(40, 50, 11, 100, 0), data(60, 70, 11, 100, 0)},
         "0e - 1a 2a"},
        {"a_network_that_doubles",
         {data(0, 10, 1, 100, 1), data({}, 30, 1, 100, 1), data(1, 11, 101, 100, 2)},
         "0a 1e"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(MatchSegments, WhatTheNetworkDoubledIsACopy) {
  const PairRows pair = pair_of({data(0, 10, 1, 100, 1), data({}, 30, 1, 100, 1)});
  EXPECT_EQ(pair.match.rows[kFar][1].kind, MatchKind::kCopy);
  EXPECT_FALSE(pair.match.has_partner(kFar, 1));
}

/// The same conversation, changed on its way to the far point.
template <class Change>
PairRows changed(Change change) {
  std::vector<Made> made;
  for (std::uint16_t i = 0; i < 8; ++i) made.push_back(data(i, i + 10.0, 1 + 100 * i, 100, i + 1, 50U + i));
  PairRows pair;
  pair.rows = {rows_of(made, kNear), rows_of(made, kFar)};
  for (Segment& s : pair.rows[kFar].segments) change(s);
  pair.match = match_segments(pair.rows[kNear], pair.rows[kFar]);
  return pair;
}

TEST(MatchSegments, IdentificationsThatAreRewrittenAreLeftOut) {
  const PairRows pair = changed([](Segment& s) { s.ip_id = static_cast<std::uint16_t>(s.ip_id * 7919); });
  EXPECT_EQ(pair.match.matched, 8U);
  EXPECT_EQ(pair.match.uses[0], (KeyUse{true, false, false}));
}

TEST(MatchSegments, TimestampsThatAreRewrittenAreLeftOut) {
  const PairRows pair = changed([](Segment& s) { s.ts_value += 1000; });
  EXPECT_EQ(pair.match.matched, 8U);
  EXPECT_EQ(pair.match.uses[0], (KeyUse{false, true, false}));
}

TEST(MatchSegments, OptionsThatOneCaptureCutAreNoDifference) {
  const PairRows pair = changed([](Segment& s) {
    if (s.frame % 2 == 0) return;
    s.has_timestamps = false;
    s.ts_value = 0;
    s.oddities = oddity::kHeaderCut;
  });
  EXPECT_EQ(pair.match.matched, 8U);
}

TEST(MatchSegments, ACaptureThatBeganATurnLaterIsMoved) {
  const PairRows pair = changed([](Segment& s) { s.seq -= std::int64_t{1} << 32; });
  EXPECT_EQ(pair.match.matched, 8U);
  EXPECT_EQ(pair.at(kFar, 0).seq, 1);
}

TEST(MatchSegments, ChecksumsTellWhichOfTheEqualOnesIsMissing) {
  // A translator adds the same to every checksum; without timestamps and identifications only they tell.
  std::vector<Made> made = {data(0, 10, 1, 10, 5), data(1, 11, 11, 10, 6)};
  for (double at = 2; at < 5; ++at) made.push_back({kNearHost, at, at + 10, kA, 21, 1});
  PairRows pair;
  pair.rows = {rows_of(made, kNear), rows_of(made, kFar)};
  for (unsigned point = 0; point < 2; ++point) {
    for (std::size_t row = 0; row < 5; ++row) {
      pair.rows[point].segments[row].checksum =
          static_cast<std::uint16_t>(60'000 + 100 * row + (point == kFar ? 9'000 : 0));
      if (point == kFar && row >= 3) pair.rows[point].segments[row].checksum += 1;  // wrapped around 2^16 - 1
    }
  }
  for (std::size_t row = 0; row < 5; ++row) {
    Segment& far = pair.rows[kFar].segments[row];
    far.checksum = static_cast<std::uint16_t>((pair.rows[kNear].segments[row].checksum + 9'000U) % 65'535U);
  }
  pair.rows[kFar].segments.erase(pair.rows[kFar].segments.begin() + 3);
  // In time the third would be as near to the second as to itself.
  pair.rows[kFar].segments[3].time_ns = ns(13);
  pair.match = match_segments(pair.rows[kNear], pair.rows[kFar]);
  EXPECT_EQ(to_text(pair), "0e 1e 2a - 3a");
}

struct RangeCase {
  const char* name;
  std::vector<Made> made;
  std::string near;
  std::string far;
};
class MatchRanges : public ::testing::TestWithParam<RangeCase> {};

TEST_P(MatchRanges, FindsTheBytes) {
  const PairRows pair = pair_of(GetParam().made);
  EXPECT_EQ(to_text(pair), GetParam().near);
  PairRows turned = pair;
  std::swap(turned.match.rows[kNear], turned.match.rows[kFar]);
  EXPECT_EQ(to_text(turned), GetParam().far);
}

INSTANTIATE_TEST_SUITE_P(
    S39, MatchRanges,
    ::testing::ValuesIn(std::vector<RangeCase>{
        {"split_by_offload",
         {data(0, {}, 1, 300, 1, 5), data({}, 10, 1, 100, 1, 5), data({}, 10, 101, 100, 2, 5),
          data({}, 10, 201, 100, 3, 5)},
         "0r",
         "0r 0r 0r"},
        {"joined_by_offload",
         {data(0, {}, 1, 100, 1, 5), data(0, {}, 101, 100, 2, 5), data({}, 10, 1, 200, 1, 5)},
         "0r 0r",
         "0r"},
        {"joined_out_of_order",
         {data(0, {}, 101, 100, 2, 5), data(1, {}, 1, 100, 1, 5), data({}, 10, 1, 200, 1, 5)},
         "0r 0r",
         "1r"},
        {"a_piece_is_missing",
         {data(0, {}, 1, 300, 1, 5), data({}, 10, 1, 100, 1, 5), data({}, 10, 201, 100, 3, 5)},
         "0p",
         "0r 0r"},
        {"not_what_was_sent_at_another_time", {data(0, {}, 1, 200, 1, 5), data({}, 90, 1, 100, 7, 80)}, "-", "-"},
        {"without_timestamps_the_identifications_go_on",
         {data(0, {}, 1, 200, 10), data({}, 10, 1, 100, 10), data({}, 10, 101, 100, 11)},
         "0r",
         "0r 0r"},
        {"without_timestamps_another_identification_is_another_transmission",
         {data(0, {}, 1, 200, 10), data({}, 10, 1, 100, 14), data({}, 10, 101, 100, 15)},
         "-",
         "- -"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(MatchRanges, TellsWhichBytesAreMissing) {
  const PairRows pair = pair_of({data(0, {}, 1, 300, 1, 5), data({}, 10, 1, 100, 1, 5)});
  ASSERT_EQ(pair.match.missing[kNear].size(), 1U);
  EXPECT_EQ(pair.match.missing[kNear][0].begin, 101);
  EXPECT_EQ(pair.match.missing[kNear][0].end, 301);
}

}  // namespace
}  // namespace pcapsule::analysis::compare
