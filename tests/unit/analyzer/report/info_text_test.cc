// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/info_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyzer/report/string_sink.h"
#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::report {
namespace {

using ::testing::HasSubstr;

TEST(InfoText, TellsTotalsAndOutcomes) {
  pcapsule::testing::TestRecord record(pcapsule::testing::interleaved(10, 2));
  const std::string text = testing::written([&](BufferedWriter& out) { put_info(out, record.file(), true); });
  EXPECT_THAT(text, HasSubstr("made by           pcapsule test, format 1\n"));
  EXPECT_THAT(text, HasSubstr("frames            10\nsegments          10\n"));
  EXPECT_THAT(text, HasSubstr("connections       2\n"));
  EXPECT_THAT(text, HasSubstr("earliest row      1970-01-01 00:00:00.001000000\n"));
  EXPECT_THAT(text, HasSubstr("            10  segment: TCP segments\n"));
}

TEST(InfoText, ListsMergedCapturesAndNumbersInterfacesThrough) {
  std::vector<record::CaptureInfo> captures(2);
  captures[0].name = "r_1.pcapng";
  captures[0].interfaces = {{"eth0", 1, 96, "the uplink"}, {"", 101, 0, ""}};
  captures[0].frames = 6;
  captures[0].comments = {"first", "red \x1b[31m\nand more"};
  captures[1].name = "r_2.pcap";
  captures[1].interfaces = {{"", 113, 0, ""}};
  captures[1].first_frame = 7;
  captures[1].frames = 4;
  captures[1].damage = "after frame 4: cut";
  pcapsule::testing::TestRecord record(pcapsule::testing::interleaved(10, 2), captures);
  const std::string text = testing::written([&](BufferedWriter& out) { put_info(out, record.file(), true); });
  EXPECT_THAT(text, HasSubstr("  interfaces      0: Ethernet (1), eth0, snaplen 96 bytes: the uplink\n"
                              "                  1: raw IP (101), no snaplen limit\n"
                              "  comment         first\n"
                              "  comment         red \\x1b[31m\\x0aand more\n"
                              "  frames          1 to 6\n"));
  EXPECT_THAT(text, HasSubstr("  interfaces      2: Linux cooked v1 (113), no snaplen limit\n"
                              "  frames          7 to 10\n"));
  EXPECT_THAT(text, HasSubstr("  damage          after frame 4: cut\n"));
}

}  // namespace
}  // namespace pcapsule::report
