// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/compare_text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "common/base/overflow.h"
#include "common/text/escape.h"
#include "common/text/time_text.h"

namespace pcapsule::report {

namespace {

using namespace analysis::compare;
using compare::Comparison;

constexpr std::array kDirections = {Direction::kNearToFar, Direction::kFarToNear};

/// Lines of a list on the page; the views have all.
constexpr std::size_t kLines = 10;

std::string seconds(std::int64_t ns) {
  std::string text;
  text::append_seconds(text, DurationNs{ns}, 3);
  return text + " s";
}

std::string milliseconds(std::int64_t ns) {
  // Thousandths of a millisecond, without a locale's point; clocks that are months apart need none.
  constexpr std::int64_t kGreatest = std::int64_t{1} << 52;
  if (ns > kGreatest || ns < -kGreatest) return seconds(ns);
  std::string text;
  text::append_seconds(text, DurationNs{ns * 1000}, 3);
  return text + " ms";
}
std::string milliseconds(const std::optional<std::int64_t>& ns) { return ns ? milliseconds(*ns) : "-"; }

std::string fixed(double value, int digits) {
  std::string text;
  text::append_seconds(text, DurationNs{saturating_cast(std::round(value * 1e9))}, digits);
  return text;
}

std::string percent_of(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? fixed(100 * static_cast<double>(part) / static_cast<double>(whole), 1) + " %" : "-";
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}
std::string right(const std::string& text, std::size_t width) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
}

std::string_view arrow(Direction direction) {
  return direction == Direction::kNearToFar ? "near to far" : "far to near";
}

/// One page. Each part is a paragraph with a heading in the first column.
class Page {
 public:
  Page(BufferedWriter& out, const Comparison& comparison, const CompareNames& names, bool utc)
      : out_(out), c_(comparison), names_(names), utc_(utc) {}

  void put() {
    put_verdict();
    put_files();
    put_connections();
    put_clock();
    if (!c_.summary) return;
    put_directions();
    put_exchanges();
    put_slices();
    put_losses();
  }

 private:
  void line(std::string_view heading, const std::string& text) {
    std::string row = padded(std::string(heading), kHeading) + text;
    row.erase(row.find_last_not_of(' ') + 1);
    out_.append(row);
    out_.put('\n');
  }
  /// Sentences, broken at blanks.
  void prose(std::string_view heading, std::string_view text) {
    while (text.size() > kProse) {
      const std::size_t blank = text.rfind(' ', kProse);
      if (blank == std::string_view::npos || blank == 0) break;
      line(heading, std::string(text.substr(0, blank)));
      heading = "";
      text.remove_prefix(blank + 1);
    }
    line(heading, std::string(text));
  }
  void gap() { out_.put('\n'); }

