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

Bytes typed(const Bytes& packet) { return join(packet[0] >> 4 == 6 ? Bytes{0x86, 0xdd} : Bytes{8, 0}, packet); }

/// Two MAC addresses, then LLC: FDDI and token ring behind their control bytes.
Bytes lan(const Bytes& control, const Bytes& rest) { return join(control, join(kMac, join(kMac, rest))); }

Bytes nflog(const Bytes& packet) {
  Bytes out = {2, 0, 0, 0, 5, 0, 10, 0, 'x', 0, 0, 0};  // a prefix, padded
  out.push_back(static_cast<std::uint8_t>(packet.size() + 4));
  return join(out, join({0, 9, 0}, packet));
}

class OtherLink : public testing::TestWithParam<Encapsulated> {};

TEST_P(OtherLink, LeadsToTcp) { expect_segment_in(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Serial, OtherLink,
    testing::ValuesIn(std::vector<Encapsulated>{
        {"cisco_hdlc", LinkType::kCiscoHdlc, join({0x0f, 0}, typed(kV4)), "chdlc:ip:tcp"},
        {"ppp_hdlc", LinkType::kPppHdlc, join({0xff, 3, 0, 0x57}, kV6), "ppp:ipv6:tcp"},
        {"ppp_cisco_hdlc", LinkType::kPppHdlc, join({0x8f, 0}, typed(kV4)), "ppp:chdlc:ip:tcp"},
        {"ppp_with_direction", LinkType::kPppWithDirection, join({1, 0xff, 3, 0, 0x21}, kV4), "ppp:ip:tcp"},
        {"pppd", LinkType::kPppPppd, join({1, 3, 0, 0x21}, kV4), "ppp:ip:tcp"},
        {"pppoe_session", LinkType::kPppoeSession, pppoe(kV4), "pppoes:ppp:ip:tcp"},
        {"ppp_bridged", LinkType::kPpp, join({0xff, 3, 0, 0x31, 0x80, 1}, join(ethernet(kV4), Bytes(4))),
         "ppp:bcp_bpdu:eth:ip:tcp", 4},
        {"ppp_llc", LinkType::kPpp, join({0xff, 3, 0, 0x4b}, llc_snap(kV4)), "ppp:llc:ip:tcp"},
        {"ppp_ether_type", LinkType::kPpp, join({0xff, 3}, typed(kV6)), "ppp:ipv6:tcp"},
        {"frame_relay", LinkType::kFrameRelay, join({0x18, 0x41, 3, 0xcc}, kV4), "fr:ip:tcp"},
        {"frame_relay_four_byte_address", LinkType::kFrameRelay, join({0x18, 0x40, 0, 1, 3, 0x8e}, kV6), "fr:ipv6:tcp"},
        {"frame_relay_snap", LinkType::kFrameRelay, join({0x18, 0x41, 3, 0, 0x80, 0, 0, 0}, typed(kV4)), "fr:ip:tcp"},
        {"frame_relay_bridged", LinkType::kFrameRelay,
         join({0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 7}, ethernet(kV4)), "fr:eth:ip:tcp"},
        {"frame_relay_cisco", LinkType::kFrameRelay, join({0x18, 0x41}, typed(kV4)), "fr:ip:tcp"},
        {"juniper_ethernet", LinkType::kJuniperEthernet, join({'M', 'G', 'C', 0x81, 0, 2, 9, 9}, ethernet(kV4)),
         "juniper:eth:ip:tcp"},
        {"juniper_ppp", LinkType::kJuniperPpp, join({'M', 'G', 'C', 1, 0xff, 3, 0, 0x21}, kV4), "juniper:ppp:ip:tcp"},
        {"erf_ethernet", LinkType::kErf,
         join(join(Bytes(8), {0x82, 4, 0, 0, 0, 0, 0, 64, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0}), ethernet(kV4)),
         "erf:eth:ip:tcp"},
        {"atm_rfc_1483", LinkType::kAtmRfc1483, llc_snap(kV4), "llc:ip:tcp"},
        {"atm_rfc_1483_bridged", LinkType::kAtmRfc1483,
         join({0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 1, 0, 0}, join(ethernet(kV4), Bytes(4))), "llc:eth:ip:tcp", 4},
        {"atm_rfc_1483_routed_iso", LinkType::kAtmRfc1483, join({0xfe, 0xfe, 3, 0xcc}, kV4), "llc:osi:ip:tcp"},
        {"atm_clip", LinkType::kAtmClip, kV4, "clip:ip:tcp"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Networks, OtherLink,
    testing::ValuesIn(std::vector<Encapsulated>{
        {"fddi", LinkType::kFddi, lan({0x57}, llc_snap(kV4)), "fddi:llc:ip:tcp"},
        {"token_ring", LinkType::kTokenRing, lan({0x10, 0x40}, llc_snap(kV6)), "tr:llc:ipv6:tcp"},
        {"token_ring_routed", LinkType::kTokenRing,
         join({0x10, 0x40}, join(kMac, join({0x80, 0x1b, 0x21, 0, 0, 1, 6, 0x30, 0, 0x11, 0, 0x20}, llc_snap(kV4)))),
         "tr:llc:ip:tcp"},
        {"token_ring_bridged", LinkType::kAtmRfc1483,
         join({0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 9, 0, 0}, lan({0x10, 0x40}, llc_snap(kV4))), "llc:tr:llc:ip:tcp"},
        {"fddi_bridged", LinkType::kAtmRfc1483,
         join({0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 10, 0, 0, 0}, lan({0x50}, llc_snap(kV4))), "llc:fddi:llc:ip:tcp"},
        {"arcnet_rfc_1051", LinkType::kArcnet, join({1, 2, 0xf0}, kV4), "arcnet:ip:tcp"},
        {"arcnet_rfc_1201", LinkType::kArcnet, join({1, 2, 0xd4, 0, 0, 1}, kV4), "arcnet:ip:tcp"},
        {"arcnet_exception", LinkType::kArcnet, join({1, 2, 0xd4, 0xff, 0, 0, 0xd4, 0, 0, 1}, kV4), "arcnet:ip:tcp"},
        {"arcnet_linux_ipv6", LinkType::kLinuxArcnet, join({1, 2, 0, 0, 0xc4, 0, 0, 1}, kV6), "arcnet:ipv6:tcp"},
        {"ipoib", LinkType::kIpoib, join(Bytes(40), join({8, 0, 0, 0}, kV4)), "ipoib:ip:tcp"},
        {"ap1394", LinkType::kAp1394, join(Bytes(16), typed(kV6)), "ap1394:ipv6:tcp"},
        {"ip_over_fibre_channel", LinkType::kIpOverFibreChannel, join(Bytes(16), llc_snap(kV4)), "ipfc:llc:ip:tcp"},
        {"symantec", LinkType::kSymantec, join(join(Bytes(6), {8, 0}), join(Bytes(36), kV4)), "symantec:ip:tcp"},
        {"nflog", LinkType::kNflog, nflog(kV4), "nflog:ip:tcp"},
        {"enc", LinkType::kEnc, join({24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, kV6), "enc:ipv6:tcp"},
        {"pflog", LinkType::kPflog, join(join({61, 2}, Bytes(62)), kV4), "pflog:ip:tcp"},
        {"pflog_freebsd_ipv6", LinkType::kPflog, join(join({64, 28}, Bytes(62)), kV6), "pflog:ipv6:tcp"},
        {"raw_bsd", LinkType::kBsdRaw, kV4, "raw:ip:tcp"},
        {"raw_openbsd", LinkType::kOpenBsdRaw, kV6, "raw:ipv6:tcp"},
        {"tzsp_link", LinkType::kTzsp, join({1, 0, 0, 1, 1}, ethernet(kV4)), "tzsp:eth:ip:tcp"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

struct Ended {
  const char* name;
  LinkType link_type;
  Bytes frame;
  Outcome outcome;
};

class OtherLinkEnd : public testing::TestWithParam<Ended> {};

TEST_P(OtherLinkEnd, IsCountedByReason) {
  const Decoded decoded = decode(GetParam().frame, GetParam().link_type);
  EXPECT_EQ(to_text(decoded.outcome), to_text(GetParam().outcome));
  EXPECT_FALSE(decoded.has_row());
}

INSTANTIATE_TEST_SUITE_P(
    Frames, OtherLinkEnd,
    testing::ValuesIn(std::vector<Ended>{
        {"cisco_keep_alive", LinkType::kCiscoHdlc, join({0x8f, 0, 0x80, 0x35}, Bytes(18)), Outcome::kNotIp},
        {"frame_relay_management", LinkType::kFrameRelay, {0, 1, 3, 8, 0, 0x75}, Outcome::kNotIp},
        {"frame_relay_circuit_0", LinkType::kFrameRelay, join({0, 1}, typed(kV4)), Outcome::kNotIp},
        {"frame_relay_cut", LinkType::kFrameRelay, {0x18, 0x41, 3}, Outcome::kLinkHeaderCut},
        {"fddi_ring_management", LinkType::kFddi, lan({0x41}, llc_snap(kV4)), Outcome::kNotIp},
        {"token_ring_mac_frame", LinkType::kTokenRing, lan({0x10, 0}, llc_snap(kV4)), Outcome::kNotIp},
        {"arcnet_arp", LinkType::kArcnet, join({1, 2, 0xd5, 0, 0, 1}, Bytes(28)), Outcome::kNotIp},
        {"juniper_without_link_header", LinkType::kJuniperEthernet, join({'M', 'G', 'C', 3, 0, 0, 0, 2}, kV4),
         Outcome::kUnsupportedNetwork},
        {"juniper_without_magic", LinkType::kJuniperPpp, kV4, Outcome::kUnsupportedNetwork},
        {"nflog_without_packet", LinkType::kNflog, {2, 0, 0, 0, 5, 0, 10, 0, 'x', 0, 0, 0}, Outcome::kLinkHeaderCut},
        {"nflog_field_of_length_0", LinkType::kNflog, {2, 0, 0, 0, 0, 0, 9, 0, 0x45}, Outcome::kUnsupportedNetwork},
        {"enc_other_family", LinkType::kEnc, join({28, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, kV6),
         Outcome::kUnsupportedNetwork},
        {"erf_infiniband", LinkType::kErf, join(join(Bytes(8), {21, 4, 0, 0, 0, 0, 0, 64}), kV4),
         Outcome::kUnsupportedNetwork},
        {"erf_headers_without_end", LinkType::kErf, Bytes(64, 0xff), Outcome::kLinkHeaderCut},
    }),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pcapsule::decode
