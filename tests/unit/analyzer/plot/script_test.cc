// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace pcapsule::plot {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Figure figure(Kind kind = Kind::kWindow, std::string subtitle = "x.fb") {
  FigureBuilder builder(kind, 100);
  builder.put(SeriesId::kClientWindow, point_at(0, 65536, 3));
  builder.put(SeriesId::kClientWindow, point_at(1'500'000'000, 0, 4));
  builder.put(SeriesId::kZeroWindow, point_at(1'500'000'000, 0, 4));
  return builder.figure(std::move(subtitle), 10, 8);
}

TEST(GnuplotScript, HasDataAsNumbersAndTextsAsStrings) {
  const std::string script = gnuplot_script(figure(), {Canvas::kSvg, 800, 400});
  EXPECT_THAT(script, HasSubstr("set terminal svg noenhanced rounded size 800,400 "));
  EXPECT_THAT(script, HasSubstr("set title \"Receive window over time\\012x.fb\"\n"));
  EXPECT_THAT(script, HasSubstr("set xlabel \"time since the connection\\047s first segment (s)\"\n"));
  EXPECT_THAT(script, HasSubstr("set ylabel \"receive window (kB)\"\n"));
  EXPECT_THAT(script, HasSubstr("$series0 << end_of_series\n0 65536\n1500000000 0\nend_of_series\n"));
  EXPECT_THAT(script, HasSubstr("plot $series0 using 1:2 with steps"));
  EXPECT_THAT(script, Not(HasSubstr("set output")));
  EXPECT_EQ(script, gnuplot_script(figure(), {Canvas::kSvg, 800, 400}));
}

/// What gnuplot puts into an SVG as it is, and XML cannot have.
TEST(GnuplotScript, ANameLeavesAPictureWellFormed) {
  const std::string script =
      gnuplot_script(figure(Kind::kWindow, "a]]>b\xef\xbf\xbe\xef\xbf\xbf.fb"), {Canvas::kSvg, 800, 400});
  EXPECT_THAT(script, HasSubstr("a]] \\076b\\134u\\173fffe\\175\\134u\\173ffff\\175.fb"));
}

TEST(GnuplotScript, RangesAreVectors) {
  FigureBuilder builder(Kind::kTimeSequence, 100);
  builder.put(SeriesId::kServerData, {10, 1, 1449, 3});
  const std::string script = gnuplot_script(builder.figure("x.fb", 10, 8), {});
  EXPECT_THAT(script, HasSubstr("\n10 1 0 1448\n"));
  EXPECT_THAT(script, HasSubstr("using 1:2:3:4 with vectors nohead"));
}

TEST(GnuplotScript, ASingleValueIsAPoint) {
  FigureBuilder builder(Kind::kWindow, 100);
  builder.put(SeriesId::kClientWindow, point_at(5, 1, 3));
  EXPECT_THAT(gnuplot_script(builder.figure("x.fb", 10, 8), {}), HasSubstr("using 1:2 with points"));
}

TEST(GnuplotScript, TheSecondAxisIsOnlyThereWhereThereIsOne) {
  EXPECT_THAT(gnuplot_script(figure(), {}), Not(HasSubstr("y2")));
  FigureBuilder builder(Kind::kWindowAck, 100);
  builder.put(SeriesId::kClientWindow, point_at(0, 65536, 3));
  builder.put(SeriesId::kClientAck, point_at(0, 1, 3));
  builder.put(SeriesId::kClientAck, point_at(9, 1, 4));
  const std::string script = gnuplot_script(builder.figure("x.fb", 10, 8), {});
  EXPECT_THAT(script, HasSubstr("set y2label \"relative acknowledgment number (bytes)\""));
  EXPECT_THAT(script, HasSubstr("axes x1y2 with steps"));
}

struct QuoteCase {
  const char* rule;
  std::string text;
  const char* expected;
};

TEST(GnuplotScript, TextsFromStrangersAreStringsAndNothingElse) {
  const QuoteCase cases[] = {
      {"plain", "bulk_among-short.fb, stream 97", "\"bulk_among-short.fb, stream 97\""},
      {"a quote does not end it", "a\"b'c", "\"a\\042b\\047c\""},
      {"a backslash escapes nothing", "a\\nb\\", "\"a\\134nb\\134\""},
      {"a backquote runs nothing", "`rm -rf x`", "\"\\140rm -rf x\\140\""},
      {"no format, macro, or markup", "%s @x {/Bold} ^_$ & <",
       "\"\\045s \\100x \\173/Bold\\175 \\136_\\044 \\046 \\074\""},
      {"a newline does not end the line", "a\nquit\n", "\"a\\012quit\\012\""},
      {"no comment", "a#b", "\"a#b\""},
      {"UTF-8 stays", "\xc3\xa4", "\"\\303\\244\""},
      {"digits after an escape are none of it", "\n422 x 7", "\"\\012\\064\\062\\062 x 7\""},
      {"NUL is left out", std::string("a\0b", 3), "\"ab\""},
  };
  for (const QuoteCase& c : cases) EXPECT_EQ(quoted_for_gnuplot(c.text), c.expected) << c.rule;
}

TEST(GnuplotScript, AHostileFileNameBecomesNoCommand) {
  const std::string name = "x\"\nsystem('touch owned')\n`touch owned`\\\x1b[2J\xff.fb";
  const std::string script = gnuplot_script(figure(Kind::kWindow, name), {});
  EXPECT_THAT(script, Not(HasSubstr("`")));
  EXPECT_THAT(script, Not(HasSubstr("\x1b")));
  EXPECT_THAT(script, Not(HasSubstr("\nsystem")));
  EXPECT_TRUE(std::ranges::all_of(script, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  // As many lines as with any other name.
  EXPECT_EQ(std::ranges::count(script, '\n'), std::ranges::count(gnuplot_script(figure(), {}), '\n'));
}

TEST(GnuplotScript, ALongNameLosesItsMiddle) {
  const std::string name = "begin" + std::string(500, 'x') + "end.fb";
  const std::string script = gnuplot_script(figure(Kind::kWindow, name), {});
  EXPECT_THAT(script, HasSubstr("beginxxx"));
  EXPECT_THAT(script, HasSubstr("xxx...xxx"));
  EXPECT_THAT(script, HasSubstr("xxxend.fb\"\n"));
  // Between characters, not within one.
  std::string umlauts;
  for (int i = 0; i < 200; ++i) umlauts += "\xc3\xa4";
  for (const char* before : {"", "a"}) {
    const std::string cut = gnuplot_script(figure(Kind::kWindow, before + umlauts), {});
    EXPECT_THAT(cut, HasSubstr("\\303\\244..."));
    EXPECT_THAT(cut, HasSubstr("...\\303\\244"));
  }
}

TEST(GnuplotScript, TextForTerminalsIsTrimmed) {
  EXPECT_EQ(trimmed_text("\f   \n\n  a  \n\n b\n   \n"), "  a\n\n b\n");
  EXPECT_EQ(trimmed_text(""), "");
  EXPECT_EQ(trimmed_text("a"), "a\n");
}

}  // namespace
}  // namespace pcapsule::plot
