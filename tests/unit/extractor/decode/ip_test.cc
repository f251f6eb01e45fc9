// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/extractor/decode/decoded.h"

namespace pcapsule::decode {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): builders read better bare

TcpPacket v4() { return TcpPacket().ack(1).payload(10); }
TcpPacket v6() { return TcpPacket().from("[2001:db8::1]:40000").to("[2001:db8::2]:80").ack(1).payload(10); }

Bytes with_byte(Bytes bytes, std::size_t at, std::uint8_t value) {
  bytes.at(at) = value;
  return bytes;
}

struct IpCase {
  const char* name;
  Bytes packet;
  Outcome outcome;
  unsigned payload_bytes = 0;
  std::uint8_t oddities = 0;
};

class Ip : public testing::TestWithParam<IpCase> {};

TEST_P(Ip, GivesLengthAndOddities) {
  const Decoded decoded = decode(GetParam().packet, LinkType::kRaw);
  ASSERT_EQ(decoded.outcome, GetParam().outcome);
  const bool expects_row = decoded.outcome == Outcome::kSegment || decoded.outcome == Outcome::kMalformedTcp;
  ASSERT_EQ(decoded.has_row(), expects_row);
  if (!expects_row) return;
  EXPECT_EQ(decoded.row().payload_bytes, GetParam().payload_bytes);
  EXPECT_EQ(decoded.row().oddities, GetParam().oddities);
}

constexpr std::uint8_t kCut = oddity::kLengthCutToWire;
constexpr std::uint8_t kFromFrame = oddity::kLengthFromFrame;
constexpr std::uint8_t kFragmented = oddity::kFirstFragment;
constexpr std::uint8_t kShortCut = oddity::kShort | oddity::kHeaderCut;

