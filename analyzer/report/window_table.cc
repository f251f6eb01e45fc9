// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/window_table.h"

#include <array>

#include "analyzer/report/connection_rows.h"
#include "analyzer/report/file_heading.h"
#include "analyzer/report/line_cells.h"

namespace pcapsule::report {

namespace {

using Cells = LineCells;
template <class Line>
using WindowColumn = LineColumn<Line>;

constexpr auto kNumber = ValueKind::kNumber;
constexpr auto kString = ValueKind::kText;

/// What every line begins with.
template <class Line>
constexpr std::array<WindowColumn<Line>, 5> kSide = {{
    {In::kAll, "tcp.stream", kNumber, "stream", 6, true, [](Cells& c, const Line& l) { c.number(l.of.connection); }},
    {In::kAll, "side", kString, "side", 6, false,
     [](Cells& c, const Line& l) { c.text(l.of.client ? "client" : "server"); }},
    {In::kData, "pcapsule.client", kString, "client", 21, false,
     [](Cells& c, const Line& l) { c.text(to_text(l.of.client_endpoint)); }},
    {In::kData, "pcapsule.server", kString, "server", 21, false,
     [](Cells& c, const Line& l) { c.text(to_text(l.of.server_endpoint)); }},
    {In::kData, "pcapsule.window_scale", kString, "scale", 9, false,
     [](Cells& c, const Line& l) { c.text(analysis::to_text(l.of.scale)); }},
}};

/// Whose window, as an address, where lines are few.
template <class Line>
constexpr WindowColumn<Line> kAddress = {
    In::kText, "address", kString, "address", 21, false, [](Cells& c, const Line& l) {
      c.text(to_text(l.of.client ? l.of.client_endpoint : l.of.server_endpoint));
    }};

constexpr auto kSummary = std::to_array<WindowColumn<SummaryLine>>({
    kAddress<SummaryLine>,
    {In::kAll, "stalls", kNumber, "stalls", 6, true, [](Cells& c, const auto& l) { c.number(l.summary.stalls); }},
    {In::kData, "open_stalls", kNumber, "", 0, true, [](Cells& c, const auto& l) { c.number(l.summary.open_stalls); }},
    {In::kAll, "stall_longest_ns", kNumber, "longest", 11, true,
     [](Cells& c, const auto& l) { l.summary.longest ? c.span(l.summary.longest->duration()) : c.none(); }},
    {In::kAll, "stall_longest_first_frame", kNumber, "frame", 8, true,
     [](Cells& c, const auto& l) { l.summary.longest ? c.number(l.summary.longest->begin.frame) : c.none(); }},
    {In::kAll, "stall_longest_last_frame", kNumber, "to frame", 8, true,
     [](Cells& c, const auto& l) { l.summary.longest ? c.number(l.summary.longest->end.frame) : c.none(); }},
    {In::kText, "end", kString, "end", 4, false,
     [](Cells& c, const auto& l) { l.summary.longest ? c.text(l.summary.longest->open ? "open" : "ends") : c.none(); }},
    {In::kData, "stall_longest_open", ValueKind::kBoolean, "", 0, false,
     [](Cells& c, const auto& l) { l.summary.longest ? c.boolean(l.summary.longest->open) : c.none(); }},
    {In::kAll, "stall_total_ns", kNumber, "total", 11, true,
     [](Cells& c, const auto& l) { c.span(l.summary.stall_total); }},
    {In::kAll, "probes", kNumber, "probes", 6, true, [](Cells& c, const auto& l) { c.number(l.summary.probes); }},
    {In::kAll, "tcp.analysis.window_full", kNumber, "full", 6, true,
     [](Cells& c, const auto& l) { l.summary.full ? c.number(l.summary.labelled_full) : c.none(); }},
    {In::kData, "tcp.analysis.zero_window_probe", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.number(l.summary.labelled_probes); }},
    {In::kData, "window_full", kNumber, "", 0, true, [](Cells& c, const auto& l) { c.number(l.summary.full); }},
    {In::kData, "window_exceeded", kNumber, "", 0, true, [](Cells& c, const auto& l) { c.number(l.summary.exceeded); }},
    {In::kData, "limited_ns", kNumber, "", 0, true, [](Cells& c, const auto& l) { c.span(l.summary.limited); }},
    {In::kAll, "limited_share", kNumber, "limited", 7, true,
     [](Cells& c, const auto& l) { c.share(l.summary.limited_share); }},
    {In::kData, "duration_ns", kNumber, "", 0, true, [](Cells& c, const auto& l) { c.span(l.summary.duration); }},
    {In::kAll, "samples", kNumber, "samples", 7, true, [](Cells& c, const auto& l) { c.number(l.summary.samples); }},
    {In::kAll, "window_min_bytes", kNumber, "min", 8, true,
     [](Cells& c, const auto& l) { c.number_if(l.summary.samples, l.summary.least); }},
    {In::kAll, "window_median_bytes", kNumber, "median", 8, true,
     [](Cells& c, const auto& l) { c.number_if(l.summary.samples, l.summary.median); }},
    {In::kAll, "window_max_bytes", kNumber, "max", 8, true,
     [](Cells& c, const auto& l) { c.number_if(l.summary.samples, l.summary.greatest); }},
    {In::kAll, "dips", kNumber, "dips", 4, true,
     [](Cells& c, const auto& l) { c.number_if(l.summary.samples, l.summary.dips); }},
});

constexpr auto kStalls = std::to_array<WindowColumn<StallLine>>({
    kAddress<StallLine>,
    {In::kAll, "first_frame", kNumber, "frame", 8, true,
     [](Cells& c, const auto& l) { c.number(l.stall.begin.frame); }},
    {In::kAll, "last_frame", kNumber, "to frame", 8, true,
     [](Cells& c, const auto& l) { c.number(l.stall.end.frame); }},
    {In::kAll, "time", kString, "time", 11, true,
     [](Cells& c, const auto& l) { c.time(l.stall.begin.time, l.of.start); }},
    {In::kData, "since_start_ns", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.span(l.stall.begin.time - l.of.start); }},
    {In::kAll, "duration_ns", kNumber, "duration", 11, true,
     [](Cells& c, const auto& l) { c.span(l.stall.duration()); }},
    {In::kText, "end", kString, "end", 4, false,
     [](Cells& c, const auto& l) { c.text(l.stall.open ? "open" : "ends"); }},
    {In::kData, "open", ValueKind::kBoolean, "", 0, false, [](Cells& c, const auto& l) { c.boolean(l.stall.open); }},
    {In::kAll, "probes", kNumber, "probes", 6, true, [](Cells& c, const auto& l) { c.number(l.stall.probes); }},
});

