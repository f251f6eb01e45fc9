// SPDX-License-Identifier: Apache-2.0
#include "extractor/track/wireshark_state.h"

#include <algorithm>

namespace pcapsule::track {

using decode::OptionState;
using decode::Segment;
using decode::TcpOptions;

namespace {

namespace bit = format::completeness;

std::uint8_t bits_of_later_row(const Segment& segment) {
  const TcpWord word = segment.word;
  const bool has_data = (segment.oddities & oddity::kLengthUnknown) == 0 && segment.payload_bytes > 0;
  std::uint8_t bits = 0;
  if (word.has(tcp_flag::kAck)) {
    if (word.has(tcp_flag::kSyn)) {
      bits |= bit::kSynAck;
    } else {
      bits |= has_data ? bit::kData : bit::kAck;
    }
    if (word.has(tcp_flag::kFin)) bits |= bit::kFin;
  }
  if (word.has(tcp_flag::kRst)) bits |= bit::kRst;
  return bits;
}

constexpr std::int8_t kShiftUnknown = -1;
constexpr std::int8_t kShiftUnused = -2;
constexpr std::uint8_t kSynStep = 1;
constexpr std::uint8_t kSynAckStep = 2;
constexpr std::uint8_t kSteps = kSynStep | kSynAckStep;

/// The two rows from which a reader computes the state: the first pure SYN, and
/// the first SYN-ACK of the other side.
bool is_expected_step(ConnectionRecord& record, Side side, TcpWord word) {
  if (word.is_pure_syn() && record.scale_steps == 0 && record.syn_side == 2) {
    record.scale_steps = (record.scale_steps | kSynStep) & kSteps;
    return true;
  }
  const bool answers = record.syn_side == 2 || record.syn_side == other(side);
  if (word.is_syn_ack() && (record.scale_steps & kSynAckStep) == 0 && answers) {
    record.scale_steps = (record.scale_steps | kSynAckStep) & kSteps;
    return true;
  }
  return false;
}

}  // namespace

void update_completeness(ConnectionRecord& record, const Segment& segment, bool is_new, bool reused) {
  if ((segment.oddities & oddity::kBadDataOffset) != 0) {
    if (reused) record.completeness = bit::kSyn;
    return;
  }
  const std::uint8_t later_bits = bits_of_later_row(segment);
  if (reused) {
    record.completeness = bit::kSyn | later_bits;
  } else if (is_new) {
    if (segment.word.is_pure_syn()) {
      const bool has_data = (segment.oddities & oddity::kLengthUnknown) == 0 && segment.payload_bytes > 0;
      record.completeness = static_cast<std::uint8_t>(bit::kSyn | (has_data ? bit::kData : 0));
    }
    record.completeness_first_row = later_bits;
  } else {
    record.completeness |= later_bits;
  }
}

void update_scale_state(ConnectionRecord& record, Side side, const Segment& segment, const TcpOptions* options) {
  constexpr std::uint8_t kFixedHeaderBytes = 20;
  if ((segment.oddities & oddity::kBadDataOffset) != 0 || segment.header_available < kFixedHeaderBytes) return;
  const bool syn = segment.word.has(tcp_flag::kSyn);
  const bool has_option = options != nullptr && options->window_scale == OptionState::kPresent;
  if (!syn && !has_option) return;

  std::int8_t& sender = record.direction[side].wireshark_shift;
  std::int8_t& receiver = record.direction[other(side)].wireshark_shift;
  const std::int8_t sender_before = sender;
  const std::int8_t receiver_before = receiver;
  const bool broken = (segment.oddities & oddity::kOptionsBroken) != 0;
  if (has_option) sender = static_cast<std::int8_t>(std::min<std::uint8_t>(options->window_shift, 14));
  if (syn && !broken) {
    if (sender == kShiftUnknown) {
      sender = kShiftUnused;
      receiver = kShiftUnused;
    } else if (segment.word.has(tcp_flag::kAck) && receiver == kShiftUnused) {
      sender = kShiftUnused;
    }
  }
  // The connection table shows only segments to the reader, and only whole option walks.
  const bool visible = (segment.oddities & oddity::kNoSegment) == 0 && !(broken && has_option);
  const bool expected = is_expected_step(record, side, segment.word) && visible;
  if (!expected && (sender != sender_before || receiver != receiver_before)) {
    record.marks |= format::connection_mark::kScaleIrregular;
  }
}

}  // namespace pcapsule::track
