// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/packets_text.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/analyzer/report/string_sink.h"

namespace pcapsule::report {
namespace {

using testing::written;

std::string line(const PacketLine& packet) {
  return written([&](BufferedWriter& out) { put_line(out, packet); });
}

/// The sample of the command line contract, byte for byte.
TEST(PacketsText, IsTheArticlesLayout) {
  const std::string text = written([](BufferedWriter& out) {
    put_heading(out, {IpAddress::v4(0xc0a80189), 57080}, {IpAddress::v4(0x9813862b), 80});
    put_line(out, {true, 2585, "  0.000000s", TcpWord{0x5002}, 0, 0, 0, 29200, true});
    put_line(out, {false, 2586, "  0.307193s", TcpWord{0x5012}, 0, 1, 0, 28960, true});
    put_line(out, {true, 2587, "  0.307242s", TcpWord{0x5010}, 1, 1, 0, 29312, true});
    put_line(out, {true, 2588, "  0.307359s", TcpWord{0x5018}, 1, 1, 174, 29312, true});
  });
  EXPECT_EQ(text,
            "##################################################################\n"
            "TCP session between client 192.168.1.137:57080 and server 152.19.134.43:80\n"
            "##################################################################\n"
            "-->[ 2585]  0.000000s S   seq=0        ack=0        len=0      win=29200    \n"
            "                                                         <--[ 2586]  0.307193s SA  seq=0        ack=1     "
            "   len=0      win=28960    \n"
            "-->[ 2587]  0.307242s A   seq=1        ack=1        len=0      win=29312    \n"
            "-->[ 2588]  0.307359s PA  seq=1        ack=1        len=174    win=29312    \n");
}

TEST(PacketsText, ServerArrowEndsInColumn60) {
  const std::string text = line({false, 1, "  0.000000s", TcpWord{0x5010}, 0, 0, 0, 0, true});
  EXPECT_EQ(text.find("<--["), 57U);
}

TEST(PacketsText, UnknownIsAQuestionMarkOfTheSameWidth) {
  EXPECT_EQ(line({true, 5, "  0.300000s", TcpWord{0x5018}, 1, std::nullopt, std::nullopt, 229, false}),
            "-->[    5]  0.300000s PA  seq=1        ack=?        len=?      win=229?     \n");
}

TEST(PacketsText, LargeNumbersPushTheColumns) {
  EXPECT_EQ(line({true, 1'234'567, "12345.000000s", TcpWord{0x5fff}, -99, std::int64_t{1} << 40, 4'294'967'295,
                  0xffff'ffff, false}),
            "-->[1234567]12345.000000s FSRPAUECN seq=-99      ack=1099511627776 len=4294967295 win=4294967295?\n");
}

TEST(PacketsText, HeadingOfIpv6) {
  const std::string text = written([](BufferedWriter& out) {
    put_heading(out, {*parse_ip_address("2001:db8::1"), 443}, {*parse_ip_address("2001:db8::2"), 80});
  });
  EXPECT_NE(text.find("client [2001:db8::1]:443 and server [2001:db8::2]:80\n"), std::string::npos);
}

/// 2018-09-26 (day 269) 23:01:02.883718124 UTC, one second into the capture.
std::string time_text(std::string_view style) {
  const auto format = parse_time_format(style);
  if (!style.empty() && !format) return "no style";
  LineTimes times;
  times.time = {1'538'002'862'883'718'124};
  times.connection_start = {1'538'002'862'576'525'000};
  times.capture_start = {1'538'002'861'883'718'124};
  times.since_frame_before = {-1'000};
  times.since_line_before = {2'000'000'000};
  std::string out;
  format_time(out, format.value_or(TimeFormat{}), times);
  return out;
}

TEST(TimeColumn, Styles) {
  EXPECT_EQ(time_text(""), "  0.307193s");
  EXPECT_EQ(time_text("r"), "  1.000000s");
  EXPECT_EQ(time_text("d"), " -0.000001s");
  EXPECT_EQ(time_text("dd"), "  2.000000s");
  EXPECT_EQ(time_text("e"), " 1538002862.883718124");
  EXPECT_EQ(time_text("u"), " 23:01:02.883718124");
  EXPECT_EQ(time_text("ud"), " 2018-09-26 23:01:02.883718124");
  EXPECT_EQ(time_text("udoy"), " 2018/269 23:01:02.883718124");
  EXPECT_EQ(time_text("x"), "no style");
}

/// What is kept of the line before changes nothing.
TEST(TimeColumn, IsTheSameAfterAnyOtherLine) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kSecond = 1'538'002'862'000'000'000;
  TimeText after_others;
  for (const std::string_view style : {"u", "ud", "udoy", "e", "r"}) {
    for (const std::int64_t ns :
         {kSecond + 883'718'124, kSecond, kSecond + 999'999'999, kSecond + 1'000'000'000, kSecond + 1, kSecond - 1,
          std::int64_t{0}, std::int64_t{-1}, std::int64_t{-1'000'000'000}, kLeast, kGreatest, kLeast + 5, kSecond}) {
      LineTimes times;
      times.time = {ns};
      std::string alone;
      format_time(alone, *parse_time_format(style), times);
      EXPECT_EQ(after_others.format(*parse_time_format(style), times), alone) << style << ' ' << ns;
    }
  }
}

TEST(TimeColumn, DayOfYearKnowsLeapYears) {
  LineTimes times;
  std::string out;
  times.time = {1'583'020'800'000'000'000};  // 2020-03-01 UTC
  format_time(out, *parse_time_format("udoy"), times);
  EXPECT_EQ(out, " 2020/061 00:00:00.000000000");
}

}  // namespace
}  // namespace pcapsule::report
