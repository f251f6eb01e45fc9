// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

namespace pcapsule::select {

/// Rows of a record file: a bit a row, held for the chunks that have any.
class RowSet {
 public:
  /// Adds `rows` of the chunk that begins at `first_row`. REQUIRES: after all rows that are in the set.
  void append(std::uint64_t first_row, std::uint32_t chunk_rows, std::span<const std::uint16_t> rows) {
    Part part{first_row, std::vector<bool>(chunk_rows)};
    for (const std::uint16_t row : rows) part.member[row] = true;
    parts_.push_back(std::move(part));
  }

  [[nodiscard]] bool has(std::uint64_t row) const {
    const auto after = std::ranges::upper_bound(parts_, row, {}, &Part::first_row);
    if (after == parts_.begin()) return false;
    const Part& part = *std::prev(after);
    return row - part.first_row < part.member.size() && part.member[row - part.first_row];
  }

 private:
  struct Part {
    std::uint64_t first_row;
    std::vector<bool> member;
  };
  std::vector<Part> parts_;
};

}  // namespace pcapsule::select
