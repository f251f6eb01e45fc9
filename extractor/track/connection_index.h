// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pcapsule::track {

/// Open-addressing set of connection numbers, found by the hash of a key that
/// stands in the connection's record, not here: 8 bytes a slot, so that ten
/// million connections cost a few bytes each. Linear probing, never shrinks.
/// Of the hash, 32 bits choose the slot and tell keys apart; they stand in the slot, so that
/// growing asks for no key.
class ConnectionIndex {
 public:
  /// Number of the connection with this hash for which `is_same(number)` holds,
  /// as a reference that may be overwritten with a later connection of the same
  /// key; nullptr when there is none. Valid until insert().
  template <class IsSame>
  std::uint32_t* find(std::uint64_t hash, IsSame&& is_same) {
    if (slots_.empty()) return nullptr;
    const auto tag = tag_of(hash);
    for (std::size_t at = tag & mask_;; at = (at + 1) & mask_) {
      Slot& slot = slots_[at];
      if (slot.tag == kFree) return nullptr;
      if (slot.tag == tag && is_same(slot.number)) return &slot.number;
    }
  }

  /// REQUIRES: find() yields nullptr for this key.
  void insert(std::uint64_t hash, std::uint32_t number) {
    if ((used_ + 1) * 4 > slots_.size() * 3) grow();
    place({tag_of(hash), number});
    ++used_;
  }

  /// Begins to bring the slot of a hash into the cache.
  void prefetch(std::uint64_t hash) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[tag_of(hash) & mask_]);
  }

  /// The number that find() will most likely look at; nullptr: none.
  [[nodiscard]] const std::uint32_t* likely(std::uint64_t hash) const {
    if (slots_.empty()) return nullptr;
    const Slot& slot = slots_[tag_of(hash) & mask_];
    return slot.tag == tag_of(hash) ? &slot.number : nullptr;
  }

 private:
  struct Slot {
    std::uint32_t tag = kFree;
    std::uint32_t number = 0;
  };
  static constexpr std::uint32_t kFree = 0;
  static constexpr std::size_t kFirstSlots = 1024;

  static std::uint32_t tag_of(std::uint64_t hash) {
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    return tag == kFree ? 1 : tag;
  }

  void place(Slot placed) {
    std::size_t at = placed.tag & mask_;
    while (slots_[at].tag != kFree) at = (at + 1) & mask_;
    slots_[at] = placed;
  }

  void grow() {
    std::vector<Slot> old(slots_.empty() ? kFirstSlots : slots_.size() * 2);
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.tag != kFree) place(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t used_ = 0;
};

}  // namespace pcapsule::track
