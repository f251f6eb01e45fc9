// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/range_match.h"

#include <algorithm>

namespace pcapsule::analysis::compare {

namespace {

/// Offload numbers the pieces of a large segment from its own IPv4 identification on.
constexpr std::uint16_t kGreatestPieces = 64;

/// Longer segments than offload makes are not cut up, and no more segments than these are
/// looked at for one: both bound the work that a hostile capture can ask for.
constexpr std::uint32_t kGreatestPayload = 1U << 20;
constexpr unsigned kGreatestSteps = 4096;

/// Unmatched data of one direction at one point, by position.
struct Left {
  std::uint32_t row = 0;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t next = 0;       ///< the first byte that is not matched yet
  std::int64_t covered = 0;    ///< bytes that are matched
  std::int64_t gap_begin = 0;  ///< from the first byte that is not ...
  std::int64_t gap_end = 0;    ///< ... to the last, as far as was looked; equal: none
  std::uint32_t partner = kNoRow;

  /// The bytes from `next` to `to` stay unmatched.
  void skip(std::int64_t to) {
    if (gap_begin == gap_end) gap_begin = next;
    gap_end = to;
  }
};

std::vector<Left> left_over(const TapRows& rows, const std::vector<SegmentMatch::Row>& match, std::uint8_t side) {
  std::vector<Left> left;
  for (std::uint32_t row = 0; row < rows.segments.size(); ++row) {
    const Segment& segment = rows.segments[row];
    if (segment.side != side || match[row].kind != MatchKind::kNone || segment.payload == 0) continue;
    if (segment.payload > kGreatestPayload) continue;
    if (segment.has(tcp_flag::kRst)) continue;
    left.push_back({row, segment.seq, segment.end(), segment.seq, 0, 0, 0, kNoRow});
  }
  return left;
}

/// May one be a piece of the other, in the same transmission?
bool same_transmission(const Segment& a, const Segment& b, KeyUse use) {
  if (use.timestamps && a.has_timestamps && b.has_timestamps) return a.ts_value == b.ts_value;
  if (!use.ip_id || a.ip_id == 0 || b.ip_id == 0) return a.payload != b.payload;
  if (a.payload == b.payload) return false;
  const Segment& whole = a.payload > b.payload ? a : b;
  const Segment& piece = a.payload > b.payload ? b : a;
  const std::int64_t offset = piece.seq - whole.seq;
  const auto steps = static_cast<std::uint16_t>(piece.ip_id - whole.ip_id);
  if (offset < 0 || steps >= kGreatestPieces) return offset < 0 && steps == 0;
  // The pieces before it were as long as it is, or longer where it is the last.
  const std::int64_t most = (offset + piece.payload - 1) / piece.payload;
  return offset == 0 ? steps == 0 : steps >= 1 && steps <= most;
}

/// Matches the bytes of two ascending lists, each byte of a transmission once.
class Matcher {
 public:
  Matcher(const TapRows& near, const TapRows& far, KeyUse use) : near_(near), far_(far), use_(use) {}

  void match(std::vector<Left>& near, std::vector<Left>& far) const {
    std::ranges::stable_sort(near, {}, &Left::begin);
    std::ranges::stable_sort(far, {}, &Left::begin);
    std::int64_t longest = 0;
    for (const Left& piece : far) longest = std::max(longest, piece.end - piece.begin);
    for (Left& piece : near) {
      auto other = std::ranges::lower_bound(far, piece.begin - longest, {}, &Left::begin);
      for (unsigned steps = 0; steps < kGreatestSteps && other != far.end(); ++steps, ++other) {
        if (other->begin >= piece.end || piece.next >= piece.end) break;
        take(piece, *other);
      }
    }
  }

 private:
  void take(Left& near, Left& far) const {
    const std::int64_t begin = std::max(near.next, far.next);
    const std::int64_t end = std::min(near.end, far.end);
    if (begin >= end || !same_transmission(near_.segments[near.row], far_.segments[far.row], use_)) return;
    for (Left* piece : {&near, &far}) {
      if (begin > piece->next) piece->skip(begin);
      piece->next = end;
      piece->covered += end - begin;
    }
    if (near.partner == kNoRow) near.partner = far.row;
    if (far.partner == kNoRow) far.partner = near.row;
  }

  const TapRows& near_;
  const TapRows& far_;
  KeyUse use_;
};

/// What the second point has left over of bytes that are matched already was doubled on the way.
void mark_copies(const TapRows& first, const TapRows& second, const std::vector<Left>& second_left, std::uint8_t side,
                 KeyUse use, std::vector<SegmentMatch::Row>& of_second) {
  std::vector<const Left*> copies;
  for (const Left& left : second_left) {
    if (left.covered < left.end - left.begin) copies.push_back(&left);
  }
  if (copies.empty()) return;
  std::ranges::sort(copies, {}, [](const Left* left) { return left->begin; });
  std::vector<std::int64_t> reached;  // of each, the byte up to which it is found
  reached.reserve(copies.size());
  for (const Left* left : copies) reached.push_back(left->begin);
  for (std::uint32_t row = 0; row < first.segments.size(); ++row) {
    const Segment& s = first.segments[row];
    if (s.side != side || s.payload == 0) continue;
    auto at = std::ranges::lower_bound(copies, s.seq - static_cast<std::int64_t>(kGreatestPayload), {},
                                       [](const Left* left) { return left->begin; });
    for (unsigned steps = 0; steps < kGreatestSteps && at != copies.end() && (*at)->begin < s.end(); ++steps, ++at) {
      std::int64_t& next = reached[static_cast<std::size_t>(at - copies.begin())];
      if (s.seq > next || s.end() <= next || !same_transmission(s, second.segments[(*at)->row], use)) continue;
      next = s.end();
    }
  }
  for (std::size_t i = 0; i < copies.size(); ++i) {
    if (reached[i] < copies[i]->end) continue;
    // Some of its bytes are matched here, the others elsewhere.
    const bool in_part = copies[i]->covered > 0;
    of_second[copies[i]->row] = {in_part ? copies[i]->partner : kNoRow, in_part ? MatchKind::kRange : MatchKind::kCopy};
  }
}

void put(std::vector<Left>& left, SegmentMatch& match, unsigned point) {
  auto& rows = match.rows[point];
  for (Left& piece : left) {
    if (piece.covered == 0 || rows[piece.row].kind != MatchKind::kNone) continue;
    const bool whole = piece.covered == piece.end - piece.begin;
    rows[piece.row] = {piece.partner, whole ? MatchKind::kRange : MatchKind::kPart};
    if (whole) continue;
    if (piece.next < piece.end) piece.skip(piece.end);
    match.missing[point].push_back({piece.row, piece.gap_begin, piece.gap_end});
  }
  std::ranges::sort(match.missing[point], {}, &SegmentMatch::Missing::row);
}

}  // namespace

void match_ranges(const TapRows& near, const TapRows& far, SegmentMatch& match) {
  for (std::uint8_t side = 0; side < 2; ++side) {
    std::vector<Left> near_left = left_over(near, match.rows[kNear], side);
    std::vector<Left> far_left = left_over(far, match.rows[kFar], side);
    Matcher(near, far, match.uses[side]).match(near_left, far_left);
    if (second_point(static_cast<Direction>(side)) == kFar) {
      mark_copies(near, far, far_left, side, match.uses[side], match.rows[kFar]);
    } else {
      mark_copies(far, near, near_left, side, match.uses[side], match.rows[kNear]);
    }
    put(near_left, match, kNear);
    put(far_left, match, kFar);
  }
}

}  // namespace pcapsule::analysis::compare
