// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/loss/sent_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <random>

namespace pcapsule::analysis {
namespace {

Emission segment(std::uint64_t frame) { return {{frame, {static_cast<std::int64_t>(frame)}}, 0, 0, false}; }

/// What came and is not acknowledged, byte by byte: the frame that carried it first.
class Bytes {
 public:
  void send(std::int64_t begin, std::int64_t end, std::uint64_t frame) {
    for (std::int64_t at = acked_ ? std::max(begin, *acked_) : begin; at < end; ++at) carrier_.emplace(at, frame);
  }
  void acknowledge(std::int64_t ack) {
    acked_ = ack;
    carrier_.erase(carrier_.begin(), carrier_.lower_bound(ack));
  }
  [[nodiscard]] std::int64_t seen(std::int64_t begin, std::int64_t end) const {
    return std::distance(carrier_.lower_bound(begin), carrier_.lower_bound(end));
  }
  [[nodiscard]] std::uint64_t carrier(std::int64_t begin) const { return carrier_.lower_bound(begin)->second; }

 private:
  std::map<std::int64_t, std::uint64_t> carrier_;
  std::optional<std::int64_t> acked_;
};

TEST(SentBytes, KnowWhoCarriedEachByteFirst) {
  std::mt19937 random(11);
  SentBytes bytes(std::nullopt);
  Bytes expected;
  std::int64_t acked = 0;
  for (std::uint64_t frame = 1; frame <= 5000; ++frame) {
    const std::int64_t begin = acked + static_cast<std::int64_t>(random() % 300);
    const std::int64_t end = begin + 1 + static_cast<std::int64_t>(random() % (frame % 7 == 0 ? 200 : 5));
    const SentBytes::Known known = bytes.known(begin, end);
    ASSERT_EQ(known.seen, expected.seen(begin, end)) << frame;
    ASSERT_EQ(known.carrier != nullptr, known.seen > 0);
    if (known.carrier != nullptr) {
      ASSERT_EQ(known.carrier->at.frame, expected.carrier(begin)) << frame;
    }
    bytes.send(begin, end, segment(frame));
    expected.send(begin, end, frame);
    if (random() % 40 == 0) {
      acked += static_cast<std::int64_t>(random() % 100);
      if (bytes.acknowledge(acked)) expected.acknowledge(acked);
    }
  }
}

TEST(SentBytes, WhatIsSentAgainOverManySegmentsVisitsThemOnce) {
  SentBytes bytes(std::nullopt);
  constexpr std::int64_t kSegments = 10'000;
  for (std::int64_t i = 0; i < kSegments; ++i) bytes.send(i * 2, i * 2 + 1, segment(static_cast<std::uint64_t>(i) + 1));
  EXPECT_EQ(bytes.seen_parts(), static_cast<std::size_t>(kSegments));
  bytes.send(0, kSegments * 2, segment(20'000));
  EXPECT_EQ(bytes.seen_parts(), 1U);
  EXPECT_EQ(bytes.known(0, kSegments * 2).seen, kSegments * 2);
  EXPECT_EQ(bytes.known(2, 4).carrier->at.frame, 2U) << "each byte keeps the segment that carried it first";
  EXPECT_EQ(bytes.known(3, 4).carrier->at.frame, 20'000U);
}

TEST(SentBytes, OfTooManyTheLowestAreForgotten) {
  SentBytes bytes(std::nullopt);
  constexpr auto kGreatest = static_cast<std::int64_t>(SentBytes::kGreatestRanges);
  for (std::int64_t i = 0; i < kGreatest + 10; ++i) bytes.send(i * 2, i * 2 + 1, segment(1));
  EXPECT_EQ(bytes.seen_parts(), SentBytes::kGreatestRanges);
  EXPECT_EQ(bytes.known(0, 20).seen, 0);
  EXPECT_EQ(bytes.known(20, 22).seen, 1);
}

}  // namespace
}  // namespace pcapsule::analysis
