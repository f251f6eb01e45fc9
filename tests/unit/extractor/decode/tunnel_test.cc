// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/extractor/decode/decoded.h"

namespace pcapsule::decode {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): builders read better bare

const Bytes kV4 = TcpPacket().ack(1).payload(5).packet();
const Bytes kV6 = TcpPacket().from("[2001:db8::1]:40000").to("[2001:db8::2]:80").ack(1).payload(5).packet();
const Bytes kMac{0x00, 0x1b, 0x21, 0, 0, 1};

constexpr LinkType kEth = LinkType::kEthernet;

/// Ethernet between addresses of a vendor.
Bytes vendor_ethernet(const Bytes& payload, std::uint32_t ether_type = 0x0800) {
  return ByteBuffer().add(kMac).add(kMac).be16(ether_type).add(payload).take();
}

Bytes typed(const Bytes& packet) { return join(packet[0] >> 4 == 6 ? Bytes{0x86, 0xdd} : Bytes{8, 0}, packet); }

Bytes outer(std::uint8_t protocol, const Bytes& payload) {
  return ethernet(TcpPacket().from("198.51.100.1:0").to("198.51.100.2:0").packet_around(protocol, payload));
}

Bytes udp(std::uint32_t source, std::uint32_t destination, const Bytes& payload, int length = -1) {
  const auto own = static_cast<std::uint32_t>(payload.size() + 8);
  return ByteBuffer()
      .be16(source)
      .be16(destination)
      .be16(length < 0 ? own : static_cast<std::uint32_t>(length))
      .be16(0)
      .add(payload)
      .take();
}

Bytes in_udp(std::uint32_t port, const Bytes& payload) { return outer(17, udp(50000, port, payload)); }

Bytes gre(std::uint32_t flags, std::uint32_t protocol, const Bytes& payload) {
  return ByteBuffer().be16(flags).be16(protocol).add(payload).take();
}

Bytes vxlan(const Bytes& frame, std::uint8_t next_protocol = 0) {
  return join({0x08, 0, 0, next_protocol, 0, 0, 42, 0}, frame);
}

Bytes gtp(std::uint8_t flags, const Bytes& payload) {
  return ByteBuffer().u8(flags).u8(255).be16(static_cast<std::uint32_t>(payload.size())).be32(7).add(payload).take();
}

class Tunnel : public testing::TestWithParam<Encapsulated> {};

