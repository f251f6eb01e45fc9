// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "analyzer/analysis/labels/mptcp_timeline.h"
#include "analyzer/fields/chunk_context.h"
#include "analyzer/filter/evaluator.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/select/cause_map.h"
#include "analyzer/select/connection_states.h"
#include "analyzer/select/damage.h"
#include "analyzer/select/row_totals.h"
#include "analyzer/select/rows_ahead.h"
#include "analyzer/select/selection.h"

namespace pcapsule::select {

/// What a scan has to provide for each row.
struct ScanRequest {
  read::ColumnSet columns;
  fields::Needs needs = fields::kNothing;
};

/// The selected rows of a record file in file order, chunk by chunk, those of the
/// selection's filter included. A damaged chunk is left out and noted; a query over
/// the rest goes on. Where the filter selects no row of a chunk, no more of it is
/// read than the filter needs.
class SegmentScan {
 public:
  SegmentScan(read::RecordFile& file, const read::ConnectionTable& table, const Selection& selection,
              const ScanRequest& request);
  SegmentScan(const SegmentScan&) = delete;  // its context refers to it
  SegmentScan& operator=(const SegmentScan&) = delete;

  /// Goes to the next chunk with selected rows; false at the end.
  bool next();

  /// REQUIRES: the last next() was true. Valid until the next one.
  [[nodiscard]] const fields::ChunkContext& context() const { return context_; }
  /// Selected rows of the chunk, ascending, at least one.
  [[nodiscard]] std::span<const std::uint16_t> rows() const { return rows_; }

  /// What was left out so far.
  [[nodiscard]] const DamageList& damage() const { return damage_; }

 private:
  Result<void> load(std::uint32_t chunk);
  Result<void> view(std::uint32_t chunk, read::ColumnSet columns);
  [[nodiscard]] bool needs_every_row() const;
  void note_patterns();
  Result<void> load_ahead(std::uint32_t chunk);
  Result<void> load_connections(std::uint32_t chunk);
  void find_starts();
  void select_rows(const read::ChunkInfo& info);

  read::RecordFile& file_;
  const read::ConnectionTable& table_;
  const Selection& selection_;
  ScanRequest request_;
  fields::FileTexts texts_;
  DamageList damage_;  ///< before what notes damage as it is made
  analysis::MptcpTimeline mptcp_;
  std::optional<CauseMap> causes_;
  std::vector<std::uint8_t> row_causes_;
  ConnectionStates states_;
  TotalsReader totals_;
  std::vector<std::uint32_t> chunks_;
  std::size_t at_ = 0;
  std::vector<analysis::Rebase> rebases_;
  std::unordered_map<std::uint64_t, TimestampNs> starts_;  ///< by entry, of connections whose rows alone tell it
  std::optional<filter::Evaluator> filter_;
  std::unique_ptr<RowsAhead> ahead_;  ///< in place of `filter_` where chunks alone tell their rows
  fields::ChunkContext context_;
  std::vector<std::uint16_t> rows_;
};

/// The rebases of all chunks that a selection may touch; nearly always none. What
/// is damaged is left out, and told in `damage`.
std::vector<analysis::Rebase> collect_rebases(read::RecordFile& file, const Selection& selection,
                                              DamageList* damage = nullptr);

/// Multipath TCP in the whole file, which every analysis::LabelReplay needs; empty where the chunks that a
/// selection may touch have none of it. What is damaged is left out, and told in `damage`.
analysis::MptcpTimeline collect_mptcp(read::RecordFile& file, const Selection& selection, DamageList* damage = nullptr);

}  // namespace pcapsule::select
