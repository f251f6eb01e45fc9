// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/loss/sent_bytes.h"

#include <algorithm>
#include <iterator>

namespace pcapsule::analysis {

namespace {

SendOrder order_of(std::int32_t difference) {
  if (difference == 0) return SendOrder::kSame;
  return difference < 0 ? SendOrder::kEarlier : SendOrder::kLater;
}

/// The first entry that may overlap what begins at `position`.
template <class Map>
auto first_overlap(Map& map, std::int64_t position) {
  auto at = map.upper_bound(position);
  if (at != map.begin() && std::prev(at)->second.end > position) --at;
  return at;
}

}  // namespace

std::int64_t SentBytes::unwrap(std::uint32_t raw) {
  if (reference_) position_ += static_cast<std::int32_t>(raw - *reference_);
  reference_ = raw;
  return position_;
}

std::int64_t SentBytes::position_of(std::uint32_t raw) const {
  return reference_ ? position_ + static_cast<std::int32_t>(raw - *reference_) : position_;
}

bool SentBytes::is_delivered(std::int64_t begin, std::int64_t end) const {
  if (acked_) begin = std::max(begin, *acked_);
  return sacked_.covers(begin, end);
}

SentBytes::Known SentBytes::known(std::int64_t begin, std::int64_t end) const {
  Known known;
  known.seen = seen_.count_in(begin, end);
  if (known.seen > 0) known.carrier = &first_overlap(sent_, begin)->second.first;
  for (auto at = first_overlap(gaps_, begin); at != gaps_.end() && at->first < end; ++at) {
    known.missing += std::min(end, at->second.end) - std::max(begin, at->first);
    if (known.gap == nullptr) known.gap = &at->second;
  }
  known.delivered = is_delivered(begin, end);
  known.reaches_missed = missed_.count_in(begin, end) > 0;
  return known;
}

std::int64_t SentBytes::old_in(std::int64_t begin, std::int64_t end) const {
  const std::int64_t old = seen_.count_in(begin, end);
  if (!acked_ || !lowest_) return old;
  const std::int64_t from = std::max(begin, *lowest_);
  const std::int64_t to = std::min({end, *acked_, *highest_});
  return from < to ? old + (to - from) - missed_.count_in(from, to) : old;
}

std::int64_t SentBytes::in_flight() const {
  if (!highest_ || !acked_) return 0;
  return std::max<std::int64_t>(0, *highest_ - *acked_);
}

/// IDs are compared only where they count up from one new segment to the next.
void SentBytes::note_id(const Emission& emission) {
  constexpr int kGreatestStep = 0x2000;
  if (last_id_ && emission.ip_id != 0) {
    const auto step = static_cast<std::int16_t>(emission.ip_id - *last_id_);
    ++(step > 0 && step <= kGreatestStep ? ids_up_ : ids_down_);
  }
  last_id_ = emission.ip_id;
}

SendOrder SentBytes::order_by_ts(const Emission& a, const Emission& b) const {
  if (!a.has_timestamps || !b.has_timestamps) return SendOrder::kUnknown;
  return order_of(static_cast<std::int32_t>(a.ts_value - b.ts_value));
}

SendOrder SentBytes::order_by_id(const Emission& a, const Emission& b) const {
  constexpr std::uint32_t kLeastSteps = 4;
  constexpr std::uint32_t kUpForOneDown = 32;
  if (a.ip_id == 0 || b.ip_id == 0) return SendOrder::kUnknown;
  if (ids_up_ < kLeastSteps || ids_up_ < ids_down_ * kUpForOneDown) return SendOrder::kUnknown;
  return order_of(static_cast<std::int16_t>(a.ip_id - b.ip_id));
}

void SentBytes::send(std::int64_t begin, std::int64_t end, const Emission& emission) {
  if (!highest_ || begin == *highest_) note_id(emission);
  if (highest_ && begin > *highest_) {
    open_gap(*highest_, begin, emission);
    last_id_ = emission.ip_id;
  }
  fill(begin, end);
  remember(begin, end, emission);
  lowest_ = lowest_ ? std::min(*lowest_, begin) : begin;
  highest_ = highest_ ? std::max(*highest_, end) : end;
}

void SentBytes::open_gap(std::int64_t begin, std::int64_t end, const Emission& opener) {
  if (acked_ && begin < *acked_) begin = std::min(end, *acked_);  // missed_ has it
  if (begin >= end) return;
  gaps_.emplace(begin, Gap{end, opener, std::nullopt, 0});
  if (gaps_.size() > kGreatestRanges) gaps_.erase(gaps_.begin());
}

/// The bytes have come to the tap.
void SentBytes::fill(std::int64_t begin, std::int64_t end) {
  missed_.remove(begin, end);
  for (auto at = first_overlap(gaps_, begin); at != gaps_.end() && at->first < end;) {
    const std::int64_t first = at->first;
    const Gap gap = at->second;
    at = gaps_.erase(at);
    if (first < begin) gaps_.emplace(first, gap).first->second.end = begin;
    if (gap.end > end) at = gaps_.emplace(end, gap).first;
  }
}

/// Bytes keep the segment that carried them first. What is sent again may overlap every segment there is: only the
/// holes between them are visited, which are then none.
void SentBytes::remember(std::int64_t begin, std::int64_t end, const Emission& emission) {
  if (acked_) begin = std::max(begin, *acked_);
  seen_.for_each_hole(begin, end, [this, &emission](std::int64_t from, std::int64_t to) {
    sent_.emplace_hint(sent_.lower_bound(from), from, Range{to, emission});
  });
  seen_.add(begin, end);
  while (sent_.size() > kGreatestRanges) {
    const auto lowest = sent_.begin();
    seen_.remove(lowest->first, lowest->second.end);
    sent_.erase(lowest);
  }
}

bool SentBytes::acknowledge(std::int64_t ack) {
  if (acked_ && ack <= *acked_) return false;
  if (highest_ && ack - *highest_ > kGreatestWindow) return false;  // no receiver had so much
  const std::int64_t from = acked_.value_or(highest_.value_or(ack));
  for (auto at = gaps_.begin(); at != gaps_.end() && at->first < ack; ++at) {
    missed_.add(at->first, std::min(ack, at->second.end));
  }
  if (const std::int64_t top = std::max(from, highest_.value_or(from)); ack > top) missed_.add(top, ack);
  acked_ = ack;
  forget_acknowledged();
  return true;
}

void SentBytes::forget_acknowledged() {
  const std::int64_t ack = *acked_;
  while (!sent_.empty() && sent_.begin()->first < ack) {
    auto part = sent_.extract(sent_.begin());
    if (part.mapped().end <= ack) continue;
    part.key() = ack;
    sent_.insert(std::move(part));
  }
  seen_.remove_below(ack);
  while (!gaps_.empty() && gaps_.begin()->first < ack) {
    auto part = gaps_.extract(gaps_.begin());
    if (part.mapped().end <= ack) continue;
    part.key() = ack;
    gaps_.insert(std::move(part));
  }
  sacked_.remove_below(ack);
}

bool SentBytes::sack(std::int64_t left, std::int64_t right) {
  if (acked_) left = std::max(left, *acked_);
  if (left >= right || sacked_.covers(left, right)) return false;
  sacked_.add(left, right);
  return true;
}

void SentBytes::note_sign(TimestampNs time) {
  for (auto& [begin, gap] : gaps_) {
    if (gap.opener.at.time > time) break;
    if (!gap.shown_at) gap.shown_at = time;
    ++gap.signs;
    if (gap.signs > 3) break;  // the later ones are seen when this one is gone
  }
}

std::int64_t SentBytes::gap_bytes() const {
  std::int64_t bytes = 0;
  for (const auto& [begin, gap] : gaps_) bytes += gap.end - begin;
  return bytes;
}

std::int64_t SentBytes::sacked_gap_bytes() const {
  std::int64_t bytes = 0;
  for (const auto& [begin, gap] : gaps_) bytes += sacked_.count_in(begin, gap.end);
  return bytes;
}

}  // namespace pcapsule::analysis
