// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/loss/loss_replay.h"

#include <algorithm>
#include <utility>

#include "common/base/overflow.h"

namespace pcapsule::analysis {

namespace {

/// The least retransmission timeout in use (Linux; RFC 6298 has 1 s): what fills a gap sooner,
/// without a sign of loss, was not sent again.
constexpr DurationNs kLeastTimeout{200'000'000};
constexpr std::uint32_t kDuplicateAcks = 3;  // RFC 5681 section 3.2

std::optional<std::uint32_t> base_of(const read::Side& side) {
  if (side.base_source == format::BaseSource::kNone) return std::nullopt;
  return side.base;
}

bool offers_sack(const read::Connection& connection) {
  constexpr auto kPresent = format::OfferState::kPresent;
  return std::ranges::all_of(connection.side, [](const read::Side& side) {
    return format::offer_state(side.offers, format::Offer::kSackPermitted) == kPresent;
  });
}

/// Is `time` shorter than 7/10 of `rtt`? So much may a path be faster than it was.
bool is_sooner(DurationNs time, const std::optional<DurationNs>& rtt) {
  return rtt && time.value / 7 < rtt->value / 10;
}

/// Is `time` more than what a path, its queues and a delayed ACK take? Then the ACK may answer something else, and
/// the one that should have come was lost.
bool is_late(DurationNs time, const std::optional<DurationNs>& rtt) {
  constexpr std::int64_t kQueues = 4;
  constexpr std::int64_t kDelayedNs = 60'000'000;
  return rtt && time.value / kQueues > saturating_add(rtt->value, kDelayedNs / kQueues);
}

/// By timestamps where they tell, else by IDs.
SendOrder order_by(const CauseEvidence& evidence) {
  const bool told = evidence.by_ts_value == SendOrder::kEarlier || evidence.by_ts_value == SendOrder::kLater;
  return told ? evidence.by_ts_value : evidence.by_ip_id;
}

}  // namespace

LossReplay::LossReplay(const read::Connection& connection)
    : direction_{Direction(base_of(connection.side[0])), Direction(base_of(connection.side[1]))} {
  for (Direction& direction : direction_) direction.reports_twice = offers_sack(connection);
}

void LossReplay::feed(const LossRow& row, std::uint64_t copy_of) {
  sample_.reset();
  old_payload_ = 0;
  found_ = false;
  if (!row.is_segment()) return;
  if (copy_of != 0) {
    LossFinding finding{row.row, row.at, row.side, 0, 0, Cause::kDuplicate, {}};
    finding.evidence.other_frame = copy_of;
    settled_.push_back(finding);
    ++direction_[row.side].copies;
    auto& open = direction_[row.side].open;
    const auto of =
        std::find_if(open.rbegin(), open.rend(), [copy_of](const Open& o) { return o.finding.at.frame == copy_of; });
    if (of != open.rend()) of->copied = true;
    return;
  }
  ++direction_[row.side].segments;
  sample_ = rtt_.feed({row.at, row.side, row.word, row.oddities, row.seq, row.ack, row.payload});
  if (row.word.has(tcp_flag::kRst)) return;  // its text is no data (S22)
  if (sample_) {
    auto& least = direction_[sample_->side].least_rtt;
    if (!least || sample_->rtt < *least) least = sample_->rtt;
  }
  follow_data(row);
  if (row.word.has(tcp_flag::kAck)) follow_ack(row);
}

void LossReplay::follow_data(const LossRow& row) {
  Direction& sender = direction_[row.side];
  const bool syn = row.word.has(tcp_flag::kSyn);
  if (syn && sender.syn && *sender.syn != row.seq) {  // other numbers begin (S12)
    settle_all(sender);
    sender.bytes = SentBytes(row.seq);
    sender.sent_pure_syn = false;
  }
  const std::int64_t begin = sender.bytes.unwrap(row.seq);
  position_ = begin;
  if (!row.length_known()) return;
  const std::int64_t end = begin + (syn ? 1 : 0) + row.payload + (row.word.has(tcp_flag::kFin) ? 1 : 0);
  if (begin == end) return;
  // A simultaneous open answers with the SYN's own number (S16).
  const bool answers_own_syn = row.word.is_syn_ack() && sender.sent_pure_syn;
  if (syn) sender.syn = row.seq;
  if (syn) sender.bytes.begin_at(begin);
  sender.sent_pure_syn |= row.word.is_pure_syn();
  const auto highest = sender.bytes.highest();
  const bool keeps_alive = highest && row.payload == 1 && end == *highest && sender.bytes.is_delivered(begin, end);
  if (highest && begin < *highest && !answers_own_syn && !keeps_alive) {
    judge(sender, row, begin, std::min(end, *highest));
  }
  const std::int64_t first = begin + (syn ? 1 : 0);
  old_payload_ = static_cast<std::uint32_t>(sender.bytes.old_in(first, first + row.payload));
  sender.bytes.send(begin, end, Emission::of(row));
}

void LossReplay::judge(Direction& sender, const LossRow& row, std::int64_t begin, std::int64_t end) {
  const SentBytes::Known known = sender.bytes.known(begin, end);
  Open open;
  open.finding = {row.row, row.at, row.side, begin, end, Cause::kUndecided, {}};
  open.emission = Emission::of(row);
  open.begin = begin;
  open.end = end;
  CauseEvidence& evidence = open.finding.evidence;
  evidence.bytes_seen = known.seen > 0;
  evidence.fills_gap = known.missing > 0;
  evidence.acked_before = known.delivered;
  evidence.gap_shown = sender.bytes.has_sacked_from(end) ||
                       (sender.duplicate_acks >= kDuplicateAcks && sender.bytes.acked() == std::optional(begin));
  evidence.least_rtt = sender.least_rtt;
  const Emission* other = known.seen > 0 ? known.carrier : (known.gap != nullptr ? &known.gap->opener : nullptr);
  if (other != nullptr) {
    evidence.by_ts_value = sender.bytes.order_by_ts(open.emission, *other);
    evidence.by_ip_id = sender.bytes.order_by_id(open.emission, *other);
    evidence.other_frame = other->at.frame;
    evidence.since_other = row.at.time - other->at.time;
  }
  if (known.seen == 0 && known.missing > 0) {
    judge_gap(open, known);
  } else {
    judge_repeat(sender, open, known);
  }
  add(sender, open);
}

/// The tap sees its bytes for the first time.
void LossReplay::judge_gap(Open& open, const SentBytes::Known& known) {
  LossFinding& finding = open.finding;
  const SendOrder order = order_by(finding.evidence);
  if (order == SendOrder::kEarlier) {
    finding.cause = Cause::kReordered;
    open.resolved = true;
    return;
  }
  if (known.delivered) {  // the capture missed what carried them
    finding.cause = order == SendOrder::kLater ? Cause::kNeedless : Cause::kUndecided;
    open.resolved = true;
    return;
  }
  if (order == SendOrder::kLater) {
    finding.cause = Cause::kLostBefore;
    return;
  }
  // Nothing tells when it was sent: could the sender have known by now?
  const auto shown = known.gap->shown_at;
  const auto reaction = direction_[finding.side ^ 1U].least_rtt;
  const DurationNs since_gap = finding.at.time - known.gap->opener.at.time;
  const bool too_soon = shown ? is_sooner(finding.at.time - *shown, reaction) : since_gap < kLeastTimeout;
  if (too_soon && since_gap < kLeastTimeout) {
    finding.cause = Cause::kReordered;
    open.resolved = true;
  } else if (shown && reaction && known.gap->signs >= kDuplicateAcks) {
    finding.cause = Cause::kLostBefore;
  }
}

/// The tap saw its bytes before, or the receiver had them before.
void LossReplay::judge_repeat(Direction& sender, Open& open, const SentBytes::Known& known) {
  LossFinding& finding = open.finding;
  if (is_overtaken_by_copy(sender, open)) return;
  const CauseEvidence& evidence = finding.evidence;
  const bool same = evidence.by_ip_id == SendOrder::kSame && evidence.by_ts_value != SendOrder::kEarlier &&
                    evidence.by_ts_value != SendOrder::kLater;
  if (same) {  // one packet, which the network or the tap has twice
    finding.cause = Cause::kDuplicate;
    open.resolved = true;
  } else if (order_by(evidence) == SendOrder::kEarlier) {
    finding.cause = Cause::kReordered;
    open.resolved = true;
  } else if (known.delivered) {
    finding.cause = Cause::kNeedless;
    open.resolved = true;
  }
}

/// An original that comes after what was sent in its stead: that was needless.
bool LossReplay::is_overtaken_by_copy(Direction& sender, Open& open) {
  for (auto at = sender.open.rbegin(); at != sender.open.rend(); ++at) {
    if (at->begin >= open.end || at->end <= open.begin || at->finding.evidence.bytes_seen) continue;
    CauseEvidence& evidence = open.finding.evidence;
    evidence.by_ts_value = sender.bytes.order_by_ts(open.emission, at->emission);
    evidence.by_ip_id = sender.bytes.order_by_id(open.emission, at->emission);
    evidence.other_frame = at->finding.at.frame;
    evidence.since_other = open.finding.at.time - at->finding.at.time;
    if (order_by(evidence) != SendOrder::kEarlier) return false;
    open.finding.cause = Cause::kReordered;
    open.resolved = true;
    if (at->finding.cause == Cause::kLostBefore || at->finding.cause == Cause::kUndecided) {
      at->finding.cause = Cause::kNeedless;
    }
    return true;
  }
  return false;
}

void LossReplay::add(Direction& sender, const Open& open) {
  found_ = true;
  if (!open.resolved) ++sender.unresolved;
  sender.open.push_back(open);
  if (sender.open.size() <= kGreatestOpen) return;
  settle(sender, sender.open.front());
  sender.open.pop_front();
}

void LossReplay::follow_ack(const LossRow& row) {
  Direction& sender = direction_[row.side ^ 1U];
  SentBytes& bytes = sender.bytes;
  const std::int64_t ack = bytes.unwrap(row.ack);
  const auto before = bytes.acked();
  bool news = false;
  bool twice = false;
  follow_sack(sender, row, ack, news, twice);
  const bool advanced = bytes.acknowledge(ack);
  const bool repeats = before && ack == *before && row.payload == 0 && !row.word.has(tcp_flag::kSyn | tcp_flag::kFin) &&
                       bytes.highest() && *bytes.highest() > ack;
  if (advanced) sender.duplicate_acks = 0;
  if (repeats && !twice) ++sender.duplicate_acks;
  if ((repeats && !twice) || news) bytes.note_sign(row.at.time);
  if (sender.unresolved > 0) note_acks(sender, row, before, advanced);
}

/// `news`: bytes are SACKed that were not. `twice`: the first block is a D-SACK (RFC 2883 section 4).
void LossReplay::follow_sack(Direction& sender, const LossRow& row, std::int64_t ack, bool& news, bool& twice) {
  const auto blocks = row.blocks();
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::int64_t left = ack + static_cast<std::int32_t>(blocks[i].left - row.ack);
    const std::int64_t right = ack + static_cast<std::int32_t>(blocks[i].right - row.ack);
    if (left >= right) continue;
    sender.reports_twice = true;
    const bool in_second = i == 0 && blocks.size() > 1 &&
                           static_cast<std::int32_t>(blocks[1].left - blocks[0].left) <= 0 &&
                           static_cast<std::int32_t>(blocks[0].right - blocks[1].right) <= 0;
    if (i == 0 && (right <= ack || in_second)) {
      twice = true;
      note_twice(sender, row, left, right);
    } else if (right <= sender.bytes.highest().value_or(right)) {
      news |= sender.bytes.sack(std::max(left, ack), right);
    }
  }
}

