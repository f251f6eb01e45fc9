// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analyzer/analysis/connection_totals.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/report/field_columns.h"
#include "analyzer/report/packets_text.h"
#include "analyzer/report/renderer.h"

namespace pcapsule::report {

/// What `connections` prints where the user names no fields.
FieldList default_connection_fields();

/// Shows a renderer connections, one row each: the values of fields of connections.
class ConnectionRows {
 public:
  ConnectionRows(Renderer& renderer, FieldList fields) : renderer_(renderer), fields_(std::move(fields)) {}

  void put(read::RecordFile& file, const read::ConnectionTable& table, std::span<const std::uint64_t> entries);

 private:
  Renderer& renderer_;
  FieldList fields_;
  Row row_;
};

/// The same for people: fewer facts, in columns that fit on a wide screen.
class ConnectionLines {
 public:
  ConnectionLines(Renderer& renderer, const TimeFormat& time);

  static std::vector<Column> columns();

  void put(read::RecordFile& file, const read::ConnectionTable& table, std::span<const std::uint64_t> entries);

 private:
  void put_line(const read::Connection& connection, const analysis::ConnectionTotals& totals, TimestampNs capture_start,
                const fields::FileTexts& texts);
  void put_time(TimestampNs start, TimestampNs capture_start);

  Renderer& renderer_;
  TimeFormat time_format_;
  FieldList fields_;  ///< by column; nullptr: start, duration
  std::optional<TimestampNs> line_before_;
  std::string scratch_;
  Row row_;
};

/// Sums over connections; [0] is what the clients sent.
class ConnectionSums {
 public:
  void add(read::RecordFile& file, const read::ConnectionTable& table, const analysis::ConnectionSet& chosen);
  [[nodiscard]] std::vector<Total> totals() const;

 private:
  std::uint64_t connections_ = 0;
  std::array<std::uint64_t, 2> frames_{};
  std::array<std::uint64_t, 2> bytes_{};
};

}  // namespace pcapsule::report
