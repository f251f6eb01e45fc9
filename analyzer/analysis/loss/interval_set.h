// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>

namespace pcapsule::analysis {

/// A set of positions, as half-open intervals that neither touch nor overlap. Of
/// more than `greatest` the lowest are forgotten.
class IntervalSet {
 public:
  static constexpr std::size_t kGreatestIntervals = 4096;

  explicit IntervalSet(std::size_t greatest = kGreatestIntervals) : greatest_(greatest) {}

  void add(std::int64_t begin, std::int64_t end) {
    if (begin >= end) return;
    auto at = parts_.upper_bound(begin);
    if (at != parts_.begin() && std::prev(at)->second >= begin) {  // nearly always: the one before grows
      const auto grown = std::prev(at);
      grown->second = absorb(at, std::max(end, grown->second));
      return;
    }
    end = absorb(at, end);
    parts_.emplace_hint(at, begin, end);
    if (parts_.size() > greatest_) parts_.erase(parts_.begin());
  }

  void remove(std::int64_t begin, std::int64_t end) {
    if (begin >= end) return;
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
    if (begin >= end) return true;
    const auto after = parts_.upper_bound(begin);  // one interval has all of it, for no two touch
    return after != parts_.begin() && std::prev(after)->second >= end;
  }
  /// Calls `visit(begin, end)` for each part of [begin, end) that it does not hold, ascending.
  template <class Visit>
  void for_each_hole(std::int64_t begin, std::int64_t end, Visit visit) const {
    auto at = parts_.upper_bound(begin);
    if (at != parts_.begin()) begin = std::max(begin, std::prev(at)->second);
    for (; begin < end; ++at) {
      const std::int64_t hole_end = at == parts_.end() ? end : std::min(end, at->first);
      if (begin < hole_end) visit(begin, hole_end);
      if (at == parts_.end()) return;
      begin = at->second;
    }
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
  using Parts = std::map<std::int64_t, std::int64_t>;

  /// Takes off what begins up to `end` from `at` on, and returns where all of it ends.
  std::int64_t absorb(Parts::iterator& at, std::int64_t end) {
    while (at != parts_.end() && at->first <= end) {
      end = std::max(end, at->second);
      at = parts_.erase(at);
    }
    return end;
  }

  std::size_t greatest_;
  Parts parts_;  ///< end by begin
};

}  // namespace pcapsule::analysis
