// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "analyzer/read/connection.h"

namespace pcapsule::analysis {

/// What counts as a dip (S30).
struct DipRule {
  double factor = 0.5;       ///< of the median, between 0 and 1
  std::size_t window = 255;  ///< segments that the rolling median is taken of, kLeastDipWindow … kGreatestDipWindow
};

/// Fewer segments have no median to dip below.
inline constexpr std::size_t kLeastDipWindow = 5;
inline constexpr std::size_t kGreatestDipWindow = 10'001;

/// A stretch of one side's segments below the rule's part of the median before it, and the recovery.
struct WindowDip {
  read::Moment first;      ///< the first segment below
  read::Moment lowest;     ///< the first with the least window
  read::Moment recovered;  ///< the first that is not below any more
  std::uint32_t lowest_bytes = 0;
  std::uint32_t median_bytes = 0;  ///< what it is held against: the rolling median before the dip
  std::uint32_t segments = 0;      ///< below

  /// From `first` to `recovered`; nullopt: the stamps go backwards.
  [[nodiscard]] std::optional<DurationNs> duration() const {
    const DurationNs span = recovered.time - first.time;
    return span.value < 0 ? std::nullopt : std::optional(span);
  }
};

/// The median of the last values, at most `capacity`. By the nearest rank, so that it is a value that occurred.
class RollingMedian {
 public:
  explicit RollingMedian(std::size_t capacity) : capacity_(capacity) {}
  void add(std::uint32_t value);
  void clear();
  [[nodiscard]] std::size_t size() const { return sorted_.size(); }
  /// REQUIRES: size() > 0.
  [[nodiscard]] std::uint32_t median() const { return sorted_[(sorted_.size() - 1) / 2]; }

 private:
  std::size_t capacity_;
  std::deque<std::uint32_t> by_age_;
  std::vector<std::uint32_t> sorted_;
};

/// Finds the dips of one side, fed its windows in file order. The median stands
/// still during a dip, so that a long one does not become its own measure. What does
/// not recover within `window` segments is no dip but a new level.
class DipFinder {
 public:
  explicit DipFinder(const DipRule& rule) : rule_(rule), median_(rule.window) {}

  /// The dip that this segment recovers from; nullopt: none.
  std::optional<WindowDip> feed(const read::Moment& at, std::uint32_t bytes);

 private:
  [[nodiscard]] bool is_below(std::uint32_t bytes, std::uint32_t median) const {
    return static_cast<double>(bytes) < rule_.factor * static_cast<double>(median);
  }

  DipRule rule_;
  RollingMedian median_;
  std::optional<WindowDip> dip_;  ///< not recovered yet
};

}  // namespace pcapsule::analysis
