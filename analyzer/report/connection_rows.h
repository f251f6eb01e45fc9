// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/analysis/connection_totals.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/report/field_columns.h"
#include "analyzer/report/packets_text.h"
#include "analyzer/report/renderer.h"
#include "analyzer/select/row_totals.h"

namespace pcapsule::report {

/// What `connections` prints where the user names no fields.
FieldList default_connection_fields();

/// Says a display filter that shows a connection's finding; empty: no such column.
using FilterOf = std::function<std::string(const read::Connection&)>;

/// The column of that filter.
Column filter_column();

/// Shows a renderer connections, one row each: the values of fields of connections.
class ConnectionRows {
 public:
  ConnectionRows(Renderer& renderer, FieldList fields, FilterOf filter_of = {})
      : renderer_(renderer), fields_(std::move(fields)), filter_of_(std::move(filter_of)) {}

  void put(read::RecordFile& file, const read::ConnectionTable& table, std::span<const std::uint64_t> entries,
           select::TotalsReader& totals);

  /// The cells of one connection, for a row with more of them.
  void add_cells(Row& row, const fields::ConnectionEntry& entry, const fields::FileTexts& texts) const;

 private:
  Renderer& renderer_;
  FieldList fields_;
  FilterOf filter_of_;
  Row row_;
};

/// A column of a text about connections: heading, width, and the field that it shows.
/// Times print in the style of -t, spans of nanoseconds as seconds, and a leg of the
/// handshake that has no number as its reason.
struct ConnectionColumn {
  const char* heading;
  std::uint8_t width;
  bool right_aligned;
  std::string_view field;
};

/// What `connections` shows people.
std::span<const ConnectionColumn> connection_columns();

/// Shows people connections, one line each: fewer facts, in columns that fit on a wide screen.
class ConnectionLines {
 public:
  ConnectionLines(Renderer& renderer, const TimeFormat& time, std::span<const ConnectionColumn> columns,
                  FilterOf filter_of = {});

  static std::vector<Column> columns(std::span<const ConnectionColumn> columns);

  void put(read::RecordFile& file, const read::ConnectionTable& table, std::span<const std::uint64_t> entries,
           select::TotalsReader& totals);

  /// The cells of one connection, for a row with more of them. begin_file() comes first.
  void begin_file(const read::Catalog& catalog) { capture_start_ = catalog.first_frame_time; }
  void add_cells(Row& row, const fields::ConnectionEntry& entry, const fields::FileTexts& texts);

 private:
  struct Shown {
    const fields::Field* field;
    const fields::Field* missing;  ///< says why the field has no value; nullptr: nothing does
  };

  void put_cell(Row& row, const Shown& shown, const fields::ConnectionEntry& entry, const fields::FileTexts& texts);
  void put_time(Row& row, TimestampNs time);

  Renderer& renderer_;
  TimeFormat time_format_;
  FilterOf filter_of_;
  std::vector<Shown> shown_;
  TimestampNs capture_start_;
  std::optional<TimestampNs> line_before_;
  std::string scratch_;
  Row row_;
};

/// Sums over connections; [0] is what the clients sent.
class ConnectionSums {
 public:
  void add(const read::ConnectionTable& table, const analysis::ConnectionSet& chosen, select::TotalsReader& totals);
  [[nodiscard]] std::vector<Total> totals() const;

 private:
  std::uint64_t connections_ = 0;
  std::array<std::uint64_t, 2> frames_{};
  std::array<std::uint64_t, 2> bytes_{};
};

}  // namespace pcapsule::report
