// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/summary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

namespace pcapsule::cli {
namespace {

void set_zone(const char* zone) {
  ::setenv("TZ", zone, 1);
  ::tzset();
}

class Summary : public testing::Test {
 protected:
  Summary() {
    set_zone("EST5EDT");  // the article's clock
    summary_.frames = 22639;
    summary_.segments = 14975;
    summary_.connections = 1;
    summary_.first = {2585, {1'538'011'262'883'718'124}};
    summary_.last = {22582, {1'538'011'324'324'012'912}};
  }
  ~Summary() override { set_zone("UTC"); }

  Job job_{{"example-01.pcap"}, "example-01.fb"};
  pipeline::ExtractSummary summary_;
  cache::Recorded recorded_;
};

TEST_F(Summary, IsTheArticlesToTheByte) {
  EXPECT_EQ(begin_text(job_), "Processing example-01.pcap...\n");
  EXPECT_EQ(end_text(job_, summary_, recorded_),
            "example-01.pcap contains 22639 packets (14975 interesting)\n"
            "First packet in connection: Packet #2585 2018-09-26 21:21:02.883718124\n"
            " Last packet in connection: Packet #22582 2018-09-26 21:22:04.324012912\n"
            "Writing example-01.fb...done.\n");
}

TEST_F(Summary, HonoursTheTimeZone) {
  set_zone("UTC");
  EXPECT_NE(end_text(job_, summary_, recorded_).find("Packet #2585 2018-09-27 01:21:02.883718124\n"),
            std::string::npos);
}

TEST_F(Summary, SaysCaptureWhenThereAreSeveralConnections) {
  summary_.connections = 2;
  EXPECT_EQ(end_text(job_, summary_, recorded_),
            "example-01.pcap contains 22639 packets (14975 interesting)\n"
            "First packet in capture: Packet #2585 2018-09-26 21:21:02.883718124\n"
            " Last packet in capture: Packet #22582 2018-09-26 21:22:04.324012912\n"
            "Writing example-01.fb...done.\n");
}

TEST_F(Summary, LeavesTheMomentsOutWhenNothingWasRecorded) {
  summary_.segments = 0;
  summary_.connections = 0;
  summary_.first.reset();
  summary_.last.reset();
  EXPECT_EQ(end_text(job_, summary_, recorded_),
            "example-01.pcap contains 22639 packets (0 interesting)\n"
            "Writing example-01.fb...done.\n");
}

TEST_F(Summary, NamesStandardInputAndEscapesNames) {
  EXPECT_EQ(begin_text({{"-"}, "x.fb"}), "Processing standard input...\n");
  EXPECT_EQ(begin_text({{"a\x1b[2J\n.pcap"}, "x.fb"}), "Processing a\\x1b[2J\\x0a.pcap...\n");
  const std::string end = end_text({{"a.pcap"}, "b\n.fb"}, summary_, recorded_);
  EXPECT_NE(end.find("Writing b\\x0a.fb...done.\n"), std::string::npos);
}

TEST_F(Summary, SaysWhichPacketsAreOfWhichMergedCapture) {
  job_.captures = {"ring/b", "ring/a\n", "ring/c"};
  for (const char* name : {"a\n", "b", "c"}) recorded_.captures.emplace_back().name = name;
  recorded_.captures[0].frames = 20000;
  recorded_.captures[2].first_frame = 20001;
  recorded_.captures[2].frames = 2639;
  EXPECT_EQ(begin_text(job_), "Processing 3 captures as one...\n");
  EXPECT_EQ(end_text(job_, summary_, recorded_),
            "3 captures contain 22639 packets (14975 interesting)\n"
            "  a\\x0a: packets 1 to 20000\n"
            "  b: no packets\n"
            "  c: packets 20001 to 22639\n"
            "First packet in connection: Packet #2585 2018-09-26 21:21:02.883718124\n"
            " Last packet in connection: Packet #22582 2018-09-26 21:22:04.324012912\n"
            "Writing example-01.fb...done.\n");
}

TEST_F(Summary, ListsTwentyMergedCapturesAtMost) {
  job_.captures.resize(1000);
  recorded_.captures.resize(1000);
  const std::string text = end_text(job_, summary_, recorded_);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 25);
  EXPECT_NE(text.find("  and 980 more; `analyzer info` lists them\n"), std::string::npos);
}

}  // namespace
}  // namespace pcapsule::cli
