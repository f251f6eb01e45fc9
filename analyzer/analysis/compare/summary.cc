// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/summary.h"

#include <algorithm>
#include <limits>

namespace pcapsule::analysis::compare {

namespace {

constexpr std::array kDirections = {Direction::kNearToFar, Direction::kFarToNear};

constexpr std::int64_t kSlicesWanted = 30;
constexpr std::int64_t kGreatestSlices = 10'000;
constexpr std::size_t kSliceSamples = 1024;
constexpr std::size_t kAllSamples = std::size_t{1} << 20;

/// A slice with fewer round trips tells no usual delay.
constexpr std::uint64_t kEnoughSamples = 5;
/// From here on a delay is longer than usual: by a share of it, and by a time.
constexpr double kDelayShare = 0.15;
constexpr std::int64_t kDelayNs = 1'000'000;
/// Longer than usual counts for the whole when one slice in so many is.
constexpr std::size_t kDelayedSlices = 10;

/// Pieces of evidence of each kind and direction.
constexpr std::size_t kEvidenceOfEach = 5;

/// The next of 1, 2 and 5 with zeros, from a tenth of a millisecond on.
std::int64_t round_up(std::int64_t ns) {
  for (std::int64_t unit = 100'000; unit < std::numeric_limits<std::int64_t>::max() / 10; unit *= 10) {
    for (const std::int64_t step : {1, 2, 5}) {
      if (step * unit >= ns) return step * unit;
    }
  }
  return ns;
}

bool is_longer(std::int64_t ns, std::int64_t usual_ns, std::int64_t of_ns) {
  return static_cast<double>(ns - usual_ns) > kDelayShare * static_cast<double>(of_ns) + static_cast<double>(kDelayNs);
}

}  // namespace

Summary::Summary(const Frame& frame, const SummaryOptions& options)
    : frame_(frame), options_(options), all_(kAllSamples) {
  // Of stamps from a stranger: counted, since a sum of starts may go beyond 64 bits.
  const std::int64_t last = std::max<std::int64_t>(options.last_ns - options.first_ns, 0);
  slice_ns_ = options.slice_ns > 0 ? options.slice_ns : round_up(last / kSlicesWanted);
  slice_ns_ = std::max(slice_ns_, last / kGreatestSlices + 1);
  all_.start_ns = options.first_ns;
  for (std::int64_t slice = 0; slice <= last / slice_ns_; ++slice) {
    slices_.emplace_back(kSliceSamples);
    slices_.back().start_ns = options.first_ns + slice * slice_ns_;
  }
}

SliceTotals& Summary::slice_at(std::int64_t near_ns) {
  const std::int64_t since = std::max<std::int64_t>(near_ns - options_.first_ns, 0);
  return slices_[std::min(static_cast<std::size_t>(since / slice_ns_), slices_.size() - 1)];
}

std::int64_t Summary::near_time(unsigned point, std::int64_t time_ns) const {
  return point == kNear || !frame_.clock ? time_ns : frame_.clock->to_near(time_ns);
}

void Summary::add(const PairRows& pair, const PairAnalysis& analysis, const PairFacts& facts) {
  for (const Direction direction : kDirections) {
    add_segments(pair, analysis, direction);
    if (options_.path != nullptr && frame_.clock) draw(pair, analysis, direction);
    auto& duplicates = all_.directions[index_of(direction)].duplicates;
    duplicates[0] += pair.rows[first_point(direction)].duplicates[index_of(direction)];
    duplicates[1] += pair.rows[second_point(direction)].duplicates[index_of(direction)];
    for (const Absent& absent : analysis.absent[index_of(direction)]) add_absent(pair, absent, facts);
  }
  add_exchanges(pair, analysis, facts);
  add_aborts(pair, analysis, facts);
  for (const RoundTrip& trip : analysis.round_trips) {
    slice_at(trip.near_ns).round_trip.add(trip.network_ns);
    all_.round_trip.add(trip.network_ns);
  }
}

void Summary::add_segments(const PairRows& pair, const PairAnalysis& analysis, Direction direction) {
  const unsigned first = first_point(direction);
  const std::size_t at = index_of(direction);
  for (std::uint32_t row = 0; row < pair.rows[first].segments.size(); ++row) {
    const Segment& s = pair.at(first, row);
    if (s.direction() != direction) continue;
    const SegmentMatch::Row& match = pair.match.rows[first][row];
    const bool matched =
        match.kind == MatchKind::kExact || match.kind == MatchKind::kAmbiguous || match.kind == MatchKind::kRange;
    const std::int64_t near_ns =
        matched && first == kFar ? pair.at(kNear, match.partner).time_ns : near_time(first, s.time_ns);
    for (SliceTotals* totals : {&all_, &slice_at(near_ns)}) {
      DirectionTotals& d = totals->directions[at];
      const ResendCause cause = analysis.causes[at][row];
      if (cause != ResendCause::kNone) {
        ++d.resent[static_cast<std::size_t>(cause)];
        totals->findings.lost_beyond_near +=
            cause == (first == kNear ? ResendCause::kLostBefore : ResendCause::kLostAfter);
        totals->findings.lost_beyond_far +=
            cause == (first == kNear ? ResendCause::kLostAfter : ResendCause::kLostBefore);
      }
      d.zero_windows += announces_zero_window(s);
      if (!matched) continue;
      ++d.segments;
      ++d.matched;
      d.bytes += s.payload;
      d.ambiguous += match.kind == MatchKind::kAmbiguous;
      d.resegmented += match.kind == MatchKind::kRange;
      if (match.kind != MatchKind::kExact || !frame_.clock) continue;
      const std::int64_t other_ns = pair.at(first ^ 1U, match.partner).time_ns;
      d.delay.add(first == kNear ? frame_.clock->delay(direction, s.time_ns, other_ns)
                                 : frame_.clock->delay(direction, other_ns, s.time_ns));
    }
  }
  for (std::size_t row = 0; row < pair.match.rows[first ^ 1U].size(); ++row) {
    const bool copy = pair.match.rows[first ^ 1U][row].kind == MatchKind::kCopy;
    if (copy && pair.at(first ^ 1U, row).direction() == direction) ++all_.directions[at].copies;
  }
  for (const std::uint32_t row : analysis.reordered[at]) {
    const std::uint32_t near = first == kNear ? row : pair.match.rows[first][row].partner;
    for (SliceTotals* totals : {&all_, &slice_at(pair.at(kNear, near).time_ns)}) {
      ++totals->directions[at].reordered;
      ++totals->findings.reordered;
    }
  }
}

void Summary::draw(const PairRows& pair, const PairAnalysis& analysis, Direction direction) const {
  const unsigned first = first_point(direction);
  const std::size_t at = index_of(direction);
  std::int64_t delay = std::max<std::int64_t>(frame_.clock->round_trip_least_ns / 2, 0);
  auto absent = analysis.absent[at].begin();
  const auto first_end = std::ranges::find(analysis.absent[at], first ^ 1U, &Absent::seen_at);
  for (std::uint32_t row = 0; row < pair.rows[first].segments.size(); ++row) {
    const Segment& s = pair.at(first, row);
    if (s.direction() != direction) continue;
    const SegmentMatch::Row& match = pair.match.rows[first][row];
    std::int64_t near_ns = near_time(first, s.time_ns);
    if (match.kind == MatchKind::kExact) {
      const Segment& other = pair.at(first ^ 1U, match.partner);
      const Segment& near = first == kNear ? s : other;
      near_ns = near.time_ns;
      delay = frame_.clock->delay(direction, near_ns, first == kNear ? other.time_ns : s.time_ns);
      options_.path->delay(direction, near_ns, delay, near.frame);
    }
    while (absent != first_end && absent->row < row) ++absent;
    const bool lost = absent != first_end && absent->row == row && absent->what == AbsentClass::kLost;
    if (lost) options_.path->event(PathEvent::kLost, direction, near_ns, delay);
    if (analysis.causes[at][row] != ResendCause::kNone) {
      options_.path->event(PathEvent::kResent, direction, near_ns, delay);
    }
    if (announces_zero_window(s)) options_.path->event(PathEvent::kZeroWindow, direction, near_ns, delay);
  }
}

void Summary::add_absent(const PairRows& pair, const Absent& absent, const PairFacts& facts) {
  if (absent.what == AbsentClass::kOutside) return;
  const Segment& s = pair.at(absent.seen_at, absent.row);
  const std::size_t at = index_of(absent.direction);
  for (SliceTotals* totals : {&all_, &slice_at(near_time(absent.seen_at, s.time_ns))}) {
    DirectionTotals& d = totals->directions[at];
    if (!absent.is_rest) {
      ++d.segments;
      d.bytes += s.payload;
    }
    if (absent.what == AbsentClass::kLost) {
      ++d.lost;
      d.lost_bytes += absent.bytes;
      ++totals->findings.lost;
    } else if (absent.what == AbsentClass::kMissed) {
      ++d.missed[absent.seen_at == first_point(absent.direction) ? 1 : 0];
    } else {
      ++d.unknown;
    }
  }
  ListedAbsent listed;
  listed.absent = absent;
  listed.stream = facts.stream;
  listed.frame = s.frame;
  listed.time_ns = s.time_ns;
  listed.seq = facts.base[absent.seen_at][s.side] + static_cast<std::uint32_t>(s.seq);
  listed.ip_id = s.ip_id;
  listed.flags = s.flags;
  listed.payload = s.payload;
  listed.proof_frame[absent.seen_at] = s.frame;
  const unsigned second = second_point(absent.direction);
  if (absent.proof_row != kNoRow) listed.proof_frame[second] = pair.at(second, absent.proof_row).frame;
  if (absent.what == AbsentClass::kLost) {
    std::array<std::uint32_t, 2> rows = {kNoRow, kNoRow};
    rows[second] = absent.proof_row;
    rows[absent.seen_at] = absent.row;
    note("lost", pair, facts, absent.direction, rows, 0);
  }
  if (absent_.size() < kGreatestListed) {
    absent_.push_back(listed);
  } else {
    ++not_listed_;
  }
}

void Summary::add_aborts(const PairRows& pair, const PairAnalysis& analysis, const PairFacts& facts) {
  for (const Abort& abort : analysis.aborts) {
    const unsigned point = abort.row[kNear] != kNoRow ? kNear : kFar;
    const std::int64_t time_ns = near_time(point, pair.at(point, abort.row[point]).time_ns);
    for (SliceTotals* totals : {&all_, &slice_at(time_ns)}) {
      Findings& f = totals->findings;
      if (abort.injected) {
        ++f.injected;
      } else {
        ++(index_of(abort.direction) == facts.client_point ? f.client : f.server).resets;
      }
    }
    note(abort.injected ? "injected_reset" : "reset", pair, facts, abort.direction, abort.row, 0);
  }
}

/// Keeps the greatest of each kind and direction, of those without an amount the first.
void Summary::note(std::string_view what, const PairRows& pair, const PairFacts& facts, Direction direction,
                   const std::array<std::uint32_t, 2>& rows, std::int64_t amount_ns) {
  Evidence evidence;
  evidence.what = what;
  evidence.direction = direction;
  evidence.stream = facts.stream;
  for (unsigned point = 0; point < 2; ++point) {
    if (rows[point] != kNoRow) evidence.frame[point] = pair.at(point, rows[point]).frame;
  }
  evidence.amount_ns = amount_ns;
  const auto same_kind = [&](const Evidence& e) { return e.what == what && e.direction == direction; };
  if (static_cast<std::size_t>(std::ranges::count_if(evidence_, same_kind)) < kEvidenceOfEach) {
    evidence_.push_back(evidence);
    return;
  }
  Evidence* least = nullptr;
  for (Evidence& e : evidence_) {
    if (same_kind(e) && (least == nullptr || e.amount_ns < least->amount_ns)) least = &e;
  }
  if (least->amount_ns < amount_ns) *least = evidence;
}

void Summary::learn_usual_delays() {
  for (const SliceTotals& slice : slices_) {
    const auto take = [](const Sampler& samples, std::optional<std::int64_t>& least) {
      if (samples.count() < kEnoughSamples) return;
      const std::int64_t median = *samples.percentile(50);
      if (median < -kDelayNs) return;  // a clock was set: what takes less than nothing is no measure
      least = least ? std::min(*least, median) : median;
    };
    take(slice.round_trip, usual_round_trip_ns_);
    for (const Direction d : kDirections) take(slice.directions[index_of(d)].delay, usual_delay_ns_[index_of(d)]);
  }
}

/// How much longer than usual the way there and back was, by slices.
void Summary::add_delays() {
  if (!usual_round_trip_ns_) return;
  const std::int64_t usual = *usual_round_trip_ns_;
  std::size_t slices = 0;
  std::size_t longer = 0;
  for (SliceTotals& slice : slices_) {
    const auto median = slice.round_trip.percentile(50);
    if (!median) continue;
    ++slices;
    if (!is_longer(*median, usual, usual)) continue;
    ++longer;
    slice.findings.delay_rose = true;
    const std::int64_t transit = of(slice.exchanges.shares, Share::kTransit);
    const std::int64_t more = transit - static_cast<std::int64_t>(slice.exchanges.rounds) * usual;
    // The usual may be a little less than nothing.
    slice.findings.delay_ns = std::clamp<std::int64_t>(more, 0, std::max<std::int64_t>(transit, 0));
    all_.findings.delay_ns = saturating_add(all_.findings.delay_ns, slice.findings.delay_ns);
  }
  all_.findings.delay_rose = longer * kDelayedSlices >= slices && longer > 0;
}

Verdict Summary::judge_direction(const SliceTotals& totals, Direction direction, bool delay_rose) const {
  const DirectionTotals& d = totals.directions[index_of(direction)];
  Findings f;
  f.lost = d.lost;
  f.reordered = d.reordered;
  f.delay_rose = delay_rose;
  const std::uint64_t before = d.resent_for(ResendCause::kLostBefore);
  const std::uint64_t after = d.resent_for(ResendCause::kLostAfter);
  f.lost_beyond_near = direction == Direction::kNearToFar ? before : after;
  f.lost_beyond_far = direction == Direction::kNearToFar ? after : before;
  return judge(f);
}

void Summary::finish() {
  learn_usual_delays();
  add_delays();
  const auto least = frame_.clock ? std::optional(frame_.clock->round_trip_least_ns) : all_.round_trip.least();
  all_.findings.least_round_trip_ns = least;
  all_.verdict = judge(all_.findings);
  std::array<std::size_t, 2> longer{};
  std::array<std::size_t, 2> judged{};
  for (SliceTotals& slice : slices_) {
    slice.verdict = judge(slice.findings);
    for (const Direction direction : kDirections) {
      const std::size_t at = index_of(direction);
      const auto median = slice.directions[at].delay.percentile(50);
      const bool rose = median && usual_delay_ns_[at] && usual_round_trip_ns_ &&
                        is_longer(*median, *usual_delay_ns_[at], *usual_round_trip_ns_ / 2);
      judged[at] += median.has_value();
      longer[at] += rose;
      slice.directions[at].verdict = judge_direction(slice, direction, rose);
    }
  }
  for (const Direction direction : kDirections) {
    const std::size_t at = index_of(direction);
    const bool rose = longer[at] > 0 && longer[at] * kDelayedSlices >= judged[at];
    all_.directions[at].verdict = judge_direction(all_, direction, rose);
  }
}

std::vector<Evidence> Summary::evidence() const {
  std::vector<Evidence> sorted = evidence_;
  std::ranges::stable_sort(sorted, [](const Evidence& a, const Evidence& b) { return a.amount_ns > b.amount_ns; });
  return sorted;
}

}  // namespace pcapsule::analysis::compare
