// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/coverage.h"

#include <algorithm>
#include <numeric>

#include "analyzer/analysis/compare/pair.h"

namespace pcapsule::analysis::compare {

namespace {

/// The place where the chain from `place` ends, which is made short for who comes next.
std::uint32_t end_of_chain(std::vector<std::uint32_t>& next, std::uint32_t place) {
  std::uint32_t end = place;
  while (next[end] != end) end = next[end];
  while (next[place] != end) {
    const std::uint32_t after = next[place];
    next[place] = end;
    place = after;
  }
  return end;
}

}  // namespace

Coverage::Coverage(std::span<const Piece> pieces) {
  edge_.reserve(2 * pieces.size());
  for (const Piece& piece : pieces) {
    edge_.push_back(piece.begin);
    edge_.push_back(piece.end);
  }
  std::ranges::sort(edge_);
  edge_.erase(std::unique(edge_.begin(), edge_.end()), edge_.end());
  stretches_ = edge_.empty() ? 0 : edge_.size() - 1;
  paint(pieces);
}

/// Each stretch gets the first row that has it: what is painted is passed over from then on.
void Coverage::paint(std::span<const Piece> pieces) {
  first_row_.assign(2 * stretches_, kNoRow);
  next_bare_.resize(stretches_ + 1);
  std::iota(next_bare_.begin(), next_bare_.end(), 0U);
  for (const Piece& piece : pieces) {
    const std::size_t end = stretch_at(piece.end);
    auto at = end_of_chain(next_bare_, static_cast<std::uint32_t>(stretch_at(piece.begin)));
    for (; at < end; at = end_of_chain(next_bare_, at)) {
      first_row_[stretches_ + at] = piece.row;
      next_bare_[at] = at + 1;
    }
  }
  for (std::size_t i = stretches_; i-- > 0;) {
    if (next_bare_[i] != i) next_bare_[i] = next_bare_[i + 1];
  }
  before_bare_.resize(stretches_);
  std::uint32_t last = 0;
  for (std::uint32_t i = 0; i < stretches_; ++i) {
    if (next_bare_[i] == i) last = i + 1;
    before_bare_[i] = last;
  }
  for (std::size_t node = stretches_; node-- > 1;) {
    first_row_[node] = std::max(first_row_[2 * node], first_row_[2 * node + 1]);
  }
}

/// The stretch that begins at or before a position. REQUIRES: it is not before the first edge.
std::size_t Coverage::stretch_at(std::int64_t position) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(edge_, position) - edge_.begin()) - 1;
}

Coverage::Answer Coverage::of(std::int64_t begin, std::int64_t end) const {
  if (stretches_ == 0 || end <= edge_.front() || begin >= edge_.back()) return {kNoRow, begin, end};
  const std::size_t first = begin < edge_.front() ? 0 : stretch_at(begin);
  const std::size_t last = end > edge_.back() ? stretches_ - 1 : stretch_at(end - 1);
  Answer answer = {0, end, begin};
  if (begin < edge_.front()) {
    answer.unseen_begin = begin;
  } else if (next_bare_[first] <= last) {
    answer.unseen_begin = std::max(begin, edge_[next_bare_[first]]);
  } else if (end > edge_.back()) {
    answer.unseen_begin = edge_.back();
  }
  if (answer.unseen_begin < end) {
    answer.complete_row = kNoRow;
    if (end > edge_.back()) {
      answer.unseen_end = end;
    } else if (before_bare_[last] > first) {
      answer.unseen_end = std::min(end, edge_[before_bare_[last]]);
    } else {
      answer.unseen_end = edge_.front();
    }
    return answer;
  }
  for (std::size_t low = first + stretches_, high = last + stretches_ + 1; low < high; low /= 2, high /= 2) {
    if (low % 2 != 0) answer.complete_row = std::max(answer.complete_row, first_row_[low++]);
    if (high % 2 != 0) answer.complete_row = std::max(answer.complete_row, first_row_[--high]);
  }
  answer.unseen_begin = answer.unseen_end = 0;
  return answer;
}

}  // namespace pcapsule::analysis::compare
