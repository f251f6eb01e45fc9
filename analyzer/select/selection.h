// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/analysis/connection_set.h"
#include "analyzer/filter/filter.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/select/row_set.h"
#include "common/base/result.h"
#include "common/net/endpoint.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::select {

/// Connection numbers as on the command line.
using StreamRange = read::ConnectionRange;

/// `7`, `3,5-9`. kUsage: anything else.
Result<std::vector<StreamRange>> parse_streams(std::string_view text);

/// A bound of `--after` or `--before`.
struct TimeBound {
  enum class Clock : std::uint8_t {
    kEpoch,       ///< ISO-8601
    kCapture,     ///< since the first frame of the capture
    kConnection,  ///< since the first segment of the row's connection
  };
  Clock clock = Clock::kCapture;
  std::int64_t ns = 0;
};

/// `21.1` or `300ms`: since the first frame; with a leading `+`: since the
/// connection's first segment; else an ISO-8601 time. kUsage: anything else.
Result<TimeBound> parse_time_bound(std::string_view text);

/// What the user asks for, not yet tied to a file. Everything given must hold.
struct SelectionSpec {
  std::vector<StreamRange> streams;  ///< empty: all
  std::optional<EndpointPattern> client;
  std::optional<EndpointPattern> server;
  std::optional<TimeBound> after;   ///< from it on
  std::optional<TimeBound> before;  ///< up to but not including it
  std::optional<filter::Filter> filter;

  [[nodiscard]] bool chooses_connections() const { return !streams.empty() || client || server; }
};

/// The options in canonical form, as on the command line: equal specs give equal
/// texts. `all` when nothing is asked for.
std::string to_text(const SelectionSpec& spec);

/// The same for one record file: which connections, and which of their rows.
///
/// A filter over fields prunes chunks here. Which rows it selects needs a scan:
/// SegmentScan goes through them as it goes; what visits rows in another order has
/// apply_filter() of filtered.h look for them before.
class Selection {
 public:
  Selection(const SelectionSpec& spec, const read::Catalog& catalog, const read::ConnectionTable& table);

  [[nodiscard]] const analysis::ConnectionSet& connections() const { return connections_; }
  /// Least and greatest number of the selected connections; REQUIRES: connections().count() > 0.
  [[nodiscard]] std::uint32_t least_number() const { return least_number_; }
  [[nodiscard]] std::uint32_t greatest_number() const { return greatest_number_; }

  /// By the catalog: can the chunk hold a selected row? `earlier_too`: also if
  /// only rows before one, for what is computed from a connection's start.
  [[nodiscard]] bool may_match(const read::ChunkInfo& chunk, bool earlier_too) const;

  /// nullptr: none was given.
  [[nodiscard]] const filter::Filter* filter() const { return filter_ ? &*filter_ : nullptr; }

  /// Keeps only connections of `matching`, and with `rows` only those rows.
  void restrict_to(const analysis::ConnectionSet& matching, std::optional<RowSet> rows,
                   const read::ConnectionTable& table);

  /// Are rows told apart by the clock of their connection?
  [[nodiscard]] bool needs_connection_start() const { return since_start_; }

  [[nodiscard]] bool is_bounded_in_time() const { return !absolute_.is_all() || since_start_; }

  /// The columns that has() reads in that chunk, and those that tell a row's connection if that matters.
  [[nodiscard]] read::ColumnSet columns(const read::ChunkInfo& info) const;

  /// Is the row selected, given that its connection is? `start`: of the connection,
  /// read if needs_connection_start(). Headers that an ICMP error quotes are no rows
  /// of any output.
  [[nodiscard]] bool has(const read::SegmentChunk& chunk, std::size_t row, TimestampNs start) const;

  /// Are all rows of selected connections in that chunk selected?
  [[nodiscard]] bool has_all(const read::ChunkInfo& info) const {
    return absolute_.is_all() && !since_start_ && !rows_ && (info.oddities_any & oddity::kQuoted) == 0;
  }

 private:
  /// first <= time < end, on one clock.
  struct Span {
    std::int64_t first = std::numeric_limits<std::int64_t>::min();
    std::optional<std::int64_t> end;
    [[nodiscard]] bool has(std::int64_t ns) const { return ns >= first && (!end || ns < *end); }
    [[nodiscard]] bool is_all() const { return first == std::numeric_limits<std::int64_t>::min() && !end; }
  };

  void choose_connections(const SelectionSpec& spec, const read::ConnectionTable& table);
  void bound(const TimeBound& bound, bool is_end, const read::Catalog& catalog);

  analysis::ConnectionSet connections_;
  std::uint32_t least_number_ = 0;
  std::uint32_t greatest_number_ = 0;
  Span absolute_;
  Span relative_;  ///< to the connection's first segment
  bool since_start_ = false;
  const read::Catalog* catalog_;
  std::optional<filter::Filter> filter_;
  std::optional<RowSet> rows_;  ///< that the filter selects, once it was applied
};

}  // namespace pcapsule::select
