// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/segment_match.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <span>

#include "analyzer/analysis/compare/range_match.h"

namespace pcapsule::analysis::compare {

namespace {

using Rows = std::vector<SegmentMatch::Row>;

/// Internet checksums are sums modulo 2^16 - 1 (RFC 1071), so what a NAT or a shift of the
/// sequence numbers adds is the same for every segment of a direction.
constexpr std::uint32_t kChecksumModulus = 65'535;

/// How far a group is searched for the checksum of one of its rows.
constexpr std::size_t kGreatestChecksumSearch = 64;

/// A group of equal segments of which the two points have different numbers.
struct Group {
  std::vector<std::uint32_t> near;
  std::vector<std::uint32_t> far;
};

/// Matches one pair of connections by one choice of keys.
class KeyMatcher {
 public:
  KeyMatcher(const TapRows& near, const TapRows& far, const std::array<KeyUse, 2>& uses,
             std::span<const std::uint8_t> skip_near, std::span<const std::uint8_t> skip_far,
             const hash::HashSeed& seed)
      : near_(near.segments), far_(far.segments), skip_near_(skip_near) {
    index_.build(far_, uses, skip_far, seed);
    rows_[kNear].resize(near_.size());
    rows_[kFar].resize(far_.size());
    match_in_order();
    settle_groups();
  }

  /// Matched segments of each direction.
  [[nodiscard]] std::array<std::uint64_t, 2> matched() const {
    std::array<std::uint64_t, 2> count{};
    for (std::size_t row = 0; row < near_.size(); ++row) {
      if (rows_[kNear][row].partner != kNoRow) ++count[near_[row].side];
    }
    return count;
  }
  [[nodiscard]] std::array<Rows, 2>& rows() { return rows_; }

 private:
  void pair(std::uint32_t near, std::uint32_t far, MatchKind kind) {
    rows_[kNear][near] = {far, kind};
    rows_[kFar][far] = {near, kind};
  }
  void unpair(std::uint32_t near) {
    const std::uint32_t far = rows_[kNear][near].partner;
    if (far == kNoRow) return;
    rows_[kNear][near] = {};
    rows_[kFar][far] = {};
  }

  void match_in_order() {
    std::vector<std::uint32_t> taken(index_.places());  // far rows of each place
    std::vector<std::uint32_t> next(index_.places(), kNoRow);
    place_.assign(near_.size(), kNoRow);
    near_count_.assign(index_.places(), 0);
    for (std::uint32_t row = 0; row < near_.size(); ++row) {
      if (!skip_near_.empty() && skip_near_[row] != 0) continue;
      const std::uint32_t place = index_.find(near_[row]);
      if (place == kNoRow) continue;
      place_[row] = place;
      ++near_count_[place];
      if (taken[place] >= index_.rows(place)) continue;
      const std::uint32_t far = taken[place] == 0 ? index_.first_row(place) : next[place];
      next[place] = index_.next_row(far);
      ++taken[place];
      pair(row, far, MatchKind::kExact);
    }
  }

  /// Rows of groups are ambiguous; where the numbers differ, evidence says which ones are missing.
  void settle_groups() {
    std::map<std::uint32_t, Group> uneven;  // by first far row: places follow the seed
    for (std::uint32_t row = 0; row < near_.size(); ++row) {
      const std::uint32_t place = place_[row];
      if (place == kNoRow || (near_count_[place] == 1 && index_.rows(place) == 1)) continue;
      if (near_count_[place] == index_.rows(place)) {
        rows_[kNear][row].kind = MatchKind::kAmbiguous;
        rows_[kFar][rows_[kNear][row].partner].kind = MatchKind::kAmbiguous;
        continue;
      }
      uneven[index_.first_row(place)].near.push_back(row);
    }
    if (uneven.empty()) return;
    for (auto& [first, group] : uneven) {
      for (std::uint32_t far = first; far != kNoRow; far = index_.next_row(far)) {
        group.far.push_back(far);
      }
      for (const std::uint32_t near : group.near) unpair(near);
    }
    learn_checksums();
    learn_delays();
    for (const auto& [first, group] : uneven) {
      match_by_checksum(group);
      match_by_time(group);
      mark_copies(group);
    }
  }

