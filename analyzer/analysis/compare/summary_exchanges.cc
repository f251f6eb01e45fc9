// SPDX-License-Identifier: Apache-2.0
// What exchanges add up to, and whose time it was.
#include <algorithm>
#include <array>

#include "analyzer/analysis/compare/summary.h"

namespace pcapsule::analysis::compare {

namespace {

/// People do not notice a host that takes less time in an exchange.
constexpr std::int64_t kNoticedNs = 20'000'000;

/// Waits for what is sent again that are worth a line of evidence.
constexpr std::int64_t kNoticedRepairNs = 1'000'000;

struct HostShares {
  Share think;
  Share zero_window;
  Share delayed_ack;
};
constexpr std::array kHostShares = {HostShares{Share::kNearThink, Share::kNearZeroWindow, Share::kNearDelayedAck},
                                    HostShares{Share::kFarThink, Share::kFarZeroWindow, Share::kFarDelayedAck}};

}  // namespace

void Summary::add_exchanges(const PairRows& pair, const PairAnalysis& analysis, const PairFacts& facts) {
  std::size_t next = 0;
  for (const Exchange& exchange : analysis.exchanges) {
    const std::size_t begin = next;
    next += exchange.stretches;
    for (SliceTotals* totals : {&all_, &slice_at(exchange.start_ns)}) {
      ++totals->exchanges.count;
      totals->exchanges.untimed += !exchange.is_timed();
    }
    if (options_.list_exchanges) list(exchange, pair, facts);
    if (!exchange.is_timed()) continue;
    add_times(exchange);
    for (std::size_t i = begin; i < next; ++i) {
      const Stretch& stretch = analysis.stretches[i];
      const bool noticed = of(exchange.shares, stretch.share) >= kNoticedNs;
      add_stretch(stretch, noticed, facts.client_point);
      const bool is_repair = stretch.share == Share::kRecovery || stretch.share == Share::kBeyondNear ||
                             stretch.share == Share::kBeyondFar;
      if (noticed || (is_repair && stretch.span_ns >= kNoticedRepairNs)) {
        note(to_text(stretch.share), pair, facts, stretch.direction, stretch.to_row, stretch.span_ns);
      }
    }
  }
}

void Summary::add_times(const Exchange& exchange) {
  for (SliceTotals* totals : {&all_, &slice_at(exchange.start_ns)}) {
    ExchangeTotals& e = totals->exchanges;
    e.network.add(network_of(exchange.shares));
    e.far.add(far_of(exchange.shares));
    e.near.add(near_of(exchange.shares));
  }
}

/// Sums stop at what 64 bits hold, so that no share is ever greater than the time that passed.
void Summary::add_stretch(const Stretch& stretch, bool noticed, unsigned client_point) {
  const std::int64_t passed_ns = std::max<std::int64_t>(stretch.span_ns, 0);
  const auto add = [&](std::int64_t& sum) { sum = saturating_add(sum, stretch.span_ns); };
  for (SliceTotals* totals : {&all_, &slice_at(stretch.begin_ns)}) {
    ExchangeTotals& e = totals->exchanges;
    add(e.total_ns);
    e.passed_ns = saturating_add(e.passed_ns, passed_ns);
    add(e.shares[static_cast<std::size_t>(stretch.share)]);
    e.rounds += stretch.share == Share::kTransit;
    Findings& f = totals->findings;
    f.passed_ns = e.passed_ns;
    if (stretch.share == Share::kRecovery) add(f.recovery_ns);
    if (stretch.share == Share::kBeyondNear) add(f.beyond_near_ns);
    if (stretch.share == Share::kBeyondFar) add(f.beyond_far_ns);
    if (!noticed) continue;
    for (const unsigned host : {kNear, kFar}) {
      Findings::Host& of_host = host == client_point ? f.client : f.server;
      if (stretch.share == kHostShares[host].think) add(of_host.think_ns);
      if (stretch.share == kHostShares[host].zero_window) add(of_host.zero_window_ns);
      if (stretch.share == kHostShares[host].delayed_ack) add(of_host.delayed_ack_ns);
    }
  }
}

void Summary::list(const Exchange& exchange, const PairRows& pair, const PairFacts& facts) {
  if (exchanges_.size() == kGreatestListed) {
    ++not_listed_;
    return;
  }
  ListedExchange listed;
  listed.exchange = exchange;
  listed.stream = facts.stream;
  listed.client_point = facts.client_point;
  listed.ends = {pair.at(facts.client_point, exchange.first_row).frame,
                 pair.at(facts.client_point, exchange.last_row).frame};
  for (unsigned point = 0; point < 2 && exchange.is_measured; ++point) {
    listed.request_frame[point] = pair.at(point, exchange.request_row[point]).frame;
    listed.answer_frame[point] = pair.at(point, exchange.answer_row[point]).frame;
  }
  exchanges_.push_back(listed);
}

}  // namespace pcapsule::analysis::compare
