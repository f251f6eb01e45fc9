// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "analyzer/fields/chunk_context.h"

namespace pcapsule::fields {

/// The values of one field for the rows of a strip: none, one or several a row.
/// Every value is 64 bits, to be read as the field's type says.
class Cells {
 public:
  Cells() : values_(Strip::kGreatestRows) {}

  /// One value a row: the place to write `rows` values to.
  std::uint64_t* one_each() {
    one_each_ = true;
    return values_.data();
  }

  /// Any number of values a row: begin(), then add() and end_row() row by row.
  void begin() {
    one_each_ = false;
    count_ = 0;
    row_ = 0;
  }
  void add(std::uint64_t value) {
    // A header may hold an option more often than any honest sender repeats it.
    if (count_ == values_.size()) values_.resize(values_.size() * 2);
    values_[count_++] = value;
  }
  void end_row() { end_[row_++] = count_; }

  [[nodiscard]] std::span<const std::uint64_t> of(std::size_t row) const {
    if (one_each_) return {values_.data() + row, 1};
    const std::uint32_t first = row == 0 ? 0 : end_[row - 1];
    return {values_.data() + first, end_[row] - first};
  }

  /// The same for loops over all rows: exactly one value a row, or where each row's values end.
  [[nodiscard]] bool is_one_each() const { return one_each_; }
  [[nodiscard]] const std::uint64_t* values() const { return values_.data(); }
  [[nodiscard]] const std::uint32_t* ends() const { return end_.data(); }

 private:
  bool one_each_ = false;
  std::uint32_t count_ = 0;
  std::uint32_t row_ = 0;
  std::array<std::uint32_t, Strip::kGreatestRows> end_{};
  std::vector<std::uint64_t> values_;
};

}  // namespace pcapsule::fields
