// SPDX-License-Identifier: Apache-2.0
#include "common/net/endpoint.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcapsule {
namespace {

const IpAddress kV4 = IpAddress::v4(0xc0000201);
const IpAddress kV6 = IpAddress::v6(0x20010db800000000, 1);

TEST(EndpointText, BracketsIpv6) {
  EXPECT_EQ(to_text(Endpoint{kV4, 443}), "192.0.2.1:443");
  EXPECT_EQ(to_text(Endpoint{kV6, 443}), "[2001:db8::1]:443");
}

struct PatternCase {
  const char* name;
  const char* text;
  std::optional<EndpointPattern> expected;
};

bool operator==(const EndpointPattern& a, const EndpointPattern& b) {
  return a.address == b.address && a.port == b.port;
}

class ParseEndpointPattern : public testing::TestWithParam<PatternCase> {};

TEST_P(ParseEndpointPattern, ReadsAddressAndPort) {
  const auto pattern = parse_endpoint_pattern(GetParam().text);
  ASSERT_EQ(pattern.has_value(), GetParam().expected.has_value());
  if (pattern) {
    EXPECT_TRUE(*pattern == *GetParam().expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Texts, ParseEndpointPattern,
                         testing::ValuesIn(std::vector<PatternCase>{
                             {"v4", "192.0.2.1", EndpointPattern{kV4, std::nullopt}},
                             {"v4_port", "192.0.2.1:443", EndpointPattern{kV4, 443}},
                             {"v4_port_zero", "192.0.2.1:0", EndpointPattern{kV4, 0}},
                             {"v6", "2001:db8::1", EndpointPattern{kV6, std::nullopt}},
                             {"v6_bracketed", "[2001:db8::1]", EndpointPattern{kV6, std::nullopt}},
                             {"v6_port", "[2001:db8::1]:65535", EndpointPattern{kV6, 65535}},
                             {"port_too_great", "192.0.2.1:65536", std::nullopt},
                             {"port_empty", "192.0.2.1:", std::nullopt},
                             {"port_signed", "192.0.2.1:+1", std::nullopt},
                             {"port_with_rest", "192.0.2.1:80x", std::nullopt},
                             {"v4_bracketed", "[192.0.2.1]:80", std::nullopt},
                             {"bracket_open", "[2001:db8::1", std::nullopt},
                             {"bracket_then_rest", "[2001:db8::1]80", std::nullopt},
                             {"port_alone", ":80", std::nullopt},
                             {"name", "example.org:80", std::nullopt},
                             {"empty", "", std::nullopt},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(EndpointPattern, MatchesAnyPortWithoutPort) {
  const EndpointPattern any{kV4, std::nullopt};
  const EndpointPattern https{kV4, 443};
  EXPECT_TRUE(any.matches({kV4, 1}));
  EXPECT_TRUE(https.matches({kV4, 443}));
  EXPECT_FALSE(https.matches({kV4, 80}));
  EXPECT_FALSE(any.matches({kV6, 1}));
}

TEST(EndpointPattern, EqualPatternsGiveEqualTexts) {
  EXPECT_EQ(to_text(*parse_endpoint_pattern("[2001:DB8:0::1]:080")), "[2001:db8::1]:80");
  EXPECT_EQ(to_text(*parse_endpoint_pattern("[2001:db8::1]")), "2001:db8::1");
}

}  // namespace
}  // namespace pcapsule
