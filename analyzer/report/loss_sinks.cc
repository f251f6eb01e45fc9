// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/loss_sinks.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace pcapsule::report {

using analysis::Cause;
using analysis::SideLosses;

void LossSums::add(const SideLosses& losses) {
  segments += losses.segments;
  copies += losses.copies;
  payload_bytes += losses.payload_bytes;
  new_bytes += losses.new_bytes;
  for (std::size_t i = 0; i < causes.size(); ++i) causes[i] += losses.causes[i];
  missing.by_capture += losses.missing.by_capture;
  missing.by_network += losses.missing.by_network;
  stalls += losses.stalls.count;
  sides_with_findings += losses.has_finding() ? 1U : 0U;
}

std::vector<Total> LossSums::totals() const {
  const auto cause = [this](Cause of) { return std::to_string(causes[static_cast<std::size_t>(of)]); };
  return {{"connections", std::to_string(connections)},
          {"sides_with_findings", std::to_string(sides_with_findings)},
          {"segments", std::to_string(segments)},
          {"copies", std::to_string(copies)},
          {"payload_bytes", std::to_string(payload_bytes)},
          {"unique_bytes", std::to_string(new_bytes)},
          {"retransmitted_bytes", std::to_string(payload_bytes - new_bytes)},
          {"lost_before_the_tap", cause(Cause::kLostBefore)},
          {"lost_after_the_tap", cause(Cause::kLostAfter)},
          {"needless", cause(Cause::kNeedless)},
          {"reordered", cause(Cause::kReordered)},
          {"undecided", cause(Cause::kUndecided)},
          {"missed_by_capture_bytes", std::to_string(missing.by_capture)},
          {"lost_by_network_bytes", std::to_string(missing.by_network)},
          {"stalls", std::to_string(stalls)}};
}

void LossSink::begin(const read::Connection& connection, std::span<const analysis::Rebase> /*rebases*/,
                     TimestampNs start) {
  close();
  connection_ = connection;
  start_ = start;
  losses_.emplace(connection, mptcp_, keep_duplicates_, view_ == LossView::kSegments);
}

bool LossSink::row(const read::SegmentChunk& chunk, std::size_t row, bool /*selected*/) {
  // A side's place among the others, the totals and whether anything is found need all rows.
  if (table_.done() || (view_ == LossView::kSegments && !table_.wants_more() && findings_ > 0)) return false;
  const bool shown = view_ == LossView::kSegments && listed_.has(chunk, row, start_);
  losses_->feed(chunk, row, shown);
  return true;
}

LossSide LossSink::side(unsigned k) const {
  return {connection_.number, k == connection_.client, connection_.client_side().endpoint,
          connection_.server_side().endpoint, start_};
}

void LossSink::close() {
  if (!losses_) return;
  auto sides = losses_->finish();
  ++sums_.connections;
  for (const unsigned k : {unsigned{connection_.client}, connection_.client ^ 1U}) {
    sums_.add(sides[k]);
    if (view_ != LossView::kSummary) continue;
    if (sides[k].has_finding()) ++findings_;
    if (all_ || sides[k].has_finding()) found_.push_back({side(k), k, std::move(sides[k])});
  }
  if (view_ == LossView::kSegments) put_segments();
  losses_.reset();
}

void LossSink::put_segments() {
  findings_ += losses_->segments().size();
  for (const analysis::LossSegment& segment : losses_->segments()) {
    if (!table_.wants_more()) return;
    table_.put(LossSegmentLine{side(segment.side), segment});
  }
}

void LossSink::put_sides() {
  const auto rank = [](const Found& found) {
    return std::tuple(found.losses.stalls.total, found.losses.old_bytes(), ~found.of.connection, found.of.client);
  };
  std::ranges::stable_sort(found_, std::ranges::greater(), rank);
  for (const Found& found : found_) {
    if (!table_.put(LossLine{found.of, found.losses})) return;
  }
}

}  // namespace pcapsule::report
