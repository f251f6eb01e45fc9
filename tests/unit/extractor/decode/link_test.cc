// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/extractor/decode/decoded.h"

namespace pcapsule::decode {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): builders read better bare

const Bytes kV4 = TcpPacket().ack(1).payload(5).packet();
const Bytes kV6 = TcpPacket().from("[2001:db8::1]:40000").to("[2001:db8::2]:80").ack(1).payload(5).packet();

Bytes loopback(Bytes family, const Bytes& packet) { return join(std::move(family), packet); }

/// A frame whose TCP segment must be found, with 5 bytes of payload, behind these layers.
struct FoundCase {
  const char* name;
  LinkType link_type;
  Bytes frame;
  const char* layers;
};

class LinkHeader : public testing::TestWithParam<FoundCase> {};

TEST_P(LinkHeader, LeadsToTcp) {  // S6
  const Decoded decoded = decode(GetParam().frame, GetParam().link_type);
  ASSERT_EQ(decoded.outcome, Outcome::kSegment);
  EXPECT_EQ(decoded.layers(), GetParam().layers);
  EXPECT_EQ(decoded.row().payload_bytes, 5u);
  EXPECT_EQ(decoded.row().source().port, 40000);
  EXPECT_EQ(decoded.row().oddities, 0);
}

constexpr LinkType kEth = LinkType::kEthernet;