  void put_verdict() {
    const Verdict verdict = verdict_of(c_);
    std::string word(analysis::compare::to_text(verdict.party));
    std::ranges::transform(word, word.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
    line("VERDICT", word + " (" + std::string(analysis::compare::to_text(verdict.reason)) + ")");
    prose("", sentence_of(c_));
    if (c_.swapped)
      line("", "The files were given in the wrong order; near and far below are as they were found to be.");
    if (c_.summary) put_evidence(verdict);
  }

  /// What says the same as the verdict, most telling first.
  void put_evidence(const Verdict& verdict) {
    std::size_t shown = 0;
    for (const Evidence& e : c_.summary->evidence()) {
      if (!supports(e, verdict) || shown == kLines) continue;
      std::string text = padded(std::string(e.what), 17) + padded(std::string(arrow(e.direction)), 13);
      text += padded(e.amount_ns > 0 ? seconds(e.amount_ns) : "", 11);
      for (const unsigned point : {kNear, kFar}) {
        if (e.frame[point] == 0) continue;
        text += point == kNear ? "  near frame " : "  far frame ";
        text += std::to_string(e.frame[point]) + " (tcp.stream " + std::to_string(e.stream[point]) + ")";
      }
      line(shown++ == 0 ? "  proof" : "", text);
    }
  }

  [[nodiscard]] bool supports(const Evidence& e, const Verdict& verdict) const {
    const auto is = [&](Share share) { return e.what == analysis::compare::to_text(share); };
    const auto of_host = [&](Share think, Share zero_window, Share delayed_ack) {
      if (verdict.reason == Reason::kReset) return e.what == "reset";
      if (verdict.reason == Reason::kZeroWindow) return is(zero_window);
      return is(verdict.reason == Reason::kThink ? think : delayed_ack);
    };
    switch (verdict.party) {
      case Party::kNetwork:
        if (verdict.reason == Reason::kDelay) return is(Share::kTransit);
        return e.what == "lost" || is(Share::kRecovery) || e.what == "injected_reset" || e.what == "reordered";
      case Party::kServer:
        return of_host(Share::kFarThink, Share::kFarZeroWindow, Share::kFarDelayedAck);
      case Party::kClient:
        return of_host(Share::kNearThink, Share::kNearZeroWindow, Share::kNearDelayedAck);
      case Party::kBeyond:
        return is(Share::kBeyondNear) || is(Share::kBeyondFar) || e.what == "resent";
      case Party::kInconclusive:
        return false;
    }
    return false;
  }

  void put_files() {
    gap();
    for (const unsigned point : {kNear, kFar}) {
      const Span& span = c_.frame.captured[point];
      std::string text = text::escape_for_terminal(names_.file[point]) + ": ";
      text::append_local_time(text, TimestampNs{span.first_ns}, utc_);
      text += ", " + seconds(span.length_ns());
      if (c_.duplicates[point] > 0) {
        text += ", " + std::to_string(c_.duplicates[point]) + " duplicates at the tap left out";
      }
      line(point == kNear ? "NEAR" : "FAR", text);
    }
    if (!c_.frame.clock) return line("COVERAGE", "unknown, as the clocks are");
    if (c_.overlap.last_ns < c_.overlap.first_ns) return line("COVERAGE", "none: the captures do not overlap in time");
    const std::int64_t overlap = c_.overlap.length_ns();
    const Span& near = c_.frame.captured[kNear];
    const Span& far = c_.frame.captured[kFar];
    prose("COVERAGE", seconds(overlap) + " in common, " + percent_of(overlap, near.length_ns()) +
                          " of the near capture and " + percent_of(overlap, far.length_ns()) +
                          " of the far one; of the matched connections " + std::to_string(c_.segments_within[kNear]) +
                          " segments at near and " + std::to_string(c_.segments_within[kFar]) + " at far lie in it");
  }

  void put_connections() {
    std::array<std::uint64_t, 4> by{};
    for (const auto& pair : c_.pairs) ++by[static_cast<std::size_t>(pair.pair.by)];
    std::string text = std::to_string(c_.pairs.size()) + " in both";
    for (const MatchedBy how : {MatchedBy::kAddresses, MatchedBy::kNumbers, MatchedBy::kShift, MatchedBy::kContents}) {
      const std::uint64_t count = by[static_cast<std::size_t>(how)];
      if (count > 0) text += ", " + std::to_string(count) + " by " + std::string(explained(how));
    }
    prose("CONNECTIONS", text);
    for (const unsigned point : {kNear, kFar}) put_only(point);
  }

  static std::string_view explained(MatchedBy by) {
    switch (by) {
      case MatchedBy::kAddresses:
        return "addresses and sequence numbers";
      case MatchedBy::kNumbers:
        return "sequence numbers (the addresses are translated)";
      case MatchedBy::kShift:
        return "contents (the sequence numbers are moved by a constant)";
      case MatchedBy::kContents:
        return "contents";
    }
    return "";
  }

  void put_only(unsigned point) {
    const auto& only = c_.only[point];
    if (only.empty()) return;
    std::array<std::uint64_t, 4> why{};
    for (const auto& one : only) ++why[static_cast<std::size_t>(one.reason)];
    std::string text = std::to_string(only.size()) + (point == kNear ? " only at near" : " only at far");
    constexpr std::array<std::string_view, 4> kWhy = {
        "when the other capture had not begun or was over",
        "the other file has their endpoints, with other sequence numbers", "never seen at the other point",
        "no segment in common with the connection that has their numbers"};
    for (std::size_t i = 0; i < why.size(); ++i) {
      if (why[i] > 0) text += "; " + std::to_string(why[i]) + ": " + std::string(kWhy[i]);
    }
    prose("", text);
  }

  void put_clock() {
    if (!c_.frame.clock) return line("CLOCK", "unknown: no segment of one of the directions is in both");
    const ClockModel& clock = *c_.frame.clock;
    const bool ahead = clock.offset_ns >= 0;
    std::string text = std::string("the far one is ") + (ahead ? "ahead" : "behind") + " by " +
                       milliseconds(ahead ? clock.offset_ns : -clock.offset_ns) + ", give or take " +
                       milliseconds(clock.offset_bound_ns) + " whatever the path, " +
                       milliseconds(clock.offset_noise_ns) + " if both directions are equally fast at best; ";
    text += clock.drift_known
                ? "it runs " + std::string(clock.drift >= 0 ? "faster" : "slower") + " by " +
                      fixed(std::abs(clock.drift) * 1e6, 2) + " ppm, give or take " + fixed(clock.drift_noise * 1e6, 2)
                : std::string("its drift is unknown: too few segments");
    prose("CLOCK", text);
  }

  void put_directions() {
    const SliceTotals& all = c_.summary->all();
    gap();
    line("", right("segments", 10) + right("lost", 8) + right("missed", 8) + right("unknown", 9) +
                 right("reordered", 11) + right("doubled", 9) + right("delay min", 14) + right("median", 14) +
                 right("max", 14));
    for (const Direction direction : kDirections) {
      const DirectionTotals& d = all.directions[index_of(direction)];
      line(arrow(direction), right(std::to_string(d.segments), 10) + right(std::to_string(d.lost), 8) +
                                 right(std::to_string(d.missed[0] + d.missed[1]), 8) +
                                 right(std::to_string(d.unknown), 9) + right(std::to_string(d.reordered), 11) +
                                 right(std::to_string(d.duplicated()), 9) + right(milliseconds(d.delay.least()), 14) +
                                 right(milliseconds(d.delay.percentile(50)), 14) +
                                 right(milliseconds(d.delay.greatest()), 14));
      put_details(d);
    }
  }

  void put_details(const DirectionTotals& d) {
    std::string text;
    const auto add = [&](std::uint64_t count, const std::string& what) {
      if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + what;
    };
    add(d.ambiguous, "matched ambiguously");
    add(d.resegmented, "matched by byte range");
    add(d.missed[0], "missed by the first capture");
    add(d.missed[1], "missed by the second");
    add(d.resent_for(ResendCause::kLostBetween), "sent again after a loss between the points");
    add(d.resent_for(ResendCause::kNeedless), "sent again needlessly");
    add(d.resent_for(ResendCause::kLostBefore), "sent again after a loss before the first point");
    add(d.resent_for(ResendCause::kLostAfter), "sent again after a loss behind the second point");
    add(d.resent_for(ResendCause::kUnknown), "sent again, why is unknown");
    add(d.zero_windows, "with a zero window");
    if (!text.empty()) prose("", text);
  }

  void put_exchanges() {
    const SliceTotals& all = c_.summary->all();
    const ExchangeTotals& e = all.exchanges;
    gap();
    const auto& trip = all.round_trip;
    prose("ROUND TRIP", "between the points and back, from " + std::to_string(trip.count()) +
                            " answers and without the clocks: min " + milliseconds(trip.least()) + ", median " +
                            milliseconds(trip.percentile(50)) + ", 90 % " + milliseconds(trip.percentile(90)) +
                            ", 99 % " + milliseconds(trip.percentile(99)) + ", max " + milliseconds(trip.greatest()));
    put_time(e);
    const auto share = [&](Share s) { return e.shares[static_cast<std::size_t>(s)]; };
    const auto put_share = [&](const std::string& what, std::int64_t ns, const Sampler* samples,
                               const std::string& of) {
      if (ns == 0) return;
      std::string text = padded(what, 14) + right(seconds(ns), 12) + right(percent_of(ns, e.passed_ns), 9);
      if (samples != nullptr && samples->count() > 0) {
        text +=
            "   median " + milliseconds(samples->percentile(50)) + ", 90 % " + milliseconds(samples->percentile(90));
      }
      line("", text + (of.empty() ? "" : "   " + of));
    };
    const auto parts = [&](std::initializer_list<std::pair<Share, const char*>> list) {
      std::string text;
      for (const auto& [s, name] : list) {
        if (share(s) != 0) text += (text.empty() ? "" : ", ") + std::string(name) + " " + seconds(share(s));
      }
      return text.empty() ? text : "(" + text + ")";
    };
    put_share("network", network_of(e.shares), &e.network,
              parts({{Share::kTransit, "on its way"}, {Share::kRecovery, "waiting for what got lost"}}));
    put_share("far side", far_of(e.shares), &e.far,
              parts({{Share::kFarThink, "before it sent"},
                     {Share::kFarZeroWindow, "window shut"},
                     {Share::kFarDelayedAck, "acknowledging"}}));
    put_share("near side", near_of(e.shares), &e.near,
              parts({{Share::kNearThink, "before it sent"},
                     {Share::kNearZeroWindow, "window shut"},
                     {Share::kNearDelayedAck, "acknowledging"}}));
    put_share("beyond", beyond_of(e.shares), nullptr,
              parts({{Share::kBeyondNear, "near side"}, {Share::kBeyondFar, "far side"}}));
  }

  void put_time(const ExchangeTotals& e) {
    const std::string of = " exchanges of a request and its answer";
    const std::string why =
        " the stamps go backwards, by more than a millisecond and a thousandth of the time that passed";
    if (!e.has_times()) return prose("TIME", "unknown: in all " + std::to_string(e.count) + of + why);
    line("TIME", seconds(e.total_ns) + " in " + std::to_string(e.timed()) + of);
    if (e.untimed > 0) prose("", "left out: " + std::to_string(e.untimed) + " more, in which" + why);
  }

  /// Slices in which something was wrong.
  void put_slices() {
    std::size_t shown = 0;
    std::size_t wrong = 0;
    for (const SliceTotals& slice : c_.summary->slices()) {
      if (slice.verdict.party == Party::kInconclusive) continue;
      if (++wrong > kLines) continue;
      if (shown++ == 0) gap();
      const ExchangeTotals& e = slice.exchanges;
      std::string text = right(seconds((TimestampNs{slice.start_ns} - TimestampNs{c_.overlap.first_ns}).value), 10) +
                         "  " +
                         padded(std::string(analysis::compare::to_text(slice.verdict.party)) + " (" +
                                    std::string(analysis::compare::to_text(slice.verdict.reason)) + ")",
                                24);
      text += "lost " + std::to_string(slice.directions[0].lost) + " and " + std::to_string(slice.directions[1].lost);
      text += ", round trip " + milliseconds(slice.round_trip.percentile(50));
      const std::int64_t delayed = slice.verdict.amount_ns;
      if (delayed > 0) text += ", took " + seconds(delayed) + " of " + seconds(e.passed_ns);
      line(shown == 1 ? "SLICES" : "", text);
    }
    if (wrong > kLines) line("", "... and " + std::to_string(wrong - kLines) + " more; --slices shows all");
  }

  void put_losses() {
    std::size_t shown = 0;
    std::size_t lost = 0;
    for (const ListedAbsent& l : c_.summary->absent()) {
      if (l.absent.what != AbsentClass::kLost || ++lost > kLines) continue;
      if (shown++ == 0) {
        gap();
        line("LOST", right("frame", 14) + right("seq (raw)", 12) + right("bytes", 7) + "  proof");
      }
      const bool near = l.absent.seen_at == kNear;
      std::string text = right((near ? "near " : "far ") + std::to_string(l.frame), 14) +
                         right(std::to_string(l.seq), 12) + right(std::to_string(l.payload), 7) + "  " +
                         padded(std::string(analysis::compare::to_text(l.absent.proof)), 21);
      const std::uint64_t proof = l.proof_frame[near ? kFar : kNear];
      if (proof != 0) text += (near ? "far " : "near ") + std::to_string(proof);
      line(arrow(l.absent.direction), text);
    }
    if (lost > kLines) line("", "... and " + std::to_string(lost - kLines) + " more; --losses shows all");
  }

  static constexpr std::size_t kHeading = 13;
  static constexpr std::size_t kProse = 107;

  BufferedWriter& out_;
  const Comparison& c_;
  const CompareNames& names_;
  bool utc_;
};

}  // namespace

void put_compare_text(BufferedWriter& out, const Comparison& comparison, const CompareNames& names, bool utc) {
  Page(out, comparison, names, utc).put();
}

}  // namespace pcapsule::report
