// SPDX-License-Identifier: Apache-2.0
#include "common/text/time_text.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <vector>

namespace pcapsule::text {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();

template <class Append, class... Args>
std::string made(Append append, Args... args) {
  std::string out;
  append(out, args...);
  return out;
}

/// TZ for the duration of a test.
class Zone {
 public:
  explicit Zone(const char* name) {
    if (const char* old = std::getenv("TZ")) before_ = old;
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;
  ~Zone() {
    if (before_) {
      ::setenv("TZ", before_->c_str(), 1);
    } else {
      ::unsetenv("TZ");
    }
    ::tzset();
  }

 private:
  std::optional<std::string> before_;
};

// Berlin without a zone data base.
constexpr const char* kBerlin = "CET-1CEST,M3.5.0,M10.5.0/3";

TEST(AppendEpochSeconds, NineDigitsAndASign) {
  const auto text = [](std::int64_t ns) { return made(append_epoch_seconds, TimestampNs{ns}); };
  EXPECT_EQ(text(1538000462'883718124), "1538000462.883718124");
  EXPECT_EQ(text(0), "0.000000000");
  EXPECT_EQ(text(1), "0.000000001");
  EXPECT_EQ(text(-1), "-0.000000001");
  EXPECT_EQ(text(-1'500'000'000), "-1.500000000");
  EXPECT_EQ(text(kGreatest), "9223372036.854775807");
  EXPECT_EQ(text(kLeast), "-9223372036.854775808");
}

TEST(AppendSeconds, RoundsHalfAwayFromZero) {
  const auto text = [](std::int64_t ns, int digits) { return made(append_seconds, DurationNs{ns}, digits); };
  EXPECT_EQ(text(307'193'499, 6), "0.307193");
  EXPECT_EQ(text(307'193'500, 6), "0.307194");
  EXPECT_EQ(text(-307'193'500, 6), "-0.307194");
  EXPECT_EQ(text(999'999'500, 6), "1.000000");
  EXPECT_EQ(text(-1, 6), "-0.000000");
  EXPECT_EQ(text(1'500'000'000, 0), "2");
  EXPECT_EQ(text(1'499'999'999, 0), "1");
  EXPECT_EQ(text(1'234'567'890, 3), "1.235");
  EXPECT_EQ(text(1, 9), "0.000000001");
  EXPECT_EQ(text(1, 99), "0.000000001");
  EXPECT_EQ(text(kGreatest, 6), "9223372036.854776");
  EXPECT_EQ(text(kLeast, 6), "-9223372036.854776");
  EXPECT_EQ(text(kLeast, 0), "-9223372037");
}

TEST(AppendSeconds, AgreesWithPrintf) {
  std::uint64_t random = 1;
  for (int round = 0; round < 20'000; ++round) {
    random = random * 6364136223846793005U + 1442695040888963407U;
    const auto ns =
        static_cast<std::int64_t>(random >> 20) - (std::int64_t{1} << 43);  // hours, where a double is exact enough
    if (ns % 1000 == 500 || ns % 1000 == -500) continue;                    // a double is not exact there
    std::array<char, 64> expected{};
    (void)std::snprintf(expected.data(), expected.size(), "%.6f", static_cast<double>(ns) / 1e9);
    EXPECT_EQ(made(append_seconds, DurationNs{ns}, 6), expected.data());
  }
}

TEST(TimeText, AsWiresharkPrintsFrameTime) {
  constexpr TimestampNs kTime{1'538'000'462'883'718'124};  // 22:21:02 UTC
  const auto text = [](TimestampNs time) {
    std::string out;
    append_wireshark_time(out, time);
    return out;
  };
  {
    const Zone berlin(kBerlin);
    EXPECT_EQ(text(kTime), "Sep 27, 2018 00:21:02.883718124 CEST");
  }
  const Zone utc("UTC");
  EXPECT_EQ(text(kTime), "Sep 26, 2018 22:21:02.883718124 UTC");
  EXPECT_EQ(text(TimestampNs{1'570'152'237'968'859'000}), "Oct  4, 2019 01:23:57.968859000 UTC");
}

TEST(AppendLocalTime, HonoursTheZone) {
  constexpr TimestampNs kTime{1537989662'883718124};
  {
    const Zone zone(kBerlin);
    EXPECT_EQ(made(append_local_time, kTime, false), "2018-09-26 21:21:02.883718124");
    EXPECT_EQ(made(append_local_time, kTime, true), "2018-09-26 19:21:02.883718124");
  }
  const Zone zone("UTC0");
  EXPECT_EQ(made(append_local_time, kTime, false), "2018-09-26 19:21:02.883718124");
  EXPECT_EQ(made(append_local_time, TimestampNs{-1}, true), "1969-12-31 23:59:59.999999999");
  EXPECT_EQ(made(append_local_time, TimestampNs{kLeast}, true), "1677-09-21 00:12:43.145224192");
  EXPECT_EQ(made(append_local_time, TimestampNs{kGreatest}, true), "2262-04-11 23:47:16.854775807");
}

TEST(AppendIso8601, IsUtc) {
  const Zone zone(kBerlin);
  EXPECT_EQ(made(append_iso8601_utc, TimestampNs{1537989662'883718124}), "2018-09-26T19:21:02.883718124Z");
}

struct DurationCase {
  const char* text;
  std::optional<std::int64_t> expected;
};

TEST(ParseDuration, UnitsFractionsAndEnds) {
  for (const auto& [text, expected] : std::vector<DurationCase>{
           {"300ms", 300'000'000},
           {"1.5s", 1'500'000'000},
           {"2us", 2'000},
           {"10m", 600'000'000'000},
           {"1h", 3'600'000'000'000},
           {"7ns", 7},
           {"-5ms", -5'000'000},
           {"+5ms", 5'000'000},
           {".5s", 500'000'000},
           {"0.000000001s", 1},
           {"0.0000000019s", 1},
           {"1.999ns", 1},
           {"0.123456789h", 444'444'440'400},
           {"0s", 0},
           {"9223372036.854775807s", kGreatest},
           {"9223372036.854775808s", std::nullopt},
           {"-9223372036.854775808s", kLeast},
           {"-9223372036.854775809s", std::nullopt},
           {"99999999999999999999s", std::nullopt},
           {"18446744073709551615h", std::nullopt},
           {"", std::nullopt},
           {"s", std::nullopt},
           {".s", std::nullopt},
           {"300", std::nullopt},
           {"300 ms", std::nullopt},
           {"300msx", std::nullopt},
           {"1e3s", std::nullopt},
           {"--1s", std::nullopt},
           {"1,5s", std::nullopt},
       }) {
    const auto parsed = parse_duration(text);
    EXPECT_EQ(parsed ? std::optional(parsed->value) : std::nullopt, expected) << text;
  }
}

TEST(ParseIso8601, ZonesFractionsAndEnds) {
  const Zone zone(kBerlin);
  constexpr std::int64_t kTime = 1537989662'880000000;
  for (const auto& [text, expected] : std::vector<DurationCase>{
           {"2018-09-26T19:21:02.88Z", kTime},
           {"2018-09-26t19:21:02.88z", kTime},
           {"2018-09-26 19:21:02.88Z", kTime},
           {"2018-09-26T21:21:02.88+02:00", kTime},
           {"2018-09-26T21:21:02.88+0200", kTime},
           {"2018-09-26T21:21:02.88+02", kTime},
           {"2018-09-26T15:51:02.88-03:30", kTime},
           {"2018-09-26T21:21:02.88", kTime},
           {"2018-01-26T21:21:02", 1516998062'000000000},
           {"2018-09-26T21:21", 1537989660'000000000},
           {"2018-09-26", 1537912800'000000000},
           {"1970-01-01T00:59:59", -1'000'000'000},
           {"1969-12-31T23:59:59.999999999Z", -1},
           {"2016-12-31T23:59:60Z", 1483228800'000000000},
           {"2020-02-29T00:00:00Z", 1582934400'000000000},
           {"2018-09-26T19:21:02.8837181249Z", 1537989662'883718124},
           {"2262-04-11T23:47:16.854775807Z", kGreatest},
           {"2262-04-11T23:47:16.854775808Z", std::nullopt},
           {"1677-09-21T00:12:43.145224192Z", kLeast},
           {"1677-09-21T00:12:43.145224191Z", std::nullopt},
           {"9999-12-31T23:59:59Z", std::nullopt},
           {"0000-01-01T00:00:00Z", std::nullopt},
           {"2019-02-29T00:00:00Z", std::nullopt},
           {"2019-13-01", std::nullopt},
           {"2019-04-31", std::nullopt},
           {"2019-00-10", std::nullopt},
           {"2018-09-26T24:00:00Z", std::nullopt},
           {"2018-09-26T19:60:00Z", std::nullopt},
           {"2018-09-26T19", std::nullopt},
           {"2018-09-26T", std::nullopt},
           {"2018-09-26T19:21:02.Z", std::nullopt},
           {"2018-09-26T19:21:02Zx", std::nullopt},
           {"2018-09-26T19:21:02+2", std::nullopt},
           {"2018-9-26", std::nullopt},
           {"", std::nullopt},
           {"yesterday", std::nullopt},
       }) {
    const auto parsed = parse_iso8601(text);
    EXPECT_EQ(parsed ? std::optional(parsed->value) : std::nullopt, expected) << text;
  }
}

TEST(ParseIso8601, ReadsWhatIsWritten) {
  for (const std::int64_t ns :
       {kLeast, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1537989662'883718124}, kGreatest}) {
    EXPECT_EQ(parse_iso8601(made(append_iso8601_utc, TimestampNs{ns})), TimestampNs{ns});
  }
}

}  // namespace
}  // namespace pcapsule::text