/// The receiver got [left, right) again: by the latest copies that can have caused it.
void LossReplay::note_twice(Direction& sender, const LossRow& row, std::int64_t left, std::int64_t right) {
  std::int64_t explained_from = right;
  for (auto at = sender.open.rbegin(); at != sender.open.rend(); ++at) {
    if (at->begin < left || at->end > explained_from || at->told_twice) continue;
    if (at->finding.cause == Cause::kReordered || at->finding.cause == Cause::kDuplicate) continue;
    if (is_sooner(row.at.time - at->emission.at.time, sender.least_rtt)) continue;
    explained_from = at->begin;
    at->told_twice = true;
    if (at->finding.cause == Cause::kNeedless) continue;
    at->finding.evidence.dsack = true;
    at->finding.cause = at->copied && !sender.is_mirrored() ? Cause::kUndecided : Cause::kNeedless;
    if (!at->resolved) --sender.unresolved;
    at->resolved = true;
  }
}

void LossReplay::note_acks(Direction& sender, const LossRow& row, std::optional<std::int64_t> acked_before,
                           bool advanced) {
  for (Open& open : sender.open) {
    if (open.resolved) continue;
    ++open.acks_since;
    if (sender.bytes.is_delivered(open.begin, open.end)) {
      const bool at_edge = advanced && acked_before && open.begin <= *acked_before;
      resolve(sender, open, row, at_edge);
      open.resolved = true;
      --sender.unresolved;
    } else if (sender.bytes.has_sacked_from(open.end) ||
               (sender.duplicate_acks >= kDuplicateAcks && sender.bytes.acked() == std::optional(open.begin))) {
      open.finding.evidence.gap_shown = true;
    }
  }
}

