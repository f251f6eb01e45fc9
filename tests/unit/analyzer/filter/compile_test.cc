// SPDX-License-Identifier: Apache-2.0
// What is no filter is told with its place. That the rest means what Wireshark
// means is held against tshark by tests/conformance/filter_test.py.
#include <gtest/gtest.h>

#include "analyzer/filter/filter.h"
#include "analyzer/filter/parser.h"

namespace pcapsule::filter {
namespace {

struct FaultCase {
  const char* name;
  std::string expression;
  std::string carets;  ///< the line below the expression
  std::string message;
};
class CompileFault : public testing::TestWithParam<FaultCase> {};

TEST_P(CompileFault, PointsAtThePlace) {
  const auto filter = Filter::compile(GetParam().expression);
  ASSERT_FALSE(filter.ok());
  EXPECT_EQ(filter.error().code, ErrorCode::kUsage);
  EXPECT_EQ(filter.error().message, "-Y: " + GetParam().message);
  ASSERT_EQ(filter.error().details.size(), 2U);
  EXPECT_EQ(filter.error().details[0], GetParam().expression);
  EXPECT_EQ(filter.error().details[1], GetParam().carets);
}

INSTANTIATE_TEST_SUITE_P(Grammar, CompileFault,
                         testing::ValuesIn(std::vector<FaultCase>{
                             {"ends_early", "tcp.len > 5 &&", "              ^", "the expression ends too early"},
                             {"starts_late", "&& tcp", "^^", "this does not belong here"},
                             {"two_conditions", "tcp ip", "    ^^", "this does not belong here"},
                             {"open_parenthesis", "tcp && (ip", "       ^", "this parenthesis is not closed"},
                             {"closed_twice", "(tcp))", "     ^", "this does not belong here"},
                             {"open_brace", "{tcp.len + 1", "^", "this brace is not closed"},
                             {"parentheses_around_a_value", "(tcp.port) == 80", "           ^^",
                              "parentheses group conditions; group arithmetic with { }"},
                             {"parentheses_around_a_sum", "(tcp.len + 1) * 2 == 4", "              ^",
                              "parentheses group conditions; group arithmetic with { }"},
                             {"set_without_commas", "tcp.port in {80 443}", "                ^^^",
                              "members of a set are separated by commas"},
                             {"set_without_braces", "tcp.port in 80", "            ^^",
                              "here should stand the set, as {80, 443, 8000..8080}"},
                             {"empty_set", "tcp.port in {}", "             ^", "this does not belong here"},
                             {"quantifier_alone", "any tcp.port", "            ^",
                              "'any' and 'all' stand before a comparison"},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Names, CompileFault,
    testing::ValuesIn(std::vector<FaultCase>{
        {"mistyped", "ip && tcp.prot == 80", "      ^^^^^^^^",
         "there is no field 'tcp.prot'; did you mean 'tcp.port'?"},
        {"mistyped_on_the_right", "tcp.len > tcp.hdrlen", "          ^^^^^^^^^^",
         "there is no field 'tcp.hdrlen'; did you mean 'tcp.hdr_len'?"},
        {"minus_in_a_name", "tcp.len-1 > 5", "^^^^^^^^^", "there is no field 'tcp.len-1'; write blanks around a minus"},
        {"payload", "http.host == \"x\"", "^^^^^^^^^",
         "'http.host' is not in a record file: a record file holds no payload"},
        {"other_protocol", "tcp || udp", "       ^^^",
         "'udp' is not in a record file: a record file holds TCP segments only"},
        {"bytes_of_a_protocol", "tcp contains \"GET\"", "^^^",
         "the bytes of 'tcp' are not in a record file; alone it says that the protocol is there"},
        {"constant_on_the_left", "80 == tcp.port", "^^",
         "here stands a field, and '80' is none; the field goes to the left, the constant to the right"},
        {"function", "MAX(tcp.len) > 1", "^^^^^^^^^^^^",
         "there is no function 'MAX'; there are max min abs len count string upper lower"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Types, CompileFault,
    testing::ValuesIn(std::vector<FaultCase>{
        {"too_great", "tcp.port == 65536", "            ^^^^^",
         "'65536' is too great for this field, whose greatest value is 65535"},
        {"no_number", "tcp.len == 1e3", "           ^^^", "'1e3' is not a number"},
        {"quoted_number", "tcp.len == \"1\"", "           ^^^",
         "the field is a number, this is a text; write it without quotes"},
        {"boolean", "tcp.flags.syn == true", "                 ^^^^", "'true' is not True, False, 1 or 0"},
        {"prefix", "ip.src == 10.0.0.1/33", "          ^^^^^^^^^^^",
         "the bits of a network's prefix are a number up to 32, not '33'"},
        {"name_of_a_host", "ip.src == localhost", "          ^^^^^^^^^",
         "'localhost' is not an IPv4 address; names are not resolved"},
        {"other_version", "ip.src == ::1", "          ^^^",
         "'::1' is not an IPv4 address; IPv4 is ip.addr, IPv6 is ipv6.addr"},
        {"seconds", "frame.time_relative > 10s", "                      ^^^",
         "'10s' is not a number of seconds, as 1.5, with at most nine digits behind the point"},
        {"other_type", "ip.addr == ipv6.addr", "           ^^^^^^^^^",
         "the left side is an IPv4 address, this is an IPv6 address"},
        {"arithmetic_with_a_boolean", "tcp.flags.syn + 1 == 2", "^^^^^^^^^^^^^",
         "there is no such arithmetic with True or False"},
        {"contains_in_a_number", "tcp.port contains \"8\"", "^^^^^^^^",
         "contains and matches look into a text, and this is none; write string(...) around it"},
        {"pattern", "tcp.flags.str matches \"[\"", "                      ^^^",
         "the pattern is not valid: missing terminating ] for character class"},
        {"slice_of_a_number", "tcp.port[0] == 0", "^^^^^^^^",
         "only addresses and texts can be sliced; this is a number"},
        {"empty_slice", "ip.src[0:0] == 1", "^^^^^^^^^^^",
         "a slice is written [0:2] (first byte and length), [0-1], [:2], [2:], [-1], or several with commas"},
        {"a_function_is_no_condition", "tcp && len(tcp.port)", "       ^^^^^^^^^^^^^",
         "a function is no condition; compare what it yields, as count(vlan.id) > 1"},
        {"three_of_several_values", "tcp.port + ip.ttl + tcp.port + vlan.id == 1",
         "                               ^^^^^^^",
         "a computation takes at most two fields that have several values in a segment; this is one more"},
        {"in_a_sum", "tcp.len + 1 in {1}", "^^^^^^^^^^^", "only a field may be looked up in a set"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Compile, CaretsStandUnderCharactersNotBytes) {
  const auto filter = Filter::compile("tcp.flags.str == \"··\" && tcp.prot");
  ASSERT_FALSE(filter.ok());
  EXPECT_EQ(filter.error().details[1], "                         ^^^^^^^^");
}

TEST(Compile, OfALongExpressionThePartAroundTheFault) {
  std::string expression;
  for (int i = 0; i < 200; ++i) expression += "tcp.len > 0 && ";
  const auto filter = Filter::compile(expression + "tcp.prot == 80" + " && tcp.len > 0 && tcp.len > 0 && tcp.len > 0");
  ASSERT_FALSE(filter.ok());
  EXPECT_EQ(filter.error().details[0],
            "...tcp.len > 0 && tcp.len > 0 && tcp.len > 0 && tcp.len > 0 && tcp.prot == 80 && tcp.len > 0 && tcp.len > "
            "0 && ...");
  EXPECT_EQ(filter.error().details[1], std::string(63, ' ') + "^^^^^^^^");
}

TEST(Compile, NestingIsLimited) {
  const auto nested = [](std::size_t levels, const std::string& open, const std::string& inner,
                         const std::string& close) {
    std::string expression;
    for (std::size_t i = 0; i < levels; ++i) expression += open;
    expression += inner;
    for (std::size_t i = 0; i < levels; ++i) expression += close;
    return expression;
  };
  EXPECT_TRUE(Filter::compile(nested(kGreatestNesting, "(", "tcp", ")")).ok());
  EXPECT_FALSE(Filter::compile(nested(kGreatestNesting + 1, "(", "tcp", ")")).ok());
  EXPECT_FALSE(Filter::compile(nested(60'000, "(", "tcp", ")")).ok());
  EXPECT_FALSE(Filter::compile(nested(60'000, "{", "tcp.len", "}")).ok());
  EXPECT_FALSE(Filter::compile(nested(20'000, "max(", "tcp.len", ")") + " > 1").ok());
  EXPECT_FALSE(Filter::compile("tcp.len" + nested(60'000, "+1", "", "") + " > 1").ok());
  EXPECT_FALSE(Filter::compile("ip.src" + nested(20'000, "[0:1]", "", "") + " == 1").ok());
  EXPECT_TRUE(Filter::compile(nested(60'001, "!", "tcp", "")).ok());
  EXPECT_TRUE(Filter::compile(nested(10'000, "tcp.len > 0 && ", "tcp", "")).ok());
}

TEST(Compile, SetsAreLimited) {
  const auto set = [](std::size_t members) {
    std::string text = "tcp.len in {0";
    for (std::size_t i = 1; i < members; ++i) text += ",1";
    return text + "}";
  };
  EXPECT_TRUE(Filter::compile(set(kGreatestMembers)).ok());
  EXPECT_FALSE(Filter::compile(set(kGreatestMembers + 1)).ok());
}

TEST(Compile, EveryPrefixIsAFilterOrAFault) {
  const std::string expression =
      R"(any tcp.port#[1-2] in {80, 443 .. tcp.len} && !(tcp.flags.str matches r"[AP]+$" or {-tcp.len + 2} * 3 > max(tcp.len, 'A')))"
      R"( and ip.src[0:2] == c0:a8 || frame.time >= "2020-01-01 00:00:00Z" || 1 < tcp.len < 5)";
  for (std::size_t size = 0; size <= expression.size(); ++size) {
    const auto filter = Filter::compile(std::string_view(expression).substr(0, size));
    EXPECT_TRUE(filter.ok() || filter.error().details.size() == 2) << size;
  }
}

}  // namespace
}  // namespace pcapsule::filter