INSTANTIATE_TEST_SUITE_P(
    Ethernet, LinkHeader,
    testing::ValuesIn(std::vector<FoundCase>{
        {"ipv4", kEth, ethernet(kV4), "eth:ip:tcp"},
        {"ipv6", kEth, ethernet(kV6), "eth:ipv6:tcp"},
        {"ipv6_announced_as_ipv4", kEth, ethernet(kV6, 0x0800), "eth:ip:ipv6:tcp"},
        {"padding_is_not_payload_S1", kEth, join(ethernet(kV4), Bytes(20)), "eth:ip:tcp"},
        {"vlan", kEth, ethernet(vlan_tag(5, kV4), 0x8100), "eth:vlan:ip:tcp"},
        {"vlan_9100", kEth, ethernet(vlan_tag(5, kV6), 0x9100), "eth:vlan:ipv6:tcp"},
        {"qinq", kEth, ethernet(vlan_tag(5, vlan_tag(6, kV4), 0x8100), 0x88a8), "eth:ieee8021ad:vlan:ip:tcp"},
        {"vlan_llc_snap", kEth, ethernet(vlan_tag(5, llc_snap(kV4), 53), 0x8100), "eth:vlan:llc:ip:tcp"},
        {"mpls", kEth, ethernet(mpls_label(100, true, kV4), 0x8847), "eth:mpls:ip:tcp"},
        {"mpls_stack", kEth, ethernet(mpls_label(1, false, mpls_label(2, false, mpls_label(3, true, kV6))), 0x8847),
         "eth:mpls:ipv6:tcp"},
        {"mpls_multicast", kEth, ethernet(mpls_label(100, true, kV4), 0x8848), "eth:mpls:ip:tcp"},
        {"mpls_in_vlan", kEth, ethernet(vlan_tag(5, mpls_label(9, true, kV4), 0x8847), 0x8100), "eth:vlan:mpls:ip:tcp"},
        {"llc_snap", kEth, ethernet_llc(llc_snap(kV4)), "eth:llc:ip:tcp"},
        {"llc_snap_padded", kEth, join(ethernet_llc(llc_snap(kV4)), Bytes(9)), "eth:llc:ip:tcp"},
        {"llc_snap_bridge_tunnel", kEth, ethernet_llc(llc_snap(kV4, 0x0000f8)), "eth:llc:ip:tcp"},
        {"llc_snap_vlan", kEth, ethernet_llc(llc_snap(vlan_tag(5, kV4), 0, 0x8100)), "eth:llc:vlan:ip:tcp"},
        {"llc_jumbo", kEth, ethernet(llc_snap(kV4), 0x8870), "eth:llc:ip:tcp"},
        {"llc_ip", kEth, ethernet_llc(join({0x06, 0x06, 0x03}, kV4)), "eth:llc:ip:tcp"},
        {"llc_information_frame", kEth, ethernet_llc(join({0xaa, 0xaa, 0, 0, 0, 0, 0, 8, 0}, kV4)), "eth:llc:ip:tcp"},
        {"pppoe", kEth, ethernet(pppoe(kV4), 0x8864), "eth:pppoes:ppp:ip:tcp"},
        {"pppoe_ipv6_padded", kEth, ethernet(join(pppoe(kV6), Bytes(9)), 0x8864), "eth:pppoes:ppp:ipv6:tcp"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Others, LinkHeader,
    testing::ValuesIn(std::vector<FoundCase>{
        {"raw_v4", LinkType::kRaw, kV4, "raw:ip:tcp"},
        {"raw_v6", LinkType::kRaw, kV6, "raw:ipv6:tcp"},
        {"ipv4", LinkType::kIpv4, kV4, "ip:tcp"},
        {"ipv6", LinkType::kIpv6, kV6, "ipv6:tcp"},
        {"sll", LinkType::kLinuxSll, linux_cooked(kV4), "sll:ip:tcp"},
        {"sll_vlan", LinkType::kLinuxSll, linux_cooked(vlan_tag(5, kV6), 0x8100), "sll:vlan:ipv6:tcp"},
        {"sll_llc", LinkType::kLinuxSll, linux_cooked(llc_snap(kV4), 4), "sll:llc:ip:tcp"},
        {"sll_ppp", LinkType::kLinuxSll, linux_cooked(join({0xff, 3, 0, 0x21}, kV4), 7), "sll:ppp:ip:tcp"},
        {"sll_tunnel_device", LinkType::kLinuxSll, linux_cooked(kV4, 0x0800, 778), "sll:ip:tcp"},
        {"sll2", LinkType::kLinuxSll2, linux_cooked2(kV6), "sll:ipv6:tcp"},
        {"null_little_endian", LinkType::kNull, loopback({2, 0, 0, 0}, kV4), "null:ip:tcp"},
        {"null_big_endian", LinkType::kNull, loopback({0, 0, 0, 2}, kV4), "null:ip:tcp"},
        {"null_linux_v6", LinkType::kNull, loopback({10, 0, 0, 0}, kV6), "null:ipv6:tcp"},
        {"null_netbsd_v6", LinkType::kNull, loopback({0, 0, 0, 24}, kV6), "null:ipv6:tcp"},
        {"null_freebsd_v6", LinkType::kNull, loopback({28, 0, 0, 0}, kV6), "null:ipv6:tcp"},
        {"null_macos_v6", LinkType::kNull, loopback({30, 0, 0, 0}, kV6), "null:ipv6:tcp"},
        {"null_ether_type", LinkType::kNull, loopback({0xdd, 0x86, 0, 0}, kV6), "null:ipv6:tcp"},
        {"null_16_bit_family", LinkType::kNull, loopback({0, 2, 0, 0}, kV4), "null:ip:tcp"},
        {"null_ppp", LinkType::kNull, loopback({0xff, 3, 0, 0x21}, kV4), "null:ppp:ip:tcp"},
        {"loop_v4", LinkType::kLoop, loopback({0, 0, 0, 2}, kV4), "null:ip:tcp"},
        {"loop_v6", LinkType::kLoop, loopback({0, 0, 0, 24}, kV6), "null:ipv6:tcp"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

/// A frame that ends otherwise.
struct EndCase {
  const char* name;
  LinkType link_type;
  Bytes frame;
  Outcome outcome;
  int ether_type = -1;  ///< what kNotIp is counted under
};

class LinkHeaderEnd : public testing::TestWithParam<EndCase> {};

TEST_P(LinkHeaderEnd, IsCountedByReason) {  // S6
  const Decoded decoded = decode(GetParam().frame, GetParam().link_type);
  EXPECT_EQ(decoded.outcome, GetParam().outcome);
  EXPECT_FALSE(decoded.has_row());
  EXPECT_EQ(decoded.counts->count(GetParam().outcome), 1u);
  if (GetParam().ether_type >= 0) {
    EXPECT_EQ(decoded.counts->by_ether_type[static_cast<std::size_t>(GetParam().ether_type)], 1u);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Frames, LinkHeaderEnd,
    testing::ValuesIn(std::vector<EndCase>{
        {"arp", kEth, ethernet(Bytes(28), 0x0806), Outcome::kNotIp, 0x0806},
        {"arp_in_vlan", kEth, ethernet(vlan_tag(5, Bytes(28), 0x0806), 0x8100), Outcome::kNotIp, 0x0806},
        {"length_above_1500_is_a_type", kEth, ethernet(kV4, 1501), Outcome::kNotIp, 1501},
        {"llc_spanning_tree", kEth, ethernet_llc(join({0x42, 0x42, 0x03}, Bytes(35))), Outcome::kNotIp, 0},
        {"llc_exchange_id", kEth, ethernet_llc(join({0xaa, 0xaa, 0xaf, 0, 0, 0, 8, 0}, kV4)), Outcome::kNotIp, 0},
        {"snap_cisco", kEth, ethernet_llc(llc_snap(kV4, 0x00000c)), Outcome::kNotIp, 0},
        {"snap_with_a_length", kEth, ethernet_llc(llc_snap(kV4, 0, 64)), Outcome::kNotIp, 0},
        {"mpls_associated_channel", kEth, ethernet(mpls_label(100, true, Bytes(60, 0x10)), 0x8847), Outcome::kNotIp,
         0x8847},
        {"mpls_oam_alert", kEth, ethernet(mpls_label(14, true, kV4), 0x8847), Outcome::kNotIp, 0x8847},
        {"mpls_nothing_behind", kEth, ethernet(mpls_label(100, true, {}), 0x8847), Outcome::kLinkHeaderCut},
        {"mpls_without_bottom", kEth, ethernet(mpls_label(100, false, {}), 0x8847), Outcome::kLinkHeaderCut},
        {"pppoe_discovery", kEth, ethernet(Bytes(20), 0x8863), Outcome::kNotIp, 0x8863},
        {"pppoe_lcp", kEth, ethernet({0x11, 0, 0, 7, 0, 6, 0xc0, 0x21, 9, 1, 0, 4}, 0x8864), Outcome::kNotIp, 0x8864},
        {"ipv4_announced_as_ipv6", kEth, ethernet(kV4, 0x86dd), Outcome::kMalformedIp},
        {"empty_frame", kEth, {}, Outcome::kLinkHeaderCut},
        {"raw_empty", LinkType::kRaw, {}, Outcome::kIpHeaderCut},
        {"raw_version_5", LinkType::kRaw, Bytes(40, 0x50), Outcome::kMalformedIp},
        {"ipv6_link_with_ipv4", LinkType::kIpv6, kV4, Outcome::kMalformedIp},
        {"sll_netlink", LinkType::kLinuxSll, linux_cooked(kV4, 0x0800, 824), Outcome::kUnsupportedNetwork},
        {"sll_can", LinkType::kLinuxSll, linux_cooked(kV4, 0x000c, 280), Outcome::kUnsupportedNetwork},
        {"sll_arp", LinkType::kLinuxSll, linux_cooked(Bytes(28), 0x0806), Outcome::kNotIp, 0x0806},
        {"null_ipx", LinkType::kNull, loopback({23, 0, 0, 0}, kV4), Outcome::kUnsupportedNetwork},
        {"loop_little_endian", LinkType::kLoop, loopback({2, 0, 0, 0}, kV4), Outcome::kUnsupportedNetwork},
        {"unsupported_link_type", static_cast<LinkType>(195), kV4, Outcome::kUnsupportedLink},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(VlanTags, AreDataOutermostFirst) {  // S7
  const Bytes frame = ethernet(vlan_tag(0x2005, vlan_tag(0x0006, kV4), 0x8100), 0x88a8);
  const Decoded decoded = decode(frame);
  ASSERT_TRUE(decoded.has_row());
  EXPECT_EQ(decoded.carrier().vlan_tags, 2);
  EXPECT_EQ(decoded.carrier().vlan, (std::array<std::uint16_t, kMaxVlanTags>{0x2005, 0x0006, 0, 0}));
}

TEST(VlanTags, AreCountedBeyondThoseKept) {
  Bytes inner = kV4;
  for (std::uint32_t tag = 6; tag > 0; --tag) inner = vlan_tag(tag, inner, tag == 6 ? 0x0800 : 0x8100);
  const Decoded decoded = decode(ethernet(inner, 0x8100));
  ASSERT_TRUE(decoded.has_row());
  EXPECT_EQ(decoded.carrier().vlan_tags, 6);
  EXPECT_EQ(decoded.carrier().vlan, (std::array<std::uint16_t, kMaxVlanTags>{1, 2, 3, 4}));
}

TEST(VlanTags, HaveACap) {
  Bytes inner = kV4;
  for (int i = 0; i < 40; ++i) inner = vlan_tag(1, inner, i == 0 ? 0x0800 : 0x8100);
  EXPECT_EQ(decode(ethernet(inner, 0x8100)).outcome, Outcome::kSegment);
  for (int i = 0; i < 40; ++i) inner = vlan_tag(1, inner, 0x8100);
  EXPECT_EQ(decode(ethernet(inner, 0x8100)).outcome, Outcome::kTooDeep);
}

TEST(LinkLength, CutsTheIpPacket) {  // S2: an 802.3 or PPPoE length is what the wire held
  const Decoded llc = decode(ethernet_llc(llc_snap(kV4), static_cast<int>(kV4.size()) + 8 - 2));
  ASSERT_TRUE(llc.has_row());
  EXPECT_EQ(llc.row().payload_bytes, 3u);
  EXPECT_EQ(llc.row().oddities, oddity::kLengthCutToWire);

  const Decoded session = decode(ethernet(pppoe(kV4, static_cast<int>(kV4.size()) + 2 - 3), 0x8864));
  ASSERT_TRUE(session.has_row());
  EXPECT_EQ(session.row().payload_bytes, 2u);

  const Decoded beyond = decode(ethernet(pppoe(kV4, 1000), 0x8864));
  ASSERT_TRUE(beyond.has_row());
  EXPECT_EQ(beyond.row().payload_bytes, 5u);
  EXPECT_EQ(beyond.row().oddities, 0);
}

}  // namespace
}  // namespace pcapsule::decode