TEST_P(Tunnel, LeadsToTheInnermostTcp) { expect_segment_in(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    BehindIp, Tunnel,
    testing::ValuesIn(std::vector<Encapsulated>{
        {"ip_in_ip", kEth, outer(4, kV4), "eth:ip:ip:tcp"},
        {"six_in_four", kEth, outer(41, kV6), "eth:ip:ipv6:tcp"},
        {"mpls_in_ip", kEth, outer(137, mpls_label(9, true, kV4)), "eth:ip:mpls:ip:tcp"},
        {"ethernet_in_ip_RFC_8986", kEth, outer(143, ethernet(kV4)), "eth:ip:eth:ip:tcp"},
        {"ether_ip", kEth, outer(97, join({0x30, 0}, ethernet(kV4))), "eth:ip:etherip:eth:ip:tcp"},
        {"gre", kEth, outer(47, gre(0, 0x0800, kV4)), "eth:ip:gre:ip:tcp"},
        {"gre_ipv6", kEth, outer(47, gre(0, 0x86dd, kV6)), "eth:ip:gre:ipv6:tcp"},
        {"gre_checksum", kEth, outer(47, gre(0x8000, 0x0800, join(Bytes(4), kV4))), "eth:ip:gre:ip:tcp"},
        {"gre_key_sequence", kEth, outer(47, gre(0x3000, 0x0800, join(Bytes(8), kV4))), "eth:ip:gre:ip:tcp"},
        {"gre_routes_RFC_1701", kEth,
         outer(47, gre(0x4000, 0x0800, join({0, 0, 0, 0, 8, 0, 0, 4, 1, 2, 3, 4, 0, 0, 0, 0}, kV4))),
         "eth:ip:gre:ip:tcp"},
        {"gre_pptp", kEth, outer(47, gre(0x3081, 0x880b, join(Bytes(12), join({0xff, 3, 0, 0x21}, kV4)))),
         "eth:ip:gre:ppp:ip:tcp"},
        {"gre_bridging", kEth, outer(47, gre(0, 0x6558, ethernet(kV4))), "eth:ip:gre:eth:ip:tcp"},
        {"gre_mpls", kEth, outer(47, gre(0, 0x8847, mpls_label(9, true, kV4))), "eth:ip:gre:mpls:ip:tcp"},
        {"gre_wccp", kEth, outer(47, gre(0, 0x883e, kV4)), "eth:ip:gre:ip:tcp"},
        {"gre_wccp_redirect", kEth, outer(47, gre(0, 0x883e, join(Bytes(4), kV4))), "eth:ip:gre:ip:tcp"},
        {"erspan_1", kEth, outer(47, gre(0, 0x88be, ethernet(kV4))), "eth:ip:gre:erspan:eth:ip:tcp"},
        {"erspan_2", kEth, outer(47, gre(0x1000, 0x88be, join({0, 0, 0, 1, 0x10, 0, 0, 0, 0, 0, 0, 0}, ethernet(kV4)))),
         "eth:ip:gre:erspan:eth:ip:tcp"},
        {"erspan_3", kEth,
         outer(47, gre(0x1000, 0x22eb, join({0, 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, ethernet(kV4)))),
         "eth:ip:gre:erspan:eth:ip:tcp"},
        {"erspan_3_platform", kEth,
         outer(47, gre(0x1000, 0x22eb,
                       join({0, 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, join(Bytes(8), ethernet(kV4))))),
         "eth:ip:gre:erspan:eth:ip:tcp"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    BehindUdp, Tunnel,
    testing::ValuesIn(std::vector<Encapsulated>{
        {"vxlan", kEth, in_udp(4789, vxlan(ethernet(kV4))), "eth:ip:udp:vxlan:eth:ip:tcp"},
        {"vxlan_by_source_port", kEth, outer(17, udp(4789, 50000, vxlan(ethernet(kV4)))),
         "eth:ip:udp:vxlan:eth:ip:tcp"},
        {"vxlan_gpe_ipv6", kEth, in_udp(4790, vxlan(kV6, 2)), "eth:ip:udp:ipv6:tcp"},
        {"vxlan_gpe_nsh", kEth, in_udp(4790, vxlan(join({0x0f, 0xc2, 2, 3, 0, 0, 1, 0xff}, ethernet(kV4)), 4)),
         "eth:ip:udp:nsh:eth:ip:tcp"},
        {"geneve", kEth, in_udp(6081, join({1, 0, 0x65, 0x58, 0, 0, 42, 0, 1, 2, 3, 0}, ethernet(kV4))),
         "eth:ip:udp:geneve:eth:ip:tcp"},
        {"gtp", kEth, in_udp(2152, gtp(0x30, kV4)), "eth:ip:udp:gtp:ip:tcp"},
        {"gtp_ethernet", kEth, in_udp(2152, gtp(0x30, ethernet(kV4))), "eth:ip:udp:gtp:eth:ip:tcp"},
        {"gtp_sequence", kEth, in_udp(2152, gtp(0x32, join(Bytes(4), kV6))), "eth:ip:udp:gtp:ipv6:tcp"},
        {"gtp_extensions", kEth, in_udp(2152, gtp(0x34, join({0, 0, 0, 0x85, 1, 0, 9, 0x40, 1, 0, 0, 0}, kV4))),
         "eth:ip:udp:gtp:ip:tcp"},
        {"l2tp", kEth, in_udp(1701, join({0, 2, 0, 1, 0, 2, 0xff, 3, 0, 0x21}, kV4)), "eth:ip:udp:l2tp:ppp:ip:tcp"},
        {"l2tp_sequence_offset", kEth,
         in_udp(1701, join({0x0a, 2, 0, 1, 0, 2, 0, 3, 0, 4, 0, 2, 9, 9, 0xff, 3, 0, 0x21}, kV4)),
         "eth:ip:udp:l2tp:ppp:ip:tcp"},
        {"teredo", kEth, in_udp(3544, kV6), "eth:ip:udp:teredo:ipv6:tcp"},
        {"teredo_authentication_origin", kEth,
         in_udp(3544, join({0, 1, 1, 1, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, kV6)),
         "eth:ip:udp:teredo:ipv6:tcp"},
        {"ayiya", kEth, in_udp(5072, join({0x41, 0x12, 0x11, 41}, join(Bytes(4 + 16 + 4), kV6))),
         "eth:ip:udp:ayiya:ipv6:tcp"},
        {"lisp", kEth, in_udp(4341, join(Bytes(8), kV4)), "eth:ip:udp:lisp-data:ip:tcp"},
        {"mpls_in_udp", kEth, in_udp(6635, mpls_label(9, true, kV4)), "eth:ip:udp:mpls:ip:tcp"},
        {"gre_in_udp", kEth, in_udp(4754, gre(0, 0x0800, kV4)), "eth:ip:udp:gre:ip:tcp"},
        {"tzsp_with_tags", kEth, in_udp(37008, join({1, 0, 0, 1, 0, 10, 1, 7, 1}, ethernet(kV4))),
         "eth:ip:udp:tzsp:eth:ip:tcp"},
        {"capwap", kEth, in_udp(5247, join({0, 0x10, 0, 0, 0, 0, 0, 0}, ethernet(kV4))),
         "eth:ip:udp:capwap.data:eth:ip:tcp"},
        {"jmirror", kEth, in_udp(30030, join(Bytes(8), kV6)), "eth:ip:udp:jmirror:ipv6:tcp"},
        {"udp_lite", kEth, outer(136, udp(50000, 4789, vxlan(ethernet(kV4)), 8)), "eth:ip:udplite:vxlan:eth:ip:tcp"},
        {"tunnel_in_tunnel", kEth, in_udp(4789, vxlan(outer(47, gre(0, 0x0800, kV4)))),
         "eth:ip:udp:vxlan:eth:ip:gre:ip:tcp"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    BehindEthernet, Tunnel,
    testing::ValuesIn(std::vector<Encapsulated>{
        {"backbone_tag", kEth, ethernet(join(Bytes(16), typed(kV4)), 0x88e7), "eth:ieee8021ah:ip:tcp"},
        {"backbone_tag_in_s_tag", kEth, ethernet(vlan_tag(5, join(Bytes(16), typed(kV4)), 0x88e7), 0x88a8),
         "eth:ieee8021ad:ip:tcp"},
        {"cisco_metadata", kEth, ethernet(join({1, 1, 0, 1, 0, 2}, typed(kV6)), 0x8909), "eth:cmd:ipv6:tcp"},
        {"vn_tag", kEth, ethernet(join(Bytes(4), typed(kV4)), 0x8926), "eth:vntag:ip:tcp"},
        {"vn_tag_llc", kEth, ethernet(join({0, 0, 0, 0, 0, 53}, llc_snap(kV4)), 0x8926), "eth:vntag:llc:ip:tcp"},
        {"e_tag", kEth, ethernet(join(Bytes(6), typed(kV4)), 0x893f), "eth:etag:ip:tcp"},
        {"hsr", kEth, ethernet(join(Bytes(4), typed(kV4)), 0x892f), "eth:hsr:ip:tcp"},
        {"redundancy_tag", kEth, ethernet(join(Bytes(4), typed(kV4)), 0xf1c1), "eth:ieee8021cb:ip:tcp"},
        {"macsec_in_the_clear", kEth, ethernet(join(join({0x20, 0}, Bytes(12)), join(typed(kV4), Bytes(16))), 0x88e5),
         "eth:macsec:ip:tcp", 16},
        {"trill_options", kEth, ethernet(join({0, 0x41, 0, 1, 0, 2, 0, 0, 0, 0}, ethernet(kV4)), 0x22f3),
         "eth:trill:eth:ip:tcp"},
        {"fabric_path", kEth, ethernet(join({4, 1}, join(ethernet(kV4), Bytes(4))), 0x8903), "eth:cfp:eth:ip:tcp", 4},
        {"batman", kEth, ethernet(join({0x40, 15, 50, 1, 2, 2, 2, 2, 2, 2}, ethernet(kV4)), 0x4305),
         "eth:batadv:eth:ip:tcp"},
        {"nsh_type_1", kEth, ethernet(join({0x0f, 0xc6, 1, 1, 0, 0, 1, 0xff}, join(Bytes(16), kV4)), 0x894f),
         "eth:nsh:ip:tcp"},
        {"bridged_in_ethernet", kEth, ethernet(ethernet(kV4), 0x6558), "eth:eth:ip:tcp"},
        {"pseudowire_control_word", kEth, ethernet(mpls_label(9, true, join(Bytes(4), ethernet(kV4))), 0x8847),
         "eth:mpls:pwethheuristic:pwethcw:eth:ip:tcp"},
        {"pseudowire_vlan", kEth, ethernet(mpls_label(9, true, vendor_ethernet(vlan_tag(5, kV4), 0x8100)), 0x8847),
         "eth:mpls:pwethheuristic:pwethnocw:eth:vlan:ip:tcp"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

struct Ended {
  const char* name;
  LinkType link_type;
  Bytes frame;
  Outcome outcome;
};

class TunnelEnd : public testing::TestWithParam<Ended> {};

TEST_P(TunnelEnd, IsCountedByReason) {
  const Decoded decoded = decode(GetParam().frame, GetParam().link_type);
  EXPECT_EQ(to_text(decoded.outcome), to_text(GetParam().outcome));
  EXPECT_FALSE(decoded.has_row());
}

INSTANTIATE_TEST_SUITE_P(
    Frames, TunnelEnd,
    testing::ValuesIn(std::vector<Ended>{
        {"udp_without_tunnel", kEth, in_udp(9999, kV4), Outcome::kNotTcp},
        {"udp_header_cut", kEth, outer(17, Bytes(7)), Outcome::kNotTcp},
        {"udp_length_below_8", kEth, outer(17, udp(50000, 4789, vxlan(ethernet(kV4)), 7)), Outcome::kNotTcp},
        {"udp_lower_port_decides", kEth, outer(17, udp(53, 4789, vxlan(ethernet(kV4)))), Outcome::kNotTcp},
        {"vxlan_8472_is_no_default", kEth, in_udp(8472, vxlan(ethernet(kV4))), Outcome::kNotTcp},
        {"vxlan_arp", kEth, in_udp(4789, vxlan(ethernet(Bytes(28), 0x0806))), Outcome::kNotIp},
        {"vxlan_header_cut", kEth, in_udp(4789, Bytes(7)), Outcome::kTunnelHeaderCut},
        {"vxlan_gpe_without_protocol", kEth, in_udp(4790, vxlan(ethernet(kV4))), Outcome::kNotTcp},
        {"geneve_options_beyond_the_end", kEth, in_udp(6081, join({0x3f, 0, 8, 0}, Bytes(60))),
         Outcome::kTunnelHeaderCut},
        {"gtp_echo", kEth, in_udp(2152, {0x32, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0}), Outcome::kNotTcp},
        {"gtp_version_2", kEth, in_udp(2152, gtp(0x48, kV4)), Outcome::kNotTcp},
        {"gtp_prime", kEth, in_udp(2152, gtp(0x20, kV4)), Outcome::kNotTcp},
        {"gtp_ran_container", kEth, in_udp(2152, gtp(0x34, join({0, 0, 0, 0x84, 1, 0, 0, 0}, kV4))), Outcome::kNotTcp},
        {"gtp_extension_of_length_0", kEth, in_udp(2152, gtp(0x34, join({0, 0, 0, 0x85, 0, 0, 0, 0}, kV4))),
         Outcome::kNotTcp},
        {"l2tp_control", kEth, in_udp(1701, join({0xc8, 2, 0, 12}, Bytes(8))), Outcome::kNotTcp},
        {"l2tp_version_3", kEth, in_udp(1701, join({0, 3, 0, 0, 0, 0, 0, 7}, ethernet(kV4))), Outcome::kNotTcp},
        {"l2tp_version_3_over_ip", kEth, outer(115, join({0, 0, 0, 7}, ethernet(kV4))), Outcome::kNotTcp},
        {"teredo_with_ipv4", kEth, in_udp(3544, kV4), Outcome::kNotTcp},
        {"lisp_version_5", kEth, in_udp(4341, join(Bytes(8), Bytes(40, 0x50))), Outcome::kMalformedIp},
        {"gre_acknowledgment_needs_version_1", kEth,
         outer(47, gre(0x3080, 0x880b, join(Bytes(12), join({0xff, 3, 0, 0x21}, kV4)))), Outcome::kNotIp},
        {"gre_keep_alive", kEth, outer(47, gre(0, 0, {})), Outcome::kNotTcp},
        {"gre_route_beyond_the_end", kEth, outer(47, gre(0x4000, 0x0800, {0, 0, 0, 0, 8, 0, 0, 200, 1, 2})),
         Outcome::kTunnelHeaderCut},
        {"erspan_type_3_without_a_frame", kEth,
         outer(47, gre(0x1000, 0x22eb, join({0, 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0}, kV4))),
         Outcome::kNotTcp},
        {"macsec_encrypted", kEth, ethernet(join({0x0c, 0}, Bytes(60)), 0x88e5), Outcome::kEncrypted},
        {"backbone_tag_with_a_length", kEth, ethernet(join(Bytes(16), join({0, 53}, llc_snap(kV4))), 0x88e7),
         Outcome::kNotIp},
        {"tag_cut", kEth, ethernet(Bytes(5), 0x8926), Outcome::kLinkHeaderCut},
        {"pseudowire_between_local_addresses", kEth,
         ethernet(mpls_label(9, true, join({2, 0, 0, 0, 0, 1}, join({2, 0, 0, 0, 0, 2}, typed(kV4)))), 0x8847),
         Outcome::kNotIp},
        {"capwap_dtls", kEth, in_udp(5247, join({1, 0, 0, 0}, Bytes(60))), Outcome::kNotTcp},
        {"capwap_fragment", kEth, in_udp(5247, join({0, 0x10, 0, 0x80, 0, 0, 0, 0}, ethernet(kV4))),
         Outcome::kLaterFragment},
        {"later_fragment_of_the_tunnel", kEth,
         ethernet(TcpPacket().fragment(3, true).packet_around(47, gre(0, 0x0800, kV4))), Outcome::kLaterFragment},
        {"later_fragment_of_udp", kEth,
         ethernet(TcpPacket().fragment(3, false).packet_around(17, vxlan(ethernet(kV4)))), Outcome::kNotTcp},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(TunnelFragment, IPv4InAFirstFragmentHasALength) {  // W2.1
  const Bytes frame = ethernet(TcpPacket().fragment(0, true).packet_around(47, gre(0, 0x0800, kV4)));
  const Decoded decoded = decode(frame);
  ASSERT_TRUE(decoded.has_row());
  EXPECT_EQ(decoded.row().oddities, 0);
  EXPECT_EQ(decoded.row().payload_bytes, 5u);
}

TEST(TunnelFragment, IPv6InAFirstFragmentHasNone) {  // W2.1
  const Bytes frame = ethernet(TcpPacket().fragment(0, true).packet_around(47, gre(0, 0x86dd, kV6)));
  const Decoded decoded = decode(frame);
  ASSERT_TRUE(decoded.has_row());
  EXPECT_EQ(decoded.row().oddities, oddity::kFirstFragment);
}

TEST(TunnelFacts, AreThoseOfTheInnermostHeader) {
  const Bytes inner = TcpPacket().ttl(7).dscp_ecn(0x2e).ip_id(99).payload(5).packet();
  const Bytes frame = ethernet(TcpPacket().from("198.51.100.1:0").ttl(200).packet_around(47, gre(0, 0x0800, inner)));
  const Decoded decoded = decode(frame);
  ASSERT_TRUE(decoded.has_row());
  EXPECT_EQ(decoded.row().ttl, 7);
  EXPECT_EQ(decoded.row().dscp_ecn, 0x2e);
  EXPECT_EQ(decoded.row().ip_id, 99);
  EXPECT_EQ(decoded.row().source().address, IpAddress::v4(0xc0000201));
}

TEST(TunnelLength, CutsTheInnerPacket) {  // S2: a UDP length is what the datagram holds
  const Bytes body = vxlan(ethernet(kV4));
  const Decoded decoded = decode(outer(17, udp(50000, 4789, body, static_cast<int>(body.size()) + 8 - 2)));
  ASSERT_TRUE(decoded.has_row());
  EXPECT_EQ(decoded.row().payload_bytes, 3u);
  EXPECT_EQ(decoded.row().oddities, oddity::kLengthCutToWire);
}

TEST(TunnelQuote, InAnIcmpErrorIsQuoted) {  // S12
  const Bytes quoted = TcpPacket().packet_around(47, gre(0, 0x0800, kV4));
  const Decoded decoded = decode(outer(1, icmp(3, 1, quoted)));
  EXPECT_EQ(decoded.outcome, Outcome::kQuotedTcp);
  EXPECT_EQ(decoded.layers(), "eth:ip:icmp:ip:gre:ip:tcp");
}

TEST(TunnelNesting, HasACap) {
  Bytes packet = kV4;
  for (int i = 0; i < 25; ++i) packet = TcpPacket().packet_around(47, gre(0, 0x0800, packet));
  EXPECT_EQ(decode(ethernet(packet)).outcome, Outcome::kSegment);
  EXPECT_EQ(decode(ethernet(packet)).layers(), "eth:ip:gre:ip:gre:ip:gre:ip:gre:ip:gre:ip:gre:ip:...:tcp");
  for (int i = 0; i < 25; ++i) packet = TcpPacket().packet_around(47, gre(0, 0x0800, packet));
  EXPECT_EQ(decode(ethernet(packet)).outcome, Outcome::kTooDeep);
}

}  // namespace
}  // namespace pcapsule::decode
