// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pcapsule::track {

/// Open-addressing set of connection numbers, found by the hash of a key that
/// stands in the connection's record, not here: 8 bytes a slot, so that ten
/// million connections cost a few bytes each. Linear probing, never shrinks.
class ConnectionIndex {
 public:
  /// Number of the connection with this hash for which `is_same(number)` holds,
  /// as a reference that may be overwritten with a later connection of the same
  /// key; nullptr when there is none.
  template <class IsSame>
  std::uint32_t* find(std::uint64_t hash, IsSame&& is_same) {
    if (slots_.empty()) return nullptr;
    const auto tag = tag_of(hash);
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      Slot& slot = slots_[at];
      if (slot.tag == kFree) return nullptr;
      if (slot.tag == tag && is_same(slot.number)) return &slot.number;
    }
  }

  /// REQUIRES: find() yields nullptr for this key. `hash_of(number)` yields the
  /// hash of a connection that is already in the set; used when the set grows.
  template <class HashOf>
  void insert(std::uint64_t hash, std::uint32_t number, HashOf&& hash_of) {
    if ((used_ + 1) * 4 > slots_.size() * 3) grow(hash_of);
    place(hash, number);
    ++used_;
  }

 private:
  struct Slot {
    std::uint32_t tag = kFree;
    std::uint32_t number = 0;
  };
  static constexpr std::uint32_t kFree = 0;
  static constexpr std::size_t kFirstSlots = 1024;

  /// The upper half of the hash; the lower half chooses the slot.
  static std::uint32_t tag_of(std::uint64_t hash) {
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    return tag == kFree ? 1 : tag;
  }

  void place(std::uint64_t hash, std::uint32_t number) {
    std::size_t at = hash & mask_;
    while (slots_[at].tag != kFree) at = (at + 1) & mask_;
    slots_[at] = {tag_of(hash), number};
  }

  template <class HashOf>
  void grow(HashOf&& hash_of) {
    std::vector<Slot> old(slots_.empty() ? kFirstSlots : slots_.size() * 2);
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.tag != kFree) place(hash_of(slot.number), slot.number);
    }
  }

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t used_ = 0;
};

}  // namespace pcapsule::track
