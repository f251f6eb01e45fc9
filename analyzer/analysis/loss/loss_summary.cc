// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/loss/loss_summary.h"

#include <algorithm>

namespace pcapsule::analysis {

namespace {

using C = read::SegmentColumn;

constexpr auto kLossLabels =
    std::to_array<Label>({Label::kRetransmission, Label::kOutOfOrder, Label::kLostSegment, Label::kAckLostSegment});

Quantiles quantiles_of(SampleSet& samples) {
  Quantiles out;
  out.count = samples.count();
  if (out.count == 0) return out;
  out.least = samples.least();
  out.greatest = samples.greatest();
  out.median = samples.quantile_of(1, 2);
  out.p95 = samples.quantile_of(95, 100);
  return out;
}

/// Bits a second, rounded down; nullopt where there is no duration.
std::optional<std::uint64_t> rate(std::uint64_t bytes, DurationNs span) {
  if (span.value <= 0) return std::nullopt;
  return static_cast<std::uint64_t>(static_cast<long double>(bytes) * 8 * kNsPerSecond /
                                    static_cast<long double>(span.value));
}

}  // namespace

bool SideLosses::has_finding() const {
  const bool labelled = std::ranges::any_of(kLossLabels, [this](Label l) { return label(l) > 0; });
  const bool caused =
      std::ranges::any_of(std::to_array<Cause>({Cause::kUndecided, Cause::kLostBefore, Cause::kLostAfter,
                                                Cause::kNeedless, Cause::kReordered}),
                          [this](Cause c) { return cause(c) > 0; });
  return labelled || caused || old_bytes() > 0 || missing.by_capture + missing.by_network > 0 || stalls.count > 0;
}

read::ColumnSet loss_summary_columns(bool keep_duplicates) {
  const read::ColumnSet own = loss_columns() | label_columns() | read::ColumnSet{C::kWindow};
  return keep_duplicates ? own : own | copy_columns();
}

ConnectionLosses::ConnectionLosses(const read::Connection& connection, const MptcpTimeline& mptcp, bool keep_duplicates,
                                   bool lists)
    : keep_duplicates_(keep_duplicates), lists_(lists), labels_(connection, mptcp), replay_(connection) {}

void ConnectionLosses::feed(const read::SegmentChunk& chunk, std::size_t row, bool listed) {
  const LossRow of = loss_row(chunk, row);
  const std::uint64_t copy_of = keep_duplicates_ ? 0 : duplicates_.feed(copy_row(chunk, row)).value_or(0);
  if (copy_of != 0) {
    ++side_[of.side].losses.copies;
    replay_.feed(of, copy_of);
    if (lists_ && listed)
      segments_.push_back({of.row, of.at, of.side, replay_.position_of(of), of.payload, {}, {}, {}});
    take_settled();
    return;
  }
  const SegmentLabels labels = labels_.feed(label_row(chunk, row));
  StallRow stall;
  stall.outstanding = {replay_.in_flight(0) > 0, replay_.in_flight(1) > 0};
  stall.least_rtt = {replay_.least_rtt(0), replay_.least_rtt(1)};
  replay_.feed(of, 0);
  if (of.is_segment()) {
    note(of, labels, listed);
    note_stall(of, chunk.window[row], stall);
  }
  if (replay_.has_settled()) take_settled();
}

void ConnectionLosses::note(const LossRow& row, const SegmentLabels& labels, bool listed) {
  Side& side = side_[row.side];
  SideLosses& losses = side.losses;
  ++losses.segments;
  for (unsigned i = 0; i < kLabels; ++i) losses.labels[i] += labels.has(static_cast<Label>(i)) ? 1U : 0U;
  if (const auto& sample = replay_.rtt_sample()) side_[sample->side].rtt.add(sample->rtt.value);
  if (row.length_known() && row.payload > 0 && !row.word.has(tcp_flag::kRst)) {
    losses.payload_bytes += row.payload;
    losses.new_bytes += row.payload - replay_.old_payload();
    side.flight.add(static_cast<std::int64_t>(replay_.in_flight(row.side)));
    if (!side.first_data) side.first_data = row.at.time;
    side.last_data = std::max(side.last_data, row.at.time);
  }
  const bool labelled = std::ranges::any_of(kLossLabels, [&labels](Label l) { return labels.has(l); });
  if (lists_ && listed && (labelled || replay_.found())) {
    segments_.push_back({row.row, row.at, row.side, replay_.position(), row.payload, labels.set, {}, {}});
  }
}

/// `stall` says what stood before the row.
void ConnectionLosses::note_stall(const LossRow& row, std::uint16_t window, StallRow stall) {
  constexpr std::uint16_t kSfr = tcp_flag::kSyn | tcp_flag::kFin | tcp_flag::kRst;
  stall.at = row.at;
  stall.side = row.side;
  stall.zero_window = window == 0 && !row.word.has(kSfr);
  stall.opens_window = window > 0 && !row.word.has(tcp_flag::kSyn | tcp_flag::kRst);
  stall.sent_again = replay_.found();
  stalls_.feed(stall);
}

void ConnectionLosses::take_settled() {
  for (const LossFinding& finding : replay_.take_settled()) {
    ++side_[finding.side].losses.causes[static_cast<std::size_t>(finding.cause)];
    if (!lists_) continue;
    const auto at = std::ranges::lower_bound(segments_, finding.row, {}, &LossSegment::row);
    if (at == segments_.end() || at->row != finding.row) continue;
    at->cause = finding.cause;
    at->evidence = finding.evidence;
  }
}

std::array<SideLosses, 2> ConnectionLosses::finish() {
  replay_.finish();
  take_settled();
  stalls_.finish();
  for (const unsigned k : {0U, 1U}) finish_side(k);
  return {side_[0].losses, side_[1].losses};
}

void ConnectionLosses::finish_side(unsigned k) {
  Side& side = side_[k];
  SideLosses& losses = side.losses;
  losses.missing = replay_.missing(k);
  losses.rtt_ns = quantiles_of(side.rtt);
  losses.flight_bytes = quantiles_of(side.flight);
  losses.stalls = stalls_.side(k);
  if (!side.first_data) return;
  losses.throughput_bps = rate(losses.payload_bytes, side.last_data - *side.first_data);
  losses.goodput_bps = rate(losses.new_bytes, side.last_data - *side.first_data);
}

}  // namespace pcapsule::analysis
