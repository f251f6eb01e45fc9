// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/rtt.h"

#include <algorithm>
#include <iterator>

namespace pcapsule::analysis {

std::int64_t RttSampler::Stream::unwrap(std::uint32_t raw) {
  if (reference) position += static_cast<std::int32_t>(raw - *reference);
  reference = raw;
  return position;
}

/// Makes `at` a boundary between ranges, if it lies in one.
void RttSampler::Stream::split(std::int64_t at) {
  auto found = outstanding.lower_bound(at);
  if (found == outstanding.begin()) return;
  Range& before = std::prev(found)->second;
  if (before.end <= at) return;
  outstanding.emplace_hint(found, at, before);
  before.end = at;
}

/// Joins `range` and the one that ends at its beginning, where both were sent again, last with the same segment: no ACK
/// tells them apart, and segments that are sent again and again over many ranges cost no more than the ranges did.
RttSampler::Stream::Place RttSampler::Stream::join_before(Place range) {
  if (range == outstanding.begin()) return range;
  const auto before = std::prev(range);
  if (before->second.end != range->first || !before->second.repeated) return range;
  if (before->second.sent.frame != range->second.sent.frame) return range;
  before->second.end = range->second.end;
  outstanding.erase(range);
  return before;
}

void RttSampler::Stream::send(std::int64_t begin, std::int64_t end, const read::Moment& at) {
  if (acked) begin = std::max(begin, *acked);
  if (begin >= end) return;
  split(begin);
  split(end);
  auto next = outstanding.lower_bound(begin);
  while (begin < end) {
    if (next == outstanding.end() || next->first > begin) {
      const std::int64_t gap_end = next == outstanding.end() ? end : std::min(end, next->first);
      next = outstanding.emplace_hint(next, begin, Range{gap_end, at, false});
    } else {
      next->second.sent = at;
      next->second.repeated = true;
      next = join_before(next);
    }
    begin = next->second.end;
    ++next;
  }
  while (outstanding.size() > kGreatestOutstanding) outstanding.erase(outstanding.begin());
}

std::optional<RttSample> RttSampler::feed(const RttRow& row) {
  // The text of a RST is no data (S22), and its numbers are often stale.
  if ((row.oddities & oddity::kNoSegment) != 0 || row.word.has(tcp_flag::kRst)) return std::nullopt;
  follow_data(row);
  if (!row.word.has(tcp_flag::kAck)) return std::nullopt;
  return follow_ack(row);
}

void RttSampler::follow_data(const RttRow& row) {
  Stream& stream = stream_[row.side];
  const bool syn = row.word.has(tcp_flag::kSyn);
  const bool anew = syn && stream.syn != row.seq;  // other numbers begin (S12)
  if (anew) stream = {};
  const std::int64_t begin = stream.unwrap(row.seq);
  if (anew) {
    stream.syn = row.seq;
    stream.acked = begin;
  }
  if (!row.length_known()) return;
  const std::int64_t flags = (syn ? 1 : 0) + (row.word.has(tcp_flag::kFin) ? 1 : 0);
  stream.send(begin, begin + row.payload + flags, row.at);
}

std::optional<RttSample> RttSampler::follow_ack(const RttRow& row) {
  Stream& stream = stream_[row.side ^ 1U];
  const std::int64_t ack = stream.unwrap(row.ack);
  if (stream.acked && ack <= *stream.acked) return std::nullopt;
  auto& outstanding = stream.outstanding;
  stream.split(ack);
  const auto end = outstanding.lower_bound(ack);
  std::optional<std::int64_t> reached = stream.acked;
  bool certain = true;
  std::uint64_t last_sent = 0;
  const Range* answered = nullptr;
  for (auto range = outstanding.begin(); range != end; ++range) {
    answered = &range->second;
    certain &= !answered->repeated && (!reached || *reached == range->first);
    reached = answered->end;
    last_sent = std::max(last_sent, answered->sent.frame);
  }
  certain &= answered != nullptr && reached == ack && last_sent == answered->sent.frame;
  std::optional<RttSample> sample;
  if (certain) sample = RttSample{row.at, row.side ^ 1U, row.at.time - answered->sent.time, answered->sent};
  if (sample && sample->rtt.value < 0) sample.reset();
  outstanding.erase(outstanding.begin(), end);
  stream.acked = ack;
  return sample;
}

}  // namespace pcapsule::analysis
