// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/compare_words.h"

#include "common/text/time_text.h"

namespace pcapsule::report {

using namespace analysis::compare;
using compare::Comparison;

namespace {

std::string percent(double share) {
  const auto tenths = saturating_cast(share * 1000 + 0.5);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

std::string seconds(std::int64_t ns) {
  std::string text;
  text::append_seconds(text, {ns}, 3);
  return text + " s";
}

std::string counted(std::uint64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

/// ` That took 1.234 s, 56.7 % of the time of all exchanges.`
std::string cost(const Verdict& verdict, const ExchangeTotals& exchanges) {
  if (verdict.amount_ns <= 0 || exchanges.timed() == 0) return "";
  const std::string which = exchanges.untimed == 0 ? "all exchanges" : timed_of_all(exchanges);
  return " That took " + seconds(verdict.amount_ns) + ", " + percent(verdict.share) + " of the time of " + which + ".";
}

std::string of_network(const Verdict& verdict, const SliceTotals& all) {
  const std::uint64_t up = all.directions[0].lost;
  const std::uint64_t down = all.directions[1].lost;
  switch (verdict.reason) {
    case Reason::kLoss:
      return "It is the network: " + counted(up + down, "segment") + " got lost between the points, " +
             std::to_string(up) + " from near to far and " + std::to_string(down) + " from far to near." +
             cost(verdict, all.exchanges);
    case Reason::kDelay:
      return "It is the network: the way between the points took longer than usual." + cost(verdict, all.exchanges);
    case Reason::kReordering:
      return "It is the network: " + counted(all.findings.reordered, "segment") +
             " overtook others between the points; that cost no time that one notices.";
    case Reason::kInjectedReset:
      return "It is the network: something between the points sent a RST in the name of a host.";
    default:
      return "It is the network: the way between the points and back takes " + seconds(verdict.amount_ns) +
             " at its best.";
  }
}

/// What the network did is said as well, however little it was.
std::string network_too(const SliceTotals& all) {
  const Findings& f = all.findings;
  if (f.lost == 0) return " It is not the network.";
  const bool is_known = all.exchanges.untimed == 0 || f.recovery_ns > 0;
  return " The network lost " + counted(f.lost, "segment") +
         (is_known ? ", which took " + seconds(f.recovery_ns) + "." : ".");
}

std::string of_host(const Verdict& verdict, const std::string& host, const Findings::Host& findings,
                    const SliceTotals& all) {
  const std::string not_network = network_too(all);
  switch (verdict.reason) {
    case Reason::kThink:
      return "It is the " + host + ": it took its time before it sent." + cost(verdict, all.exchanges) + not_network;
    case Reason::kZeroWindow:
      return "It is the " + host + ": its receive window was shut." + cost(verdict, all.exchanges) + not_network;
    case Reason::kDelayedAck:
      return "It is the " + host + ": the other side waited for its acknowledgments." + cost(verdict, all.exchanges) +
             not_network;
    default:
      return "It is the " + host + ": it reset " + counted(findings.resets, "connection") + "." + not_network;
  }
}

/// No claim of a host whose exchanges have no time.
std::string of_nothing(const ExchangeTotals& exchanges) {
  const std::string network = "no segment got lost between the points, ";
  if (exchanges.timed() == 0 && exchanges.untimed > 0) {
    return "Nothing shows that anything is slow: " + network +
           "and the way took as long as usual. How long the hosts took is unknown: the stamps go backwards.";
  }
  const std::string all =
      "Nothing is slow: " + network + "the way took as long as usual, and neither host kept the other waiting for long";
  if (exchanges.untimed == 0) return all + ".";
  return all + ", as far as " + timed_of_all(exchanges) + " tell; in the rest the stamps go backwards.";
}

}  // namespace

std::string_view to_text(Direction direction) {
  return direction == Direction::kNearToFar ? "near_to_far" : "far_to_near";
}

std::string timed_of_all(const ExchangeTotals& exchanges) {
  return std::to_string(exchanges.timed()) + " of " + std::to_string(exchanges.count) + " exchanges";
}

Verdict verdict_of(const Comparison& comparison) {
  if (!comparison.summary) return {Party::kInconclusive, Reason::kNothingShared, 0, 0};
  if (comparison.overlap.last_ns < comparison.overlap.first_ns) return {Party::kInconclusive, Reason::kNoOverlap, 0, 0};
  return comparison.summary->all().verdict;
}

std::string sentence_of(const Comparison& comparison) {
  const Verdict verdict = verdict_of(comparison);
  if (verdict.reason == Reason::kNothingShared) {
    return "The two captures share no connection: either they are of other traffic, or something between the points "
           "ends connections and begins others.";
  }
  if (verdict.reason == Reason::kNoOverlap) return "The two captures do not overlap in time.";
  const SliceTotals& all = comparison.summary->all();
  switch (verdict.party) {
    case Party::kNetwork:
      return of_network(verdict, all);
    case Party::kServer:
      return of_host(verdict, "server", all.findings.server, all);
    case Party::kClient:
      return of_host(verdict, "client", all.findings.client, all);
    case Party::kBeyond:
      return std::string("It lies beyond the points: segments got lost ") +
             (verdict.reason == Reason::kLossBeyondFar ? "behind the far point." : "before the near point.") +
             cost(verdict, all.exchanges) + " It is not the network between the points.";
    case Party::kInconclusive:
      break;
  }
  return of_nothing(all.exchanges);
}

}  // namespace pcapsule::report
