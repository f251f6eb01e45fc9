// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analyzer/analysis/compare/segment.h"
#include "common/hash/seeded.h"

namespace pcapsule::analysis::compare {

/// What tells a segment from the others of its connection (S46), beyond direction, numbers,
/// length and flags. Some middleboxes rewrite one or the other.
struct KeyUse {
  bool timestamps = true;
  bool ip_id = true;
  bool window = false;
  friend bool operator==(KeyUse, KeyUse) = default;
};

/// The flags that no middlebox changes on its way: not PSH and not ECN.
inline constexpr std::uint16_t kKeyFlags = tcp_flag::kFin | tcp_flag::kSyn | tcp_flag::kRst | tcp_flag::kAck;

bool same_key(const Segment& a, const Segment& b, KeyUse use);
/// With a seed that nobody knows, nobody can choose segments whose keys fall together.
std::uint64_t hash_of(const Segment& segment, KeyUse use, const hash::HashSeed& seed);

/// The rows of one point by key, each key's rows in file order.
class KeyIndex {
 public:
  /// `uses` by direction. `segments` must outlive this. Rows with `skip` are left out; empty: none. Which place a key
  /// gets is by `seed`: nothing that is shown may depend on it.
  void build(std::span<const Segment> segments, const std::array<KeyUse, 2>& uses, std::span<const std::uint8_t> skip,
             const hash::HashSeed& seed);

  /// The place of the key; kNoRow: there is none.
  [[nodiscard]] std::uint32_t find(const Segment& segment) const;

  /// REQUIRES: place is from find().
  [[nodiscard]] std::uint32_t first_row(std::uint32_t place) const { return head_[place]; }
  [[nodiscard]] std::uint32_t next_row(std::uint32_t row) const { return next_[row]; }
  [[nodiscard]] std::uint32_t rows(std::uint32_t place) const { return count_[place]; }
  [[nodiscard]] KeyUse use(std::size_t direction) const { return uses_[direction]; }
  [[nodiscard]] std::size_t places() const { return head_.size(); }

 private:
  std::span<const Segment> segments_;
  std::array<KeyUse, 2> uses_{};
  hash::HashSeed seed_;
  std::vector<std::uint32_t> head_;   ///< by place, kNoRow: free
  std::vector<std::uint32_t> count_;  ///< by place
  std::vector<std::uint32_t> next_;   ///< by row
};

}  // namespace pcapsule::analysis::compare
