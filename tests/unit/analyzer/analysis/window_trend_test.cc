// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/window_trend.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pcapsule::analysis {
namespace {

constexpr TimestampNs kStart{1'000'000'000'000};

TimestampNs at(std::int64_t ms) { return {kStart.value + ms * 1'000'000}; }

WindowSample sample(std::uint64_t frame, std::int64_t ms, std::uint32_t bytes, unsigned side = 0) {
  return {{frame, at(ms)}, side, bytes};
}

std::vector<std::string> texts(WindowTrend& trend, unsigned side) {
  std::vector<std::string> found;
  const auto buckets = trend.buckets(side);
  EXPECT_TRUE(buckets);
  for (const TrendBucket& b : buckets.value_or(std::vector<TrendBucket>())) {
    std::string text = std::to_string(b.start.value / 1'000'000) + "ms " + std::to_string(b.samples);
    if (b.samples > 0) {
      text += " " + std::to_string(b.least) + "@" + std::to_string(b.least_frame) + " " + std::to_string(b.median) +
              " " + std::to_string(b.greatest) + "@" + std::to_string(b.greatest_frame);
    }
    found.push_back(text);
  }
  return found;
}

TEST(WindowTrend, BucketsWithoutSamplesAreEmpty) {
  WindowTrend trend(kStart, {{10'000'000}, {}});
  for (const WindowSample& s :
       {sample(1, 0, 30), sample(2, 9, 10), sample(3, 9, 20), sample(4, 9, 10), sample(5, 25, 7)}) {
    trend.add(s);
  }
  trend.see(at(30));
  EXPECT_EQ(texts(trend, 0), (std::vector<std::string>{"0ms 4 10@2 10 30@1", "10ms 0", "20ms 1 7@5 7 7@5", "30ms 0"}));
  EXPECT_EQ(texts(trend, 1), (std::vector<std::string>{"0ms 0", "10ms 0", "20ms 0", "30ms 0"}));
}

TEST(WindowTrend, ZeroIsAValue) {
  WindowTrend trend(kStart, {{10'000'000}, {}});
  trend.add(sample(1, 0, 0, 1));
  EXPECT_EQ(texts(trend, 1), (std::vector<std::string>{"0ms 1 0@1 0 0@1"}));
}

TEST(WindowTrend, StampsBeforeTheStartHaveBucketsOfTheirOwn) {
  WindowTrend trend(kStart, {{10'000'000}, {}});
  trend.add(sample(1, 0, 5));
  trend.add(sample(2, -1, 6));
  EXPECT_EQ(texts(trend, 0), (std::vector<std::string>{"-10ms 1 6@2 6 6@2", "0ms 1 5@1 5 5@1"}));
}

TEST(WindowTrend, NothingSeenHasNoBuckets) {
  WindowTrend trend(kStart, {{1}, {}});
  EXPECT_TRUE(trend.buckets(0)->empty());
}

TEST(WindowTrend, TooManyBucketsAreRefused) {
  WindowTrend trend(kStart, {{1}, {}});
  trend.see(kStart);
  trend.see({kStart.value + static_cast<std::int64_t>(kGreatestBuckets) - 1});
  EXPECT_EQ(trend.buckets(0)->size(), kGreatestBuckets);
  trend.see({kStart.value + static_cast<std::int64_t>(kGreatestBuckets)});
  EXPECT_FALSE(trend.buckets(0));
}

TEST(WindowTrend, StampsAtBothEndsOfTime) {
  WindowTrend trend({INT64_MIN}, {{1}, {}});
  trend.see({INT64_MIN});
  EXPECT_EQ(trend.buckets(0)->size(), 1U);
  trend.see({INT64_MAX});  // a span that stops at the greatest
  EXPECT_FALSE(trend.buckets(0));
}

TEST(WindowTrend, TooManyBucketsOfUnaskedWidthAreWidened) {
  WindowTrend trend(kStart, {{10'000'000}, 4});
  for (const WindowSample& s : {sample(1, 0, 30), sample(2, 11, 10), sample(3, 25, 30), sample(4, 39, 10)})
    trend.add(s);
  EXPECT_EQ(texts(trend, 0), (std::vector<std::string>{"0ms 1 30@1 30 30@1", "10ms 1 10@2 10 10@2",
                                                       "20ms 1 30@3 30 30@3", "30ms 1 10@4 10 10@4"}));
  trend.add(sample(5, 40, 50));  // the fifth
  EXPECT_EQ(texts(trend, 0), (std::vector<std::string>{"0ms 5 10@2 30 50@5"}));
  trend.add(sample(6, -1, 7));
  EXPECT_EQ(texts(trend, 0), (std::vector<std::string>{"-100ms 1 7@6 7 7@6", "0ms 5 10@2 30 50@5"}));
  trend.see(at(1'000'000'000));
  EXPECT_LE(trend.buckets(0)->size(), 4U);
}

TEST(WindowTrend, WidensToAllOfTime) {
  WindowTrend trend({0}, {{1}, 300});
  for (const std::int64_t time : {std::int64_t{0}, INT64_MIN, INT64_MAX, std::int64_t{1}}) trend.see({time});
  EXPECT_LE(trend.buckets(0)->size(), 300U);
}

}  // namespace
}  // namespace pcapsule::analysis
