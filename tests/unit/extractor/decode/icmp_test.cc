// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/extractor/decode/decoded.h"

namespace pcapsule::decode {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): builders read better bare

const TcpPacket kInner = TcpPacket().from("10.0.0.1:5").to("10.0.0.2:6").seq(77).ack(9).payload(4);
const TcpPacket kInner6 = TcpPacket().from("[2001:db8::5]:5").to("[2001:db8::6]:6").seq(77).payload(4);
const TcpPacket kRouter = TcpPacket().from("192.0.2.9:1").to("10.0.0.1:1");
const TcpPacket kRouter6 = TcpPacket().from("[2001:db8::9]:1").to("[2001:db8::5]:1");

Bytes cut(Bytes bytes, std::size_t length) {
  bytes.resize(length);
  return bytes;
}
Bytes v4(const Bytes& message) { return kRouter.packet_around(1, message); }
Bytes v6(const Bytes& message) { return kRouter6.packet_around(58, message); }

struct QuoteCase {
  const char* name;
  Bytes packet;
  std::uint8_t oddities = oddity::kQuoted;
  unsigned available = 20;
};

class Quote : public testing::TestWithParam<QuoteCase> {};

TEST_P(Quote, IsARow) {  // S12
  const Decoded decoded = decode(GetParam().packet, LinkType::kRaw);
  ASSERT_EQ(decoded.outcome, Outcome::kQuotedTcp);
  ASSERT_TRUE(decoded.has_row());
  EXPECT_EQ(decoded.row().source().port, 5);
  EXPECT_EQ(decoded.row().seq, 77u);
  EXPECT_EQ(decoded.row().oddities, GetParam().oddities);
  EXPECT_EQ(decoded.row().header_available, GetParam().available);
}

constexpr std::uint8_t kCutQuote = oddity::kQuoted | oddity::kHeaderCut;

INSTANTIATE_TEST_SUITE_P(
    Errors, Quote,
    testing::ValuesIn(std::vector<QuoteCase>{
        {"unreachable", v4(icmp(3, 1, kInner.packet()))},
        {"source_quench", v4(icmp(4, 0, kInner.packet()))},
        {"time_exceeded", v4(icmp(11, 0, kInner.packet()))},
        {"parameter_problem", v4(icmp(12, 0, kInner.packet()))},
        {"of_16_bytes", v4(icmp(3, 1, cut(kInner.packet(), 36))), kCutQuote, 16},
        {"length_0", v4(icmp(3, 1, TcpPacket(kInner).ip_length(0).packet()))},
        {"of_a_first_fragment", v4(icmp(3, 1, TcpPacket(kInner).fragment(0, true).packet())),
         oddity::kQuoted | oddity::kFirstFragment},
        {"bad_data_offset", v4(icmp(3, 1, TcpPacket(kInner).data_offset(2).packet())),
         oddity::kQuoted | oddity::kBadDataOffset},
        {"in_a_quote", v4(icmp(3, 1, v4(icmp(3, 1, kInner.packet()))))},
        {"in_the_first_fragment_of_an_error",
         TcpPacket(kRouter).fragment(0, true).packet_around(1, icmp(3, 1, kInner.packet()))},
        {"v6_unreachable", v6(icmp(1, 0, kInner6.packet()))},
        {"v6_too_big", v6(icmp(2, 0, kInner6.packet()))},
        {"v6_time_exceeded", v6(icmp(3, 0, kInner6.packet()))},
        {"v6_parameter_problem", v6(icmp(4, 0, kInner6.packet()))},
        {"v6_behind_options",
         v6(icmp(1, 0, kInner6.packet_around(60, ipv6_extension(6, Bytes(6), kInner6.segment()))))},
        {"v6_redirect",
         v6(icmp(137, 0, join(Bytes(32), join({2, 1, 0, 0, 0, 0, 0, 0, 4, 9, 0, 0, 0, 0, 0, 0}, kInner6.packet()))))},
    }),
    [](const auto& row) { return std::string(row.param.name); });

struct NoQuoteCase {
  const char* name;
  Bytes packet;
  std::uint8_t protocol;
};

class NoQuote : public testing::TestWithParam<NoQuoteCase> {};

TEST_P(NoQuote, IsCountedAsIcmp) {
  const Decoded decoded = decode(GetParam().packet, LinkType::kRaw);
  EXPECT_EQ(decoded.outcome, Outcome::kNotTcp);
  EXPECT_FALSE(decoded.has_row());
  EXPECT_EQ(decoded.counts->by_ip_protocol[GetParam().protocol], 1u);
}

INSTANTIATE_TEST_SUITE_P(Messages, NoQuote,
                         testing::ValuesIn(std::vector<NoQuoteCase>{
                             {"echo", v4(icmp(8, 0, kInner.packet())), 1},
                             {"redirect", v4(icmp(5, 1, kInner.packet())), 1},
                             {"classic_8_bytes_S12", v4(icmp(3, 1, cut(kInner.packet(), 28))), 1},
                             {"of_15_bytes_S12", v4(icmp(3, 1, cut(kInner.packet(), 35))), 1},
                             {"of_udp", v4(icmp(3, 3, kInner.packet_around(17, Bytes(20)))), 1},
                             {"of_a_later_fragment", v4(icmp(3, 1, TcpPacket(kInner).fragment(3, true).packet())), 1},
                             {"of_nothing", v4(icmp(3, 1, {})), 1},
                             {"cut", v4({3, 1, 0}), 1},
                             {"v6_echo", v6(icmp(128, 0, kInner6.packet())), 58},
                             {"v6_neighbour", v6(icmp(135, 0, Bytes(24))), 58},
                             {"v6_of_v4", v6(icmp(1, 0, kInner.packet())), 58},
                             {"v6_redirect_option_length_0",
                              v6(icmp(137, 0, join(Bytes(32), {4, 0, 0, 0, 0, 0, 0, 0}))), 58},
                             {"v6_redirect_without_option", v6(icmp(137, 0, Bytes(32))), 58},
                             {"v6_redirect_cut", v6(icmp(137, 0, Bytes(31))), 58},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Quote, HasTheAddressesOfTheQuotedPacket) {  // W1.1, 1.8
  const Decoded decoded = decode(v4(icmp(3, 1, kInner.packet())), LinkType::kRaw);
  ASSERT_TRUE(decoded.has_row());
  EXPECT_EQ(to_text(decoded.row().source()), "10.0.0.1:5");
  EXPECT_EQ(to_text(decoded.row().destination()), "10.0.0.2:6");
  EXPECT_EQ(decoded.layers(), "raw:ip:icmp:ip:tcp");
}

TEST(Quote, NestingHasACap) {
  Bytes packet = kInner.packet();
  for (int i = 0; i < 100; ++i) packet = v4(icmp(3, 1, packet));
  EXPECT_EQ(decode(packet, LinkType::kRaw).outcome, Outcome::kNotTcp);
}

}  // namespace
}  // namespace pcapsule::decode