  /// A sender gives every transmission an identification of its own, so that what the second point has more of
  /// was doubled on the way.
  void mark_copies(const Group& group) {
    const Segment& s = near_[group.near.front()];
    if (s.ip_id == 0 || !index_.use(s.side).ip_id) return;
    const unsigned second = second_point(s.direction());
    for (const std::uint32_t row : second == kNear ? group.near : group.far) {
      if (rows_[second][row].kind == MatchKind::kNone) rows_[second][row].kind = MatchKind::kCopy;
    }
  }

  [[nodiscard]] std::uint32_t checksum_distance(std::uint32_t near, std::uint32_t far) const {
    return (far_[far].checksum + kChecksumModulus - near_[near].checksum % kChecksumModulus) % kChecksumModulus;
  }

  /// What is added to checksums between the points, where nearly all segments agree on it.
  void learn_checksums() {
    for (std::uint8_t side = 0; side < 2; ++side) {
      std::map<std::uint32_t, std::size_t> votes;
      std::size_t all = 0;
      constexpr std::size_t kEnoughVotes = 1000;
      for (std::uint32_t row = 0; row < near_.size() && all < kEnoughVotes; ++row) {
        const auto [far, kind] = rows_[kNear][row];
        if (near_[row].side != side || far == kNoRow || kind != MatchKind::kExact) continue;
        ++votes[checksum_distance(row, far)];
        ++all;
      }
      const auto most = std::ranges::max_element(votes, {}, [](const auto& vote) { return vote.second; });
      if (most != votes.end() && all >= 2 && most->second * 10 >= all * 9) checksum_[side] = most->first;
    }
  }

  /// For each row of the near point how much later the far one saw the last segment before it.
  void learn_delays() {
    delay_.assign(near_.size(), 0);
    std::array<std::int64_t, 2> last{};
    std::array<bool, 2> known{};
    for (std::uint32_t row = 0; row < near_.size(); ++row) {
      const std::size_t side = near_[row].side;
      if (rows_[kNear][row].partner != kNoRow && rows_[kNear][row].kind == MatchKind::kExact) {
        last[side] = (TimestampNs{far_[rows_[kNear][row].partner].time_ns} - TimestampNs{near_[row].time_ns}).value;
        if (!known[side]) std::fill(delay_.begin(), delay_.begin() + row, last[side]);
        known[side] = true;
      }
      delay_[row] = known[side] ? last[side] : last[side ^ 1U];
    }
  }

  void match_by_checksum(const Group& group) {
    const auto& wanted = checksum_[near_[group.near.front()].side];
    if (!wanted) return;
    std::size_t first_free = 0;
    for (const std::uint32_t near : group.near) {
      while (first_free < group.far.size() && rows_[kFar][group.far[first_free]].partner != kNoRow) ++first_free;
      const std::size_t end = std::min(group.far.size(), first_free + kGreatestChecksumSearch);
      for (std::size_t i = first_free; i < end; ++i) {
        if (rows_[kFar][group.far[i]].partner != kNoRow || checksum_distance(near, group.far[i]) != *wanted) continue;
        pair(near, group.far[i], MatchKind::kAmbiguous);
        break;
      }
    }
  }

