// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/rtt.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace pcapsule::analysis {
namespace {

constexpr std::uint16_t kF = 1, kS = 2, kR = 4, kA = 16;
constexpr unsigned kClient = 0, kServer = 1;

/// A segment at a time in milliseconds.
struct Sent {
  std::int64_t ms;
  unsigned side;
  std::uint16_t flags;
  std::uint32_t seq;
  std::uint32_t ack;
  std::uint32_t payload = 0;
  std::uint8_t oddities = 0;
};

Sent data(std::int64_t ms, std::uint32_t seq, std::uint32_t payload) { return {ms, kServer, kA, seq, 1, payload}; }
Sent ack(std::int64_t ms, std::uint32_t number) { return {ms, kClient, kA, 1, number}; }

/// `frame rtt of side`, in milliseconds.
std::vector<std::string> samples(const std::vector<Sent>& sent) {
  // Just below 2^32, so that whatever is long enough wraps.
  constexpr std::uint32_t kBase = 0xfffffff0;
  RttSampler sampler;
  std::vector<std::string> found;
  std::uint64_t frame = 0;
  for (const Sent& s : sent) {
    const TcpWord word{static_cast<std::uint16_t>(0x5000 | s.flags)};
    const RttRow row = {
        {++frame, {s.ms * 1'000'000}}, s.side, word, s.oddities, kBase + s.seq, kBase + s.ack, s.payload};
    const auto sample = sampler.feed(row);
    if (!sample) continue;
    EXPECT_EQ(sample->at.frame, frame);
    found.push_back(std::to_string(sample->data.frame) + "-" + std::to_string(frame) + " " +
                    std::to_string(sample->rtt.value / 1'000'000) + (sample->side == kClient ? " client" : " server"));
  }
  return found;
}

struct Case {
  const char* rule;
  std::vector<Sent> sent;
  std::vector<std::string> expected;
};

TEST(RttSampler, Samples) {
  const std::vector<Case> cases = {
      {"an ACK answers what carried its last byte", {data(0, 1, 100), ack(30, 101)}, {"1-2 30 server"}},
      {"one sample an ACK, of the last of two segments",
       {data(0, 1, 100), data(4, 101, 100), ack(30, 201)},
       {"2-3 26 server"}},
      {"an ACK that acknowledges nothing new has none",
       {data(0, 1, 100), ack(30, 101), ack(40, 101), ack(50, 51)},
       {"1-2 30 server"}},
      {"S39 the pieces of one segment are acknowledged one by one",
       {data(0, 1, 3000), ack(10, 1001), ack(12, 2001), ack(15, 3001)},
       {"1-2 10 server", "1-3 12 server", "1-4 15 server"}},
      {"both directions at once",
       {data(0, 1, 100), {5, kClient, kA, 1, 101, 50}, {9, kServer, kA, 101, 51, 0}},
       {"1-2 5 server", "2-3 4 client"}},
      {"S21 SYN and FIN count",
       {{0, kClient, kS, 0, 0},
        {20, kServer, kS | kA, 0, 1},
        {21, kClient, kA, 1, 1},
        {30, kClient, kF | kA, 1, 1},
        {50, kServer, kF | kA, 1, 2},
        {51, kClient, kA, 2, 2}},
       {"1-2 20 client", "2-3 1 server", "4-5 20 client", "5-6 1 server"}},
      {"S38 a repeated SYN has none",
       {{0, kClient, kS, 0, 0}, {9, kClient, kS, 0, 0}, {20, kServer, kS | kA, 0, 1}},
       {}},
      {"S38 a repeated segment has none", {data(0, 1, 100), data(9, 1, 100), ack(30, 101)}, {}},
      {"S38 a part of it repeated has none", {data(0, 1, 100), data(9, 41, 10), ack(30, 101)}, {}},
      {"S39 a part of it repeated: the bytes before have one",
       {data(0, 1, 100), data(9, 51, 50), ack(30, 51), ack(31, 101)},
       {"1-3 30 server"}},
      {"S39 repeated in one piece what was sent in two",
       {data(0, 1, 50), data(1, 51, 50), data(9, 1, 100), ack(30, 101)},
       {}},
      {"S39 repeated with new bytes: those have one of their own",
       {data(0, 1, 50), data(9, 1, 100), ack(30, 51), ack(40, 101)},
       {"2-4 31 server"}},
      {"S38 an ACK over a repeated segment has none, the next has one",
       {data(0, 1, 100), data(1, 101, 100), data(9, 1, 100), ack(30, 201), data(40, 201, 100), ack(60, 301)},
       {"5-6 20 server"}},
      {"what filled a gap was answered, not what came before",
       {data(0, 1, 100), data(1, 201, 100), data(9, 101, 100), ack(30, 301)},
       {}},
      {"a segment that the capture lacks leaves none",
       {data(0, 1, 100), ack(5, 101), data(6, 201, 100), ack(30, 301)},
       {"1-2 5 server"}},
      {"an ACK of what the capture lacks has none", {data(0, 1, 100), ack(30, 201)}, {}},
      {"a segment that was acknowledged and comes again is no data",
       {data(0, 1, 100), ack(30, 101), data(200, 1, 100), ack(230, 101), data(300, 101, 10), ack(330, 111)},
       {"1-2 30 server", "5-6 30 server"}},
      {"a capture that begins in the middle", {ack(0, 5001), data(1, 5001, 100), ack(31, 5101)}, {"2-3 30 server"}},
      {"S4 a length that is not known leaves none",
       {{0, kServer, kA, 1, 1, 0, oddity::kFirstFragment}, data(1, 101, 100), ack(0, 1), ack(30, 201)},
       {}},
      {"S3 a malformed header is no segment",
       {data(0, 1, 100), {30, kClient, kA, 1, 101, 0, oddity::kBadDataOffset}},
       {}},
      {"S22 a RST is neither data nor ACK", {data(0, 1, 100), {30, kClient, kR | kA, 1, 101}}, {}},
      {"S20 without the ACK flag nothing is acknowledged", {data(0, 1, 100), {30, kClient, 0, 1, 101}}, {}},
      {"S34 stamps that go backwards have none", {data(10, 1, 100), ack(9, 101)}, {}},
      {"no time is a time", {data(10, 1, 100), ack(10, 101)}, {"1-2 0 server"}},
      {"S12 a SYN with another number begins anew",
       {data(0, 1, 100), {1, kServer, kS, 70'000, 0}, ack(2, 101), ack(3, 70'001)},
       {"2-4 2 server"}},
  };
  for (const Case& c : cases) EXPECT_EQ(samples(c.sent), c.expected) << c.rule;
}

TEST(RttSampler, RangesAreForgottenBeyondALimit) {
  std::vector<Sent> sent;
  // Every second byte, so that no range joins another.
  constexpr std::uint32_t kRanges = kGreatestOutstanding + 2;
  for (std::uint32_t i = 0; i < kRanges; ++i) sent.push_back(data(0, 1 + 2 * i, 1));
  sent.push_back(ack(1, 2));            // forgotten
  sent.push_back(ack(2, 2 * kRanges));  // over gaps
  sent.push_back(data(3, 2 * kRanges, 1));
  sent.push_back(ack(7, 2 * kRanges + 1));
  const std::string frames = std::to_string(kRanges + 3) + "-" + std::to_string(kRanges + 4);
  EXPECT_EQ(samples(sent), (std::vector<std::string>{frames + " 4 server"}));
}

TEST(RttSampler, NumbersBeyondFourGigabytes) {
  RttSampler sampler;
  std::uint32_t seq = 5;
  int found = 0;
  for (int i = 0; i < 12; ++i) {
    constexpr std::uint32_t kBytes = 1U << 30;
    const TcpWord word{0x5010};
    const std::uint64_t frame = 2 * static_cast<std::uint64_t>(i);
    EXPECT_FALSE(sampler.feed({{frame + 1, {0}}, kServer, word, 0, seq, 1, kBytes}));
    seq += kBytes;
    if (sampler.feed({{frame + 2, {5}}, kClient, word, 0, 1, seq, 0})) ++found;
  }
  EXPECT_EQ(found, 12);
}

/// S38 and S39 byte by byte, of one side that sends, without SYN.
class ByteModel {
 public:
  void send(std::int64_t begin, std::int64_t end, const read::Moment& at) {
    for (std::int64_t k = acked_ ? std::max(begin, *acked_) : begin; k < end; ++k) {
      const auto [byte, is_new] = bytes_.try_emplace(k, at, false);
      if (!is_new) byte->second = {at, true};
    }
  }
  /// The frame that the ACK answers; 0: no sample.
  std::uint64_t acknowledge(std::int64_t ack) {
    if (acked_ && ack <= *acked_) return 0;
    std::int64_t reached = acked_.value_or(bytes_.empty() ? ack : bytes_.begin()->first);
    bool certain = !bytes_.empty() && bytes_.begin()->first < ack;
    std::uint64_t last = 0;
    std::uint64_t answered = 0;
    for (auto byte = bytes_.begin(); byte != bytes_.end() && byte->first < ack; byte = bytes_.erase(byte)) {
      certain = certain && byte->first == reached && !byte->second.second;
      reached = byte->first + 1;
      answered = byte->second.first.frame;
      last = std::max(last, answered);
    }
    acked_ = ack;
    return certain && reached == ack && last == answered ? answered : 0;
  }

