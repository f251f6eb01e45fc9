// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/labels/open_segments.h"

#include <algorithm>
#include <utility>

namespace pcapsule::analysis {

void OpenSegments::Extent::add(const Entry& entry, std::uint32_t base) {
  least = std::min(least, entry.first - base);
  greatest = std::max(greatest, entry.end - base);
}

/// Twice the room, or the beginning once half of it was taken off: either costs less than what came in.
void OpenSegments::make_room() {
  constexpr std::uint32_t kLeastRoom = 8;
  if (first_ > 0 && first_ * 2 >= room_) {
    std::copy(queue_.begin() + first_, queue_.begin() + end_, queue_.begin());
    end_ -= first_;
    first_ = 0;
  } else {
    room_ = std::max(kLeastRoom, room_ * 2);
    queue_.resize(room_);
  }
}

void OpenSegments::clear() {
  constexpr std::uint32_t kKeptRoom = 1024;
  std::vector<Entry> queue = std::move(queue_);
  std::vector<Entry> strays = std::move(strays_);
  *this = {};
  strays.clear();
  if (strays.capacity() <= kKeptRoom) strays_ = std::move(strays);
  if (queue.size() > kKeptRoom) return;
  room_ = static_cast<std::uint32_t>(queue.size());
  queue_ = std::move(queue);
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

/// Half the number space behind: the newest ones look acknowledged. REQUIRES: the queue is not empty.
void OpenSegments::take_newest(std::uint32_t ack) {
  while (first_ < end_ && ack - queue_[end_ - 1].end < circular::kHalf) --end_;
  if (first_ < end_) return;
  first_ = 0;
  end_ = 0;
}

void OpenSegments::add_stray(const Entry& entry) {
  if (strays_.empty()) {
    stray_base_ = entry.first;
    stray_least_ = 0;
    strays_are_near_ = true;
  }
  const std::int32_t first = from_stray_base(entry.first);
  strays_are_near_ =
      strays_are_near_ && first > -kNear && first < kNear && entry.end - entry.first < std::uint32_t{kNear};
  stray_least_ = std::min(stray_least_, first);
  strays_.push_back(entry);
}

bool OpenSegments::is_before_strays(std::uint32_t ack) const {
  const std::int32_t place = from_stray_base(ack);
  return strays_are_near_ && place > -kNear && place <= stray_least_;
}

bool OpenSegments::acknowledge_strays(std::uint32_t ack, read::Moment& exact) {
  if (strays_.empty() || is_before_strays(ack)) return false;
  // Those that have seen this acknowledgment are as they would be left now.
  const std::size_t from = ack == acked_ ? std::min(walked_, strays_.size()) : 0;
  if (from == strays_.size()) return false;
  bool found = false;
  std::size_t kept = from;
  bool changed = false;
  std::int32_t least = from == 0 ? kNear : stray_least_;
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
    least = std::min(least, from_stray_base(entry.first));
    if (kept != i) strays_[kept] = entry;
    ++kept;
  }
  strays_.resize(kept);
  stray_least_ = least;
  if (changed) extent_count_ = 0;
  return found;
}

read::Moment OpenSegments::oldest() const {
  if (first_ == end_) return strays_.front().at;
  if (strays_.empty()) return queue_[first_].at;
  return strays_.front().at.frame < queue_[first_].at.frame ? strays_.front().at : queue_[first_].at;
}

std::uint32_t OpenSegments::span_of_all(std::uint32_t base) const {
  if (extent_count_ == 0 || extent_base_ != base) {
    strays_extent_ = {};
    extent_base_ = base;
    extent_count_ = 0;
  }
  for (; extent_count_ < strays_.size(); ++extent_count_) strays_extent_.add(strays_[extent_count_], base);
  Extent extent = strays_extent_;
  if (first_ < end_) {
    const std::uint32_t least = queue_[first_].first - base;
    if (least < queue_[end_ - 1].end - base) {
      extent.least = std::min(extent.least, least);
      extent.greatest = std::max(extent.greatest, queue_[end_ - 1].end - base);
    } else {  // the base lies inside: what is before it counts as far away
      for (std::uint32_t i = first_; i < end_; ++i) extent.add(queue_[i], base);
    }
  }
  return extent.greatest - extent.least;
}

}  // namespace pcapsule::analysis
