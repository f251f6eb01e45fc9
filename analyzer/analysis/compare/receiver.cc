// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/receiver.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "analyzer/analysis/compare/nested_ranges.h"

namespace pcapsule::analysis::compare {

namespace {

constexpr std::int64_t kNothing = std::numeric_limits<std::int64_t>::min();
/// Stamps and hosts are never quite exact.
constexpr std::int64_t kLeastSettledNs = 1'000'000;
/// Rows that are looked at for one sign: more would be far away in time, and the work is bounded.
constexpr std::size_t kGreatestLook = 4096;

}  // namespace

Receiver::Receiver(const PairRows& pair, Direction direction)
    : pair_(pair), direction_(direction), point_(second_point(direction)) {
  const auto& segments = pair.rows[point_].segments;
  const auto host = static_cast<std::uint8_t>(index_of(opposite(direction)));
  std::int64_t acked = kNothing;
  std::int64_t latest = kNothing;
  std::int64_t sent_end = kNothing;
  auto block = pair.rows[point_].sacks.begin();
  for (std::uint32_t row = 0; row < segments.size(); ++row) {
    const Segment& segment = segments[row];
    if (segment.side != host) continue;
    const bool speaks = segment.has(tcp_flag::kAck) && !segment.has(tcp_flag::kRst);
    if (speaks) acked = std::max(acked, segment.ack);
    latest = std::max(latest, segment.time_ns);
    rows_.push_back(row);
    acked_.push_back(acked);
    latest_ns_.push_back(latest);
    sent_end_.push_back(sent_end);
    while (block != pair.rows[point_].sacks.end() && block->row < row) ++block;
    first_block_.push_back(static_cast<std::uint32_t>(block - pair.rows[point_].sacks.begin()));
    if (segment.length() > 0) sent_end = std::max(sent_end, segment.end());
  }
  learn_response_time();
}

void Receiver::learn_response_time() {
  const auto& segments = pair_.rows[point_].segments;
  const auto sender = static_cast<std::uint8_t>(index_of(direction_));
  std::int64_t best = std::numeric_limits<std::int64_t>::max();
  std::int64_t asked_ns = 0;
  std::int64_t asked_end = kNothing;
  for (const Segment& segment : segments) {
    if (segment.side == sender) {
      if (segment.length() == 0) continue;
      asked_ns = segment.time_ns;
      asked_end = segment.end();
    } else if (asked_end != kNothing && segment.has(tcp_flag::kAck) && segment.ack >= asked_end) {
      const std::int64_t took = segment.time_ns - asked_ns;
      if (took >= 0) best = std::min(best, took);
      asked_end = kNothing;
    }
  }
  settled_ns_ = kLeastSettledNs + (best == std::numeric_limits<std::int64_t>::max() ? 0 : best);
}

std::uint32_t Receiver::first_acking(std::int64_t end) const {
  const auto found = std::ranges::lower_bound(acked_, end);
  return found == acked_.end() ? kNoRow : rows_[static_cast<std::size_t>(found - acked_.begin())];
}

std::size_t Receiver::place_after(std::int64_t time_ns) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(latest_ns_, time_ns) - latest_ns_.begin());
}

std::uint32_t Receiver::first_after(std::int64_t after_ns) const {
  const std::size_t place = place_after(after_ns);
  return place < rows_.size() ? rows_[place] : kNoRow;
}

std::optional<std::int64_t> Receiver::acked_at(std::int64_t time_ns) const {
  const std::size_t place = place_after(time_ns);
  if (place == 0 || acked_[place - 1] == kNothing) return std::nullopt;
  return acked_[place - 1];
}

/// The blocks of the row at a place, which end where another row's begin.
std::vector<SackRange>::const_iterator Receiver::blocks_of(std::size_t place) const {
  return pair_.rows[point_].sacks.begin() + first_block_[place];
}

std::uint32_t Receiver::first_waiting(std::int64_t begin, std::int64_t end, std::int64_t after_ns,
                                      std::uint32_t before) const {
  const auto& sacks = pair_.rows[point_].sacks;
  std::size_t looked = 0;
  for (std::size_t i = place_after(after_ns); i < rows_.size() && rows_[i] < before && looked < kGreatestLook;
       ++i, ++looked) {
    const Segment& segment = pair_.at(point_, rows_[i]);
    if (segment.time_ns <= after_ns || !segment.has(tcp_flag::kAck) || segment.has(tcp_flag::kRst)) continue;
    if (acked_[i] >= end) return kNoRow;
    if (segment.ack < acked_[i]) continue;  // an old one, overtaken
    bool covers = false;
    bool beyond = false;
    for (auto block = blocks_of(i); block != sacks.end() && block->row == rows_[i]; ++block) {
      covers |= block->left <= begin && block->right >= end;
      beyond |= block->left >= end;
    }
    // An acknowledgment at the beginning of the range waits for it; one before that may wait for something
    // else, unless a block shows that what came after the range is there; one inside has got a piece of it.
    if (!covers && (segment.ack == begin || (segment.ack < begin && beyond))) return rows_[i];
  }
  return kNoRow;
}

