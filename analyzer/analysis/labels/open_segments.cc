// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/labels/open_segments.h"

#include <algorithm>

#include "analyzer/analysis/labels/circular.h"

namespace pcapsule::analysis {

namespace {

/// Of the queue: far enough below half the number space that what is said of one
/// entry holds for its neighbours.
constexpr std::uint32_t kGreatestSpan = 1U << 30;

}  // namespace

void OpenSegments::Extent::add(const Entry& entry, std::uint32_t base) {
  least = std::min(least, entry.first - base);
  greatest = std::max(greatest, entry.end - base);
}

void OpenSegments::add(const Entry& entry) {
  const bool alone = taken_ == queue_.size();
  const std::uint32_t begin = alone ? entry.first : queue_[taken_].first;
  const std::uint32_t last = alone ? 0 : queue_.back().end - begin;
  const std::uint32_t from = entry.first - begin;
  const std::uint32_t to = entry.end - begin;
  const bool follows = last <= from && from < to && to < kGreatestSpan;
  (follows ? queue_ : strays_).push_back(entry);
}

bool OpenSegments::acknowledge_both(std::uint32_t ack, read::Moment& exact) {
  const bool queued = acknowledge_queue(ack, exact);
  read::Moment stray;
  const bool strayed = acknowledge_strays(ack, stray);
  acked_ = ack;
  walked_ = strays_.size();
  if (strayed && (!queued || stray.frame < exact.frame)) exact = stray;
  return queued || strayed;
}

/// The distances of ends from the first entry's beginning ascend and stay below
/// kGreatestSpan, so an acknowledgment divides the queue in two.
bool OpenSegments::acknowledge_queue(std::uint32_t ack, read::Moment& exact) {
  if (taken_ == queue_.size()) return false;
  const std::uint32_t reach = ack - queue_[taken_].first;
  bool found = false;
  if (reach < circular::kHalf) {
    for (; taken_ < queue_.size() && ack - queue_[taken_].end < circular::kHalf; ++taken_) {
      if (queue_[taken_].end != ack) continue;
      exact = queue_[taken_].at;
      found = true;
    }
    if (taken_ < queue_.size() && circular::before(queue_[taken_].first, ack)) queue_[taken_].first = ack;
  } else {
    // Half the number space behind: the newest ones look acknowledged.
    while (taken_ < queue_.size() && ack - queue_.back().end < circular::kHalf) queue_.pop_back();
  }
  drop_taken();
  return found;
}

/// Frees what was taken off the front, in steps that cost less than what came in.
void OpenSegments::drop_taken() {
  if (taken_ == queue_.size()) {
    queue_.clear();
    taken_ = 0;
  } else if (taken_ >= 64 && taken_ * 2 >= queue_.size()) {
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }
}

bool OpenSegments::acknowledge_strays(std::uint32_t ack, read::Moment& exact) {
  // Those that have seen this acknowledgment are as they would be left now.
  const std::size_t from = ack == acked_ ? std::min(walked_, strays_.size()) : 0;
  if (from == strays_.size()) return false;
  bool found = false;
  std::size_t kept = from;
  bool changed = false;
  for (std::size_t i = from; i < strays_.size(); ++i) {
    Entry& entry = strays_[i];
    if (ack - entry.end < circular::kHalf) {
      if (entry.end == ack && !found) exact = entry.at;
      found |= entry.end == ack;
      changed = true;
      continue;
    }
    if (circular::before(entry.first, ack)) {
      entry.first = ack;
      changed = true;
    }
    if (kept != i) strays_[kept] = entry;
    ++kept;
  }
  strays_.resize(kept);
  if (changed) extent_count_ = 0;
  return found;
}

read::Moment OpenSegments::oldest() const {
  if (taken_ == queue_.size()) return strays_.front().at;
  if (strays_.empty()) return queue_[taken_].at;
  return strays_.front().at.frame < queue_[taken_].at.frame ? strays_.front().at : queue_[taken_].at;
}

std::uint32_t OpenSegments::span_bytes(std::uint32_t base) const {
  if (extent_count_ == 0 || extent_base_ != base) {
    strays_extent_ = {};
    extent_base_ = base;
    extent_count_ = 0;
  }
  for (; extent_count_ < strays_.size(); ++extent_count_) strays_extent_.add(strays_[extent_count_], base);
  Extent extent = strays_extent_;
  if (taken_ < queue_.size()) {
    const std::uint32_t least = queue_[taken_].first - base;
    if (least < queue_.back().end - base) {
      extent.least = std::min(extent.least, least);
      extent.greatest = std::max(extent.greatest, queue_.back().end - base);
    } else {  // the base lies inside: what is before it counts as far away
      for (std::size_t i = taken_; i < queue_.size(); ++i) extent.add(queue_[i], base);
    }
  }
  return extent.greatest - extent.least;
}

}  // namespace pcapsule::analysis