INSTANTIATE_TEST_SUITE_P(
    V4, Ip,
    testing::ValuesIn(std::vector<IpCase>{
        {"plain_S1", v4().packet(), Outcome::kSegment, 10},
        {"options", v4().ip_options({1, 1, 1, 0}).packet(), Outcome::kSegment, 10},
        {"options_full", v4().ip_options(Bytes(40, 1)).packet(), Outcome::kSegment, 10},
        {"trailer_S1", join(v4().packet(), Bytes(7)), Outcome::kSegment, 10},
        {"length_0_S2", v4().ip_length(0).packet(), Outcome::kSegment, 10, kFromFrame},
        {"length_0_counts_trailer_S2", join(v4().ip_length(0).packet(), Bytes(7)), Outcome::kSegment, 17, kFromFrame},
        {"length_beyond_wire_S2", v4().ip_length(400).packet(), Outcome::kSegment, 10, kCut},
        {"length_below_header", v4().ip_length(19).packet(), Outcome::kMalformedIp},
        {"length_grants_no_tcp", v4().ip_length(20).packet(), Outcome::kTcpHeaderCut},
        {"length_grants_15_bytes_S12", v4().ip_length(35).packet(), Outcome::kTcpHeaderCut},
        {"length_grants_16_bytes_S3", v4().ip_length(36).packet(), Outcome::kMalformedTcp, 0, kShortCut},
        {"length_grants_19_bytes_S3", v4().ip_length(39).packet(), Outcome::kMalformedTcp, 0, kShortCut},
        {"length_grants_header", v4().ip_length(40).packet(), Outcome::kSegment, 0},
        {"first_fragment_S4", v4().fragment(0, true).packet(), Outcome::kSegment, 10, kFragmented},
        {"first_fragment_length_0", v4().fragment(0, true).ip_length(0).packet(), Outcome::kSegment, 10,
         kFragmented | kFromFrame},
        {"first_fragment_of_16_bytes", v4().fragment(0, true).ip_length(36).packet(), Outcome::kSegment, 0,
         kFragmented | oddity::kHeaderCut},
        {"first_fragment_of_8_bytes", v4().fragment(0, true).ip_length(28).packet(), Outcome::kTcpHeaderCut},
        {"later_fragment_S4", v4().fragment(1, true).packet(), Outcome::kLaterFragment},
        {"last_fragment_S4", v4().fragment(100, false).packet(), Outcome::kLaterFragment},
        {"reserved_fragment_bit", with_byte(v4().packet(), 6, 0x80), Outcome::kSegment, 10},
        {"version_5", with_byte(v4().packet(), 0, 0x55), Outcome::kMalformedIp},
        {"header_of_16_bytes", with_byte(v4().packet(), 0, 0x44), Outcome::kMalformedIp},
        {"header_beyond_length", with_byte(v4().packet(), 0, 0x4f), Outcome::kMalformedIp},
        {"header_beyond_frame", with_byte(v4().ip_length(200).packet(), 0, 0x4f), Outcome::kIpHeaderCut},
        {"header_cut", Bytes(19, 0x45), Outcome::kIpHeaderCut},
        {"udp", v4().packet_around(17, Bytes(40)), Outcome::kNotTcp},
        {"later_fragment_of_udp", v4().fragment(5, true).packet_around(17, Bytes(40)), Outcome::kNotTcp},
        {"later_fragment_of_icmp", v4().fragment(5, true).packet_around(1, Bytes(40)), Outcome::kNotTcp},
    }),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(V6, Ip,
                         testing::ValuesIn(std::vector<IpCase>{
                             {"plain_S1", v6().packet(), Outcome::kSegment, 10},
                             {"trailer_S1", join(v6().packet(), Bytes(7)), Outcome::kSegment, 10},
                             {"length_0_S2", v6().ip_length(0).packet(), Outcome::kSegment, 10, kFromFrame},
                             {"length_beyond_wire_S2", v6().ip_length(400).packet(), Outcome::kSegment, 10, kCut},
                             {"length_grants_15_bytes_S12", v6().ip_length(15).packet(), Outcome::kTcpHeaderCut},
                             {"length_grants_16_bytes_S3", v6().ip_length(16).packet(), Outcome::kMalformedTcp, 0,
                              kShortCut},
                             {"header_cut", Bytes(39, 0x60), Outcome::kIpHeaderCut},
                             {"no_next_header", v6().packet_around(59, Bytes(40)), Outcome::kNotTcp},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(IpFields, OfVersion4) {
  const Bytes packet = v4().ttl(7).dscp_ecn(0xb9).ip_id(0xbeef).from("10.0.0.1:5").to("10.0.0.2:6").packet();
  const Decoded decoded = decode(packet, LinkType::kRaw);
  ASSERT_TRUE(decoded.has_row());
  EXPECT_EQ(decoded.row().ttl, 7);
  EXPECT_EQ(decoded.row().dscp_ecn, 0xb9);
  EXPECT_EQ(decoded.row().ip_id, 0xbeef);
  EXPECT_EQ(to_text(decoded.row().source()), "10.0.0.1:5");
  EXPECT_EQ(to_text(decoded.row().destination()), "10.0.0.2:6");
}

TEST(IpFields, OfVersion6) {
  const Decoded decoded = decode(v6().ttl(7).dscp_ecn(0xb9).packet(), LinkType::kRaw);
  ASSERT_TRUE(decoded.has_row());
  EXPECT_EQ(decoded.row().ttl, 7);
  EXPECT_EQ(decoded.row().dscp_ecn, 0xb9);
  EXPECT_EQ(decoded.row().ip_id, 0);
  EXPECT_EQ(to_text(decoded.row().source()), "[2001:db8::1]:40000");
  EXPECT_EQ(to_text(decoded.row().destination()), "[2001:db8::2]:80");
}

TEST(IpLength, SnaplenDoesNotChangeIt) {  // S1
  const Decoded decoded = decode_cut(v4().payload(1000).packet(), 44, LinkType::kRaw);
  ASSERT_EQ(decoded.outcome, Outcome::kSegment);
  EXPECT_EQ(decoded.row().payload_bytes, 1000u);
  EXPECT_EQ(decoded.row().oddities, 0);
  EXPECT_EQ(decoded.row().captured_bytes, 44u);
  EXPECT_EQ(decoded.row().wire_bytes, 1040u);
}

TEST(IpLength, WireLengthBelowCapturedIsRaised) {
  const Bytes packet = v4().packet();
  const Decoded decoded = decode(packet, LinkType::kRaw, 1);
  ASSERT_EQ(decoded.outcome, Outcome::kSegment);
  EXPECT_EQ(decoded.row().payload_bytes, 10u);
  EXPECT_EQ(decoded.row().wire_bytes, 1u);  // what the capture says stays what it says
}

TEST(IpProtocol, IsCounted) {
  EXPECT_EQ(decode(v4().packet_around(17, Bytes(40)), LinkType::kRaw).counts->by_ip_protocol[17], 1u);
  EXPECT_EQ(decode(v6().packet_around(50, Bytes(40)), LinkType::kRaw).counts->by_ip_protocol[50], 1u);
  const Bytes behind_options = ipv6_extension(17, Bytes(6), Bytes(8));
  EXPECT_EQ(decode(v6().packet_around(60, behind_options), LinkType::kRaw).counts->by_ip_protocol[17], 1u);
}

}  // namespace
}  // namespace pcapsule::decode
