// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/report/short_text.h"

namespace pcapsule::report {

/// One row of a table on its way to a renderer: for each column no value, one, or
/// several, as text. Made to be filled again and again without allocating.
class Row {
 public:
  void clear() {
    text_bytes_ = 0;
    value_end_.clear();
    cell_end_.clear();
  }

  /// Adds a value to the cell under construction.
  void add(std::string_view value) {
    if (value.size() > text_.size() - text_bytes_) text_.resize(2 * (text_bytes_ + value.size()));
    put_short_text(text_.data() + text_bytes_, value);
    text_bytes_ += value.size();
    value_end_.push_back(static_cast<std::uint32_t>(text_bytes_));
  }
  /// The next values belong to the next column.
  void end_cell() { cell_end_.push_back(static_cast<std::uint32_t>(value_end_.size())); }

  [[nodiscard]] std::size_t cells() const { return cell_end_.size(); }
  /// Number of values in a cell; 0: the row does not have it, or it is unknown. REQUIRES: cell < cells().
  [[nodiscard]] std::size_t values(std::size_t cell) const { return cell_end_[cell] - first_value(cell); }
  /// REQUIRES: value < values(cell). Valid until the row is changed.
  [[nodiscard]] std::string_view value(std::size_t cell, std::size_t value) const {
    const std::size_t at = first_value(cell) + value;
    const std::size_t begin = at == 0 ? 0 : value_end_[at - 1];
    return {text_.data() + begin, value_end_[at] - begin};
  }

  /// Of all cells: how many values, and their characters.
  [[nodiscard]] std::size_t all_values() const { return value_end_.size(); }
  [[nodiscard]] std::size_t text_bytes() const { return text_bytes_; }

 private:
  [[nodiscard]] std::size_t first_value(std::size_t cell) const { return cell == 0 ? 0 : cell_end_[cell - 1]; }

  std::vector<char> text_;  ///< its size is the room there is
  std::size_t text_bytes_ = 0;
  std::vector<std::uint32_t> value_end_;
  std::vector<std::uint32_t> cell_end_;
};

}  // namespace pcapsule::report
