// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/extractor/decode/decoded.h"

namespace pcapsule::decode {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): builders read better bare

TcpPacket v6() { return TcpPacket().from("[2001:db8::1]:40000").to("[2001:db8::2]:80").ack(1).payload(10); }
TcpPacket v4() { return TcpPacket().ack(1).payload(10); }
const Bytes kTcp = v6().segment();
const Bytes kNoOptions8 = {1, 4, 0, 0, 0, 0};  // PadN

Bytes address(std::uint8_t last) { return ByteBuffer().be64(0x20010db800000000).be64(last).take(); }

struct ExtensionCase {
  const char* name;
  Bytes packet;
  Outcome outcome;
  const char* layers;
  std::uint8_t oddities = 0;
};

class Extension : public testing::TestWithParam<ExtensionCase> {};

TEST_P(Extension, IsFollowed) {
  const Decoded decoded = decode(GetParam().packet, LinkType::kRaw);
  EXPECT_EQ(decoded.outcome, GetParam().outcome);
  EXPECT_EQ(decoded.layers(), GetParam().layers);
  if (!decoded.has_row()) return;
  EXPECT_EQ(decoded.row().payload_bytes, 10u);
  EXPECT_EQ(decoded.row().oddities, GetParam().oddities);
}

INSTANTIATE_TEST_SUITE_P(
    Packets, Extension,
    testing::ValuesIn(std::vector<ExtensionCase>{
        {"hop_by_hop", v6().packet_around(0, ipv6_extension(6, kNoOptions8, kTcp)), Outcome::kSegment,
         "raw:ipv6:ipv6.hopopts:tcp"},
        {"chain",
         v6().packet_around(0, ipv6_extension(60, kNoOptions8,
                                              ipv6_extension(43, kNoOptions8, ipv6_extension(6, Bytes(6), kTcp)))),
         Outcome::kSegment, "raw:ipv6:ipv6.hopopts:ipv6.dstopts:ipv6.routing:tcp"},
        {"out_of_order", v6().packet_around(60, ipv6_extension(0, kNoOptions8, ipv6_extension(6, kNoOptions8, kTcp))),
         Outcome::kSegment, "raw:ipv6:ipv6.dstopts:ipv6.hopopts:tcp"},
        {"long_one", v6().packet_around(60, ipv6_extension(6, Bytes(2046), kTcp)), Outcome::kSegment,
         "raw:ipv6:ipv6.dstopts:tcp"},
        {"authentication", v6().packet_around(51, authentication(6, 12, kTcp)), Outcome::kSegment, "raw:ipv6:ah:tcp"},
        {"shim6", v6().packet_around(140, ipv6_extension(6, Bytes(6), kTcp)), Outcome::kSegment, "raw:ipv6:shim6:tcp"},
        {"v4_authentication", v4().packet_around(51, authentication(6, 12, v4().segment())), Outcome::kSegment,
         "raw:ip:ah:tcp"},
        {"v4_destination", v4().packet_around(60, ipv6_extension(6, kNoOptions8, v4().segment())), Outcome::kSegment,
         "raw:ip:ipv6.dstopts:tcp"},
        {"atomic_fragment_RFC_6946", v6().packet_around(44, ipv6_fragment(6, 0, false, kTcp)), Outcome::kSegment,
         "raw:ipv6:ipv6.fraghdr:tcp"},
        {"first_fragment_S4", v6().packet_around(44, ipv6_fragment(6, 0, true, kTcp)), Outcome::kSegment,
         "raw:ipv6:ipv6.fraghdr:tcp", oddity::kFirstFragment},
        {"first_fragment_with_options_behind",
         v6().packet_around(44, ipv6_fragment(60, 0, true, ipv6_extension(6, kNoOptions8, kTcp))), Outcome::kSegment,
         "raw:ipv6:ipv6.fraghdr:ipv6.dstopts:tcp", oddity::kFirstFragment},
        {"atomic_behind_first_fragment",
         v6().packet_around(44, ipv6_fragment(44, 0, true, ipv6_fragment(6, 0, false, kTcp))), Outcome::kSegment,
         "raw:ipv6:ipv6.fraghdr:ipv6.fraghdr:tcp", oddity::kFirstFragment},
        {"later_fragment_S4", v6().packet_around(44, ipv6_fragment(6, 1, true, kTcp)), Outcome::kLaterFragment, ""},
        {"later_fragment_of_udp", v6().packet_around(44, ipv6_fragment(17, 1, true, kTcp)), Outcome::kNotTcp, ""},
        {"mobility_is_not_followed", v6().packet_around(135, ipv6_extension(6, Bytes(6), kTcp)), Outcome::kNotTcp, ""},
        {"length_beyond_packet", v6().packet_around(0, {6, 9, 1, 4, 0, 0, 0, 0, 1, 2, 3}), Outcome::kMalformedIp, ""},
        {"packet_ends_in_header", v6().packet_around(0, {6, 0, 1}), Outcome::kMalformedIp, ""},
        {"nothing_behind", v6().packet_around(0, {6, 0, 1, 4, 0, 0, 0, 0}), Outcome::kTcpHeaderCut, ""},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ExtensionCut, BySnaplenIsAnIpHeaderCut) {
  const Bytes packet = v6().packet_around(0, ipv6_extension(6, Bytes(22), kTcp));
  EXPECT_EQ(decode_cut(packet, 43, LinkType::kRaw).outcome, Outcome::kIpHeaderCut);
  EXPECT_EQ(decode_cut(packet, 60, LinkType::kRaw).outcome, Outcome::kIpHeaderCut);
}

TEST(ExtensionChain, HasACap) {
  Bytes chain = ipv6_extension(6, kNoOptions8, kTcp);
  for (int i = 0; i < 40; ++i) chain = ipv6_extension(60, kNoOptions8, chain);
  EXPECT_EQ(decode(v6().packet_around(60, chain), LinkType::kRaw).outcome, Outcome::kSegment);
  for (int i = 0; i < 40; ++i) chain = ipv6_extension(60, kNoOptions8, chain);
  EXPECT_EQ(decode(v6().packet_around(60, chain), LinkType::kRaw).outcome, Outcome::kTooDeep);
}

struct RouteCase {
  const char* name;
  Bytes routing;  ///< type, segments left, 4 bytes, addresses
  const char* destination;
};

class RoutingHeader : public testing::TestWithParam<RouteCase> {};

TEST_P(RoutingHeader, NamesTheEndOfTheRoute) {  // RFC 8200 section 8.1; so does Wireshark's conversation
  const Bytes packet = v6().packet_around(43, ipv6_extension(6, GetParam().routing, kTcp));
  const Decoded decoded = decode(packet, LinkType::kRaw);
  ASSERT_TRUE(decoded.has_row());
  EXPECT_EQ(to_text(decoded.row().destination().address), GetParam().destination);
}

INSTANTIATE_TEST_SUITE_P(
    Routes, RoutingHeader,
    testing::ValuesIn(std::vector<RouteCase>{
        {"type_0_last", join(join({0, 2, 0, 0, 0, 0}, address(0x99)), address(0xaa)), "2001:db8::aa"},
        {"type_0_arrived", join(join({0, 0, 0, 0, 0, 0}, address(0x99)), address(0xaa)), "2001:db8::2"},
        {"type_2_home", join({2, 1, 0, 0, 0, 0}, address(0x99)), "2001:db8::99"},
        {"type_3_whole_address", join({3, 1, 0, 0, 0, 0}, address(0x99)), "2001:db8::99"},
        {"type_3_shared_prefix", {3, 1, 0x0f, 0x70, 0, 0, 0x77, 0, 0, 0, 0, 0, 0, 0}, "2001:db8::77"},
        {"type_3_too_short", {3, 1, 0, 0, 0, 0}, "2001:db8::2"},
        {"type_4_first", join(join({4, 1, 1, 0, 0, 0}, address(0x99)), address(0xaa)), "2001:db8::99"},
        {"type_4_too_short", {4, 1, 0, 0, 0, 0}, "2001:db8::2"},
        {"type_unknown", join({253, 1, 0, 0, 0, 0}, address(0x99)), "2001:db8::2"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(HomeAddress, IsTheSource) {  // RFC 6275 section 6.3
  const Bytes option = join({1, 2, 0, 0, 0xc9, 16}, address(0x99));
  const Decoded decoded = decode(v6().packet_around(60, ipv6_extension(6, option, kTcp)), LinkType::kRaw);
  ASSERT_TRUE(decoded.has_row());
  EXPECT_EQ(to_text(decoded.row().source().address), "2001:db8::99");
}

TEST(JumboPayload, GivesTheLength) {  // RFC 2675; S2
  const Bytes tcp = v6().payload(70000).segment();
  const auto jumbo = [&](std::uint32_t payload_bytes) {
    const Bytes option = ByteBuffer().u8(0xc2).u8(4).be32(payload_bytes).take();
    return decode(v6().ip_length(0).packet_around(0, ipv6_extension(6, option, join(tcp, Bytes(9)))), LinkType::kRaw);
  };
  const auto whole = static_cast<std::uint32_t>(tcp.size() + 8);
  EXPECT_EQ(jumbo(whole).row().payload_bytes, 70000u);
  EXPECT_EQ(jumbo(whole).row().oddities, 0);
  EXPECT_EQ(jumbo(whole + 1000).row().payload_bytes, 70009u);
  EXPECT_EQ(jumbo(whole + 1000).row().oddities, oddity::kLengthCutToWire);
  EXPECT_EQ(jumbo(65535).row().payload_bytes, 70009u);  // not a legal jumbo length: as if there were none
  EXPECT_EQ(jumbo(65535).row().oddities, oddity::kLengthFromFrame);
}

}  // namespace
}  // namespace pcapsule::decode
