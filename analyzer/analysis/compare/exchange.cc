// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/exchange.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace pcapsule::analysis::compare {

namespace {

constexpr std::int64_t kNothing = std::numeric_limits<std::int64_t>::min();
constexpr std::uint8_t kOtherShut = 1;
constexpr std::uint8_t kOwnShut = 2;

bool announces_window(const Segment& s) { return !s.has(tcp_flag::kRst) && s.has(tcp_flag::kAck); }

/// What one host has sent, and how far the other one's window lets it go.
class OwnData {
 public:
  void sent(const Segment& s) {
    if (s.length() == 0) return;
    end_ = std::max(end_, s.end());
    greatest_ = std::max(greatest_, s.payload);
  }
  void allowed(const Segment& s, std::optional<std::uint8_t> shift) {
    if (s.has(tcp_flag::kSyn)) shift = 0;
    knows_edge_ = shift.has_value();
    if (!shift || s.ack < acked_) return;
    acked_ = s.ack;
    edge_ = s.ack + (std::int64_t{s.window} << *shift);
  }
  /// Not even one segment of the size that it sends fits in.
  [[nodiscard]] bool is_blocked() const {
    return knows_edge_ && end_ != kNothing && greatest_ > 0 && edge_ - end_ < static_cast<std::int64_t>(greatest_);
  }

 private:
  std::int64_t end_ = kNothing;
  std::int64_t acked_ = kNothing;
  std::uint32_t greatest_ = 0;
  std::int64_t edge_ = 0;
  bool knows_edge_ = false;
};

constexpr Share of_host(unsigned host, Share near, Share far) { return host == kNear ? near : far; }

}  // namespace

std::string_view to_text(Share share) {
  switch (share) {
    case Share::kTransit:
      return "transit";
    case Share::kRecovery:
      return "recovery";
    case Share::kBeyondNear:
      return "beyond_near";
    case Share::kBeyondFar:
      return "beyond_far";
    case Share::kFarThink:
      return "far_think";
    case Share::kFarZeroWindow:
      return "far_zero_window";
    case Share::kFarDelayedAck:
      return "far_delayed_ack";
    case Share::kNearThink:
      return "near_think";
    case Share::kNearZeroWindow:
      return "near_zero_window";
    case Share::kNearDelayedAck:
      return "near_delayed_ack";
  }
  return "";
}

std::string_view to_text(ExchangeKind kind) {
  switch (kind) {
    case ExchangeKind::kHandshake:
      return "handshake";
    case ExchangeKind::kData:
      return "data";
    case ExchangeKind::kUpload:
      return "upload";
  }
  return "";
}

Exchanges::Exchanges(const PairRows& pair, const std::array<std::vector<ResendCause>, 2>& causes, const Frame& frame,
                     unsigned client_point)
    : pair_(pair), causes_(causes), frame_(frame), here_(client_point), there_(client_point ^ 1U) {
  learn_triggers(kNear);
  learn_triggers(kFar);
  find_handshake();
  find_requests();
}

bool Exchanges::is_probe(const Segment& s, std::int64_t sent_end) const {
  return !s.has(tcp_flag::kSyn | tcp_flag::kFin | tcp_flag::kRst) && s.payload <= 1 && s.seq + 1 == sent_end;
}