  /// Pairs what is left in order, each of the fewer with the one that it is nearest to in time.
  void match_by_time(const Group& group) {
    std::vector<std::uint32_t> near;
    std::vector<std::uint32_t> far;
    std::ranges::copy_if(group.near, std::back_inserter(near),
                         [&](std::uint32_t row) { return rows_[kNear][row].partner == kNoRow; });
    std::ranges::copy_if(group.far, std::back_inserter(far),
                         [&](std::uint32_t row) { return rows_[kFar][row].partner == kNoRow; });
    const bool near_has_more = near.size() > far.size();
    const auto& fewer = near_has_more ? far : near;
    const auto& more = near_has_more ? near : far;
    const auto distance = [&](std::uint32_t of_fewer, std::uint32_t of_more) {
      const std::uint32_t n = near_has_more ? of_more : of_fewer;
      const std::uint32_t f = near_has_more ? of_fewer : of_more;
      const std::int64_t off = (TimestampNs{far_[f].time_ns} - TimestampNs{near_[n].time_ns}).value - delay_[n];
      return off < 0 ? -static_cast<double>(off) : static_cast<double>(off);
    };
    std::size_t at = 0;
    for (std::size_t i = 0; i < fewer.size(); ++i, ++at) {
      const std::size_t last = more.size() - (fewer.size() - i);
      while (at < last && distance(fewer[i], more[at + 1]) < distance(fewer[i], more[at])) ++at;
      pair(near_has_more ? more[at] : fewer[i], near_has_more ? fewer[i] : more[at], MatchKind::kAmbiguous);
    }
  }

