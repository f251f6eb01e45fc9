// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/loss_between.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "analyzer/analysis/compare/arrivals.h"

namespace pcapsule::analysis::compare {

namespace {

/// A segment whose acknowledgment nothing repeats within this time did arrive: retransmission
/// time-outs are shorter (RFC 6298 section 2.4 rounds up to one second; most are quicker).
constexpr std::int64_t kQuietNs = 3'000'000'000;

/// Rows that are looked at for one echo.
constexpr std::size_t kGreatestLook = 1024;

/// At the ends of a capture: how exact an expected arrival is.
constexpr std::int64_t kEdgeNs = 2'000'000;

bool is_after(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) > 0; }

/// Judges what the first point of one direction has and the second has not.
class Judge {
 public:
  Judge(const PairRows& pair, const Receiver& receiver, Direction direction, const Frame& frame, Trust trust)
      : pair_(pair),
        receiver_(receiver),
        direction_(direction),
        frame_(frame),
        first_(first_point(direction)),
        second_(second_point(direction)),
        trust_(trust),
        arrivals_(pair, direction, frame) {}

  std::vector<Absent> judge() {
    collect();
    if (!found_.empty()) {
      receiver_.answer(questions_);
      split();
      learn_echoes();
      for (std::size_t i = 0; i < found_.size(); ++i) judge(i);
      join();
    }
    add_missed_at_first();
    return std::move(found_);
  }

 private:
  static constexpr std::size_t kNoQuestion = ~std::size_t{0};

  [[nodiscard]] const Segment& segment(const Absent& absent) const { return pair_.at(absent.seen_at, absent.row); }

  void collect() {
    const auto& rows = pair_.match.rows[first_];
    std::int64_t sent_end = std::numeric_limits<std::int64_t>::min();
    for (std::uint32_t row = 0; row < rows.size(); ++row) {
      const Segment& s = pair_.at(first_, row);
      const bool absent = rows[row].kind == MatchKind::kNone || rows[row].kind == MatchKind::kPart;
      if (s.direction() != direction_) continue;
      const bool is_first = s.seq >= sent_end;
      if (s.length() > 0) sent_end = std::max(sent_end, s.end());
      if (!absent) continue;
      is_first_.push_back(is_first ? 1 : 0);
      Absent found;
      found.direction = direction_;
      found.seen_at = static_cast<std::uint8_t>(first_);
      found.row = row;
      found.bytes = s.has(tcp_flag::kRst) ? 0 : s.payload;
      found_.push_back(found);
      expected_.push_back(arrivals_.at_second(row));
      question_.push_back(s.length() > 0 ? questions_.size() : kNoQuestion);
      if (s.length() > 0) questions_.push_back({s.seq, s.end()});
      if (rows[row].kind != MatchKind::kPart) continue;
      const auto missing = std::ranges::lower_bound(pair_.match.missing[first_], row, {}, &SegmentMatch::Missing::row);
      questions_.back() = {missing->begin, missing->end};
      found_.back().bytes = static_cast<std::uint32_t>(missing->end - missing->begin);
    }
  }

  /// Offload sends a large segment in pieces. Where copies of some of its bytes came and none of the
  /// others, pieces went different ways: each part is an entry.
  void split() {
    bool any = false;
    const std::size_t count = found_.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (question_[i] == kNoQuestion) continue;
      RangeQuestion& asked = questions_[question_[i]];
      const bool at_begin = asked.unseen_begin == asked.begin;
      if (asked.unseen_begin == asked.unseen_end || at_begin == (asked.unseen_end == asked.end)) continue;
      const std::int64_t cut = at_begin ? asked.unseen_end : asked.unseen_begin;
      Absent rest = found_[i];
      rest.is_rest = true;
      rest.bytes = static_cast<std::uint32_t>(asked.end - cut);
      found_[i].bytes -= std::min(found_[i].bytes, rest.bytes);
      const std::int64_t end = asked.end;
      asked.end = cut;
      found_.push_back(rest);
      expected_.push_back(expected_[i]);
      is_first_.push_back(is_first_[i]);
      question_.push_back(questions_.size());
      questions_.push_back({cut, end});  // `asked` may be gone
      any = true;
    }
    if (!any) return;
    for (RangeQuestion& asked : questions_) asked = {asked.begin, asked.end};
    receiver_.answer(questions_);
  }

