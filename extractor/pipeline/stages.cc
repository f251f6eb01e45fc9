// SPDX-License-Identifier: Apache-2.0
#include "extractor/pipeline/stages.h"

#include <algorithm>

#include "extractor/decode/decode_frame.h"

namespace pcapsule::pipeline {

namespace {

/// Is there a VLAN tag right behind the Ethernet addresses? Only for the hint
/// that a filter without `vlan` does not see tagged frames.
bool is_tagged(const capture::Frame& frame) {
  constexpr std::size_t kEtherTypeAt = 12;
  if (frame.link_type != LinkType::kEthernet || frame.bytes.size() < kEtherTypeAt + 2) return false;
  const std::uint16_t type = load_be16(frame.bytes.data() + kEtherTypeAt);
  return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

decode::Outcome outcome_of(const decode::Segment& segment) {
  if ((segment.oddities & oddity::kQuoted) != 0) return decode::Outcome::kQuotedTcp;
  return (segment.oddities & oddity::kNoSegment) != 0 ? decode::Outcome::kMalformedTcp : decode::Outcome::kSegment;
}

}  // namespace

void DecodeStage::decode(const capture::Frame& frame, decode::SegmentBatch& segments) {
  if (frames_ == 0) {
    first_time_ = frame.time;
    previous_time_ = frame.time;
  }
  ++frames_;
  if (frame.time < previous_time_) ++backward_stamps_;
  if (frame.wanted) {
    decode::decode_frame(
        {frame.number, frame.time, previous_time_, frame.link_type, frame.wire_bytes, frame.interface, frame.bytes},
        segments, *counts_);
  } else {
    ++unwanted_;
    if (is_tagged(frame)) ++unwanted_tagged_;
  }
  previous_time_ = frame.time;
}

Result<bool> DecodeStage::fill(Batch& batch) {
  batch.segments.clear();
  batch.segments.segments.reserve(kBatchSegments + 1);
  batch.capture = chain_.current();
  capture::Frame frame;
  while (batch.segments.segments.size() < kBatchSegments) {
    if (!chain_.next(frame)) return chain_.advance();
    decode(frame, batch.segments);
  }
  return true;
}

bool ConnectionChoice::keeps(std::uint32_t number, const track::ConnectionTracker& tracker) {
  if (chooses_all()) return true;
  if (number >= states_.size()) states_.resize(std::size_t{number} + 1, State::kUnknown);
  State& state = states_[number];
  if (state == State::kUnknown) {
    const track::ConnectionRecord& record = tracker.record(number);
    const Endpoint a = tracker.endpoint(record, track::kA);
    const Endpoint b = tracker.endpoint(record, track::kB);
    state = matches(a, b) || matches(b, a) ? State::kKept : State::kLeftOut;
  }
  return state == State::kKept;
}

bool ConnectionChoice::settle(const track::ConnectionTracker& tracker) {
  bool right = true;
  for (std::uint32_t number = 0; number < states_.size(); ++number) {
    if (states_[number] != State::kKept) continue;
    const track::ConnectionRecord& record = tracker.record(number);
    const bool client_is_b = (record.marks & format::connection_mark::kClientIsB) != 0;
    const Endpoint client = tracker.endpoint(record, client_is_b ? track::kB : track::kA);
    const Endpoint server = tracker.endpoint(record, client_is_b ? track::kA : track::kB);
    if (matches(client, server)) continue;
    states_[number] = State::kLeftOut;
    right = false;
  }
  return right;
}

void RecordStage::tally(std::uint64_t frame, decode::Outcome outcome, bool kept) {
  const auto count = [this]() -> std::uint64_t& { return not_chosen_[static_cast<std::size_t>(tallied_.outcome)]; };
  if (frame == tallied_.frame) {
    if (!tallied_.kept) --count();
    tallied_ = {frame, std::min(tallied_.outcome, outcome), tallied_.kept || kept};
  } else {
    tallied_ = {frame, outcome, kept};
  }
  if (!tallied_.kept) ++count();
}

Result<void> RecordStage::take(const Batch& taken) {
  const decode::SegmentBatch& batch = taken.segments;
  const std::uint64_t rows_before = writer_.file().rows();
  const bool keeps_all = choice_.chooses_all();
  const decode::Segment* last = nullptr;
  tracker_.track(batch, tracked_);
  for (std::size_t i = 0; i < batch.segments.size(); ++i) {
    const decode::Segment& segment = batch.segments[i];
    const track::TrackedRow& tracked = tracked_[i];
    if (!keeps_all) {
      const bool kept = choice_.keeps(tracked.connection, tracker_);
      tally(segment.frame_number, outcome_of(segment), kept);
      if (!kept) continue;
    }
    if ((segment.oddities & oddity::kNoSegment) == 0) {
      if (!first_) first_ = RecordedMoment{segment.frame_number, segment.time};
      last = &segment;
    }
    auto written = writer_.append(segment, batch.carrier_of(segment), batch.options_of(segment), tracked,
                                  tracker_.record(tracked.connection).rows);
    if (!written) return written;
  }
  if (last != nullptr) last_ = RecordedMoment{last->frame_number, last->time};
  rows_of_capture_[taken.capture] += writer_.file().rows() - rows_before;
  return {};
}

}  // namespace pcapsule::pipeline