/// `row` is the first to acknowledge all of it. `at_edge`: its bytes were the next that the receiver awaited, so that
/// the ACK echoes the segment that brought them (RFC 7323 section 4.3).
void LossReplay::resolve(Direction& sender, Open& open, const LossRow& row, bool at_edge) {
  LossFinding& finding = open.finding;
  CauseEvidence& evidence = finding.evidence;
  evidence.acked_frame = row.at.frame;
  evidence.acked_after = row.at.time - finding.at.time;
  const bool stamped = row.has_timestamps && open.emission.has_timestamps;
  const auto echo = static_cast<std::int32_t>(row.ts_echo - open.emission.ts_value);
  evidence.echo_older = stamped && at_edge && echo < 0;
  // An echo says more than the time; and what fills a gap is no answer to anything before.
  evidence.answered_early =
      !(stamped && at_edge) && evidence.bytes_seen && is_sooner(*evidence.acked_after, sender.least_rtt);
  if (evidence.echo_older || evidence.answered_early) {
    finding.cause = Cause::kNeedless;
    return;
  }
  if (!evidence.bytes_seen || finding.cause != Cause::kUndecided) return;
  const bool echoed = stamped && at_edge && echo == 0;
  const bool first_answer = open.acks_since == 1 && sender.reports_twice && (echoed || !stamped);
  evidence.answered_late = is_late(*evidence.acked_after, sender.least_rtt);
  if (evidence.gap_shown || (first_answer && !evidence.answered_late)) {
    finding.cause = Cause::kLostAfter;
  }
}

void LossReplay::settle(Direction& sender, Open& open) {
  if (!open.resolved) {
    --sender.unresolved;
    open.resolved = true;
    if (open.finding.cause == Cause::kUndecided && open.finding.evidence.bytes_seen &&
        open.finding.evidence.gap_shown) {
      open.finding.cause = Cause::kLostAfter;
    }
  }
  settled_.push_back(open.finding);
}

void LossReplay::settle_all(Direction& sender) {
  for (Open& open : sender.open) settle(sender, open);
  sender.open.clear();
}

void LossReplay::finish() {
  for (Direction& sender : direction_) settle_all(sender);
}

std::vector<LossFinding> LossReplay::take_settled() { return std::exchange(settled_, {}); }

MissingBytes LossReplay::missing(unsigned side) const {
  const SentBytes& bytes = direction_[side].bytes;
  const std::int64_t sacked = bytes.sacked_gap_bytes();
  return {static_cast<std::uint64_t>(bytes.missed_bytes() + sacked),
          static_cast<std::uint64_t>(bytes.gap_bytes() - sacked)};
}

}  // namespace pcapsule::analysis
