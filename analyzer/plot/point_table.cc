// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/point_table.h"

#include "analyzer/plot/axis.h"
#include "analyzer/plot/figure.h"
#include "common/text/time_text.h"

namespace pcapsule::plot {

namespace {

using report::ValueKind;

std::vector<report::Column> columns_of(Kind kind, bool has_ranges) {
  const std::string x(x_key(kind));
  std::vector<report::Column> columns = {{"tcp.stream", ValueKind::kNumber, false, "stream", 6, true},
                                         {"series", ValueKind::kText, false, "series", 20, false},
                                         {"frame.number", ValueKind::kNumber, false, "frame", 8, true},
                                         {x, ValueKind::kNumber, false, x.substr(0, x.size() - 3), 17, true},
                                         {"value", ValueKind::kNumber, false, "value", 12, true}};
  if (has_ranges) columns.push_back({"value_end", ValueKind::kNumber, false, "up to", 12, true});
  columns.push_back({"unit", ValueKind::kText, false, "unit", 10, false});
  return columns;
}

}  // namespace

PointTable::PointTable(report::BufferedWriter& out, Kind kind, const PointTableOptions& options,
                       std::string_view command, std::vector<std::string> files)
    : text_(options.format == report::OutputFormat::kText),
      has_ranges_(kind == Kind::kTimeSequence),
      is_distribution_(kind == Kind::kHandshakeDistribution),
      rows_left_(options.rows),
      renderer_(report::make_renderer(
          out, {options.format, options.fields, command, std::move(files), columns_of(kind, has_ranges_)})) {}

void PointTable::add_cell(std::string_view value) {
  if (!value.empty()) row_.add(value);
  row_.end_cell();
}

bool PointTable::put(SeriesId series, const Point& point) {
  if (rows_left_ == 0 || renderer_->done()) return false;
  const SeriesSpec& spec = spec_of(series);
  row_.clear();
  add_cell(std::to_string(connection_));
  add_cell(spec.key);
  add_cell(point.frame == 0 ? std::string() : std::to_string(point.frame));
  std::string x = std::to_string(point.x_ns);
  if (text_) {
    x.clear();
    text::append_seconds(x, DurationNs{point.x_ns}, 6);
    x += "s";
  }
  add_cell(x);
  add_cell(plain_number(point.value));
  if (has_ranges_) add_cell(spec.style == Style::kRanges ? plain_number(point.value_end) : std::string());
  add_cell(to_text(is_distribution_ ? Unit::kShare : spec.unit));
  renderer_->row(row_);
  return --rows_left_ > 0;
}

}  // namespace pcapsule::plot
