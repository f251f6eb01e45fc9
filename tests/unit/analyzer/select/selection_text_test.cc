// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "analyzer/select/selection.h"

namespace pcapsule::select {
namespace {

std::string streams(std::string_view text) {
  const auto ranges = parse_streams(text);
  if (!ranges) return "refused";
  std::string out;
  for (const StreamRange& range : *ranges) out += std::to_string(range.first) + "-" + std::to_string(range.last) + " ";
  return out;
}

TEST(ParseStreams, TakesNumbersAndRanges) {
  EXPECT_EQ(streams("7"), "7-7 ");
  EXPECT_EQ(streams("3,5-9"), "3-3 5-9 ");
  EXPECT_EQ(streams("0-4294967295"), "0-4294967295 ");
  EXPECT_EQ(streams("5-5"), "5-5 ");
}

TEST(ParseStreams, RefusesEverythingElse) {
  for (const char* text :
       {"", ",", "7,", ",7", "9-5", "-5", "5-", "5--9", "x", "7x", "4294967296", "7 8", "+7", "0x7"}) {
    EXPECT_EQ(streams(text), "refused") << text;
  }
}

std::string bound(std::string_view text) {
  const auto parsed = parse_time_bound(text);
  if (!parsed) return "refused";
  const char* const clocks[] = {"epoch", "capture", "connection"};
  return std::string(clocks[static_cast<int>(parsed->clock)]) + " " + std::to_string(parsed->ns);
}

TEST(ParseTimeBound, ReadsTheThreeClocks) {
  EXPECT_EQ(bound("21.1"), "capture 21100000000");
  EXPECT_EQ(bound("0"), "capture 0");
  EXPECT_EQ(bound("-1.5"), "capture -1500000000");
  EXPECT_EQ(bound("300ms"), "capture 300000000");
  EXPECT_EQ(bound("+21.1"), "connection 21100000000");
  EXPECT_EQ(bound("+300ms"), "connection 300000000");
  EXPECT_EQ(bound("2018-09-26T21:21:02.883718124Z"), "epoch 1537996862883718124");
  EXPECT_EQ(bound("2018-09-26T23:21:02+02:00"), "epoch 1537996862000000000");
}

TEST(ParseTimeBound, RefusesEverythingElse) {
  for (const char* text : {"", "+", "x", "1.2.3", "2018-13-01", "2018-09-26T25:00:00Z", "1e3", "99999999999"}) {
    EXPECT_EQ(bound(text), "refused") << text;
  }
}

}  // namespace
}  // namespace pcapsule::select
