// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analyzer/read/connection.h"

namespace pcapsule::analysis {

/// Wireshark's list of the segments that one direction has unacknowledged (W5.1).
///
/// Wireshark walks its list for every ACK. Here the segments that follow each
/// other without overlap, nearly all, form a queue, of which an ACK takes a part
/// off one end; the others (sent again, late) are walked. The results are
/// Wireshark's to the letter, also where sequence numbers lie half the number
/// space apart. A walk costs at most kGreatest entries.
class OpenSegments {
 public:
  static constexpr std::size_t kGreatest = 10'000;

  struct Entry {
    std::uint32_t first = 0;
    std::uint32_t end = 0;
    read::Moment at;
  };

  [[nodiscard]] std::size_t size() const { return queue_.size() - taken_ + strays_.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] bool full() const { return size() >= kGreatest; }

  /// REQUIRES: !full(), first != end, frames do not descend.
  void add(const Entry& entry);

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
  [[nodiscard]] std::uint32_t span_bytes(std::uint32_t base) const;

 private:
  struct Extent {
    std::uint32_t least = 0xffffffff;
    std::uint32_t greatest = 0;
    void add(const Entry& entry, std::uint32_t base);
  };

  bool acknowledge_both(std::uint32_t ack, read::Moment& exact);
  bool acknowledge_queue(std::uint32_t ack, read::Moment& exact);
  bool acknowledge_strays(std::uint32_t ack, read::Moment& exact);
  void drop_taken();

  /// From `taken_` on: ends ascend, none begins before the one before it ends, and
  /// all lie within kGreatestSpan of the first.
  std::vector<Entry> queue_;
  std::size_t taken_ = 0;
  std::vector<Entry> strays_;  ///< the others, in the order of addition
  std::uint32_t acked_ = 0;    ///< the last acknowledgment; the first `walked_` strays have seen it
  std::size_t walked_ = 0;
  mutable Extent strays_extent_;
  mutable std::uint32_t extent_base_ = 0;
  mutable std::size_t extent_count_ = 0;  ///< the first ones, which strays_extent_ covers
};

}  // namespace pcapsule::analysis
