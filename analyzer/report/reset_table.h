// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analyzer/analysis/reset_summary.h"
#include "analyzer/report/connection_rows.h"
#include "analyzer/report/renderer.h"

namespace pcapsule::report {

/// A RST, and what else its client had in progress then.
struct ListedReset {
  std::uint64_t entry = 0;  ///< of the connection table
  analysis::Reset reset;
  analysis::OtherConnections others;  ///< of a RST that ended its connection
};

/// The other connections that --others lists of each RST, at most.
inline constexpr std::size_t kGreatestOthers = 20;

/// What `resets` prints where the user names no fields.
FieldList default_reset_fields();

/// What the rows of RSTs show besides the fields.
struct ResetRowsSpec {
  bool text = false;  ///< columns for people instead of fields
  FieldList fields;
  TimeFormat time;
  bool others = false;   ///< list the other connections, in text a line each
  bool filters = false;  ///< a display filter each
};

/// Shows a renderer RSTs, one row each: fields, how many other connections were in
/// progress, and what was asked for besides.
class ResetRows {
 public:
  /// `out`: where `renderer` writes to.
  ResetRows(Renderer& renderer, BufferedWriter& out, const ResetRowsSpec& spec);

  static std::vector<Column> columns(const ResetRowsSpec& spec);

  void put(read::RecordFile& file, const read::ConnectionTable& table, std::span<const ListedReset> resets,
           select::TotalsReader& totals);

 private:
  void add_counts(const ListedReset& listed);
  void add_others(const read::ConnectionTable& table, const ListedReset& listed);
  void print_others(const read::ConnectionTable& table, const ListedReset& listed);

  Renderer& renderer_;
  BufferedWriter& out_;
  ResetRowsSpec spec_;
  ConnectionRows values_;
  ConnectionLines lines_;
  Row row_;
};

/// RSTs summed up by client: a row each.
std::vector<Column> client_reset_columns();
void put_client_resets(Renderer& renderer, std::span<const analysis::ClientResets> clients);

std::vector<Total> reset_totals(const analysis::ResetCounts& counts);

}  // namespace pcapsule::report
