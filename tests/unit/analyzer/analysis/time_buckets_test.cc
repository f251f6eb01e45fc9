// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/time_buckets.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pcapsule::analysis {
namespace {

struct DefaultCase {
  std::int64_t duration_ns;
  std::int64_t bucket_ns;
};

TEST(BucketWidth, IsRoundByDefault) {
  for (const auto& [duration, bucket] : std::vector<DefaultCase>{{-5, kNsPerSecond},
                                                                 {0, kNsPerSecond},
                                                                 {1, 1},
                                                                 {61, 2},
                                                                 {60 * kNsPerSecond, kNsPerSecond},
                                                                 {60 * kNsPerSecond + 1, 2 * kNsPerSecond},
                                                                 {17'310'768'067, 500'000'000},
                                                                 {INT64_MAX, 200'000'000'000'000'000}}) {
    const BucketWidth found = default_width({duration}, 60);
    EXPECT_EQ(found.width.value, bucket) << duration;
    EXPECT_EQ(found.most, 300U);
  }
}

TEST(BucketWidth, IsNotBelowTheLeast) {
  EXPECT_EQ(default_width({100}, 60, {1000}).width.value, 1000);
  EXPECT_EQ(default_width({1'000'000}, 60, {1000}).width.value, 20'000);
}

struct Text {
  std::string text;
  void join(const Text& other) { text += other.text; }
};

std::string to_text(TimeBuckets<Text>& buckets, unsigned side) {
  std::string all;
  buckets.for_each(side, [&all](DurationNs begin, const Text* value) {
    all += std::to_string(begin.value) + ":" + (value == nullptr ? "-" : value->text) + " ";
  });
  return all;
}

TEST(TimeBuckets, OfStampsMoreThan292YearsApartStopAtTheEnds) {
  TimeBuckets<Text> buckets({10}, {{INT64_MAX / 10 * 9}, {}});
  for (const std::int64_t time : {INT64_MIN, std::int64_t{10}, INT64_MAX}) {
    buckets.see({time});
    buckets.at(0, {time})->text += time < 0 ? "a" : (time > 10 ? "c" : "b");
  }
  EXPECT_EQ(to_text(buckets, 0), "-9223372036854775808:a -8301034833169298220:- 0:b 8301034833169298220:c ");
}

TEST(TimeBuckets, ReachFromTheEarliestToTheLatestOfBothSides) {
  TimeBuckets<Text> buckets({100}, {{10}, {}});
  EXPECT_EQ(to_text(buckets, 0), "");
  const auto put = [&buckets](unsigned side, std::int64_t time, const char* text) {
    buckets.see({time});
    buckets.at(side, {time})->text += text;
  };
  put(0, 100, "a");
  put(0, 109, "b");
  put(1, 130, "c");
  put(0, 99, "d");
  EXPECT_EQ(to_text(buckets, 0), "-10:d 0:ab 10:- 20:- 30:- ");
  EXPECT_EQ(to_text(buckets, 1), "-10:- 0:- 10:- 20:- 30:c ");
}

TEST(TimeBuckets, JoinWhereThereWouldBeTooMany) {
  TimeBuckets<Text> buckets({0}, {{1}, 12});
  for (std::int64_t time = -5; time < 7; ++time) {
    buckets.see({time});
    buckets.at(0, {time})->text = std::to_string(time) + ",";
  }
  EXPECT_EQ(buckets.width().value, 1);
  buckets.see({7});
  EXPECT_EQ(buckets.width().value, 10);
  EXPECT_EQ(to_text(buckets, 0), "-10:-5,-4,-3,-2,-1, 0:0,1,2,3,4,5,6, ");
}

}  // namespace
}  // namespace pcapsule::analysis
