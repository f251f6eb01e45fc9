// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/window_dips.h"

#include <algorithm>
#include <utility>

namespace pcapsule::analysis {

void RollingMedian::add(std::uint32_t value) {
  if (by_age_.size() == capacity_) {
    sorted_.erase(std::ranges::lower_bound(sorted_, by_age_.front()));
    by_age_.pop_front();
  }
  by_age_.push_back(value);
  sorted_.insert(std::ranges::upper_bound(sorted_, value), value);
}

void RollingMedian::clear() {
  by_age_.clear();
  sorted_.clear();
}

std::optional<WindowDip> DipFinder::feed(const read::Moment& at, std::uint32_t bytes) {
  std::optional<WindowDip> found;
  if (dip_ && !is_below(bytes, dip_->median_bytes)) {
    found = std::exchange(dip_, std::nullopt);
    found->recovered = at;
  } else if (dip_ && dip_->segments == rule_.window) {
    dip_.reset();
    median_.clear();
  } else if (dip_) {
    ++dip_->segments;
    if (bytes < dip_->lowest_bytes) {
      dip_->lowest_bytes = bytes;
      dip_->lowest = at;
    }
    return std::nullopt;
  } else if (median_.size() >= kLeastDipWindow && is_below(bytes, median_.median())) {
    dip_ = WindowDip{at, at, {}, bytes, median_.median(), 1};
    return std::nullopt;
  }
  median_.add(bytes);
  return found;
}

}  // namespace pcapsule::analysis