constexpr auto kDips = std::to_array<WindowColumn<DipLine>>({
    kAddress<DipLine>,
    {In::kAll, "first_frame", kNumber, "frame", 8, true, [](Cells& c, const auto& l) { c.number(l.dip.first.frame); }},
    {In::kAll, "lowest_frame", kNumber, "lowest", 8, true,
     [](Cells& c, const auto& l) { c.number(l.dip.lowest.frame); }},
    {In::kAll, "recovered_frame", kNumber, "recovers", 8, true,
     [](Cells& c, const auto& l) { c.number(l.dip.recovered.frame); }},
    {In::kAll, "time", kString, "time", 11, true,
     [](Cells& c, const auto& l) { c.time(l.dip.first.time, l.of.start); }},
    {In::kData, "since_start_ns", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.span(l.dip.first.time - l.of.start); }},
    {In::kAll, "duration_ns", kNumber, "duration", 11, true, [](Cells& c, const auto& l) { c.span(l.dip.duration()); }},
    {In::kAll, "segments", kNumber, "segments", 8, true, [](Cells& c, const auto& l) { c.number(l.dip.segments); }},
    {In::kAll, "window_min_bytes", kNumber, "min", 8, true,
     [](Cells& c, const auto& l) { c.number(l.dip.lowest_bytes); }},
    {In::kAll, "rolling_median_bytes", kNumber, "of", 8, true,
     [](Cells& c, const auto& l) { c.number(l.dip.median_bytes); }},
});

constexpr auto kTrend = std::to_array<WindowColumn<BucketLine>>({
    {In::kAll, "time", kString, "time", 11, true,
     [](Cells& c, const auto& l) { c.time(l.of.start + l.bucket.start, l.of.start); }},
    {In::kData, "since_start_ns", kNumber, "", 0, true, [](Cells& c, const auto& l) { c.span(l.bucket.start); }},
    {In::kAll, "samples", kNumber, "samples", 7, true, [](Cells& c, const auto& l) { c.number(l.bucket.samples); }},
    {In::kAll, "window_min_bytes", kNumber, "min", 8, true,
     [](Cells& c, const auto& l) { c.number_if(l.bucket.samples, l.bucket.least); }},
    {In::kAll, "window_median_bytes", kNumber, "median", 8, true,
     [](Cells& c, const auto& l) { c.number_if(l.bucket.samples, l.bucket.median); }},
    {In::kAll, "window_max_bytes", kNumber, "max", 8, true,
     [](Cells& c, const auto& l) { c.number_if(l.bucket.samples, l.bucket.greatest); }},
    {In::kAll, "min_frame", kNumber, "at min", 8, true,
     [](Cells& c, const auto& l) { c.number_if(l.bucket.samples, l.bucket.least_frame); }},
    {In::kAll, "max_frame", kNumber, "at max", 8, true,
     [](Cells& c, const auto& l) { c.number_if(l.bucket.samples, l.bucket.greatest_frame); }},
});

