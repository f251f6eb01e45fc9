// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

#include "extractor/track/connection_record.h"

namespace pcapsule::track {

/// Connection records by number. They never move, so that growing copies nothing and takes no second
/// place in memory, and pages that no record stands in yet are not touched.
class ConnectionRecords {
 public:
  [[nodiscard]] std::uint32_t size() const { return size_; }

  /// REQUIRES: number < size().
  [[nodiscard]] ConnectionRecord& operator[](std::uint32_t number) {
    return blocks_[number / kBlockRecords].get()[number % kBlockRecords];
  }
  [[nodiscard]] const ConnectionRecord& operator[](std::uint32_t number) const {
    return blocks_[number / kBlockRecords].get()[number % kBlockRecords];
  }

  /// Adds a record, as its members say. Throws std::bad_alloc, and std::length_error where no number is left.
  ConnectionRecord& add();

  /// Begins to bring a record into the cache. REQUIRES: number < size().
  void prefetch(std::uint32_t number) const {
    constexpr std::size_t kCacheLineBytes = 64;
    const auto* bytes = reinterpret_cast<const char*>(&(*this)[number]);
    for (std::size_t at = 0; at < sizeof(ConnectionRecord); at += kCacheLineBytes) __builtin_prefetch(bytes + at, 1);
  }

 private:
  static constexpr std::uint32_t kBlockRecords = 65'536;
  static_assert(std::is_trivially_destructible_v<ConnectionRecord>);

  struct Free {
    void operator()(ConnectionRecord* block) const { ::operator delete(block); }
  };

  std::vector<std::unique_ptr<ConnectionRecord, Free>> blocks_;
  std::uint32_t size_ = 0;
};

}  // namespace pcapsule::track