  /// Parts that went the same way are one entry again; the others stand after the first part.
  void join() {
    const auto first_rest = std::ranges::find_if(found_, &Absent::is_rest);
    std::vector<Absent> rests(first_rest, found_.end());
    found_.erase(first_rest, found_.end());
    for (const Absent& rest : rests) {
      const auto first = std::ranges::lower_bound(found_, rest.row, {}, &Absent::row);
      if (first->what == rest.what) {
        first->bytes += rest.bytes;
      } else {
        found_.insert(std::next(first), rest);
      }
    }
  }

  static void say(Absent& absent, AbsentClass what, Proof proof, std::uint32_t row = kNoRow) {
    absent.what = what;
    absent.proof = proof;
    absent.proof_row = row;
  }

  void judge(std::size_t i) {
    Absent& absent = found_[i];
    const Span& captured = frame_.captured[second_];
    if (expected_[i] < captured.first_ns - kEdgeNs || expected_[i] > captured.last_ns + kEdgeNs) {
      return say(absent, AbsentClass::kOutside, Proof::kEdge);
    }
    if (question_[i] != kNoQuestion) {
      judge_range(i, questions_[question_[i]]);
    } else {
      judge_without_range(i);
    }
    const std::int64_t late = kEdgeNs + frame_.jitter_ns[index_of(direction_)];
    const bool at_edge = expected_[i] < captured.first_ns + kEdgeNs || expected_[i] > captured.last_ns - late;
    const bool unproven =
        absent.proof == Proof::kNoSign || (absent.proof == Proof::kNotAcked && absent.proof_row == kNoRow);
    if (at_edge && unproven) return say(absent, AbsentClass::kUnknown, Proof::kEdge);
    if (absent.what == AbsentClass::kLost && trust_.has_misses && trust_.lost_behind) {
      say(absent, AbsentClass::kUnknown, Proof::kMissesElsewhere, absent.proof_row);
    }
  }

  /// The time at which row `row` of the second point passed it; far in the future for none.
  [[nodiscard]] std::int64_t time_of(std::uint32_t row) const {
    return row == kNoRow ? std::numeric_limits<std::int64_t>::max() : pair_.at(second_, row).time_ns;
  }

  /// What the receiver sends later knows of the segment, if that came.
  [[nodiscard]] std::int64_t settled_at(std::size_t i) const {
    return expected_[i] + receiver_.settled_ns() + frame_.jitter_ns[index_of(direction_)];
  }

  void judge_range(std::size_t i, const RangeQuestion& asked) {
    Absent& absent = found_[i];
    const std::uint32_t acked = receiver_.first_acking(asked.end);
    const std::uint32_t known = std::min(acked, asked.sacked_row);  // kNoRow is the greatest number
    const std::int64_t settled = settled_at(i);
    const std::uint32_t told = std::min(known, asked.first_cover);
    std::uint32_t waiting = receiver_.first_waiting(asked.begin, asked.end, settled, told);
    if (waiting == kNoRow && is_first_[i] != 0 && !trust_.overtakes) {
      waiting = receiver_.first_overtaken(asked.begin, asked.end, told);
    }
    if (known < asked.first_cover) {
      // It came, and no copy of it was seen to come. Which transmission was it?
      if (waiting != kNoRow) return say(absent, AbsentClass::kLost, Proof::kHoleReported, waiting);
      if (time_of(known) + receiver_.settled_ns() < expected_[i]) return judge_needless(i, asked);
      if (is_last_before(i, time_of(known))) {
        const Proof proof = known == acked ? Proof::kAckedWithoutCopy : Proof::kSelectivelyAcked;
        return say(absent, AbsentClass::kMissed, proof, known);
      }
      return say(absent, AbsentClass::kUnknown, Proof::kAmbiguous, known);
    }
    const bool came_before = time_of(asked.first_cover) < expected_[i] - kEdgeNs;
    if (came_before && asked.first_cover != kNoRow) return judge_needless(i, asked);
    if (waiting != kNoRow) return say(absent, AbsentClass::kLost, Proof::kHoleReported, waiting);
    if (asked.repeated_row != kNoRow && asked.copies < 2 && asked.first_cover != kNoRow) {
      return say(absent, AbsentClass::kMissed, Proof::kReportedTwice, asked.repeated_row);
    }
    if (asked.first_cover != kNoRow) return say(absent, AbsentClass::kLost, Proof::kCopyNeeded, asked.first_cover);
    const std::uint32_t after = receiver_.first_after(settled);
    if (after != kNoRow || !trust_.has_misses) return say(absent, AbsentClass::kLost, Proof::kNotAcked, after);
    say(absent, AbsentClass::kUnknown, Proof::kMissesElsewhere);
  }

