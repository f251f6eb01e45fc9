// SPDX-License-Identifier: Apache-2.0
#include "common/net/ip_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

namespace pcapsule {
namespace {

struct TextCase {
  const char* name;
  IpAddress address;
  const char* text;
};

class IpAddressText : public testing::TestWithParam<TextCase> {};

TEST_P(IpAddressText, PrintsAsWireshark) { EXPECT_EQ(to_text(GetParam().address), GetParam().text); }

TEST_P(IpAddressText, ParsesBack) { EXPECT_EQ(parse_ip_address(GetParam().text), GetParam().address); }

INSTANTIATE_TEST_SUITE_P(
    Addresses, IpAddressText,
    testing::ValuesIn(std::vector<TextCase>{
        {"v4", IpAddress::v4(0xc0000201), "192.0.2.1"},
        {"v4_zero", IpAddress::v4(0), "0.0.0.0"},
        {"v4_ones", IpAddress::v4(0xffffffff), "255.255.255.255"},
        {"v6_any", IpAddress::v6(0, 0), "::"},
        {"v6_loopback", IpAddress::v6(0, 1), "::1"},
        {"v6_zeros_at_end", IpAddress::v6(0x20010db800000000, 0), "2001:db8::"},
        {"v6_zeros_inside", IpAddress::v6(0x20010db800000000, 0x1), "2001:db8::1"},
        {"v6_first_of_equal_runs", IpAddress::v6(0x20010db800000000, 0x0001000000000001), "2001:db8::1:0:0:1"},
        {"v6_longest_run", IpAddress::v6(0x2001000000000001, 0x0000000000000001), "2001:0:0:1::1"},
        {"v6_single_zero_is_kept", IpAddress::v6(0x20010db800000001, 0x0001000100010001), "2001:db8:0:1:1:1:1:1"},
        {"v6_full", IpAddress::v6(0xffffffffffffffff, 0xffffffffffffffff), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"v6_mapped_v4", IpAddress::v6(0, 0x0000ffffc0000201), "::ffff:192.0.2.1"},
        {"v6_compatible_v4", IpAddress::v6(0, 0xc0000201), "::192.0.2.1"},
        {"v6_not_compatible_v4", IpAddress::v6(0, 0x0001c0000201), "::1:c000:201"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(IpAddressText, EqualsInetNtopForAnyZeroPattern) {
  std::mt19937 random(1);
  for (unsigned pattern = 0; pattern < 256; ++pattern) {
    std::array<std::uint8_t, 16> bytes{};
    for (unsigned group = 0; group < 8; ++group) {
      if ((pattern & (1u << group)) == 0) continue;
      bytes[group * 2] = static_cast<std::uint8_t>(random());
      bytes[group * 2 + 1] = static_cast<std::uint8_t>(random() | 1);
    }
    std::uint64_t high = 0, low = 0;
    for (std::size_t i = 0; i < 8; ++i) high = (high << 8) | bytes[i];
    for (std::size_t i = 8; i < 16; ++i) low = (low << 8) | bytes[i];
    std::array<char, INET6_ADDRSTRLEN> expected{};
    ASSERT_NE(inet_ntop(AF_INET6, bytes.data(), expected.data(), expected.size()), nullptr);
    EXPECT_EQ(to_text(IpAddress::v6(high, low)), expected.data());
  }
}

TEST(IpAddressText, AppendsBehindWhatIsThere) {
  std::string out = "client ";
  append_text(out, IpAddress::v4(0x0a000001));
  EXPECT_EQ(out, "client 10.0.0.1");
}

class IpAddressRefused : public testing::TestWithParam<const char*> {};

TEST_P(IpAddressRefused, IsNoAddress) { EXPECT_EQ(parse_ip_address(GetParam()), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(Texts, IpAddressRefused,
                         testing::Values("", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4/8", " 1.2.3.4",
                                         "localhost", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::g",
                                         "fe80::1%eth0", "[::1]", "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"));

TEST(IpAddress, MappedV4IsNotV4) { EXPECT_NE(IpAddress::v6(0, 0x0000ffffc0000201), IpAddress::v4(0xc0000201)); }

TEST(IpAddress, EmbeddedZeroIsRefused) { EXPECT_EQ(parse_ip_address(std::string_view("1.2.3.4\0", 8)), std::nullopt); }

}  // namespace
}  // namespace pcapsule
