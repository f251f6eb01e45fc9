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
  static constexpr std::size_t kGreatestValues = 4;  ///< a row

  Cells() : values_(Strip::kGreatestRows * kGreatestValues) {}

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
  void add(std::uint64_t value) { values_[count_++] = value; }
  void end_row() { end_[row_++] = count_; }

  [[nodiscard]] std::span<const std::uint64_t> of(std::size_t row) const {
    if (one_each_) return {values_.data() + row, 1};
    const std::uint32_t first = row == 0 ? 0 : end_[row - 1];
    return {values_.data() + first, end_[row] - first};
  }

 private:
  bool one_each_ = false;
  std::uint32_t count_ = 0;
  std::uint32_t row_ = 0;
  std::array<std::uint32_t, Strip::kGreatestRows> end_{};
  std::vector<std::uint64_t> values_;
};

}  // namespace pcapsule::fields
