// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>

namespace pcapsule::analysis {

/// A set of positions, as half-open intervals that neither touch nor overlap. Of
/// more than `kGreatestIntervals` the lowest are forgotten.
class IntervalSet {
 public:
  static constexpr std::size_t kGreatestIntervals = 4096;

  void add(std::int64_t begin, std::int64_t end) {
    if (begin >= end) return;
    auto at = parts_.upper_bound(begin);
    if (at != parts_.begin()) {
      const auto before = std::prev(at);
      if (before->second >= begin) {
        begin = before->first;
        end = std::max(end, before->second);
        at = parts_.erase(before);
      }
    }
    while (at != parts_.end() && at->first <= end) {
      end = std::max(end, at->second);
      at = parts_.erase(at);
    }
    parts_.emplace_hint(at, begin, end);
    if (parts_.size() > kGreatestIntervals) parts_.erase(parts_.begin());
  }

  void remove(std::int64_t begin, std::int64_t end) {
    auto at = parts_.upper_bound(begin);
    if (at != parts_.begin()) --at;
    while (at != parts_.end() && at->first < end) {
      const auto [first, last] = *at;
      if (last <= begin) {
        ++at;
        continue;
      }
      at = parts_.erase(at);
      if (first < begin) parts_.emplace(first, begin);
      if (last > end) at = parts_.emplace(end, last).first;
    }
  }

  void remove_below(std::int64_t end) {
    if (!parts_.empty() && parts_.begin()->first < end) remove(parts_.begin()->first, end);
  }

  /// How many positions of [begin, end) it holds.
  [[nodiscard]] std::int64_t count_in(std::int64_t begin, std::int64_t end) const {
    std::int64_t count = 0;
    auto at = parts_.upper_bound(begin);
    if (at != parts_.begin()) --at;
    for (; at != parts_.end() && at->first < end; ++at) {
      count += std::max<std::int64_t>(0, std::min(end, at->second) - std::max(begin, at->first));
    }
    return count;
  }
  [[nodiscard]] bool covers(std::int64_t begin, std::int64_t end) const {
    return begin >= end || count_in(begin, end) == end - begin;
  }
  [[nodiscard]] bool empty() const { return parts_.empty(); }
  [[nodiscard]] std::size_t size() const { return parts_.size(); }
  /// One past the greatest position. REQUIRES: !empty().
  [[nodiscard]] std::int64_t end() const { return std::prev(parts_.end())->second; }
  [[nodiscard]] std::int64_t count() const {
    std::int64_t count = 0;
    for (const auto& [begin, end] : parts_) count += end - begin;
    return count;
  }

 private:
  std::map<std::int64_t, std::int64_t> parts_;  ///< end by begin
};

}  // namespace pcapsule::analysis