  /// Of the absent transmissions of these bytes, is it the last one due before `time_ns`?
  [[nodiscard]] bool is_last_before(std::size_t i, std::int64_t time_ns) const {
    const RangeQuestion& asked = questions_[question_[i]];
    for (std::size_t j = i + 1; j < found_.size() && j - i < kGreatestLook; ++j) {
      if (expected_[j] > time_ns) break;
      if (question_[j] == kNoQuestion) continue;
      const RangeQuestion& other = questions_[question_[j]];
      if (other.begin < asked.end && asked.begin < other.end) return false;
    }
    return true;
  }

  /// A copy of what the receiver had: it answers each such segment at once (RFC 9293 section 3.10.7.4).
  void judge_needless(std::size_t i, const RangeQuestion& asked) {
    Absent& absent = found_[i];
    if (asked.repeated_row != kNoRow && time_of(asked.repeated_row) >= expected_[i] && asked.copies < 2) {
      return say(absent, AbsentClass::kMissed, Proof::kReportedTwice, asked.repeated_row);
    }
    judge_without_range(i);
  }

  /// No acknowledgment can tell: echoes, and what the receiver did next.
  void judge_without_range(std::size_t i) {
    if (judge_by_echo(i) || judge_by_reaction(i)) return;
    if (trust_.has_misses) return say(found_[i], AbsentClass::kUnknown, Proof::kMissesElsewhere);
    say(found_[i], AbsentClass::kLost, Proof::kNoSign);
  }

  struct Echo {
    std::uint32_t absent = 0;              ///< absent segments with the timestamp
    std::uint32_t first_arrival = kNoRow;  ///< row of the second point that brought it
  };

  void learn_echoes() {
    if (!pair_.match.uses[index_of(direction_)].timestamps) return;
    for (const Absent& absent : found_) {
      if (segment(absent).has_timestamps) ++echoes_[segment(absent).ts_value].absent;
    }
    if (echoes_.empty()) return;
    const auto& segments = pair_.rows[second_].segments;
    for (std::uint32_t row = 0; row < segments.size(); ++row) {
      if (segments[row].direction() != direction_ || !segments[row].has_timestamps) continue;
      const auto echo = echoes_.find(segments[row].ts_value);
      if (echo != echoes_.end()) echo->second.first_arrival = std::min(echo->second.first_arrival, row);
    }
  }

  bool judge_by_echo(std::size_t i) {
    Absent& absent = found_[i];
    const Segment& s = segment(absent);
    const auto echo = echoes_.find(s.ts_value);
    if (!s.has_timestamps || echo == echoes_.end()) return false;
    const auto rows = receiver_.rows();
    // A receiver takes the timestamp of a segment that begins at or before its last acknowledgment (RFC 7323
    // section 4.3).
    const auto acked = receiver_.acked_at(expected_[i]);
    const bool would_take = acked && *acked >= s.seq;
    std::size_t looked = 0;
    for (std::size_t at = receiver_.place_after(expected_[i] - kEdgeNs); at < rows.size() && looked < kGreatestLook;
         ++at, ++looked) {
      const Segment& answer = pair_.at(second_, rows[at]);
      if (!answer.has_timestamps || answer.has(tcp_flag::kSyn | tcp_flag::kRst)) continue;
      if (answer.ts_echo == s.ts_value) {
        if (echo->second.first_arrival < rows[at]) return false;  // another one brought it
        if (echo->second.absent > 1) return say(absent, AbsentClass::kUnknown, Proof::kAmbiguous, rows[at]), true;
        return say(absent, AbsentClass::kMissed, Proof::kEchoed, rows[at]), true;
      }
      if (is_after(answer.ts_echo, s.ts_value)) return false;
      if (would_take && answer.time_ns > settled_at(i)) {
        return say(absent, AbsentClass::kLost, Proof::kEchoOlder, rows[at]), true;
      }
    }
    return false;
  }

