// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/time_buckets.h"

namespace pcapsule::analysis {

namespace {

DurationNs round_width(DurationNs duration, std::int64_t buckets) {
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

}  // namespace

BucketWidth default_width(DurationNs duration, std::int64_t usual, DurationNs least) {
  return {std::max(round_width(duration, usual), least), static_cast<std::uint64_t>(usual) * 5};
}

std::string too_many_buckets() {
  return " has too many buckets: more than " + std::to_string(kGreatestBuckets) +
         " a side, or with those before it more than " + std::to_string(BucketAllowance::kAlways) + " and " +
         std::to_string(BucketAllowance::kPerSegment) + " a segment; choose a longer --bucket";
}

}  // namespace pcapsule::analysis
