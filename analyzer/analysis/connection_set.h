// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace pcapsule::analysis {

/// Entries of a connection table: all of them, or some.
class ConnectionSet {
 public:
  /// All of `size` entries.
  static ConnectionSet all(std::uint64_t size) {
    ConnectionSet set;
    set.size_ = set.count_ = size;
    return set;
  }
  /// None of `size` entries, to be filled by insert().
  static ConnectionSet none(std::uint64_t size) {
    ConnectionSet set;
    set.size_ = size;
    set.is_all_ = false;
    set.member_.resize(size);
    return set;
  }

  /// REQUIRES: made by none(), entry < size.
  void insert(std::uint64_t entry) {
    if (member_[entry]) return;
    member_[entry] = true;
    ++count_;
  }
  /// REQUIRES: entry < size.
  [[nodiscard]] bool has(std::uint64_t entry) const { return is_all_ || member_[entry]; }
  [[nodiscard]] bool is_all() const { return is_all_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// Entries of the table that this is a set of.
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  bool is_all_ = true;
  std::uint64_t size_ = 0;
  std::uint64_t count_ = 0;
  std::vector<bool> member_;
};

}  // namespace pcapsule::analysis
