// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compare/comparison.h"

#include <algorithm>
#include <utility>

#include "analyzer/compare/pair_walk.h"

namespace pcapsule::compare {

using namespace analysis::compare;

namespace {

/// First segments of the connections that the tables do not match: of each, and of all.
constexpr std::uint64_t kGreatestHead = 4096;
constexpr std::uint64_t kLeastHead = 16;
constexpr std::uint64_t kGreatestHeads = 1U << 20;

Span span_of(const read::Catalog& catalog) {
  Span span{catalog.first_frame_time.value, catalog.first_frame_time.value};
  for (const read::CaptureInfo& capture : catalog.captures) {
    if (capture.frames == 0) continue;
    span.first_ns = std::min(span.first_ns, capture.first_frame_time.value);
    span.last_ns = std::max(span.last_ns, capture.last_frame_time.value);
  }
  return span;
}

/// Stamps need not be sorted: the chunks' least and greatest count as well.
Span span_of(const read::RecordFile& file) {
  Span span = span_of(file.catalog());
  for (std::size_t k = 0; k < file.segment_chunks(); ++k) {
    const read::ChunkInfo info = file.segment_chunk_info(k);
    span.first_ns = std::min(span.first_ns, info.time_least.value);
    span.last_ns = std::max(span.last_ns, info.time_greatest.value);
  }
  return span;
}

std::vector<ConnectionKey> keys_of(const Tap& tap) {
  std::vector<ConnectionKey> keys;
  for (std::uint64_t entry = 0; entry < tap.table.size(); ++entry) {
    const read::Connection connection = tap.table.at(entry);
    if (connection.segments() > 0) keys.push_back(ConnectionKey::from(entry, connection));
  }
  return keys;
}

/// Compares in the order of the two files.
class Run {
 public:
  Run(const Tap& near, const Tap& far, const Options& options)
      : taps_{&near, &far}, options_(options), matcher_(keys_of(near), keys_of(far)) {
    result_.frame.captured = {span_of(near.file), span_of(far.file)};
  }

  /// False: the files are in the wrong order.
  bool survey() {
    match();
    for (const ConnectionPair& pair : matcher_.pairs()) {
      if (is_chosen(kNear, pair.near_entry) && is_chosen(kFar, pair.far_entry)) pairs_.push_back(pair);
    }
    PairWalk walk(taps_, pairs_, options_.keep_duplicates, true);
    ClockSamples samples(result_.frame.captured[kNear].first_ns, result_.frame.captured[kNear].last_ns);
    Orientation votes;
    walk.visit([&](std::size_t, PlacedPair& placed) {
      const Orientation own = orientation_of(placed.rows);
      votes.client_near += own.client_near;
      votes.client_far += own.client_far;
      const bool client_is_far = own.client_far > own.client_near;
      if (client_is_far) flip(placed.rows);
      const bool is_known = own.client_far != own.client_near || own.client_far + own.client_near == 0;
      if (is_known) sample_clock(placed.rows, samples);
      const auto jitter = jitter_of(placed.rows);
      for (unsigned d = 0; d < 2; ++d) result_.frame.jitter_ns[d] = std::max(result_.frame.jitter_ns[d], jitter[d]);
      add_to_survey(placed.rows, result_.frame, survey_);
      if (client_is_far) flip(placed.rows);
    });
    result_.frame.clock = samples.estimate();
    walk_.emplace(std::move(walk));
    return votes.client_far <= votes.client_near;
  }

  /// Drops what is kept for the second round.
  void forget() { walk_.emplace(taps_, pairs_, options_.keep_duplicates, false); }

  Comparison finish(bool swapped) {
    result_.swapped = swapped;
    find_overlap();
    SummaryOptions options{result_.overlap.first_ns, result_.overlap.last_ns, options_.slice_ns,
                           options_.list_exchanges, options_.path};
    Summary summary(result_.frame, options);
    bool any = false;
    walk_->visit([&](std::size_t i, PlacedPair& placed) {
      const MatchedPair& matched = add_pair(i, placed);
      if (placed.rows.match.matched == 0) return;
      any = true;
      const unsigned client_point = matched.client_is_far ? kFar : kNear;
      if (client_point == kFar) flip(placed.rows);
      const PairAnalysis analysis = analyse_pair(placed.rows, result_.frame, client_point, survey_);
      PairFacts facts;
      facts.stream = matched.stream;
      facts.client_point = client_point;
      facts.base = placed.base;
      if (client_point == kFar) {
        for (auto& base : facts.base) std::swap(base[0], base[1]);
      }
      summary.add(placed.rows, analysis, facts);
      if (client_point == kFar) flip(placed.rows);
    });
    summary.finish();
    list_only();
    if (any) result_.summary.emplace(std::move(summary));
    result_.damage = walk_->damage();
    return std::move(result_);
  }

 private:
  /// Who chose connections of one file has no say about those that only the other has.
  [[nodiscard]] bool is_chosen(unsigned point, std::uint64_t entry) const {
    return taps_[point]->connections.has(entry);
  }
  [[nodiscard]] bool chooses() const {
    return !taps_[kNear]->connections.is_all() || !taps_[kFar]->connections.is_all();
  }

