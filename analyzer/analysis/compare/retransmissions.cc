// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/retransmissions.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>

namespace pcapsule::analysis::compare {

namespace {

/// Without timestamps and identifications, what comes so much later than its successor was sent again.
constexpr std::int64_t kReorderingNs = 3'000'000;
/// A receiver that says nothing for so long did not get it: delayed acknowledgments are quicker (RFC 9293
/// section 3.8.6.3).
constexpr std::int64_t kSilentNs = 500'000'000;
/// Earlier transmissions of the same bytes that are looked at.
constexpr std::size_t kGreatestLook = 256;

struct Sent {
  std::int64_t begin;
  std::int64_t end;
  std::uint32_t row;
};

class Attribution {
 public:
  Attribution(const PairRows& pair, const Receiver& receiver, Direction direction, const std::vector<Absent>& absent,
              const Arrivals& arrivals)
      : pair_(pair),
        receiver_(receiver),
        direction_(direction),
        first_(first_point(direction)),
        second_(second_point(direction)),
        arrivals_(arrivals) {
    for (const Absent& a : absent) {
      const auto [entry, is_new] = (a.seen_at == first_ ? lost_ : unseen_).emplace(a.row, a.what);
      if (!is_new && a.what == AbsentClass::kLost) entry->second = a.what;  // a part of it is what was sent again
    }
  }

  std::vector<ResendCause> attribute() {
    causes_.assign(pair_.rows[first_].segments.size(), ResendCause::kNone);
    find_again();
    if (again_.empty()) return std::move(causes_);
    gather();
    for (const std::uint32_t row : again_) causes_[row] = cause_of(row);
    return std::move(causes_);
  }

 private:
  /// Rows that carry something from before the end of what was sent.
  void find_again() {
    const auto& segments = pair_.rows[first_].segments;
    std::int64_t end = std::numeric_limits<std::int64_t>::min();
    for (std::uint32_t row = 0; row < segments.size(); ++row) {
      const Segment& s = segments[row];
      if (s.direction() != direction_ || s.length() == 0) continue;
      const bool probe = s.payload <= 1 && s.length() == s.payload && s.seq + 1 >= end;  // or a keep-alive
      if (s.seq < end && !probe) again_.push_back(row);
      end = std::max(end, s.end());
    }
  }

  /// All transmissions of the ranges of again_, and what only the second point saw of them.
  void gather() {
    std::vector<std::pair<std::int64_t, std::int64_t>> ranges;
    for (const std::uint32_t row : again_) ranges.emplace_back(pair_.at(first_, row).seq, pair_.at(first_, row).end());
    std::ranges::sort(ranges);
    std::vector<std::pair<std::int64_t, std::int64_t>> merged;
    for (const auto& range : ranges) {
      if (merged.empty() || range.first > merged.back().second) {
        merged.push_back(range);
      } else {
        merged.back().second = std::max(merged.back().second, range.second);
      }
    }
    const auto collect = [&](unsigned point, std::vector<Sent>& out, bool only_unseen) {
      const auto& segments = pair_.rows[point].segments;
      for (std::uint32_t row = 0; row < segments.size(); ++row) {
        const Segment& s = segments[row];
        if (s.direction() != direction_ || s.length() == 0) continue;
        if (only_unseen && !unseen_.contains(row)) continue;
        const auto after = std::ranges::upper_bound(merged, s.seq, {}, [](const auto& r) { return r.second; });
        if (after == merged.end() || after->first >= s.end()) continue;
        out.push_back({s.seq, s.end(), row});
        longest_ = std::max<std::int64_t>(longest_, s.length());
      }
      std::ranges::stable_sort(out, {}, &Sent::begin);
    };
    collect(first_, sent_, false);
    collect(second_, only_second_, true);
  }

  [[nodiscard]] std::optional<std::uint32_t> last_before(const std::vector<Sent>& sent, const Segment& s,
                                                         std::uint32_t before) const {
    std::optional<std::uint32_t> found;
    auto at = std::ranges::lower_bound(sent, s.seq - longest_, {}, &Sent::begin);
    for (std::size_t looked = 0; at != sent.end() && at->begin < s.end() && looked < kGreatestLook; ++at) {
      if (at->end <= s.seq) continue;
      ++looked;
      if (at->row < before && (!found || at->row > *found)) found = at->row;
    }
    return found;
  }