constexpr auto kBelow = std::to_array<WindowColumn<BelowLine>>({
    {In::kAll, "frame.number", kNumber, "frame", 8, true, [](Cells& c, const auto& l) { c.number(l.sample.at.frame); }},
    {In::kAll, "time", kString, "time", 11, true,
     [](Cells& c, const auto& l) { c.time(l.sample.at.time, l.of.start); }},
    {In::kData, "since_start_ns", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.span(l.sample.at.time - l.of.start); }},
    {In::kAll, "window_bytes", kNumber, "window", 8, true, [](Cells& c, const auto& l) { c.number(l.sample.bytes); }},
});

template <class Line, class Columns>
std::vector<Column> all_columns(const Columns& columns, bool text) {
  std::vector<Column> out;
  add_columns<Line>(out, kSide<Line>, text);
  add_columns<Line>(out, columns, text);
  return out;
}

std::vector<Column> columns_of(WindowView view, bool text) {
  switch (view) {
    case WindowView::kSummary:
      return all_columns<SummaryLine>(kSummary, text);
    case WindowView::kStalls:
      return all_columns<StallLine>(kStalls, text);
    case WindowView::kDips:
      return all_columns<DipLine>(kDips, text);
    case WindowView::kTrend:
      return all_columns<BucketLine>(kTrend, text);
    case WindowView::kBelow:
      return all_columns<BelowLine>(kBelow, text);
  }
  return {};
}

/// A display filter that shows the connection from one frame to another.
std::string between(const WindowSide& of, const read::Moment& first, const read::Moment& last) {
  return "tcp.stream == " + std::to_string(of.connection) + " && frame.number >= " + std::to_string(first.frame) +
         " && frame.number <= " + std::to_string(last.frame);
}

std::string filter_of(const SummaryLine& line) {
  if (line.summary.longest) return between(line.of, line.summary.longest->begin, line.summary.longest->end);
  return "tcp.stream == " + std::to_string(line.of.connection);
}
std::string filter_of(const StallLine& line) { return between(line.of, line.stall.begin, line.stall.end); }
std::string filter_of(const DipLine& line) { return between(line.of, line.dip.first, line.dip.recovered); }
std::string filter_of(const BelowLine& line) { return "frame.number == " + std::to_string(line.sample.at.frame); }
std::string filter_of(const BucketLine& line) {
  if (line.bucket.samples == 0) return {};
  return "frame.number in {" + std::to_string(line.bucket.least_frame) + ", " +
         std::to_string(line.bucket.greatest_frame) + "}";
}

}  // namespace

WindowTable::WindowTable(BufferedWriter& out, WindowView view, const WindowTableOptions& options,
                         std::string_view command, std::vector<std::string> files)
    : out_(out),
      options_(options),
      rows_left_(options.rows),
      several_files_(files.size() > 1),
      sentences_(view == WindowView::kBelow && options.format == OutputFormat::kText) {
  if (sentences_) return;
  auto columns = columns_of(view, options.format == OutputFormat::kText);
  if (options.filters) columns.push_back(filter_column());
  renderer_ = make_renderer(out, {options.format, options.fields, command, std::move(files), std::move(columns)});
}

void WindowTable::begin() {
  if (renderer_) renderer_->begin();
}

void WindowTable::file(std::string_view path, TimestampNs capture_start) {
  capture_start_ = capture_start;
  line_before_.reset();
  if (renderer_) return renderer_->file(path);
  if (several_files_) put_file_heading(out_, path);
}

bool WindowTable::count_row() {
  --rows_left_;
  return wants_more();
}

template <class Line, class Columns>
bool WindowTable::put_row(const Columns& columns, const Line& line) {
  if (!wants_more()) return false;
  const bool text = options_.format == OutputFormat::kText;
  row_.clear();
  Cells cells(row_, text, options_.time, capture_start_, line_before_);
  for (const auto& column : kSide<Line>) {
    if (is_in(column.in, text)) column.put(cells, line);
  }
  for (const auto& column : columns) {
    if (is_in(column.in, text)) column.put(cells, line);
  }
  if (options_.filters) {
    const std::string filter = filter_of(line);
    filter.empty() ? cells.none() : cells.text(filter);
  }
  renderer_->row(row_);
  return count_row();
}

bool WindowTable::put(const SummaryLine& line) { return put_row(kSummary, line); }
bool WindowTable::put(const StallLine& line) { return put_row(kStalls, line); }
bool WindowTable::put(const DipLine& line) { return put_row(kDips, line); }
bool WindowTable::put(const BucketLine& line) { return put_row(kTrend, line); }

bool WindowTable::put(const BelowLine& line) {
  if (renderer_) return put_row(kBelow, line);
  if (!wants_more()) return false;
  out_.append("Packet ordinal " + std::to_string(line.sample.at.frame) + " has a suspicious TCP window size (" +
              std::to_string(line.sample.bytes) + ")");
  if (options_.filters) out_.append("  " + filter_of(line));
  out_.put('\n');
  return count_row();
}

void WindowTable::totals(std::span<const Total> totals) {
  if (renderer_) renderer_->totals(totals);
}

void WindowTable::end() {
  if (renderer_) renderer_->end();
}

}  // namespace pcapsule::report