std::uint32_t Receiver::first_overtaken(std::int64_t begin, std::int64_t end, std::uint32_t before) const {
  // Rows that acknowledge up to `begin` and no more lie together.
  const auto first = std::ranges::lower_bound(acked_, begin);
  std::size_t looked = 0;
  const auto& sacks = pair_.rows[point_].sacks;
  for (auto i = static_cast<std::size_t>(first - acked_.begin());
       i < rows_.size() && rows_[i] < before && acked_[i] <= begin && looked < kGreatestLook; ++i, ++looked) {
    for (auto block = blocks_of(i); block != sacks.end() && block->row == rows_[i]; ++block) {
      if (block->left >= end && pair_.at(point_, rows_[i]).ack == begin) return rows_[i];
    }
  }
  return kNoRow;
}

std::uint32_t Receiver::first_repeating(std::int64_t end, std::int64_t after_ns, std::uint32_t before) const {
  std::size_t looked = 0;
  for (std::size_t i = place_after(after_ns); i < rows_.size() && rows_[i] < before && looked < kGreatestLook;
       ++i, ++looked) {
    const Segment& segment = pair_.at(point_, rows_[i]);
    if (segment.time_ns <= after_ns || segment.length() == 0) continue;
    if (segment.seq < end && segment.end() <= sent_end_[i]) return rows_[i];
  }
  return kNoRow;
}

void Receiver::answer(std::vector<RangeQuestion>& questions) const {
  if (questions.empty()) return;
  Questions by_begin;
  by_begin.reserve(questions.size());
  for (RangeQuestion& question : questions) by_begin.push_back(&question);
  std::ranges::sort(by_begin, {}, [](const RangeQuestion* question) { return question->begin; });
  std::vector<Piece> pieces = pieces_in(merged(by_begin));
  cover(pieces, by_begin);
  count_copies(std::move(pieces), by_begin);
  apply_sacks(by_begin);
}

/// When did the point itself see all of each range?
void Receiver::cover(std::span<const Piece> pieces, const Questions& questions) {
  const Coverage coverage(pieces);
  for (RangeQuestion* question : questions) {
    const Coverage::Answer answer = coverage.of(question->begin, question->end);
    question->first_cover = answer.complete_row;
    question->unseen_begin = answer.unseen_begin;
    question->unseen_end = answer.unseen_end;
  }
}

/// The segments that have bytes of the ranges, in file order.
std::vector<Piece> Receiver::pieces_in(const Ranges& ranges) const {
  const auto& segments = pair_.rows[point_].segments;
  const auto sender = static_cast<std::uint8_t>(index_of(direction_));
  std::vector<Piece> pieces;
  for (std::uint32_t row = 0; row < segments.size(); ++row) {
    const Segment& segment = segments[row];
    if (segment.side != sender || segment.length() == 0) continue;
    const auto after =
        std::ranges::upper_bound(ranges, segment.seq, {}, [](const auto& range) { return range.second; });
    if (after == ranges.end() || after->first >= segment.end()) continue;
    pieces.push_back({segment.seq, segment.end(), row});
  }
  return pieces;
}

/// The ranges of the questions, disjoint and ascending.
Receiver::Ranges Receiver::merged(const Questions& questions) {
  Ranges merged;
  for (const RangeQuestion* question : questions) {
    if (merged.empty() || question->begin > merged.back().second) {
      merged.emplace_back(question->begin, question->end);
    } else {
      merged.back().second = std::max(merged.back().second, question->end);
    }
  }
  return merged;
}

/// How many pieces have the whole range? Those that begin early enough are counted by where they end.
void Receiver::count_copies(std::vector<Piece> pieces, const Questions& questions) {
  std::ranges::sort(pieces, {}, &Piece::begin);
  std::vector<std::int64_t> ends;
  ends.reserve(pieces.size());
  for (const Piece& piece : pieces) ends.push_back(piece.end);
  std::ranges::sort(ends, std::greater{});
  const auto rank = [&ends](std::int64_t end) {  // of those that end there or later
    return static_cast<std::size_t>(std::ranges::upper_bound(ends, end, std::greater{}) - ends.begin());
  };
  std::vector<std::uint32_t> count(ends.size() + 1);  // a Fenwick tree over the ends, the latest first
  auto piece = pieces.begin();
  for (RangeQuestion* question : questions) {
    for (; piece != pieces.end() && piece->begin <= question->begin; ++piece) {
      for (std::size_t i = rank(piece->end); i < count.size(); i += i & (~i + 1)) ++count[i];
    }
    for (std::size_t i = rank(question->end); i > 0; i &= i - 1) question->copies += count[i];
  }
}

void Receiver::apply_sacks(const Questions& questions) const {
  const auto& rows = pair_.rows[point_];
  const auto host = static_cast<std::uint8_t>(index_of(opposite(direction_)));
  std::vector<std::int64_t> begins;
  std::vector<std::int64_t> ends;
  for (const RangeQuestion* question : questions) {
    begins.push_back(question->begin);
    ends.push_back(question->end);
  }
  NestedRanges unsacked(ends);
  NestedRanges unrepeated(ends);
  const auto place_of = [&begins](std::int64_t position) {
    return static_cast<std::size_t>(std::ranges::lower_bound(begins, position) - begins.begin());
  };
  for (const SackRange& block : rows.sacks) {
    const Segment& segment = rows.segments[block.row];
    if (segment.side != host) continue;
    const std::size_t first = place_of(block.left);
    const std::size_t last = place_of(block.right);
    if (block.right <= segment.ack) {
      unrepeated.take_within(first, last, block.right, [&](std::size_t i) { questions[i]->repeated_row = block.row; });
    } else {
      unsacked.take_within(first, last, block.right, [&](std::size_t i) { questions[i]->sacked_row = block.row; });
    }
  }
}

}  // namespace pcapsule::analysis::compare
