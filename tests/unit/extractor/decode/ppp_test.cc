// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/extractor/decode/decoded.h"

namespace pcapsule::decode {
namespace {

using test::join;

const Bytes kV4 = TcpPacket().payload(5).packet();
const Bytes kV6 = TcpPacket().from("[2001:db8::1]:40000").to("[2001:db8::2]:80").payload(5).packet();

struct PppCase {
  const char* name;
  Bytes frame;
  Outcome outcome;
  const char* layers;
};

class Ppp : public testing::TestWithParam<PppCase> {};

TEST_P(Ppp, FindsTheProtocol) {
  const Decoded decoded = decode(GetParam().frame, LinkType::kPpp);
  EXPECT_EQ(decoded.outcome, GetParam().outcome);
  EXPECT_EQ(decoded.layers(), GetParam().layers);
  const bool is_counted = decoded.counts->by_ether_type[0x880b] == 1;
  EXPECT_EQ(is_counted, GetParam().outcome == Outcome::kNotIp);
}

INSTANTIATE_TEST_SUITE_P(
    Frames, Ppp,
    testing::ValuesIn(std::vector<PppCase>{
        {"address_and_control", join({0xff, 3, 0, 0x21}, kV4), Outcome::kSegment, "ppp:ip:tcp"},
        {"control_compressed_RFC_1661_6_6", join({0, 0x21}, kV4), Outcome::kSegment, "ppp:ip:tcp"},
        {"protocol_compressed_RFC_1661_6_5", join({0xff, 3, 0x21}, kV4), Outcome::kSegment, "ppp:ip:tcp"},
        {"both_compressed", join({0x57}, kV6), Outcome::kSegment, "ppp:ipv6:tcp"},
        {"ipv6", join({0xff, 3, 0, 0x57}, kV6), Outcome::kSegment, "ppp:ipv6:tcp"},
        {"mpls", join({0xff, 3, 2, 0x81}, test::mpls_label(9, true, kV4)), Outcome::kSegment, "ppp:mpls:ip:tcp"},
        {"fcs_at_the_end", join(join({0xff, 3, 0, 0x21}, kV4), {1, 2}), Outcome::kSegment, "ppp:ip:tcp"},
        {"link_control", {0xff, 3, 0xc0, 0x21, 1, 1, 0, 4}, Outcome::kNotIp, ""},
        {"no_ppp_at_all", kV4, Outcome::kNotIp, ""},
        {"empty", {}, Outcome::kLinkHeaderCut, ""},
        {"address_alone", {0xff}, Outcome::kLinkHeaderCut, ""},
        {"protocol_cut", {0xff, 3, 0}, Outcome::kLinkHeaderCut, ""},
    }),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pcapsule::decode