  [[nodiscard]] ResendCause cause_of(std::uint32_t row) const {
    const Segment& s = pair_.at(first_, row);
    const std::uint32_t partner = pair_.partner(first_, row);
    const std::int64_t copy_ns = partner != kNoRow ? pair_.at(second_, partner).time_ns : arrivals_.at_second(row);
    if (const auto before = last_before(sent_, s, row)) {
      const auto lost = lost_.find(*before);
      if (lost == lost_.end()) {
        const std::uint32_t arrived = pair_.match.rows[first_][*before].partner;
        return arrived == kNoRow ? ResendCause::kUnknown
                                 : after_arrival(s, pair_.at(second_, arrived).time_ns, copy_ns);
      }
      switch (lost->second) {
        case AbsentClass::kLost:
          return ResendCause::kLostBetween;
        case AbsentClass::kMissed:
          return after_arrival(s, arrivals_.at_second(*before), copy_ns);
        case AbsentClass::kUnknown:
        case AbsentClass::kOutside:
          return ResendCause::kUnknown;
      }
    }
    const auto unseen = last_before(only_second_, s, partner);
    if (unseen) return after_arrival(s, pair_.at(second_, *unseen).time_ns, copy_ns);
    return was_sent_again(row) ? ResendCause::kLostBefore : ResendCause::kNone;
  }

  /// The transmission before passed both points. Did the receiver have it when the copy came?
  [[nodiscard]] ResendCause after_arrival(const Segment& s, std::int64_t arrived_ns, std::int64_t copy_ns) const {
    const std::uint32_t acked = receiver_.first_acking(s.end());
    if (acked != kNoRow && pair_.at(second_, acked).time_ns < copy_ns) return ResendCause::kNeedless;
    const std::uint32_t copy_row = acked;  // rows up to the one that acknowledges it
    const std::uint32_t waiting =
        receiver_.first_waiting(s.seq, s.end(), arrived_ns + receiver_.settled_ns(), copy_row);
    if (waiting != kNoRow && pair_.at(second_, waiting).time_ns < copy_ns) return ResendCause::kLostAfter;
    const std::uint32_t said = receiver_.first_after(arrived_ns);
    const bool silent = said == kNoRow || pair_.at(second_, said).time_ns >= copy_ns;
    if (silent && copy_ns - arrived_ns > kSilentNs) return ResendCause::kLostAfter;
    return ResendCause::kUnknown;
  }

  /// The first point sees these bytes for the first time, but saw later ones before. Sent again,
  /// or overtaken on the way?
  [[nodiscard]] bool was_sent_again(std::uint32_t row) const {
    const auto& segments = pair_.rows[first_].segments;
    const Segment& s = segments[row];
    for (std::uint32_t other = row, looked = 0; other-- > 0 && looked < kGreatestLook;) {
      const Segment& before = segments[other];
      if (before.direction() != direction_) continue;
      ++looked;
      if (before.length() == 0 || before.seq < s.end()) continue;
      if (s.has_timestamps && before.has_timestamps && s.ts_value != before.ts_value) {
        return static_cast<std::int32_t>(s.ts_value - before.ts_value) > 0;
      }
      if (s.ip_id != 0 && before.ip_id != 0 && s.ip_id != before.ip_id) {
        return static_cast<std::int16_t>(s.ip_id - before.ip_id) > 0;
      }
      return s.time_ns - before.time_ns > kReorderingNs;
    }
    return true;
  }

  const PairRows& pair_;
  const Receiver& receiver_;
  Direction direction_;
  unsigned first_;
  unsigned second_;
  const Arrivals& arrivals_;
  std::unordered_map<std::uint32_t, AbsentClass> lost_;    ///< rows of the first point
  std::unordered_map<std::uint32_t, AbsentClass> unseen_;  ///< rows of the second point
  std::vector<std::uint32_t> again_;
  std::vector<Sent> sent_;
  std::vector<Sent> only_second_;
  std::int64_t longest_ = 0;
  std::vector<ResendCause> causes_;
};

}  // namespace

std::string_view to_text(ResendCause cause) {
  switch (cause) {
    case ResendCause::kNone:
      return "none";
    case ResendCause::kNeedless:
      return "needless";
    case ResendCause::kLostBetween:
      return "lost_between";
    case ResendCause::kLostBefore:
      return "lost_before";
    case ResendCause::kLostAfter:
      return "lost_after";
    case ResendCause::kUnknown:
      return "unknown";
  }
  return "";
}

std::vector<ResendCause> resend_causes(const PairRows& pair, const Receiver& receiver, Direction direction,
                                       const std::vector<Absent>& absent, const Arrivals& arrivals) {
  return Attribution(pair, receiver, direction, absent, arrivals).attribute();
}

}  // namespace pcapsule::analysis::compare
