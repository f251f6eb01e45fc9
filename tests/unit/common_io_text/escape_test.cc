// SPDX-License-Identifier: Apache-2.0
#include "common/text/escape.h"

#include <gtest/gtest.h>

#include <ostream>
#include <vector>

namespace pcapsule::text {
namespace {

struct EscapeCase {
  const char* name;
  std::string_view text;
  std::string_view terminal;
  std::string_view json;
  friend void PrintTo(const EscapeCase& row, std::ostream* out) { *out << row.name; }
};

class Escape : public testing::TestWithParam<EscapeCase> {};

TEST_P(Escape, ForTerminal) { EXPECT_EQ(escape_for_terminal(GetParam().text), GetParam().terminal); }

TEST_P(Escape, ForJson) {
  std::string out = "x";
  append_json_string(out, GetParam().text);
  EXPECT_EQ(out, "x\"" + std::string(GetParam().json) + "\"");
}

using namespace std::string_view_literals;

INSTANTIATE_TEST_SUITE_P(Texts, Escape,
                         testing::ValuesIn(std::vector<EscapeCase>{
                             {"plain", "eth0 (uplink)", "eth0 (uplink)", "eth0 (uplink)"},
                             {"empty", "", "", ""},
                             {"windows_interface", R"(\Device\NPF_{1})", R"(\Device\NPF_{1})", R"(\\Device\\NPF_{1})"},
                             {"quote", "a\"b", "a\"b", "a\\\"b"},
                             {"terminal_sequence", "\x1b[2J", "\\x1b[2J", "\\u001b[2J"},
                             {"line_ends", "a\r\n\tb", "a\\x0d\\x0a\\x09b", "a\\r\\n\\tb"},
                             {"nul", "a\0b"sv, "a\\x00b", "a\\u0000b"},
                             {"delete", "\x7f", "\\x7f", "\\u007f"},
                             {"c1_control", "\xc2\x9b", "\\xc2\\x9b", "\\u009b"},
                             {"direction_override", "\xe2\x80\xae", "\\xe2\\x80\\xae", "\\u202e"},
                             {"line_separator", "\xe2\x80\xa8", "\\xe2\\x80\\xa8", "\\u2028"},
                             {"two_bytes", "\xc3\xa4", "\xc3\xa4", "\xc3\xa4"},
                             {"four_bytes", "\xf0\x9f\x90\x9f", "\xf0\x9f\x90\x9f", "\xf0\x9f\x90\x9f"},
                             {"greatest_code", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
                             {"beyond_unicode", "\xf4\x90\x80\x80", R"(\xf4\x90\x80\x80)", R"(\\xf4\\x90\\x80\\x80)"},
                             {"lone_continuation", "a\x80z", "a\\x80z", "a\\\\x80z"},
                             {"latin_1", "caf\xe9!", "caf\\xe9!", "caf\\\\xe9!"},
                             {"overlong_two", "\xc0\xaf", "\\xc0\\xaf", "\\\\xc0\\\\xaf"},
                             {"overlong_three", "\xe0\x80\xaf", "\\xe0\\x80\\xaf", "\\\\xe0\\\\x80\\\\xaf"},
                             {"overlong_four", "\xf0\x80\x80\xaf", R"(\xf0\x80\x80\xaf)", R"(\\xf0\\x80\\x80\\xaf)"},
                             {"surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80", "\\\\xed\\\\xa0\\\\x80"},
                             {"cut_character", "a\xe2\x80", "a\\xe2\\x80", "a\\\\xe2\\\\x80"},
                             {"bad_then_good", "\xe2z", "\\xe2z", "\\\\xe2z"},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pcapsule::text
