// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/lexer.h"

#include <gtest/gtest.h>

namespace pcapsule::filter {
namespace {

/// The tokens as `kind:text@begin-end`, the end token left out; or the fault.
std::string lexed(std::string_view expression) {
  const auto tokens = tokenize(expression);
  if (const auto* fault = std::get_if<Fault>(&tokens)) {
    return "fault@" + std::to_string(fault->at.begin) + "-" + std::to_string(fault->at.end) + ": " + fault->message;
  }
  std::string out;
  for (const Token& token : std::get<std::vector<Token>>(tokens)) {
    if (token.kind == TokenKind::kEnd) break;
    if (!out.empty()) out += ' ';
    const bool has_text = token.kind <= TokenKind::kLayer;
    out += has_text ? "<" + token.text + ">"
                    : std::string(expression.substr(token.at.begin, token.at.end - token.at.begin));
  }
  return out;
}

struct LexerCase {
  const char* name;
  std::string expression;
  std::string expected;
};
class Lexer : public testing::TestWithParam<LexerCase> {};

TEST_P(Lexer, Splits) { EXPECT_EQ(lexed(GetParam().expression), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    Words, Lexer,
    testing::ValuesIn(std::vector<LexerCase>{
        {"blanks_are_not_needed", "tcp.port==80&&tcp.len>0", "<tcp.port> == <80> && <tcp.len> > <0>"},
        {"blanks_of_all_kinds", "\ttcp \n&&\r\nip ", "<tcp> && <ip>"},
        {"longest_operator_first", "a===b!==c~=d<=e", "<a> === <b> !== <c> ~= <d> <= <e>"},
        {"a_minus_in_a_word", "tcp.len-1 > 5", "<tcp.len-1> > <5>"},
        {"a_minus_before_a_word", "tcp.len -1", "<tcp.len> - <1>"},
        {"a_plus_splits", "79+1", "<79> + <1>"},
        {"dots_of_a_range", "8000..8080", "<8000> .. <8080>"},
        {"a_fraction_is_no_range", "0.5..1.5", "<0.5> .. <1.5>"},
        {"ipv6", "::1 2001:db8::/32 fe80::1", "<::1> <2001:db8::/32> <fe80::1>"},
        {"network", "10.0.0.0/8", "<10.0.0.0/8>"},
        {"division", "tcp.len/2", "<tcp.len> / <2>"},
        {"a_leading_dot_makes_a_name", ".tcp", "<.tcp>"},
        {"words_for_operators", "a any_ne b and not c in {d}", "<a> any_ne <b> and not <c> in { <d> }"},
        {"words_have_their_case", "a AND b", "<a> <AND> <b>"},
        {"slice", "ip.src[ 0:2 ]", "<ip.src> <0:2>"},
        {"layer", "tcp.port#1 ip#[1-2]", "<tcp.port> <1> <ip> <1-2>"},
        {"string", R"("a\"b\\c\x41\101\t")", "<a\"b\\cAA\t>"},
        {"universal_name", R"("\u00b7\U0001F600")", "<·😀>"},
        {"raw_string", R"(r"a\.b\"c")", R"(<a\.b\"c>)"},
        {"character", "'A' '\\x41'", "<A> <A>"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Faults, Lexer,
    testing::ValuesIn(std::vector<LexerCase>{
        {"single_equals", "tcp.port = 80", "fault@9-10: a comparison is written =="},
        {"open_string", "a == \"b", "fault@5-6: the closing quote is missing"},
        {"open_raw_string", "a == r\"b\\\"", "fault@5-6: the closing quote is missing"},
        {"open_bracket", "a[0", "fault@1-2: the closing ] is missing"},
        {"unknown_escape", R"("a\q")",
         "fault@2-4: there is no such escape; write \\\\ for a backslash, or r\"...\" for a text without escapes"},
        {"escape_at_the_end", "\"a\\",
         "fault@2-4: there is no such escape; write \\\\ for a backslash, or r\"...\" for a text without escapes"},
        {"no_hexadecimal_digits", R"("\xg")",
         "fault@1-3: hexadecimal digits are missing: \\xHH, \\uHHHH or \\UHHHHHHHH"},
        {"universal_name_of_ascii", R"("\u0041")", "fault@1-7: this is no valid universal character name"},
        {"two_characters", "'80'", "fault@0-4: between ' ' stands one character"},
        {"no_character", "''", "fault@0-2: between ' ' stands one character"},
        {"stray_sign", "a ^^ b", "fault@2-3: this does not belong here"},
        {"layer_without_number", "a#b", "fault@1-3: a layer is written tcp.port#1 or tcp.port#[1-2]"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(LexerLimits, TooLongIsRefused) {
  EXPECT_EQ(lexed(std::string(kGreatestExpressionBytes + 1, ' ')),
            "fault@0-1: the expression is longer than 262144 bytes");
}

TEST(LexerLimits, EveryPrefixEnds) {
  const std::string expression = R"(any ip.src#[1-2][0:2] in {"a\x41", 'B', 10.0.0.0/8 .. ::1} && !(r"\d" ~= 0x10))";
  for (std::size_t size = 0; size <= expression.size(); ++size)
    (void)lexed(std::string_view(expression).substr(0, size));
}

}  // namespace
}  // namespace pcapsule::filter
