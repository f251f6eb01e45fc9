// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "analyzer/read/chunk_view.h"

namespace pcapsule::read {

/// Takes the rows of connections from those that are left of the file.
class RowCount {
 public:
  explicit RowCount(std::uint64_t& left) : left_(left) {}

  /// False: there are not so many, or a connection has none.
  bool take(const ConnectionChunk& chunk) {
    const auto& [a, b] = chunk.direction;
    const auto fits = [](const auto& column) {
      return column.wide == nullptr && (column.narrow != nullptr || column.all <= kGreatest);
    };
    if (!fits(a.segments) || !fits(b.segments)) return take_rows(chunk, 0);
    if (a.segments.narrow == nullptr && b.segments.narrow == nullptr && chunk.other_rows.is_constant()) {
      is_full_ =
          is_full_ || a.segments.all == kGreatest || b.segments.all == kGreatest || chunk.other_rows.all == kGreatest;
      const std::uint64_t each = a.segments.all + b.segments.all + chunk.other_rows.all;
      return each != 0 && subtract(each * chunk.rows);
    }
    std::size_t row = 0;
    for (; row + kBlock <= chunk.rows; row += kBlock) {
      if (!take_block(chunk, row)) return false;
    }
    return take_rows(chunk, row);
  }

  /// A counter stands at its greatest value, where the writer leaves it.
  [[nodiscard]] bool is_full() const { return is_full_; }

 private:
  static constexpr std::uint32_t kGreatest = std::numeric_limits<std::uint32_t>::max();
  /// A number of connections that is a constant, so that the compiler handles several at a time.
  static constexpr std::size_t kBlock = 256;
  using Block = std::array<std::uint32_t, kBlock>;

  static void copy_block(const std::uint32_t* column, std::uint64_t all, std::size_t row, Block& out) {
    if (column != nullptr) {
      std::copy_n(column + row, kBlock, out.begin());
    } else {
      out.fill(static_cast<std::uint32_t>(all));
    }
  }

  /// Those from `row` on.
  bool take_rows(const ConnectionChunk& chunk, std::size_t row) {
    for (; row < chunk.rows; ++row) {
      const auto& [a, b] = chunk.direction;
      if (!take_row(a.segments[row], b.segments[row], chunk.other_rows[row])) return false;
    }
    return true;
  }

  bool subtract(std::uint64_t rows) {
    if (rows > left_) return false;
    left_ -= rows;
    return true;
  }

  bool take_row(std::uint64_t of_a, std::uint64_t of_b, std::uint32_t other) {
    std::uint64_t rows = 0;
    if (__builtin_add_overflow(of_a, of_b, &rows) || __builtin_add_overflow(rows, other, &rows)) return false;
    is_full_ = is_full_ || of_a == kGreatest || of_b == kGreatest || other == kGreatest;
    return rows != 0 && subtract(rows);
  }

  bool take_block(const ConnectionChunk& chunk, std::size_t row) {
    const auto& [a, b] = chunk.direction;
    copy_block(a.segments.narrow, a.segments.all, row, of_a_);
    copy_block(b.segments.narrow, b.segments.all, row, of_b_);
    copy_block(chunk.other_rows.data, chunk.other_rows.all, row, other_);
    std::uint64_t rows = 0;
    std::uint32_t empty = 0;
    std::uint32_t full = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
      rows += std::uint64_t{of_a_[i]} + of_b_[i] + other_[i];
      empty |= static_cast<std::uint32_t>((of_a_[i] | of_b_[i] | other_[i]) == 0);
      full |= static_cast<std::uint32_t>(of_a_[i] == kGreatest) | static_cast<std::uint32_t>(of_b_[i] == kGreatest) |
              static_cast<std::uint32_t>(other_[i] == kGreatest);
    }
    is_full_ = is_full_ || full != 0;
    return empty == 0 && subtract(rows);
  }

  std::uint64_t& left_;
  bool is_full_ = false;
  Block of_a_{};
  Block of_b_{};
  Block other_{};
};

}  // namespace pcapsule::read
