// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/window_sinks.h"

#include <algorithm>

namespace pcapsule::report {

using analysis::WindowRow;

read::ColumnSet WindowOptions::columns(bool labels) const {
  read::ColumnSet columns = analysis::window_columns();
  if (!keep_duplicates) columns |= analysis::copy_columns();
  return labels ? columns | analysis::label_columns() : columns;
}

void WindowSink::begin(const read::Connection& connection, std::span<const analysis::Rebase> /*rebases*/,
                       TimestampNs start) {
  close();
  connection_ = connection;
  scale_ = analysis::window_scale(connection, options_.assumed_scale);
  start_ = start;
  duplicates_ = {};
  open_ = true;
  unknown_ = false;
  begin_connection();
}

bool WindowSink::row(const read::SegmentChunk& chunk, std::size_t row, bool selected) {
  if (!wants_more() && !seeks_finding()) return false;
  const WindowRow of = analysis::window_row(chunk, row);
  if (!options_.keep_duplicates && duplicates_.feed(analysis::copy_row(chunk, row))) return true;
  any_row(chunk, row);
  if (!of.is_segment()) return true;
  unknown_ |= selected && wants(of.side) && !analysis::is_certain(scale_.state) &&
              !of.word.has(tcp_flag::kSyn | tcp_flag::kRst);
  return segment(of, selected);
}

void WindowSink::close() {
  if (!open_) return;
  open_ = false;
  if (unknown_) ++unknown_scales_;
  end_connection();
}

WindowSide WindowSink::side(unsigned k) const {
  return {connection_.number,
          k == connection_.client,
          connection_.client_side().endpoint,
          connection_.server_side().endpoint,
          scale_.state,
          start_};
}

std::vector<unsigned> WindowSink::sides() const {
  std::vector<unsigned> chosen;
  for (const unsigned k : {unsigned{connection_.client}, connection_.client ^ 1U}) {
    if (wants(k)) chosen.push_back(k);
  }
  return chosen;
}

std::vector<Total> WindowSums::totals() const {
  return {{"connections", std::to_string(connections)},
          {"stalled_sides", std::to_string(stalled)},
          {"window_full_sides", std::to_string(full)},
          {"dipped_sides", std::to_string(dipped)},
          {"connections_of_unknown_scale", std::to_string(unknown)}};
}

void WindowSummaries::begin_connection() {
  window_.emplace(scale(), options().dips);
  labels_.emplace(connection(), mptcp_);
  labelled_full_ = {};
  labelled_probes_ = {};
}

void WindowSummaries::any_row(const read::SegmentChunk& chunk, std::size_t row) {
  const analysis::LabelRow of = analysis::label_row(chunk, row);
  const analysis::SegmentLabels labels = labels_->feed(of);
  const unsigned receiver = of.side ^ 1U;
  if (labels.has(analysis::Label::kWindowFull)) ++labelled_full_[receiver];
  if (labels.has(analysis::Label::kZeroWindowProbe)) ++labelled_probes_[receiver];
}

bool WindowSummaries::segment(const WindowRow& row, bool /*selected*/) {
  window_->feed(row);
  return true;
}

void WindowSummaries::end_connection() {
  const analysis::ConnectionWindow window = window_->finish();
  ++sums_.connections;
  for (const unsigned k : sides()) {
    analysis::WindowSummary summary = analysis::summary_of(window, k);
    summary.connection = connection().number;
    summary.scale = scale().state;
    summary.labelled_full = labelled_full_[k];
    summary.labelled_probes = labelled_probes_[k];
    if (summary.stalls > 0) {
      ++sums_.stalled;
      count_finding();
    }
    if (summary.labelled_full > 0 || summary.full.value_or(0) > 0) ++sums_.full;
    if (summary.dips > 0) ++sums_.dipped;
    if (all_ || summary.stalls > 0) found_.push_back(summary);
  }
}

void WindowSummaries::put(WindowTable& table, const read::ConnectionTable& connections) {
  sums_.unknown += unknown_scales();
  std::ranges::sort(found_, analysis::stalled_longer);
  for (const analysis::WindowSummary& summary : found_) {
    const auto entry = connections.find(summary.connection);
    const unsigned client = connections.client(*entry);
    const WindowSide of = {summary.connection,
                           summary.side == client,
                           connections.endpoint(*entry, client),
                           connections.endpoint(*entry, client ^ 1U),
                           summary.scale,
                           {}};
    if (!table.put(SummaryLine{of, summary})) return;
  }
}

void WindowEvents::begin_connection() { window_.emplace(scale(), options().dips); }

bool WindowEvents::segment(const WindowRow& row, bool /*selected*/) {
  window_->feed(row);
  return true;
}

void WindowEvents::end_connection() {
  const analysis::ConnectionWindow window = window_->finish();
  for (const unsigned k : sides()) {
    if (!(view_ == WindowView::kStalls ? put_stalls(k, window) : put_dips(k, window))) return;
  }
}

bool WindowEvents::put_stalls(unsigned k, const analysis::ConnectionWindow& window) {
  return std::ranges::all_of(window.side[k].stalls, [&](const analysis::WindowStall& stall) {
    if (!table_.wants_more() && !seeks_finding()) return false;
    count_finding();
    return table_.put(StallLine{side(k), stall});
  });
}

bool WindowEvents::put_dips(unsigned k, const analysis::ConnectionWindow& window) {
  return std::ranges::all_of(window.side[k].dips, [&](const analysis::WindowDip& dip) {
    if (!table_.wants_more() && !seeks_finding()) return false;
    count_finding();
    return table_.put(DipLine{side(k), dip});
  });
}

void WindowTrends::begin_connection() {
  const DurationNs duration = connection().last.time - connection().first.time;
  const auto& asked = options().bucket;
  trend_.emplace(start(), asked ? analysis::BucketWidth{*asked, std::nullopt}
                                : analysis::default_width(duration, analysis::kUsualTrendBuckets));
}

bool WindowTrends::segment(const WindowRow& row, bool selected) {
  if (!selected) return true;
  allowance_.add_segment();
  trend_->see(row.at.time);
  if (!wants(row.side)) return true;
  if (const auto sample = analysis::window_sample(scale(), row)) trend_->add(*sample);
  return true;
}

void WindowTrends::end_connection() {
  if (!analysis::is_certain(scale().state)) return;
  for (const unsigned k : sides()) {
    const auto buckets = allowance_.take(trend_->count()) ? trend_->buckets(k) : std::nullopt;
    if (!buckets) return too_long_.push_back(connection().number);
    for (const analysis::TrendBucket& bucket : *buckets) {
      if (!table_.put(BucketLine{side(k), bucket})) return;
    }
  }
}

bool WindowsBelow::segment(const WindowRow& row, bool selected) {
  if (!selected || !wants(row.side)) return true;
  auto sample = analysis::window_sample(scale(), row);
  if (!sample && analysis::is_zero_window(row)) sample = analysis::WindowSample{row.at, row.side, 0};
  if (!sample || sample->bytes >= options().below) return true;
  count_finding();
  return table_.put(BelowLine{side(row.side), *sample});
}

}  // namespace pcapsule::report
