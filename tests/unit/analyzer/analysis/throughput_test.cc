// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/throughput.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analyzer/analysis/window_trend.h"

namespace pcapsule::analysis {
namespace {

constexpr TimestampNs kStart{1'000'000'000'000};

TimestampNs at(std::int64_t ms) { return {kStart.value + ms * 1'000'000}; }
SentRange sent(std::uint64_t frame, std::int64_t ms, std::int64_t seq, std::uint32_t payload, unsigned side = 0) {
  return {{frame, at(ms)}, side, seq, payload};
}

/// `start bytes/new @frame`, in milliseconds.
std::vector<std::string> texts(Throughput& throughput, unsigned side) {
  std::vector<std::string> found;
  const auto buckets = throughput.buckets(side);
  EXPECT_TRUE(buckets);
  for (const ThroughputBucket& b : buckets.value_or(std::vector<ThroughputBucket>())) {
    found.push_back(std::to_string(b.start.value / 1'000'000) + "ms " + std::to_string(b.bytes) + "/" +
                    std::to_string(b.new_bytes) + " @" + std::to_string(b.first_frame));
  }
  return found;
}

TEST(Throughput, BucketsOfBothSidesReachEquallyFar) {
  Throughput throughput(kStart, {{10'000'000}, {}});
  throughput.add(sent(1, 0, 1, 100));
  throughput.add(sent(2, 9, 101, 50));
  throughput.add(sent(3, 10, 151, 0));  // an ACK has no frame of data
  throughput.add(sent(4, 35, 1, 7, 1));
  EXPECT_EQ(texts(throughput, 0),
            (std::vector<std::string>{"0ms 150/150 @1", "10ms 0/0 @0", "20ms 0/0 @0", "30ms 0/0 @0"}));
  EXPECT_EQ(texts(throughput, 1),
            (std::vector<std::string>{"0ms 0/0 @0", "10ms 0/0 @0", "20ms 0/0 @0", "30ms 7/7 @4"}));
}

struct NewBytesCase {
  const char* rule;
  std::vector<std::pair<std::int64_t, std::uint32_t>> before;  ///< seq and payload
  std::pair<std::int64_t, std::uint32_t> now;
  std::uint64_t fresh;
};

TEST(Throughput, NewBytesAreThoseThatNoEarlierSegmentCarried) {
  const std::vector<NewBytesCase> cases = {
      {"what follows is new", {{1, 100}}, {101, 100}, 100},
      {"what was sent is not", {{1, 100}}, {1, 100}, 0},
      {"S39 a part of it is not either", {{1, 100}}, {20, 30}, 0},
      {"its new end is", {{1, 100}}, {51, 100}, 50},
      {"its new beginning is", {{51, 100}}, {1, 100}, 50},
      {"what fills a gap is new", {{1, 100}, {201, 100}}, {101, 100}, 100},
      {"what covers a gap is new where the gap is", {{1, 100}, {201, 100}}, {1, 300}, 100},
      {"of two gaps both", {{101, 10}, {201, 10}}, {91, 200}, 180},
      {"S19 before the base too", {{1, 100}}, {-99, 100}, 100},
      {"S19 beyond 2^32", {{1, 100}}, {(std::int64_t{1} << 32) + 1, 100}, 100},
  };
  for (const NewBytesCase& c : cases) {
    Throughput throughput(kStart, {{10'000'000}, {}});
    std::uint64_t frame = 0;
    for (const auto& [seq, payload] : c.before) throughput.know(sent(++frame, 0, seq, payload));
    throughput.add(sent(++frame, 0, c.now.first, c.now.second));
    const auto buckets = throughput.buckets(0);
    ASSERT_TRUE(buckets && buckets->size() == 1) << c.rule;
    EXPECT_EQ(buckets->front().bytes, c.now.second) << c.rule;
    EXPECT_EQ(buckets->front().new_bytes, c.fresh) << c.rule;
  }
}

TEST(Throughput, DirectionsAreApart) {
  Throughput throughput(kStart, {{10'000'000}, {}});
  throughput.add(sent(1, 0, 1, 100, 0));
  throughput.add(sent(2, 0, 1, 100, 1));
  EXPECT_EQ(texts(throughput, 1), (std::vector<std::string>{"0ms 100/100 @2"}));
}

TEST(Throughput, MemoryIsBounded) {
  Throughput throughput(kStart, {{10'000'000}, {}});
  constexpr auto kParts = static_cast<std::int64_t>(kGreatestParts);
  for (std::int64_t i = 0; i <= kParts; ++i) throughput.add(sent(1, 0, 10 * i, 5));
  // The gap behind the first part counts as sent now, the others do not.
  throughput.add(sent(2, 10, 5, 5));
  throughput.add(sent(3, 20, 15, 5));
  const auto buckets = throughput.buckets(0);
  EXPECT_EQ(buckets->at(1).new_bytes, 0U);
  EXPECT_EQ(buckets->at(2).new_bytes, 5U);
}

TEST(Throughput, TooManyBucketsAreRefused) {
  Throughput throughput(kStart, {{1}, {}});
  throughput.see(kStart);
  throughput.see({kStart.value + static_cast<std::int64_t>(kGreatestBuckets) - 1});
  EXPECT_EQ(throughput.buckets(0)->size(), kGreatestBuckets);
  throughput.see({kStart.value + static_cast<std::int64_t>(kGreatestBuckets)});
  EXPECT_FALSE(throughput.buckets(0));
}

TEST(Throughput, NothingSeenHasNoBuckets) { EXPECT_TRUE(Throughput(kStart, {{1}, {}}).buckets(0)->empty()); }

TEST(Throughput, TooManyBucketsOfUnaskedWidthAreWidened) {
  Throughput throughput(kStart, {{10'000'000}, 4});
  throughput.add(sent(1, 0, 1, 0));
  throughput.add(sent(2, 15, 1, 100));
  throughput.add(sent(3, 30, 101, 50));
  EXPECT_EQ(texts(throughput, 0).size(), 4U);
  throughput.add(sent(4, 199, 51, 100));
  EXPECT_EQ(throughput.width().value, 100'000'000);
  EXPECT_EQ(texts(throughput, 0), (std::vector<std::string>{"0ms 150/150 @2", "100ms 100/0 @4"}));
}

}  // namespace
}  // namespace pcapsule::analysis
