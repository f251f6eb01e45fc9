// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/labels/label_replay.h"

#include <algorithm>
#include <utility>

#include "analyzer/analysis/labels/circular.h"
#include "analyzer/analysis/option_walk.h"
#include "common/format/record_layout.h"

namespace pcapsule::analysis {

using circular::after;
using circular::before;
using circular::up_to;
using C = read::SegmentColumn;

namespace {

constexpr std::uint32_t kMuted = 0xffffffff;  ///< of Direction::duplicates: no more of the same message
constexpr std::uint32_t kGreatestFlight = 2'000'000'000;
constexpr std::uint64_t kFastRetransmissionNs = 20'000'000;
constexpr std::int64_t kReorderingNs = 3'000'000;  ///< where the initial RTT is not known
constexpr std::uint16_t kSynFin = tcp_flag::kSyn | tcp_flag::kFin;
constexpr std::uint16_t kSynFinRst = kSynFin | tcp_flag::kRst;

/// Wireshark counts one for SYN and FIN, also for both.
std::uint32_t control_length(TcpWord word) { return word.has(kSynFin) ? 1 : 0; }

/// Wireshark's differences of times are unsigned: a negative one is greater than any limit.
std::uint64_t elapsed_ns(TimestampNs from, TimestampNs to) { return static_cast<std::uint64_t>((to - from).value); }

/// Did the walk end at a SACK option without a whole block?
bool ends_at_empty_sack(ByteView area) {
  constexpr std::size_t kLeastWithBlock = 10;
  std::size_t at = 0;
  walk_options(area,
               [&](ByteView option) { at = static_cast<std::size_t>(option.data() - area.data()) + option.size(); });
  while (at < area.size() && area[at] == option_kind::kNoOperation) ++at;
  if (area.size() - at < 2 || area[at] != option_kind::kSack) return false;
  const std::size_t length = area[at + 1];
  return length >= 2 && length < kLeastWithBlock && length <= area.size() - at;
}

}  // namespace

read::ColumnSet label_columns() {
  return {C::kFrame, C::kTime,   C::kConnection, C::kMarks, C::kOddities, C::kTcpWord, C::kSeq,
          C::kAck,   C::kWindow, C::kPayload,    C::kSack,  C::kOptions,  C::kCut};
}

std::uint32_t sum_of_sack_blocks(const read::SackBlocks& sack, std::size_t row) {
  constexpr int kBlocksCounted = 3;
  const auto found = std::lower_bound(sack.row.begin(), sack.row.end(), row);
  std::uint32_t sum = 0;
  auto block = static_cast<std::size_t>(found - sack.row.begin());
  for (int i = 0; i < kBlocksCounted && block < sack.row.size() && sack.row[block] == row; ++i, ++block) {
    sum += sack.right[block] - sack.left[block];
  }
  return sum;
}

LabelReplay::LabelReplay(const read::Connection& connection, const MptcpTimeline& mptcp, LabelScope scope)
    : mptcp_(&mptcp),
      number_(connection.number),
      reuses_ports_(connection.previous.has_value()),
      has_mptcp_(mptcp.has(connection.number)),
      lists_open_(scope == LabelScope::kMeasures || connection.rows() > OpenSegments::kGreatest) {}

void LabelReplay::restart(const read::Connection& connection, const MptcpTimeline& mptcp, LabelScope scope) {
  std::array<OpenSegments, 2> open = {std::move(direction_[0].open), std::move(direction_[1].open)};
  *this = LabelReplay(connection, mptcp, scope);
  for (std::size_t side = 0; side < 2; ++side) {
    open[side].clear();
    direction_[side].open = std::move(open[side]);
  }
}

void LabelReplay::feed(const LabelRow& row, SegmentLabels& labels) {
  labels = {};
  if (is_usual(row)) {
    analyze(row, labels);
    direction_[row.side].sacked = row.sacked_bytes;
    if (row.word.has(tcp_flag::kAck)) follow_ack(row);
  } else if (!follow(row, labels)) {
    labels = {};
    return;
  }
  if (labels.has_record) labels.initial_rtt_time = initial_rtt_;
}

/// All that follow() does for the row is what feed() does.
inline bool LabelReplay::is_usual(const LabelRow& row) const {
  return row.oddities == 0 && !row.word.has(tcp_flag::kSyn) && row.options.empty() && !first_row_ &&
         direction_[0].base_known && direction_[1].base_known;
}

/// False: Wireshark shows nothing of what it found.
bool LabelReplay::follow(const LabelRow& row, SegmentLabels& labels) {
  follow_syn(row, labels);
  Direction& sender = direction_[row.side];
  sender.sacked = 0;
  if (row.length_known()) {
    set_bases(row);
    analyze(row, labels);
  }
  if ((row.oddities & oddity::kBadDataOffset) != 0) return false;
  follow_handshake(row);
  if (row.fixed_header_cut) return false;
  const bool shown = (row.oddities & oddity::kOptionsBroken) == 0 || !breaks(row);
  sender.sacked = row.sacked_bytes;
  if (row.word.has(tcp_flag::kSyn) || !row.options.empty()) {
    const unsigned oddities = row.oddities & (shown ? ~unsigned{oddity::kOptionsBroken} : ~0U);
    shifts_.feed({row.side, row.word, static_cast<std::uint8_t>(oddities), row.fixed_header_cut, row.options});
  }
  return shown;
}

/// What a SYN or SYN-ACK says of the ports and the base of its sender (W1.5, W1.6).
void LabelReplay::follow_syn(const LabelRow& row, SegmentLabels& labels) {
  Direction& sender = direction_[row.side];
  if (first_row_) {
    first_row_ = false;
    if (!reuses_ports_) return;
    labels.set.add(Label::kReusedPorts);
    labels.has_record = true;
    return;
  }
  if (!row.word.has(tcp_flag::kSyn) || !sender.base_known) return;
  if (!row.word.has(tcp_flag::kAck)) {
    sender.high = sender.contiguous;
    labels.has_record = true;
  } else if (row.seq != sender.base) {
    sender.base = row.seq;
    labels.set.add(Label::kReusedPorts);
    labels.has_record = true;
  }
}

inline void LabelReplay::set_bases(const LabelRow& row) {
  Direction& sender = direction_[row.side];
  Direction& receiver = direction_[row.side ^ 1U];
  if (!sender.base_known) {
    sender.base = row.word.has(tcp_flag::kSyn) ? row.seq : row.seq - 1;
    sender.base_known = true;
  }
  if (!receiver.base_known && row.word.has(tcp_flag::kAck)) {
    receiver.base = row.ack - 1;
    receiver.base_known = true;
  }
}

void LabelReplay::analyze(const LabelRow& row, SegmentLabels& labels) {
  Direction& sender = direction_[row.side];
  if (row.word.has(tcp_flag::kAck)) direction_[row.side ^ 1U].flight_known = true;
  if (!label_probe(row, labels)) {
    label_window(row, labels);
    label_repeated_ack(row, labels);
  }
  if (row.ack != sender.ack) {
    sender.ack_frame = row.at.frame;
    sender.duplicates = 0;
  }
  label_lost_ack(row, labels);
  if (row.payload > 0 || row.word.has(kSynFin)) label_sent_again(row, labels);
  if (!labels.set.empty()) labels.has_record = true;
  remember(row, labels);
  measure(row, labels);
}

/// W4, A2.
inline bool LabelReplay::label_probe(const LabelRow& row, SegmentLabels& labels) const {
  const Direction& sender = direction_[row.side];
  if (row.payload != 1 || row.seq != sender.high || direction_[row.side ^ 1U].window != 0) return false;
  labels.set.add(Label::kZeroWindowProbe);
  return true;
}

/// A3, A4, A5 and A7.
inline void LabelReplay::label_window(const LabelRow& row, SegmentLabels& labels) {
  Direction& sender = direction_[row.side];
  const Direction& receiver = direction_[row.side ^ 1U];
  const bool plain = !row.word.has(kSynFinRst);
  if (row.window == 0 && plain) labels.set.add(Label::kZeroWindow);
  if (sender.high != 0 && after(row.seq, sender.high) && !row.word.has(tcp_flag::kRst)) {
    labels.set.add(Label::kLostSegment);
    sender.flight_known = false;
  }
  if (!plain) return;
  if (row.payload <= 1 && row.seq == sender.high - 1) labels.set.add(Label::kKeepAlive);
  const std::int8_t shift = shifts_.state()[row.side ^ 1U];
  if (row.payload == 0 || shift == kShiftUnknown) return;
  const unsigned scale = receiver.unscaled || shift == kShiftUnused ? 0 : static_cast<unsigned>(shift);
  if (row.seq + row.payload == receiver.ack + (receiver.window << scale)) labels.set.add(Label::kWindowFull);
}

/// A6, A8 and A9: an ACK that acknowledges nothing new.
inline void LabelReplay::label_repeated_ack(const LabelRow& row, SegmentLabels& labels) {
  Direction& sender = direction_[row.side];
  const Direction& receiver = direction_[row.side ^ 1U];
  if (row.payload != 0 || row.word.has(kSynFinRst) || row.seq != sender.high || row.ack != sender.ack) return;
  if (row.window != sender.window) {
    if (row.window != 0) labels.set.add(Label::kWindowUpdate);
    return;
  }
  if (row.window == 0) {
    if (receiver.labels.has(Label::kZeroWindowProbe)) labels.set.add(Label::kZeroWindowProbeAck);
    return;
  }
  if (receiver.labels.has(Label::kKeepAlive)) return labels.set.add(Label::kKeepAliveAck);
  if (has_mptcp_) {
    const auto seen = mptcp_->seen_before(number_, row.row);
    if (seen && *seen != sender.mptcp_seen) return;
  }
  sender.duplicates = sender.duplicates == kMuted ? 1 : sender.duplicates + 1;
  labels.set.add(Label::kDuplicateAck);
  labels.duplicate_ack_number = sender.duplicates;
  labels.duplicate_ack_frame = sender.ack_frame;
}

/// A11.
inline void LabelReplay::label_lost_ack(const LabelRow& row, SegmentLabels& labels) {
  Direction& receiver = direction_[row.side ^ 1U];
  if (receiver.contiguous == 0 || !after(row.ack, receiver.contiguous) || !row.word.has(tcp_flag::kAck)) return;
  labels.has_record = true;
  if (before(receiver.contiguous, receiver.high)) {
    labels.set.add(Label::kAckLostSegment);
    receiver.contiguous = receiver.high;
    return;
  }
  if (receiver.duplicates == 0) labels.set.add(Label::kAckLostSegment);
  receiver.duplicates = kMuted;
}

/// A12. REQUIRES: the segment has payload, SYN or FIN.
void LabelReplay::label_sent_again(const LabelRow& row, SegmentLabels& labels) {
  const Direction& sender = direction_[row.side];
  const Direction& receiver = direction_[row.side ^ 1U];
  if (labels.has(Label::kKeepAlive)) return;
  if (row.payload > 0 && receiver.ack != 0 && up_to(row.seq + row.payload, receiver.ack)) {
    labels.set.add(Label::kSpuriousRetransmission);
    return labels.set.add(Label::kRetransmission);
  }
  const bool probed_again = row.payload > 1 && row.seq == sender.high - 1;
  if (sender.high == 0 || !before(row.seq, sender.high) || probed_again) return;
  if (receiver.duplicates >= 2 && receiver.ack == row.seq &&
      elapsed_ns(receiver.ack_time, row.at.time) < kFastRetransmissionNs) {
    labels.set.add(Label::kFastRetransmission);
    return labels.set.add(Label::kRetransmission);
  }
  const std::int64_t limit = initial_rtt_.value == 0 ? kReorderingNs : initial_rtt_.value;
  if (elapsed_ns(sender.high_time, row.at.time) < static_cast<std::uint64_t>(limit) &&
      row.seq + row.payload + control_length(row.word) != sender.high) {
    return labels.set.add(Label::kOutOfOrder);
  }
  labels.set.add(Label::kRetransmission);
  if (!lists_open_) return;
  const read::Moment from =
      sender.open.empty() ? read::Moment{sender.high_frame, sender.high_time} : sender.open.oldest();
  labels.rto_time = row.at.time - from.time;
  labels.rto_frame = labels.rto_time.value == 0 ? 0 : from.frame;
}

/// A13 to A15.
inline void LabelReplay::remember(const LabelRow& row, const SegmentLabels& labels) {
  Direction& sender = direction_[row.side];
  const std::uint32_t control = control_length(row.word);
  std::uint32_t end = row.seq + row.payload;
  if ((row.payload > 0 || control > 0) && !sender.open.full()) {
    end += control;
    if (lists_open_) sender.open.add({row.seq, end, row.at});
  }
  if (!labels.has(Label::kZeroWindowProbe)) {
    if (sender.high == 0 || after(end, sender.high)) {
      sender.high = end;
      sender.high_time = row.at.time;
      sender.high_frame = row.at.frame;
    }
    if (sender.contiguous == 0 || row.seq == sender.contiguous) sender.contiguous = sender.high;
  }
  sender.window = row.window;
  sender.ack = row.ack;
  sender.ack_time = row.at.time;
  if (has_mptcp_) sender.mptcp_seen = mptcp_->seen_before(number_, row.row).value_or(sender.mptcp_seen);
  sender.labels = labels.set;
}

/// W5 and W6: what the segment acknowledges, and what its sender then has in flight.
inline void LabelReplay::measure(const LabelRow& row, SegmentLabels& labels) {
  Direction& sender = direction_[row.side];
  Direction& receiver = direction_[row.side ^ 1U];
  if (!lists_open_) return;
  if (read::Moment acked; receiver.open.acknowledge(row.ack, acked)) {
    labels.acked_frame = acked.frame;
    labels.ack_time = row.at.time - acked.time;
    labels.has_record = true;
  }
  if (row.payload == 0 || sender.open.empty() || !sender.flight_known) return;
  labels.has_record = true;
  const std::uint32_t flight = sender.open.span_bytes(sender.base) - receiver.sacked;
  if (flight > 0 && flight < kGreatestFlight) labels.bytes_in_flight = flight - control_length(row.word);
}

/// W4.6, W4.7.
void LabelReplay::follow_handshake(const LabelRow& row) {
  Direction& sender = direction_[row.side];
  if (row.word.has(tcp_flag::kSyn)) {
    if (!row.word.has(tcp_flag::kAck)) syn_time_ = row.at.time;
    sender.unscaled = true;
  } else if (row.word.has(tcp_flag::kAck)) {
    follow_ack(row);
  }
}

/// REQUIRES: the row has ACK and no SYN.
inline void LabelReplay::follow_ack(const LabelRow& row) {
  if (syn_time_.value != 0 && initial_rtt_.value == 0) initial_rtt_ = row.at.time - syn_time_;
  direction_[row.side].unscaled = false;
}

/// W4b: the walk over the options broke, and Wireshark shows no analysis. At a SACK
/// option without a block it breaks only while the printed acknowledgment is small.
bool LabelReplay::breaks(const LabelRow& row) const {
  if ((row.oddities & oddity::kHeaderCut) != 0 || !ends_at_empty_sack(row.options)) return true;
  const bool relative = row.length_known() && row.word.has(tcp_flag::kAck);
  const std::uint32_t printed = relative ? row.ack - direction_[row.side ^ 1U].base : row.ack;
  return printed <= circular::kHalf;
}

}  // namespace pcapsule::analysis
