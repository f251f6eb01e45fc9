// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/net/tcp_flags.h"
#include "extractor/track/connection_tracker.h"
#include "tests/unit/extractor/track/segment_maker.h"

namespace pcapsule::track::testing {

inline constexpr std::uint16_t kSyn = tcp_flag::kSyn;
inline constexpr std::uint16_t kSynAckFlags = tcp_flag::kSyn | tcp_flag::kAck;
inline constexpr std::uint16_t kAck = tcp_flag::kAck;
inline constexpr std::uint16_t kFinAck = tcp_flag::kFin | tcp_flag::kAck;
inline constexpr std::uint16_t kRst = tcp_flag::kRst;
inline constexpr std::uint16_t kRstAck = tcp_flag::kRst | tcp_flag::kAck;

/// Feeds segments and keeps what the tracker said of each.
class TrackerTest : public ::testing::Test {
 protected:
  TrackedRow feed(const decode::Segment& segment) {
    batch_.clear();
    batch_.segments.push_back(segment);
    tracker_.track(batch_, rows_);
    return rows_.front();
  }
  TrackedRow feed(decode::Segment segment, const decode::TcpOptions& options) {
    batch_.clear();
    segment.options = 0;
    batch_.segments.push_back(segment);
    batch_.options.push_back(options);
    tracker_.track(batch_, rows_);
    return rows_.front();
  }
  /// Numbers of the connections that the segments belong to, in order.
  std::vector<std::uint32_t> numbers(const std::vector<decode::Segment>& segments) {
    std::vector<std::uint32_t> out;
    out.reserve(segments.size());
    for (const decode::Segment& segment : segments) out.push_back(feed(segment).connection);
    return out;
  }
  ConnectionRecord& record(std::uint32_t number = 0) { return tracker_.record(number); }
  /// History in Zeek's letters: capital for endpoint A.
  std::string history(std::uint32_t number = 0) {
    constexpr const char* kLetters = "?SHADFRWT????????";
    std::string text;
    for (std::uint64_t rest = record(number).history; rest != 0; rest >>= format::kHistoryBits) {
      const auto code = static_cast<unsigned>(rest & 31U);
      const char letter = kLetters[code > 8 ? code - 8 : code];
      text += code > 8 ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
    return text;
  }

  ConnectionTracker tracker_{HashSeed{}};
  SegmentMaker make_;
  decode::SegmentBatch batch_;
  std::vector<TrackedRow> rows_;
};

}  // namespace pcapsule::track::testing