  std::span<const Segment> near_;
  std::span<const Segment> far_;
  std::span<const std::uint8_t> skip_near_;
  KeyIndex index_;
  std::array<Rows, 2> rows_;
  std::vector<std::uint32_t> place_;
  std::vector<std::uint32_t> near_count_;
  std::array<std::optional<std::uint32_t>, 2> checksum_;
  std::vector<std::int64_t> delay_;
};

std::array<std::uint64_t, 2> segments_by_direction(const TapRows& rows) {
  std::array<std::uint64_t, 2> count{};
  for (const Segment& segment : rows.segments) ++count[segment.side];
  return count;
}

/// Rows of unknown length; empty: none.
std::vector<std::uint8_t> rows_to_skip(const TapRows& rows) {
  std::vector<std::uint8_t> skip;
  for (std::size_t row = 0; row < rows.segments.size(); ++row) {
    if ((rows.segments[row].oddities & oddity::kLengthUnknown) == 0) continue;
    skip.resize(rows.segments.size());
    skip[row] = 1;
  }
  return skip;
}

/// Was its option area cut, so that the timestamps may be missing at this point only?
bool lacks_options(const Segment& s) { return (s.oddities & oddity::kHeaderCut) != 0 && !s.has_timestamps; }

/// Matches what was cut at one of the points without its timestamps.
void match_cut(const TapRows& near, const TapRows& far, const hash::HashSeed& seed, SegmentMatch& match) {
  const auto any_cut = [](const TapRows& rows) { return std::ranges::any_of(rows.segments, lacks_options); };
  if (!any_cut(near) && !any_cut(far)) return;
  const auto skip_matched = [](const Rows& rows) {
    std::vector<std::uint8_t> skip(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) skip[row] = rows[row].kind != MatchKind::kNone;
    return skip;
  };
  std::array<KeyUse, 2> uses = match.uses;
  for (KeyUse& use : uses) use.timestamps = false;
  const auto skip_near = skip_matched(match.rows[kNear]);
  const auto skip_far = skip_matched(match.rows[kFar]);
  KeyMatcher matcher(near, far, uses, skip_near, skip_far, seed);
  for (std::uint32_t row = 0; row < near.segments.size(); ++row) {
    const SegmentMatch::Row found = matcher.rows()[kNear][row];
    if (found.partner == kNoRow) continue;
    if (!lacks_options(near.segments[row]) && !lacks_options(far.segments[found.partner])) continue;
    match.rows[kNear][row] = found;
    match.rows[kFar][found.partner] = {row, found.kind};
  }
}

constexpr std::uint64_t kLeastLoose = 3;

/// Is a looser key needed: does it find far more, where the stricter one finds little?
bool finds_more(std::uint64_t loose, std::uint64_t strict, std::uint64_t segments, std::uint64_t least) {
  if (strict * 2 >= segments || loose < least) return false;
  return loose * 2 > strict * 3 + 2 || (strict == 0 && loose * 2 >= segments);
}

/// Whole turns of 2^32 between the positions of the two points.
void align_turns(TapRows& near, TapRows& far, const SegmentMatch& match) {
  std::array<std::int64_t, 2> turn{};
  std::array<bool, 2> known{};
  for (std::size_t row = 0; row < near.segments.size() && !(known[0] && known[1]); ++row) {
    const std::uint32_t partner = match.rows[kNear][row].partner;
    const std::size_t side = near.segments[row].side;
    if (partner == kNoRow || known[side] || near.segments[row].has(tcp_flag::kRst)) continue;
    known[side] = true;
    turn[side] = near.segments[row].seq - far.segments[partner].seq;
  }
  if (turn[0] == 0 && turn[1] == 0) return;
  for (Segment& segment : far.segments) {
    segment.seq += turn[segment.side];
    if (segment.has(tcp_flag::kAck)) segment.ack += turn[segment.side ^ 1U];
  }
  for (SackRange& sack : far.sacks) {
    const std::int64_t by = turn[far.segments[sack.row].side ^ 1U];
    sack.left += by;
    sack.right += by;
  }
}

}  // namespace

SegmentMatch match_segments(TapRows& near, TapRows& far, const hash::HashSeed& seed) {
  const auto skip_near = rows_to_skip(near);
  const auto skip_far = rows_to_skip(far);
  const auto near_segments = segments_by_direction(near);
  const auto far_segments = segments_by_direction(far);
  SegmentMatch match;
  KeyMatcher best(near, far, match.uses, skip_near, skip_far, seed);
  const auto strict = best.matched();
  const bool has_timestamps = std::ranges::any_of(near.segments, &Segment::has_timestamps);
  const auto found = [&](std::size_t side, std::uint64_t loose, KeyUse use) {
    // Without its timestamp a segment is easily taken for another transmission: a few are no evidence.
    const std::uint64_t least = use.timestamps && has_timestamps ? 1 : kLeastLoose;
    return finds_more(loose, strict[side], std::min(near_segments[side], far_segments[side]), least);
  };
  std::array<KeyUse, 2> chosen = match.uses;
  constexpr KeyUse kWithTimestamps = {true, false, false};
  if (found(0, ~std::uint32_t{0}, kWithTimestamps) || found(1, ~std::uint32_t{0}, kWithTimestamps)) {
    for (const KeyUse use : {KeyUse{false, false, false}, KeyUse{false, true, false}, KeyUse{true, false, false}}) {
      const auto loose = KeyMatcher(near, far, {use, use}, skip_near, skip_far, seed).matched();
      for (std::size_t side = 0; side < 2; ++side) {
        if (found(side, loose[side], use)) chosen[side] = use;  // the last that helps is the strictest
      }
    }
  }
  if (chosen != match.uses) {
    match.uses = chosen;
    KeyMatcher again(near, far, chosen, skip_near, skip_far, seed);
    match.rows = std::move(again.rows());
  } else {
    match.rows = std::move(best.rows());
  }
  match_cut(near, far, seed, match);
  for (std::size_t row = 0; row < skip_near.size(); ++row) {
    if (skip_near[row] != 0) match.rows[kNear][row].kind = MatchKind::kSkipped;
  }
  for (std::size_t row = 0; row < skip_far.size(); ++row) {
    if (skip_far[row] != 0) match.rows[kFar][row].kind = MatchKind::kSkipped;
  }
  align_turns(near, far, match);
  match_ranges(near, far, match);
  match.matched = static_cast<std::uint64_t>(
      std::ranges::count_if(match.rows[kNear], [](const auto& row) { return row.partner != kNoRow; }));
  return match;
}

}  // namespace pcapsule::analysis::compare
