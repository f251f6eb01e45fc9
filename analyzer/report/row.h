// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pcapsule::report {

/// One row of a table on its way to a renderer: for each column no value, one, or
/// several, as text. Made to be filled again and again without allocating.
class Row {
 public:
  void clear() {
    text_.clear();
    value_end_.clear();
    cell_end_.clear();
  }

  /// Adds a value to the cell under construction.
  void add(std::string_view value) {
    text_.append(value);
    value_end_.push_back(static_cast<std::uint32_t>(text_.size()));
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
    return std::string_view(text_).substr(begin, value_end_[at] - begin);
  }

 private:
  [[nodiscard]] std::size_t first_value(std::size_t cell) const { return cell == 0 ? 0 : cell_end_[cell - 1]; }

  std::string text_;
  std::vector<std::uint32_t> value_end_;
  std::vector<std::uint32_t> cell_end_;
};

}  // namespace pcapsule::report
