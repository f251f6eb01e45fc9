// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/segment.h"

#include <gtest/gtest.h>

#include "tests/unit/analyzer/analysis/compare/made_pair.h"

namespace pcapsule::analysis::compare {
namespace {

using namespace testing;

Segment raw(std::uint8_t side, std::uint32_t seq, std::uint32_t ack, std::uint16_t flags = kA) {
  Segment s;
  s.side = side;
  s.seq = seq;
  s.ack = ack;
  s.flags = flags;
  return s;
}

TEST(Place, NumbersBecomePositionsThatGoOnBeyondTheWrap) {
  TapRows rows;
  rows.segments = {raw(0, 0xfffffff0, 500), raw(0, 0x10, 500), raw(1, 500, 0x20)};
  place(rows, {0, {0xffffffe0, 400}});
  EXPECT_EQ(rows.segments[0].seq, 0x10);
  EXPECT_EQ(rows.segments[1].seq, 0x30);
  EXPECT_EQ(rows.segments[2].ack, 0x40);
  EXPECT_EQ(rows.segments[2].seq, 100);
}

TEST(Place, BeforeTheBaseIsNegative) {
  TapRows rows;
  rows.segments = {raw(0, 90, 0)};
  place(rows, {0, {100, 0}});
  EXPECT_EQ(rows.segments[0].seq, -10);
}

TEST(Place, TheHostAtTheNearEndIsZeroWhicheverEndpointItWas) {
  TapRows rows;
  rows.segments = {raw(1, 7, 3), raw(0, 3, 8)};
  place(rows, {1, {5, 1}});
  EXPECT_EQ(rows.segments[0].side, 0);
  EXPECT_EQ(rows.segments[0].seq, 2);
  EXPECT_EQ(rows.segments[0].ack, 2);
  EXPECT_EQ(rows.segments[1].side, 1);
}

TEST(Place, ARstMovesNoStream) {
  TapRows rows;
  rows.segments = {raw(0, 100, 0), raw(0, 0x80000063, 0, kR), raw(0, 200, 0)};
  place(rows, {0, {100, 0}});
  EXPECT_EQ(rows.segments[2].seq, 100);
}

TEST(Place, BlocksLieAroundTheAcknowledgment) {
  TapRows rows;
  rows.segments = {raw(1, 0, 0xfffffff0)};
  rows.sacks = {{0, 0x10, 0x20}, {0, 0xffffffe0, 0xffffffe8}};
  place(rows, {0, {0xffffff00, 0}});
  EXPECT_EQ(rows.segments[0].ack, 0xf0);
  EXPECT_EQ(rows.sacks[0].left, 0x110);
  EXPECT_EQ(rows.sacks[0].right, 0x120);
  EXPECT_EQ(rows.sacks[1].left, 0xe0);
}

TEST(Segment, LengthCountsSynAndFinButNothingOfARst) {
  Segment s;
  s.payload = 10;
  s.flags = kS;
  EXPECT_EQ(s.length(), 11U);
  s.flags = kF | kA;
  EXPECT_EQ(s.length(), 11U);
  s.flags = kR;
  EXPECT_EQ(s.length(), 0U);
}

}  // namespace
}  // namespace pcapsule::analysis::compare