void Exchanges::learn_triggers(unsigned host) {
  const auto& segments = pair_.rows[host].segments;
  trigger_[host].assign(segments.size(), kNoRow);
  shut_[host].assign(segments.size(), 0);
  std::uint32_t trigger = kNoRow;
  std::uint8_t shut = 0;
  std::int64_t acked = kNothing;
  std::int64_t sent_end = kNothing;  // of the other host
  std::uint16_t window = 0;
  std::uint8_t shut_then = 0;  // when the trigger came
  OwnData own;
  auto sack = pair_.rows[host].sacks.begin();
  for (std::uint32_t row = 0; row < segments.size(); ++row) {
    const Segment& s = segments[row];
    if (s.side == host) {
      trigger_[host][row] = trigger;
      shut_[host][row] = shut | shut_then | (own.is_blocked() ? kOtherShut : 0);
      own.sent(s);
      if (announces_window(s))
        shut = static_cast<std::uint8_t>((shut & kOtherShut) | (announces_zero_window(s) ? kOwnShut : 0));
      continue;
    }
    while (sack != pair_.rows[host].sacks.end() && sack->row < row) ++sack;
    const bool has_sack = sack != pair_.rows[host].sacks.end() && sack->row == row;
    const bool news = s.has(tcp_flag::kSyn | tcp_flag::kFin | tcp_flag::kRst) || has_sack || s.window != window ||
                      (s.has(tcp_flag::kAck) && s.ack > acked) || s.payload > 0;
    if (news && !is_probe(s, sent_end) && pair_.partner(host, row) != kNoRow) trigger = row;
    if (s.has(tcp_flag::kAck)) acked = std::max(acked, s.ack);
    if (s.length() > 0) sent_end = std::max(sent_end, s.end());
    window = s.window;
    if (announces_window(s)) {
      shut = static_cast<std::uint8_t>((shut & kOwnShut) | (announces_zero_window(s) ? kOtherShut : 0));
      own.allowed(s, pair_.shift[host ^ 1U]);
    }
    if (trigger == row) shut_then = shut & kOtherShut;
  }
}

void Exchanges::find_handshake() {
  const auto& segments = pair_.rows[here_].segments;
  std::uint32_t first = kNoRow;
  std::uint32_t request = kNoRow;
  for (std::uint32_t row = 0; row < segments.size(); ++row) {
    const Segment& s = segments[row];
    if (s.side == here_ && s.has(tcp_flag::kSyn)) {
      if (first == kNoRow) first = row;
      if (pair_.partner(here_, row) != kNoRow) request = row;
    } else if (first != kNoRow && s.side != here_ && s.has(tcp_flag::kSyn)) {
      if (pair_.partner(here_, row) == kNoRow) continue;
      return close(ExchangeKind::kHandshake, first, request, row, row);
    } else if (s.payload > 0) {
      return;  // a handshake that was not seen is none to measure
    }
  }
}

void Exchanges::find_requests() {
  const auto& segments = pair_.rows[here_].segments;
  enum class State : std::uint8_t { kIdle, kRequest, kAnswer } state = State::kIdle;
  std::uint32_t first = kNoRow;    // of the request
  std::uint32_t request = kNoRow;  // its last segment that both points saw
  std::uint32_t answer = kNoRow;   // the first of the answer, likewise
  std::uint32_t last = kNoRow;     // the last of the answer, or what acknowledged the request
  std::array<std::int64_t, 2> sent_end = {kNothing, kNothing};
  const auto finish = [&] {
    if (state == State::kIdle || last == kNoRow) return;
    close(state == State::kRequest ? ExchangeKind::kUpload : ExchangeKind::kData, first, request, answer, last);
  };
  const auto begin = [&](std::uint32_t row, State next) {
    state = next;
    first = row;
    request = answer = last = kNoRow;
  };
  for (std::uint32_t row = 0; row < segments.size(); ++row) {
    const Segment& s = segments[row];
    const bool matched = pair_.partner(here_, row) != kNoRow;
    const std::int64_t before = sent_end[s.side];
    if (s.length() > 0) sent_end[s.side] = std::max(before, s.end());
    if (s.has(tcp_flag::kSyn | tcp_flag::kRst) || is_probe(s, before)) continue;
    if (s.side == here_) {
      if (s.payload == 0) continue;
      const bool is_new = before == kNothing || s.end() > before;
      if (state == State::kIdle || (state == State::kAnswer && is_new)) {
        finish();
        begin(row, State::kRequest);
      }
      if (state == State::kRequest && matched) request = row;
      if (state == State::kRequest && is_new) last = kNoRow;  // not acknowledged yet
    } else if (s.payload > 0) {
      if (state == State::kIdle) {  // the server speaks first
        const std::uint32_t there = pair_.match.rows[here_][row].partner;
        const std::uint32_t cause = matched ? trigger_[there_][there] : kNoRow;
        begin(cause == kNoRow ? row : pair_.partner(there_, cause), State::kAnswer);
      }
      if (state == State::kRequest) last = kNoRow;
      state = State::kAnswer;
      if (!matched) continue;
      if (answer == kNoRow) answer = row;
      last = row;
    } else if (state == State::kRequest && matched && last == kNoRow && s.has(tcp_flag::kAck) &&
               s.ack >= sent_end[here_]) {
      last = row;
    }
  }
  finish();
}