 private:
  std::map<std::int64_t, std::pair<read::Moment, bool>> bytes_;
  std::optional<std::int64_t> acked_;
};

TEST(RttSampler, IsWhatTheBytesSay) {
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    RttSampler sampler;
    ByteModel model;
    std::int64_t acked = 0;
    for (std::uint64_t frame = 1; frame <= 80; ++frame) {
      const bool is_ack = random() % 4 == 0;
      const read::Moment at = {frame, {static_cast<std::int64_t>(frame)}};
      RttRow row = {at, is_ack ? kClient : kServer, {static_cast<std::uint16_t>(0x5000 | kA)}, 0, 1, 1, 0};
      if (is_ack) {
        acked += static_cast<std::int64_t>(random() % 30);
        row.ack = static_cast<std::uint32_t>(acked);
      } else {
        row.seq = static_cast<std::uint32_t>(acked) + static_cast<std::uint32_t>(random() % 40);
        row.payload = 1 + static_cast<std::uint32_t>(random() % (frame % 5 == 0 ? 60 : 6));
      }
      const auto sample = sampler.feed(row);
      if (!is_ack) {
        model.send(row.seq, std::int64_t{row.seq} + row.payload, at);
        ASSERT_FALSE(sample && sample->side == kServer);
        continue;
      }
      ASSERT_EQ(sample ? sample->data.frame : 0, model.acknowledge(acked)) << round << " " << frame;
    }
  }
}

TEST(RttSampler, WhatIsSentAgainOverManySegmentsBecomesOneRange) {
  constexpr std::uint32_t kSegments = 10'000;
  RttSampler sampler;
  std::uint64_t frame = 0;
  const auto feed = [&](std::uint32_t seq, std::uint32_t payload) {
    (void)sampler.feed({{++frame, {1}}, kServer, {static_cast<std::uint16_t>(0x5000 | kA)}, 0, seq, 1, payload});
  };
  for (std::uint32_t i = 0; i < kSegments; ++i) feed(1 + i * 2, 1);
  EXPECT_EQ(sampler.ranges(kServer), kSegments);
  feed(1, kSegments * 2);  // the holes are new, the rest was sent again
  feed(1, kSegments * 2);
  EXPECT_EQ(sampler.ranges(kServer), 1U);
}

}  // namespace
}  // namespace pcapsule::analysis
