// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/skipped.h"

#include <gtest/gtest.h>

namespace pcapsule::cli {
namespace {

TEST(SkippedText, IsEmptyWhenEveryFrameIsASegment) {
  cache::Recorded recorded;
  recorded.frames = recorded.segments = 3;
  recorded.outcomes = {{"segment", 3}};
  EXPECT_EQ(skipped_text("x.pcap", recorded, false), "");
}

TEST(SkippedText, CountsEveryReasonInWords) {
  cache::Recorded recorded;
  recorded.frames = 1000;
  recorded.segments = 870;
  recorded.outcomes = {{"segment", 870}, {"not_ip", 4}, {"not_tcp", 120}, {"not_chosen", 5}, {"filtered_out", 1}};
  recorded.ether_types = {{"0x0806", 1}, {"0x1234", 3}};
  recorded.ip_protocols = {{"1", 20}, {"17", 100}};
  recorded.options = {"not port 22", "192.0.2.1", "192.0.2.2:80"};
  EXPECT_EQ(skipped_text("x.pcap", recorded, false),
            "x.pcap: skipped 130 of 1000 packets:\n"
            "    4  frames that carry no IP packet: 3 0x1234, 1 ARP (0x0806)\n"
            "  120  IP packets that carry no TCP: 100 UDP (17), 20 ICMP (1)\n"
            "    5  of connections that are not those of --client 192.0.2.1 --server 192.0.2.2:80\n"
            "    1  left out by the filter 'not port 22'\n");
}

TEST(SkippedText, CountsFramesWhereOneHoldsSeveralSegments) {
  cache::Recorded recorded;
  recorded.frames = 3;
  recorded.segments = 3;
  recorded.outcomes = {{"segment", 1}, {"not_ip", 2}};
  recorded.ether_types = {{"0x0806", 2}};
  EXPECT_EQ(skipped_text("x.pcap", recorded, false),
            "x.pcap: skipped 2 of 3 packets:\n"
            "  2  frames that carry no IP packet: 2 ARP (0x0806)\n");
  recorded.segments = 30;
  recorded.outcomes = {{"segment", 3}};
  EXPECT_EQ(skipped_text("x.pcap", recorded, false), "");
}

TEST(SkippedText, WarnsLoudlyWhenNothingIsTcp) {  // S6
  cache::Recorded recorded;
  recorded.frames = 7;
  recorded.outcomes = {{"not_ip", 2}, {"not_tcp", 5}};
  recorded.ether_types = {{"0x88cc", 2}};
  recorded.ip_protocols = {{"17", 5}};
  EXPECT_EQ(skipped_text("x.pcap", recorded, false),
            "x.pcap: WARNING: 0 segments: no TCP segment in the 7 packets\n"
            "x.pcap: skipped 7 of 7 packets:\n"
            "  2  frames that carry no IP packet: 2 LLDP (0x88cc)\n"
            "  5  IP packets that carry no TCP: 5 UDP (17)\n");
}

TEST(SkippedText, EmptyCapture) {
  EXPECT_EQ(skipped_text("x.pcap", {}, false), "x.pcap: WARNING: 0 segments: the capture holds no packets\n");
}

TEST(SkippedText, FilterThatLeftOutEverythingAndVlanTags) {
  cache::Recorded recorded;
  recorded.frames = 4;
  recorded.outcomes = {{"filtered_out", 4}};
  recorded.options.filter = "port 80";
  const std::string skipped =
      "x.pcap: skipped 4 of 4 packets:\n"
      "  4  left out by the filter 'port 80'\n";
  const std::string warning = "x.pcap: WARNING: 0 segments: the filter left out every packet\n";
  EXPECT_EQ(skipped_text("x.pcap", recorded, false), warning + skipped);
  EXPECT_EQ(skipped_text("x.pcap", recorded, true),
            warning +
                "  All of them have a VLAN tag, which a filter without the word `vlan` does not see; try\n"
                "  -f '(port 80) or (vlan and (port 80))'\n" +
                skipped);
  recorded.options.filter = "vlan 7 and port 80";  // who wrote it knows
  EXPECT_EQ(skipped_text("x.pcap", recorded, true).find("does not see"), std::string::npos);
}

TEST(SkippedText, ChoiceThatFitsNoConnection) {
  cache::Recorded recorded;
  recorded.frames = 4;
  recorded.outcomes = {{"not_chosen", 4}};
  recorded.options.client = "192.0.2.9";
  EXPECT_EQ(skipped_text("x.pcap", recorded, false),
            "x.pcap: WARNING: 0 segments: no connection fits --client 192.0.2.9\n"
            "x.pcap: skipped 4 of 4 packets:\n"
            "  4  of connections that are not those of --client 192.0.2.9\n");
}

TEST(SkippedText, NothingIsTcpAmongWhatTheFilterLetThrough) {
  cache::Recorded recorded;
  recorded.frames = 4;
  recorded.outcomes = {{"not_tcp", 1}, {"filtered_out", 3}};
  EXPECT_EQ(skipped_text("x", recorded, false)
                .find("x: WARNING: 0 segments: no TCP segment in the 1 packets that the filter let through\n"),
            0U);
}

TEST(SkippedText, ShowsTheTwentyMostFrequentKinds) {
  cache::Recorded recorded;
  recorded.frames = 1 + 25;
  recorded.segments = 1;
  recorded.outcomes = {{"segment", 1}, {"not_tcp", 25}};
  for (int i = 200; i < 225; ++i) recorded.ip_protocols.push_back({std::to_string(i), 1});
  const std::string text = skipped_text("x", recorded, false);
  EXPECT_NE(text.find(", 1 219 and 5 of 5 further kinds\n"), std::string::npos) << text;
}

TEST(SkippedText, EscapesWhatComesFromAForeignRecordFile) {
  cache::Recorded recorded;
  recorded.frames = 1;
  recorded.outcomes = {{"\x1b[31m", 1}};
  EXPECT_EQ(skipped_text("x", recorded, false).find('\x1b'), std::string::npos);
}

TEST(BackwardText, CountsThem) {  // S44
  cache::Recorded recorded;
  EXPECT_EQ(backward_text("x", recorded), "");
  recorded.backward_stamps = 1;
  EXPECT_EQ(backward_text("x", recorded), "x: 1 packet has an earlier time stamp than the packet before\n");
  recorded.backward_stamps = 2;
  EXPECT_EQ(backward_text("x", recorded), "x: 2 packets have an earlier time stamp than the packet before\n");
}

TEST(ClampedText, SaysWhatBecameOfThem) {  // S8
  EXPECT_EQ(clamped_text("x", 0), "");
  EXPECT_EQ(clamped_text("x", 2),
            "x: WARNING: 2 packets have a time stamp before 1677 or after 2262; it was set to the nearest that 64 bits "
            "of nanoseconds hold\n");
}

}  // namespace
}  // namespace pcapsule::cli
