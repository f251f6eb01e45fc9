// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/segment_key.h"

#include <bit>

namespace pcapsule::analysis::compare {

namespace {

std::uint32_t key_ack(const Segment& segment) {
  return segment.has(tcp_flag::kAck) ? static_cast<std::uint32_t>(segment.ack) : 0;
}

}  // namespace

bool same_key(const Segment& a, const Segment& b, KeyUse use) {
  // Positions are compared modulo 2^32: one capture may have begun a turn later.
  if (a.side != b.side || static_cast<std::uint32_t>(a.seq) != static_cast<std::uint32_t>(b.seq)) return false;
  if (a.payload != b.payload || ((a.flags ^ b.flags) & kKeyFlags) != 0 || key_ack(a) != key_ack(b)) return false;
  if (use.ip_id && a.ip_id != b.ip_id) return false;
  if (use.window && a.window != b.window) return false;
  if (!use.timestamps) return true;
  return a.has_timestamps == b.has_timestamps && a.ts_value == b.ts_value && a.ts_echo == b.ts_echo;
}

std::uint64_t hash_of(const Segment& segment, KeyUse use, const hash::HashSeed& seed) {
  const std::uint64_t numbers = std::uint64_t{static_cast<std::uint32_t>(segment.seq)} << 32 | key_ack(segment);
  const std::uint64_t kind = std::uint64_t{segment.payload} << 8 | std::uint64_t{segment.side} << 7 |
                             static_cast<std::uint64_t>(segment.flags & kKeyFlags);
  const std::uint64_t stamps =
      use.timestamps ? std::uint64_t{segment.ts_value} << 32 | segment.ts_echo : std::uint64_t{0};
  std::uint64_t rest = use.ip_id ? segment.ip_id : 0;
  if (use.window) rest |= std::uint64_t{segment.window} << 16;
  // All of it was chosen by whoever sent the segment. Each product has a factor that only the seed tells.
  const std::uint64_t first = hash::fold_multiply(numbers ^ seed.first, kind ^ seed.second);
  return hash::fold_multiply(stamps ^ first ^ seed.second, rest ^ seed.first);
}

void KeyIndex::build(std::span<const Segment> segments, const std::array<KeyUse, 2>& uses,
                     std::span<const std::uint8_t> skip, const hash::HashSeed& seed) {
  segments_ = segments;
  uses_ = uses;
  seed_ = seed;
  const std::size_t places = std::bit_ceil(segments.size() * 2 + 1);
  head_.assign(places, kNoRow);
  count_.assign(places, 0);
  next_.assign(segments.size(), kNoRow);
  for (std::size_t i = segments.size(); i-- > 0;) {  // backwards: each chain ends up in file order
    if (!skip.empty() && skip[i] != 0) continue;
    const KeyUse use = uses[segments[i].side];
    std::size_t place = hash_of(segments[i], use, seed_) & (places - 1);
    while (head_[place] != kNoRow && !same_key(segments[head_[place]], segments[i], use)) {
      place = (place + 1) & (places - 1);
    }
    next_[i] = head_[place];
    head_[place] = static_cast<std::uint32_t>(i);
    ++count_[place];
  }
}

std::uint32_t KeyIndex::find(const Segment& segment) const {
  const KeyUse use = uses_[segment.side];
  std::size_t place = hash_of(segment, use, seed_) & (head_.size() - 1);
  while (head_[place] != kNoRow) {
    if (same_key(segments_[head_[place]], segment, use)) return static_cast<std::uint32_t>(place);
    place = (place + 1) & (head_.size() - 1);
  }
  return kNoRow;
}

}  // namespace pcapsule::analysis::compare
