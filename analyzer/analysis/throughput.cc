// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/throughput.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace pcapsule::analysis {

void ThroughputBucket::join(const ThroughputBucket& other) {
  bytes += other.bytes;
  new_bytes += other.new_bytes;
  const bool is_first = first_frame == 0 || (other.first_frame != 0 && other.first_frame < first_frame);
  if (is_first) first_frame = other.first_frame;
}

/// How many of these bytes are new.
std::uint64_t Throughput::note(unsigned side, std::int64_t begin, std::int64_t end) {
  auto& seen = seen_[side];
  std::int64_t fresh = end - begin;
  auto part = seen.upper_bound(begin);
  if (part != seen.begin() && std::prev(part)->second >= begin) --part;
  std::int64_t joined_begin = begin;
  std::int64_t joined_end = end;
  while (part != seen.end() && part->first <= end) {
    fresh -= std::max<std::int64_t>(std::min(end, part->second) - std::max(begin, part->first), 0);
    joined_begin = std::min(joined_begin, part->first);
    joined_end = std::max(joined_end, part->second);
    part = seen.erase(part);
  }
  seen.emplace_hint(part, joined_begin, joined_end);
  if (seen.size() > kGreatestParts) {
    const auto least = seen.begin();
    const auto next = std::next(least);
    least->second = next->second;
    seen.erase(next);
  }
  return static_cast<std::uint64_t>(fresh);
}

void Throughput::know(const SentRange& sent) {
  if (sent.payload > 0) note(sent.side, sent.seq, sent.seq + sent.payload);
}

void Throughput::add(const SentRange& sent) {
  see(sent.at.time);
  if (sent.payload == 0) return;
  const std::uint64_t fresh = note(sent.side, sent.seq, sent.seq + sent.payload);
  ThroughputBucket* const bucket = buckets_.at(sent.side, sent.at.time);
  if (bucket == nullptr) return;
  bucket->bytes += sent.payload;
  bucket->new_bytes += fresh;
  if (bucket->first_frame == 0) bucket->first_frame = sent.at.frame;
}

std::optional<std::vector<ThroughputBucket>> Throughput::buckets(unsigned side) {
  std::vector<ThroughputBucket> result;
  const bool complete = buckets_.for_each(side, [&result](DurationNs start, const ThroughputBucket* filled) {
    ThroughputBucket& bucket = result.emplace_back();
    if (filled != nullptr) bucket = *filled;
    bucket.start = start;
  });
  return complete ? std::optional(std::move(result)) : std::nullopt;
}

}  // namespace pcapsule::analysis
