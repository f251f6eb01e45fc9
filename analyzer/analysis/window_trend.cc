// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/window_trend.h"

#include <algorithm>
#include <span>
#include <utility>

#include "analyzer/analysis/quantile.h"

namespace pcapsule::analysis {

DurationNs default_bucket(DurationNs duration, std::int64_t buckets) {
  if (duration.value <= 0) return {kNsPerSecond};
  const std::int64_t least = (duration.value - 1) / buckets + 1;
  std::int64_t power = 1;
  while (true) {  // ends: `least` is below 2^63 / 60
    for (const std::int64_t step : {1, 2, 5}) {
      if (step * power >= least) return {step * power};
    }
    power *= 10;
  }
}

std::int64_t WindowTrend::index_of(TimestampNs time) const {
  const std::int64_t since = (time - start_).value;
  const std::int64_t index = since / width_.value;
  return since % width_.value < 0 ? index - 1 : index;
}

void WindowTrend::see_index(std::int64_t index) {
  if (!first_) {
    first_ = index;
    last_ = index;
  }
  first_ = std::min(*first_, index);
  last_ = std::max(last_, index);
  while (widest_ && static_cast<std::uint64_t>(last_) - static_cast<std::uint64_t>(*first_) >= *widest_) widen();
}

/// Ten buckets become one. Of equal extremes the first frame's stay.
void WindowTrend::widen() {
  width_.value *= kWiden;
  first_ = widened_index(*first_);
  last_ = widened_index(last_);
  for (auto& buckets : bucket_) {
    std::map<std::int64_t, Bucket> wide;
    for (auto& [index, from] : buckets) {
      const auto [place, is_new] = wide.try_emplace(widened_index(index), std::move(from));
      if (!is_new) join(place->second, std::move(from));
    }
    buckets = std::move(wide);
  }
}

void WindowTrend::join(Bucket& into, Bucket from) {
  TrendBucket& extremes = into.extremes;
  const TrendBucket& other = from.extremes;
  if (other.least < extremes.least || (other.least == extremes.least && other.least_frame < extremes.least_frame)) {
    extremes.least = other.least;
    extremes.least_frame = other.least_frame;
  }
  if (other.greatest > extremes.greatest ||
      (other.greatest == extremes.greatest && other.greatest_frame < extremes.greatest_frame)) {
    extremes.greatest = other.greatest;
    extremes.greatest_frame = other.greatest_frame;
  }
  if (into.windows.size() < from.windows.size()) std::swap(into.windows, from.windows);
  into.windows.insert(into.windows.end(), from.windows.begin(), from.windows.end());
}

void WindowTrend::see(TimestampNs time) { see_index(index_of(time)); }

void WindowTrend::add(const WindowSample& sample) {
  see(sample.at.time);
  const std::int64_t index = index_of(sample.at.time);
  auto& buckets = bucket_[sample.side];
  if (buckets.size() > kGreatestBuckets) return;  // buckets() will refuse
  Bucket& bucket = buckets[index];
  TrendBucket& extremes = bucket.extremes;
  if (bucket.windows.empty() || sample.bytes < extremes.least) {
    extremes.least = sample.bytes;
    extremes.least_frame = sample.at.frame;
  }
  if (bucket.windows.empty() || sample.bytes > extremes.greatest) {
    extremes.greatest = sample.bytes;
    extremes.greatest_frame = sample.at.frame;
  }
  bucket.windows.push_back(sample.bytes);
}

std::optional<std::vector<TrendBucket>> WindowTrend::buckets(unsigned side) {
  std::vector<TrendBucket> result;
  if (!first_) return result;
  const std::uint64_t steps = static_cast<std::uint64_t>(last_) - static_cast<std::uint64_t>(*first_);
  if (steps >= kGreatestBuckets) return std::nullopt;
  auto filled = bucket_[side].begin();
  for (std::uint64_t step = 0; step <= steps; ++step) {
    const auto index = static_cast<std::int64_t>(static_cast<std::uint64_t>(*first_) + step);
    TrendBucket bucket;
    if (filled != bucket_[side].end() && filled->first == index) {
      bucket = filled->second.extremes;
      bucket.samples = filled->second.windows.size();
      bucket.median = quantile(std::span<std::uint32_t>(filled->second.windows), 1, 2);
      ++filled;
    }
    bucket.start = {
        static_cast<std::int64_t>(static_cast<std::uint64_t>(index) * static_cast<std::uint64_t>(width_.value))};
    result.push_back(bucket);
  }
  return result;
}

}  // namespace pcapsule::analysis
