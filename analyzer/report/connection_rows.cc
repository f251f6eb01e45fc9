// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/connection_rows.h"

#include <algorithm>
#include <string_view>

#include "common/text/time_text.h"

namespace pcapsule::report {

namespace {

constexpr auto kDefaultFields = std::to_array<std::string_view>({"tcp.stream",
                                                                 "pcapsule.client",
                                                                 "pcapsule.server",
                                                                 "pcapsule.role",
                                                                 "pcapsule.start",
                                                                 "pcapsule.duration_ns",
                                                                 "pcapsule.first_frame",
                                                                 "pcapsule.last_frame",
                                                                 "pcapsule.client_frames",
                                                                 "pcapsule.server_frames",
                                                                 "pcapsule.client_bytes",
                                                                 "pcapsule.server_bytes",
                                                                 "pcapsule.client_payload_bytes",
                                                                 "pcapsule.server_payload_bytes",
                                                                 "pcapsule.handshake",
                                                                 "pcapsule.end",
                                                                 "pcapsule.conn_state",
                                                                 "pcapsule.history",
                                                                 "pcapsule.window_scale",
                                                                 "pcapsule.encapsulation",
                                                                 "tcp.completeness"});

constexpr auto kTextColumns = std::to_array<ConnectionColumn>({
    {"stream", 6, true, "tcp.stream"},
    {"start", 12, true, "pcapsule.start"},
    {"duration", 12, true, "pcapsule.duration_ns"},
    {"client", 21, false, "pcapsule.client"},
    {"server", 21, false, "pcapsule.server"},
    {"frames->", 8, true, "pcapsule.client_frames"},
    {"<-frames", 8, true, "pcapsule.server_frames"},
    {"bytes->", 10, true, "pcapsule.client_bytes"},
    {"<-bytes", 10, true, "pcapsule.server_bytes"},
    {"handshake", 12, false, "pcapsule.handshake"},
    {"end", 12, false, "pcapsule.end"},
    {"state", 6, false, "pcapsule.conn_state"},
    {"history", 12, false, "pcapsule.history"},
    {"completeness", 12, true, "tcp.completeness"},
});

constexpr std::string_view kSpanSuffix = "_ns";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

void add_value(Row& row, const fields::Field& field, const fields::ConnectionEntry& entry,
               const fields::FileTexts& texts) {
  fields::ValueBuffer buffer;
  if (const auto value = field.of_connection(entry)) {
    row.add(fields::value_text(buffer, field, *value, entry.connection, texts));
  }
  row.end_cell();
}

void add_filter(Row& row, const FilterOf& filter_of, const read::Connection& connection) {
  if (!filter_of) return;
  row.add(filter_of(connection));
  row.end_cell();
}

}  // namespace

Column filter_column() { return {"wireshark_filter", ValueKind::kText, false, "display filter", 0, false}; }

FieldList default_connection_fields() {
  FieldList list;
  for (const std::string_view name : kDefaultFields) list.push_back(fields::find_field(name));
  return list;
}

void ConnectionRows::put(read::RecordFile& file, const read::ConnectionTable& table,
                         std::span<const std::uint64_t> entries, select::TotalsReader& totals) {
  const fields::FileTexts texts(file.path(), file.catalog());
  for (const std::uint64_t entry : entries) {
    if (renderer_.done()) return;
    const read::Connection connection = table.at(entry);
    const analysis::ConnectionTotals sums = totals.of(connection);
    row_.clear();
    add_cells(row_, {connection, sums}, texts);
    add_filter(row_, filter_of_, connection);
    renderer_.row(row_);
  }
}

void ConnectionRows::add_cells(Row& row, const fields::ConnectionEntry& entry, const fields::FileTexts& texts) const {
  for (const fields::Field* field : fields_) add_value(row, *field, entry, texts);
}

std::span<const ConnectionColumn> connection_columns() { return kTextColumns; }

ConnectionLines::ConnectionLines(Renderer& renderer, const TimeFormat& time, std::span<const ConnectionColumn> columns,
                                 FilterOf filter_of)
    : renderer_(renderer), time_format_(time), filter_of_(std::move(filter_of)) {
  for (const ConnectionColumn& column : columns) {
    const fields::Field* missing = nullptr;
    if (column.field.ends_with(kSpanSuffix)) {
      const std::string_view stem = column.field.substr(0, column.field.size() - kSpanSuffix.size());
      missing = fields::find_field(std::string(stem) + "_missing");
    }
    shown_.push_back({fields::find_field(column.field), missing});
  }
}

std::vector<Column> ConnectionLines::columns(std::span<const ConnectionColumn> columns) {
  std::vector<Column> out;
  for (const ConnectionColumn& text : columns) {
    Column& column = out.emplace_back();
    column.name = text.heading;
    column.heading = text.heading;
    column.width = text.width;
    column.right_aligned = text.right_aligned;
  }
  return out;
}

void ConnectionLines::put(read::RecordFile& file, const read::ConnectionTable& table,
                          std::span<const std::uint64_t> entries, select::TotalsReader& totals) {
  const fields::FileTexts texts(file.path(), file.catalog());
  begin_file(file.catalog());
  for (const std::uint64_t entry : entries) {
    if (renderer_.done()) return;
    const read::Connection connection = table.at(entry);
    const analysis::ConnectionTotals sums = totals.of(connection);
    row_.clear();
    add_cells(row_, {connection, sums}, texts);
    add_filter(row_, filter_of_, connection);
    renderer_.row(row_);
  }
}

void ConnectionLines::add_cells(Row& row, const fields::ConnectionEntry& entry, const fields::FileTexts& texts) {
  for (const Shown& shown : shown_) put_cell(row, shown, entry, texts);
}

void ConnectionLines::put_cell(Row& row, const Shown& shown, const fields::ConnectionEntry& entry,
                               const fields::FileTexts& texts) {
  const auto value = shown.field->of_connection(entry);
  if (!value && shown.missing != nullptr) return add_value(row, *shown.missing, entry, texts);
  if (value && shown.field->type == fields::FieldType::kTime) {
    return put_time(row, TimestampNs{static_cast<std::int64_t>(*value)});
  }
  if (value && shown.field->name.ends_with(kSpanSuffix)) {
    scratch_.clear();
    text::append_seconds(scratch_, DurationNs{static_cast<std::int64_t>(*value)}, 6);
    row.add(scratch_ + "s");
    return row.end_cell();
  }
  add_value(row, *shown.field, entry, texts);
}

void ConnectionLines::put_time(Row& row, TimestampNs time) {
  LineTimes times;
  times.time = time;
  times.capture_start = capture_start_;
  times.connection_start = capture_start_;  // the clock that connections share
  if (line_before_) times.since_line_before = time - *line_before_;
  times.since_frame_before = times.since_line_before;
  format_time(scratch_, time_format_, times);
  row.add(trimmed(scratch_));
  row.end_cell();
  line_before_ = time;
}

void ConnectionSums::add(const read::ConnectionTable& table, const analysis::ConnectionSet& chosen,
                         select::TotalsReader& totals) {
  read::Connection connection;
  for (std::uint64_t entry = 0; entry < table.size(); ++entry) {
    if (!chosen.has(entry)) continue;
    table.read(entry, read::Facts::kTotals, connection);
    const analysis::ConnectionTotals of_one = totals.of(connection);
    ++connections_;
    for (std::size_t way = 0; way < 2; ++way) {
      frames_[way] += of_one.frames[connection.client ^ way];
      bytes_[way] += of_one.bytes[connection.client ^ way];
    }
  }
}

std::vector<Total> ConnectionSums::totals() const {
  return {{"connections", std::to_string(connections_)},
          {"client_frames", std::to_string(frames_[0])},
          {"server_frames", std::to_string(frames_[1])},
          {"client_bytes", std::to_string(bytes_[0])},
          {"server_bytes", std::to_string(bytes_[1])}};
}

}  // namespace pcapsule::report
