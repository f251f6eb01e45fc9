// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace pcapsule::analysis::compare {

/// Bytes of a stream that a row brought: positions from `begin` to `end`, half-open.
struct Piece {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::uint32_t row = 0;
};

/// With which of some pieces was all of a range there? Takes P log P time to make and log P for a question, however
/// the pieces overlap: captures choose them.
class Coverage {
 public:
  /// `pieces`: by ascending row.
  explicit Coverage(std::span<const Piece> pieces);

  struct Answer {
    std::uint32_t complete_row = 0;  ///< the row that brought the last of the range; kNoRow: it never was complete
    std::int64_t unseen_begin = 0;   ///< what no piece has: from its first byte ...
    std::int64_t unseen_end = 0;     ///< ... to behind its last; equal: nothing
  };
  [[nodiscard]] Answer of(std::int64_t begin, std::int64_t end) const;

 private:
  [[nodiscard]] std::size_t stretch_at(std::int64_t position) const;
  void paint(std::span<const Piece> pieces);

  /// Where pieces begin and end, ascending. Between two of them lies a stretch that is whole in a piece or outside of
  /// it.
  std::vector<std::int64_t> edge_;
  /// The first row that has a stretch, and above them the greatest of each two: a segment tree, leaves last.
  std::vector<std::uint32_t> first_row_;
  std::vector<std::uint32_t> next_bare_;    ///< by stretch: the first one from there on that no piece has
  std::vector<std::uint32_t> before_bare_;  ///< by stretch: the last one up to there that no piece has, plus 1; 0: none
  std::size_t stretches_ = 0;
};

}  // namespace pcapsule::analysis::compare
