// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/window_trend.h"

#include <span>
#include <utility>

#include "analyzer/analysis/quantile.h"

namespace pcapsule::analysis {

/// Of equal extremes the first frame's stay.
void WindowTrend::Bucket::join(Bucket other) {
  const TrendBucket& more = other.extremes;
  if (more.least < extremes.least || (more.least == extremes.least && more.least_frame < extremes.least_frame)) {
    extremes.least = more.least;
    extremes.least_frame = more.least_frame;
  }
  if (more.greatest > extremes.greatest ||
      (more.greatest == extremes.greatest && more.greatest_frame < extremes.greatest_frame)) {
    extremes.greatest = more.greatest;
    extremes.greatest_frame = more.greatest_frame;
  }
  if (windows.size() < other.windows.size()) std::swap(windows, other.windows);
  windows.insert(windows.end(), other.windows.begin(), other.windows.end());
}

void WindowTrend::add(const WindowSample& sample) {
  see(sample.at.time);
  Bucket* const bucket = buckets_.at(sample.side, sample.at.time);
  if (bucket == nullptr) return;
  TrendBucket& extremes = bucket->extremes;
  if (bucket->windows.empty() || sample.bytes < extremes.least) {
    extremes.least = sample.bytes;
    extremes.least_frame = sample.at.frame;
  }
  if (bucket->windows.empty() || sample.bytes > extremes.greatest) {
    extremes.greatest = sample.bytes;
    extremes.greatest_frame = sample.at.frame;
  }
  bucket->windows.push_back(sample.bytes);
}

std::optional<std::vector<TrendBucket>> WindowTrend::buckets(unsigned side) {
  std::vector<TrendBucket> result;
  const bool complete = buckets_.for_each(side, [&result](DurationNs start, Bucket* filled) {
    TrendBucket bucket;
    if (filled != nullptr) {
      bucket = filled->extremes;
      bucket.samples = filled->windows.size();
      bucket.median = quantile(std::span<std::uint32_t>(filled->windows), 1, 2);
    }
    bucket.start = start;
    result.push_back(bucket);
  });
  return complete ? std::optional(std::move(result)) : std::nullopt;
}

}  // namespace pcapsule::analysis