std::int64_t Exchanges::span_here(std::int64_t span_there_ns) const {
  if (!frame_.clock) return span_there_ns;
  const auto moved = whole_ns(frame_.clock->drift * static_cast<double>(span_there_ns));
  return here_ == kNear ? span_there_ns - moved : span_there_ns + moved;
}

std::int64_t Exchanges::near_time(std::int64_t here_ns) const {
  return here_ == kNear || !frame_.clock ? here_ns : frame_.clock->to_near(here_ns);
}

void Exchanges::close(ExchangeKind kind, std::uint32_t first, std::uint32_t request, std::uint32_t answer,
                      std::uint32_t last) {
  Exchange exchange;
  exchange.kind = kind;
  exchange.start_ns = near_time(pair_.at(here_, first).time_ns);
  exchange.total_ns = pair_.at(here_, last).time_ns - pair_.at(here_, first).time_ns;
  exchange.first_row = first;
  exchange.last_row = last;
  if (request != kNoRow) measure(exchange, request, answer == kNoRow ? last : answer);
  follow_back(exchange, first, last);
  exchanges_.push_back(exchange);
}

/// S48. Not where the answer had left before the request came.
void Exchanges::measure(Exchange& exchange, std::uint32_t request, std::uint32_t answer) const {
  const std::uint32_t request_there = pair_.partner(here_, request);
  const std::uint32_t answer_there = pair_.partner(here_, answer);
  if (request_there == kNoRow || answer_there == kNoRow || answer_there < request_there || answer < request) return;
  const std::int64_t there =
      span_here(pair_.at(there_, answer_there).time_ns - pair_.at(there_, request_there).time_ns);
  const std::int64_t here = pair_.at(here_, answer).time_ns - pair_.at(here_, request).time_ns;
  exchange.request_row = at_both(request);
  exchange.answer_row = at_both(answer);
  exchange.network_ns = here - there;
  exchange.host_ns = there;
  exchange.is_measured = true;
}

/// Whose time was it that `host` took before it sent `own_row` of its point?
Share Exchanges::share_of(unsigned host, std::uint32_t own_row) const {
  const Segment& s = pair_.at(host, own_row);
  switch (causes_[host][own_row]) {  // a host's direction has its index
    case ResendCause::kNeedless:
    case ResendCause::kLostBetween:
      return Share::kRecovery;
    case ResendCause::kLostBefore:
      return of_host(host, Share::kBeyondNear, Share::kBeyondFar);
    case ResendCause::kLostAfter:
      return of_host(host, Share::kBeyondFar, Share::kBeyondNear);
    case ResendCause::kUnknown:
    case ResendCause::kNone:
      break;
  }
  const std::uint8_t shut = shut_[host][own_row];
  if ((shut & kOtherShut) != 0) return of_host(host, Share::kFarZeroWindow, Share::kNearZeroWindow);
  if (s.length() > 0) return of_host(host, Share::kNearThink, Share::kFarThink);
  if ((shut & kOwnShut) != 0) return of_host(host, Share::kNearZeroWindow, Share::kFarZeroWindow);
  return of_host(host, Share::kNearDelayedAck, Share::kFarDelayedAck);
}

std::array<std::uint32_t, 2> Exchanges::at_both(std::uint32_t row_here) const {
  const std::uint32_t there = pair_.partner(here_, row_here);
  return here_ == kNear ? std::array{row_here, there} : std::array{there, row_here};
}

void Exchanges::add(Exchange& exchange, std::int64_t begin_ns, std::int64_t span_ns, Share share,
                    std::uint32_t from_here, std::uint32_t to_here) {
  exchange.shares[static_cast<std::size_t>(share)] += span_ns;
  std::int64_t& of_its_sign = span_ns < 0 ? exchange.backward_ns : exchange.passed_ns;
  of_its_sign = saturating_add(of_its_sign, span_ns);
  ++exchange.stretches;
  stretches_.push_back({near_time(begin_ns), span_ns, share, pair_.at(here_, to_here).direction(), at_both(from_here),
                        at_both(to_here)});
}