  bool judge_by_reaction(std::size_t i) {
    Absent& absent = found_[i];
    const Segment& s = segment(absent);
    const std::int64_t settled = settled_at(i);
    if (s.has(tcp_flag::kRst)) {
      const std::uint32_t alive = receiver_.first_after(settled);
      if (alive != kNoRow) say(absent, AbsentClass::kLost, Proof::kStillRetransmitting, alive);
      return alive != kNoRow;
    }
    if (!s.has(tcp_flag::kAck)) return false;
    const std::uint32_t later = first_arrival_acking(s.ack);
    if (later != kNoRow && time_of(later) <= expected_[i]) return false;  // it told nothing new
    const std::uint32_t again = receiver_.first_repeating(s.ack, settled, later);
    if (again != kNoRow) return say(absent, AbsentClass::kLost, Proof::kStillRetransmitting, again), true;
    if (later != kNoRow || frame_.captured[second_].last_ns - expected_[i] < kQuietNs) return false;
    return say(absent, AbsentClass::kMissed, Proof::kNeverRepeated), true;
  }

  /// The first row of the second point that acknowledges as much as `ack`; kNoRow: none.
  [[nodiscard]] std::uint32_t first_arrival_acking(std::int64_t ack) {
    if (acks_.empty()) learn_acks();
    const auto found = std::ranges::lower_bound(acks_, ack, {}, &std::pair<std::int64_t, std::uint32_t>::first);
    return found == acks_.end() ? kNoRow : found->second;
  }

  void learn_acks() {
    const auto& segments = pair_.rows[second_].segments;
    for (std::uint32_t row = 0; row < segments.size(); ++row) {
      const Segment& s = segments[row];
      if (s.direction() != direction_ || !s.has(tcp_flag::kAck) || s.has(tcp_flag::kRst)) continue;
      if (acks_.empty() || s.ack > acks_.back().first) acks_.emplace_back(s.ack, row);
    }
  }

  void add_missed_at_first() {
    const auto& rows = pair_.match.rows[second_];
    const Span& captured = frame_.captured[first_];
    for (std::uint32_t row = 0; row < rows.size(); ++row) {
      const Segment& s = pair_.at(second_, row);
      const bool absent = rows[row].kind == MatchKind::kNone || rows[row].kind == MatchKind::kPart;
      if (s.direction() != direction_ || !absent) continue;
      const std::int64_t expected = arrivals_.at_first(row);
      Absent found;
      found.direction = direction_;
      found.seen_at = static_cast<std::uint8_t>(second_);
      found.row = row;
      found.bytes = s.payload;
      if (expected < captured.first_ns - kEdgeNs || expected > captured.last_ns + kEdgeNs) {
        say(found, AbsentClass::kOutside, Proof::kEdge);
      } else if (expected < captured.first_ns + kEdgeNs || expected > captured.last_ns - kEdgeNs) {
        say(found, AbsentClass::kUnknown, Proof::kEdge, row);
      } else {
        say(found, AbsentClass::kMissed, Proof::kOtherPointHasIt, row);
      }
      found_.push_back(found);
    }
  }

  const PairRows& pair_;
  const Receiver& receiver_;
  Direction direction_;
  const Frame& frame_;
  unsigned first_;
  unsigned second_;
  Trust trust_;
  Arrivals arrivals_;
  std::vector<Absent> found_;
  std::vector<std::int64_t> expected_;  ///< of each, at the second point
  std::vector<std::uint8_t> is_first_;  ///< of each: the first transmission of its bytes
  std::vector<std::size_t> question_;   ///< of each: its place in questions_
  std::vector<RangeQuestion> questions_;
  std::map<std::uint32_t, Echo> echoes_;                      ///< by timestamp, which the sender chose: no hash of it
  std::vector<std::pair<std::int64_t, std::uint32_t>> acks_;  ///< each greater than all before, with its row
};

}  // namespace

std::vector<Absent> absent_segments(const PairRows& pair, const Receiver& receiver, Direction direction,
                                    const Frame& frame, Trust trust) {
  return Judge(pair, receiver, direction, frame, trust).judge();
}

}  // namespace pcapsule::analysis::compare
