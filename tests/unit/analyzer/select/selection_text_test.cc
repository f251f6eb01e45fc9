// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

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

struct CanonicalCase {
  const char* name;
  const char* streams;
  const char* client;
  const char* server;
  const char* after;
  const char* before;
  const char* expected;
};

SelectionSpec spec_of(const CanonicalCase& row) {
  SelectionSpec spec;
  const std::string_view after = row.after;
  const std::string_view before = row.before;
  if (*row.streams != '\0') spec.streams = parse_streams(row.streams).value();
  spec.client = parse_endpoint_pattern(row.client);
  spec.server = parse_endpoint_pattern(row.server);
  if (!after.empty()) spec.after = parse_time_bound(after).value();
  if (!before.empty()) spec.before = parse_time_bound(before).value();
  return spec;
}

class SelectionText : public testing::TestWithParam<CanonicalCase> {};

TEST_P(SelectionText, IsCanonical) { EXPECT_EQ(to_text(spec_of(GetParam())), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(Specs, SelectionText,
                         testing::ValuesIn(std::vector<CanonicalCase>{
                             {"nothing_asked_for", "", "", "", "", "", "all"},
                             {"one_stream", "7", "", "", "", "", "-s 7"},
                             {"ranges_ascend_and_join", "8-9,3,5-7,6,12-20,13-14", "", "", "", "", "-s 3,5-9,12-20"},
                             {"range_to_the_greatest", "0-4294967295,5", "", "", "", "", "-s 0-4294967295"},
                             {"client_and_server", "", "2001:DB8:0::1", "192.0.2.1:443", "", "",
                              "--client 2001:db8::1 --server 192.0.2.1:443"},
                             {"capture_clock", "", "", "", "300ms", "21.10", "--after 0.3 --before 21.1"},
                             {"before_the_first_frame", "", "", "", "-10", "", "--after -10"},
                             {"connection_clock", "", "", "", "+0", "+1m", "--after +0 --before +60"},
                             {"absolute_in_utc", "", "", "", "2018-09-26T23:21:02.5+02:00", "",
                              "--after 2018-09-26T21:21:02.500000000Z"},
                             {"everything", "1", "192.0.2.1", "192.0.2.2", "1", "2",
                              "-s 1 --client 192.0.2.1 --server 192.0.2.2 --after 1 --before 2"},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pcapsule::select