void Exchanges::follow_back(Exchange& exchange, std::uint32_t first, std::uint32_t last) {
  const std::int64_t start_ns = pair_.at(here_, first).time_ns;
  std::uint32_t arrived = last;
  while (true) {
    const std::int64_t arrived_ns = pair_.at(here_, arrived).time_ns;
    const std::uint32_t left = pair_.match.rows[here_][arrived].partner;
    const std::uint32_t cause_there = trigger_[there_][left];
    const std::uint32_t cause = cause_there == kNoRow ? kNoRow : pair_.match.rows[there_][cause_there].partner;
    if (cause == kNoRow || cause < first || cause >= arrived) {
      // What made the host send it lies before the exchange, or was not captured.
      const std::int64_t least = frame_.clock ? std::max<std::int64_t>(frame_.clock->round_trip_least_ns, 0) : 0;
      const std::int64_t transit = std::min(arrived_ns - start_ns, least);
      add(exchange, start_ns, transit, Share::kTransit, first, arrived);
      add(exchange, start_ns + transit, arrived_ns - start_ns - transit, share_of(there_, left), first, arrived);
      return;
    }
    const std::int64_t cause_ns = pair_.at(here_, cause).time_ns;
    const std::int64_t there = span_here(pair_.at(there_, left).time_ns - pair_.at(there_, cause_there).time_ns);
    const std::int64_t transit = arrived_ns - cause_ns - there;
    add(exchange, cause_ns, transit, Share::kTransit, cause, arrived);
    add(exchange, cause_ns + transit / 2, there, share_of(there_, left), cause, arrived);
    ++exchange.rounds;
    if (cause == first) return;
    const std::uint32_t before = trigger_[here_][cause];
    if (before == kNoRow || before < first) {
      add(exchange, start_ns, cause_ns - start_ns, share_of(here_, cause), first, cause);
      return;
    }
    const std::int64_t before_ns = pair_.at(here_, before).time_ns;
    add(exchange, before_ns, cause_ns - before_ns, share_of(here_, cause), before, cause);
    arrived = before;
  }
}

std::vector<RoundTrip> round_trips(const PairRows& pair, const Frame& frame) {
  std::vector<RoundTrip> found;
  const auto span_to_near = [&](std::int64_t span) { return frame.clock ? frame.clock->span_to_near(span) : span; };
  for (const unsigned asker : {kNear, kFar}) {  // the host whose data is answered; the answer leaves at the other point
    const unsigned point = asker ^ 1U;
    const auto& segments = pair.rows[point].segments;
    std::uint32_t asked = kNoRow;
    for (std::uint32_t row = 0; row < segments.size(); ++row) {
      const Segment& s = segments[row];
      const std::uint32_t other = pair.partner(point, row);
      if (s.side == asker) {
        if (s.length() > 0 && other != kNoRow && pair.match.rows[point][row].kind == MatchKind::kExact) asked = row;
        continue;
      }
      if (asked == kNoRow || !s.has(tcp_flag::kAck) || s.ack < segments[asked].end() || other == kNoRow) continue;
      const std::uint32_t asked_other = pair.partner(point, asked);
      const std::int64_t at_point = s.time_ns - segments[asked].time_ns;
      const std::int64_t at_asker = pair.at(asker, other).time_ns - pair.at(asker, asked_other).time_ns;
      RoundTrip trip;
      trip.near_ns = pair.at(kNear, point == kNear ? row : other).time_ns;
      trip.network_ns = asker == kNear ? at_asker - span_to_near(at_point) : span_to_near(at_asker) - at_point;
      trip.host_ns = at_point;
      trip.near_row = point == kNear ? row : other;
      trip.far_row = point == kNear ? other : row;
      found.push_back(trip);
      asked = kNoRow;
    }
  }
  return found;
}

}  // namespace pcapsule::analysis::compare
