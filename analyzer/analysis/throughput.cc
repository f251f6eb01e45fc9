// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/throughput.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "analyzer/analysis/window_trend.h"

namespace pcapsule::analysis {

std::int64_t Throughput::index_of(TimestampNs time) const {
  const std::int64_t since = (time - start_).value;
  const std::int64_t index = since / width_.value;
  return since % width_.value < 0 ? index - 1 : index;
}

void Throughput::see(TimestampNs time) {
  const std::int64_t index = index_of(time);
  last_ = first_ ? std::max(last_, index) : index;
  first_ = first_ ? std::min(*first_, index) : index;
  while (widest_ && static_cast<std::uint64_t>(last_) - static_cast<std::uint64_t>(*first_) >= *widest_) widen();
}

/// Ten buckets become one.
void Throughput::widen() {
  width_.value *= kWiden;
  first_ = widened_index(*first_);
  last_ = widened_index(last_);
  for (auto& buckets : bucket_) {
    std::map<std::int64_t, ThroughputBucket> wide;
    for (const auto& [index, from] : buckets) {
      ThroughputBucket& into = wide[widened_index(index)];
      into.bytes += from.bytes;
      into.new_bytes += from.new_bytes;
      const bool is_first = into.first_frame == 0 || (from.first_frame != 0 && from.first_frame < into.first_frame);
      if (is_first) into.first_frame = from.first_frame;
    }
    buckets = std::move(wide);
  }
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
  auto& buckets = bucket_[sent.side];
  if (buckets.size() > kGreatestBuckets) return;  // buckets() will refuse
  ThroughputBucket& bucket = buckets[index_of(sent.at.time)];
  bucket.bytes += sent.payload;
  bucket.new_bytes += fresh;
  if (bucket.first_frame == 0) bucket.first_frame = sent.at.frame;
}

std::optional<std::vector<ThroughputBucket>> Throughput::buckets(unsigned side) const {
  std::vector<ThroughputBucket> result;
  if (!first_) return result;
  const std::uint64_t steps = static_cast<std::uint64_t>(last_) - static_cast<std::uint64_t>(*first_);
  if (steps >= kGreatestBuckets) return std::nullopt;
  auto filled = bucket_[side].begin();
  for (std::uint64_t step = 0; step <= steps; ++step) {
    const std::uint64_t index = static_cast<std::uint64_t>(*first_) + step;
    ThroughputBucket bucket;
    if (filled != bucket_[side].end() && filled->first == static_cast<std::int64_t>(index)) {
      bucket = filled->second;
      ++filled;
    }
    bucket.start = {static_cast<std::int64_t>(index * static_cast<std::uint64_t>(width_.value))};
    result.push_back(bucket);
  }
  return result;
}

}  // namespace pcapsule::analysis