  void match() {
    matcher_.match_by_table();
    const auto near_left = matcher_.near_left();
    const auto far_left = matcher_.far_left();
    if (near_left.empty() || far_left.empty()) return;
    const auto heads = [&](const Tap& tap, const std::vector<std::uint64_t>& entries) {
      std::vector<TapRows> rows;
      select::ConnectionRows reader(tap.file, tap.table, options_.keep_duplicates);
      reader.gather(entries, std::clamp(kGreatestHeads / entries.size(), kLeastHead, kGreatestHead), rows);
      return rows;
    };
    matcher_.match_by_heads(heads(*taps_[kNear], near_left), heads(*taps_[kFar], far_left));
  }

  void find_overlap() {
    const auto& captured = result_.frame.captured;
    result_.overlap = captured[kNear];
    if (!result_.frame.clock) return;
    const ClockModel& clock = *result_.frame.clock;
    result_.overlap.first_ns = std::max(result_.overlap.first_ns, clock.to_near(captured[kFar].first_ns));
    result_.overlap.last_ns = std::min(result_.overlap.last_ns, clock.to_near(captured[kFar].last_ns));
  }

  const MatchedPair& add_pair(std::size_t i, const PlacedPair& placed) {
    MatchedPair matched;
    matched.pair = pairs_[i];
    for (unsigned point = 0; point < 2; ++point) {
      const std::uint64_t entry = point == kNear ? matched.pair.near_entry : matched.pair.far_entry;
      const unsigned client = placed.client_side[point];
      matched.stream[point] = taps_[point]->table.number(entry);
      matched.client[point] = taps_[point]->table.endpoint(entry, client);
      matched.server[point] = taps_[point]->table.endpoint(entry, client ^ 1U);
      matched.segments[point] = placed.rows.rows[point].segments.size();
      for (const std::uint64_t count : placed.rows.rows[point].duplicates) result_.duplicates[point] += count;
      for (const Segment& s : placed.rows.rows[point].segments) {
        const std::int64_t near_ns =
            point == kNear || !result_.frame.clock ? s.time_ns : result_.frame.clock->to_near(s.time_ns);
        result_.segments_within[point] += near_ns >= result_.overlap.first_ns && near_ns <= result_.overlap.last_ns;
      }
    }
    matched.shift = {matched.pair.shift[placed.client_side[kNear]], matched.pair.shift[placed.client_side[kNear] ^ 1U]};
    matched.matched = placed.rows.match.matched;
    const Orientation own = orientation_of(placed.rows);
    matched.client_is_far = own.client_far > own.client_near;
    result_.pairs.push_back(matched);
    return result_.pairs.back();
  }

  void list_only() {
    for (const unsigned point : {kNear, kFar}) {
      const auto left = point == kNear ? matcher_.near_left() : matcher_.far_left();
      if (chooses() && taps_[point]->connections.is_all()) continue;
      for (const std::uint64_t entry : left) {
        if (!is_chosen(point, entry)) continue;
        const bool namesake = point == kNear ? matcher_.near_has_namesake(entry) : matcher_.far_has_namesake(entry);
        add_only(point, entry, namesake ? OnlyReason::kOtherNumbers : OnlyReason::kNotSeen);
      }
    }
    std::erase_if(result_.pairs, [&](const MatchedPair& matched) {
      if (matched.matched > 0) return false;
      add_only(kNear, matched.pair.near_entry, OnlyReason::kNoCommonSegment);
      add_only(kFar, matched.pair.far_entry, OnlyReason::kNoCommonSegment);
      return true;
    });
    for (auto& only : result_.only) std::ranges::sort(only, {}, &OnlyOne::stream);
  }

  void add_only(unsigned point, std::uint64_t entry, OnlyReason reason) {
    const read::Connection connection = taps_[point]->table.at(entry);
    OnlyOne only;
    only.stream = connection.number;
    only.client = connection.client_side().endpoint;
    only.server = connection.server_side().endpoint;
    only.segments = connection.segments();
    only.reason = reason;
    if (result_.frame.clock) {
      const auto near_ns = [&](TimestampNs time) {
        return point == kNear ? time.value : result_.frame.clock->to_near(time.value);
      };
      const bool outside = near_ns(connection.last.time) < result_.overlap.first_ns ||
                           near_ns(connection.first.time) > result_.overlap.last_ns;
      if (outside) only.reason = OnlyReason::kOutsideOverlap;
    }
    result_.only[point].push_back(only);
  }

  std::array<const Tap*, 2> taps_;
  const Options& options_;
  ConnectionMatcher matcher_;
  std::vector<ConnectionPair> pairs_;
  std::optional<PairWalk> walk_;
  Survey survey_;
  Comparison result_;
};

}  // namespace

Comparison compare(const Tap& near, const Tap& far, const Options& options) {
  Run as_given(near, far, options);
  if (as_given.survey()) return as_given.finish(false);
  as_given.forget();
  Run exchanged(far, near, options);
  if (exchanged.survey()) return exchanged.finish(true);
  return as_given.finish(false);
}

}  // namespace pcapsule::compare
