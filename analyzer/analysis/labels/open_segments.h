// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analyzer/analysis/labels/circular.h"
#include "analyzer/read/connection.h"

namespace pcapsule::analysis {

/// Wireshark's list of the segments that one direction has unacknowledged (W5.1).
///
/// Wireshark walks its list for every ACK. Here the segments that follow each
/// other without overlap, nearly all, form a queue, of which an ACK takes a part
/// off one end; the others (sent again, late) are walked. The results are
/// Wireshark's to the letter, also where sequence numbers lie half the number
/// space apart. A walk costs at most kGreatest entries, and there is none for an acknowledgment
/// before all of them.
class OpenSegments {
 public:
  static constexpr std::size_t kGreatest = 10'000;

  struct Entry {
    std::uint32_t first = 0;
    std::uint32_t end = 0;
    read::Moment at;
  };

  [[nodiscard]] std::size_t size() const { return end_ - first_ + strays_.size(); }
  [[nodiscard]] bool empty() const { return first_ == end_ && strays_.empty(); }
  [[nodiscard]] bool full() const { return size() >= kGreatest; }

  /// REQUIRES: !full(), first != end, frames do not descend.
  void add(const Entry& entry) {
    const bool alone = first_ == end_;
    const std::uint32_t begin = alone ? entry.first : queue_[first_].first;
    const std::uint32_t last = alone ? 0 : queue_[end_ - 1].end - begin;
    const std::uint32_t from = entry.first - begin;
    const std::uint32_t to = entry.end - begin;
    if (last > from || from >= to || to >= kGreatestSpan) return add_stray(entry);
    if (end_ == room_) make_room();
    queue_[end_++] = entry;
  }

  /// Takes off what `ack` covers. `exact`: the segment that ends exactly there, of
  /// several the oldest; false: none does.
  bool acknowledge(std::uint32_t ack, read::Moment& exact) {
    if (empty()) return false;
    return strays_.empty() ? acknowledge_queue(ack, exact) : acknowledge_both(ack, exact);
  }

  /// The one added first of those left. REQUIRES: !empty().
  [[nodiscard]] read::Moment oldest() const;

  /// From the least beginning to the greatest end, both as unsigned distances from
  /// `base`, modulo 2^32. REQUIRES: !empty().
  [[nodiscard]] std::uint32_t span_bytes(std::uint32_t base) const {
    if (strays_.empty()) {
      const std::uint32_t least = queue_[first_].first - base;
      const std::uint32_t greatest = queue_[end_ - 1].end - base;
      if (least < greatest) return greatest - least;
    }
    return span_of_all(base);
  }

  /// Forgets all of them, and keeps a moderate room for the next ones.
  void clear();

 private:
  /// Of the queue: far enough below half the number space that what is said of one
  /// entry holds for its neighbours.
  static constexpr std::uint32_t kGreatestSpan = 1U << 30;
  /// Three of them are less than half the number space.
  static constexpr std::int32_t kNear = 1 << 29;
  struct Extent {
    std::uint32_t least = 0xffffffff;
    std::uint32_t greatest = 0;
    void add(const Entry& entry, std::uint32_t base);
  };

  void add_stray(const Entry& entry);
  /// Does `ack` lie before all of the strays, or where the first of them begins? It changes none then.
  [[nodiscard]] bool is_before_strays(std::uint32_t ack) const;
  [[nodiscard]] std::int32_t from_stray_base(std::uint32_t number) const {
    return static_cast<std::int32_t>(number - stray_base_);
  }
  bool acknowledge_both(std::uint32_t ack, read::Moment& exact);
  bool acknowledge_strays(std::uint32_t ack, read::Moment& exact);
  void take_newest(std::uint32_t ack);
  void make_room();
  [[nodiscard]] std::uint32_t span_of_all(std::uint32_t base) const;

  /// The distances of ends from the first entry's beginning ascend and stay below
  /// kGreatestSpan, so an acknowledgment divides the queue in two.
  bool acknowledge_queue(std::uint32_t ack, read::Moment& exact) {
    if (first_ == end_) return false;
    if (ack - queue_[first_].first >= circular::kHalf) {
      take_newest(ack);
      return false;
    }
    bool found = false;
    while (ack - queue_[first_].end < circular::kHalf) {
      if (queue_[first_].end == ack) {
        exact = queue_[first_].at;
        found = true;
      }
      if (++first_ == end_) {
        first_ = 0;
        end_ = 0;
        return found;
      }
    }
    if (circular::before(queue_[first_].first, ack)) queue_[first_].first = ack;
    return found;
  }

  /// From `first_` to before `end_`: ends ascend, none begins before the one before it ends,
  /// and all lie within kGreatestSpan of the first. Both are 0 where there is none.
  std::vector<Entry> queue_;
  std::uint32_t first_ = 0;
  std::uint32_t end_ = 0;
  std::uint32_t room_ = 0;     ///< queue_.size()
  std::uint32_t acked_ = 0;    ///< the last acknowledgment; the first `walked_` strays have seen it
  std::vector<Entry> strays_;  ///< the others, in the order of addition
  std::size_t walked_ = 0;
  // Of the strays, while all begin within kNear of the first that was one, and are no longer than that.
  std::uint32_t stray_base_ = 0;  ///< where that one began
  std::int32_t stray_least_ = 0;  ///< from there to the least beginning
  bool strays_are_near_ = false;
  mutable Extent strays_extent_;
  mutable std::uint32_t extent_base_ = 0;
  mutable std::size_t extent_count_ = 0;  ///< the first ones, which strays_extent_ covers
};

}  // namespace pcapsule::analysis
