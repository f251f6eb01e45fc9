// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/segment_scan.h"

#include "analyzer/select/chunk_chain.h"
#include "analyzer/select/row_totals.h"

namespace pcapsule::select {

using C = read::SegmentColumn;

std::vector<analysis::Rebase> collect_rebases(read::RecordFile& file, const Selection& selection) {
  std::vector<analysis::Rebase> rebases;
  for (std::size_t k = 0; k < file.segment_chunks(); ++k) {
    const read::ChunkInfo info = file.segment_chunk_info(k);
    if (info.rebases == 0 || !selection.may_match(info, true)) continue;
    const auto chunk = file.segments(k, {C::kRebase, C::kConnection, C::kMarks, C::kSeq});
    if (chunk) analysis::append_rebases(*chunk, rebases);
  }
  analysis::sort_rebases(rebases);
  return rebases;
}

SegmentScan::SegmentScan(read::RecordFile& file, const read::ConnectionTable& table, const Selection& selection,
                         const ScanRequest& request)
    : file_(file),
      table_(table),
      selection_(selection),
      request_(request),
      texts_(file.path(), file.catalog()),
      states_(file, request_.needs),
      chunks_(candidate_chunks(file, table, selection, states_.needs_every_row())) {
  if ((request_.needs & fields::kBases) != 0) rebases_ = collect_rebases(file, selection);
  context_.catalog = &file.catalog();
  context_.texts = &texts_;
}

bool SegmentScan::next() {
  while (at_ < chunks_.size()) {
    if (const auto loaded = load(chunks_[at_++]); !loaded) {
      damage_.push_back(loaded.error());
    } else if (!rows_.empty()) {
      return true;
    }
  }
  return false;
}

Result<void> SegmentScan::load(std::uint32_t number) {
  const read::ChunkInfo info = file_.segment_chunk_info(number);
  read::ColumnSet columns = request_.columns | selection_.columns(info) | states_.columns();
  if (request_.needs != fields::kNothing) columns |= {C::kConnection, C::kDirectory};
  auto chunk = file_.segments(number, columns);
  if (!chunk) return chunk.error();
  context_.chunk = *chunk;
  if (columns.has(C::kDirectory)) {
    if (auto loaded = load_connections(); !loaded) {
      return Error{loaded.error().code, file_.path() + ": " + loaded.error().message};
    }
  }
  states_.advance(number, context_);
  select_rows(info);
  return {};
}

Result<void> SegmentScan::load_connections() {
  const read::SegmentChunk& chunk = context_.chunk;
  auto& connections = context_.connections;
  if (auto loaded = connections.load(chunk, table_, selection_.connections(), rebases_); !loaded) return loaded;
  for (std::uint32_t slot = 0; slot < connections.size(); ++slot) {
    analysis::ConnectionFacts& facts = connections.facts(slot);
    if (selection_.needs_connection_start()) facts.start = start_of(file_, facts.connection);
    if ((request_.needs & fields::kTotals) != 0) facts.totals = exact_totals(file_, facts.connection);
  }
  context_.slots.resize(chunk.rows);
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    const std::uint32_t slot = connections.slot(chunk.connection[row]);
    context_.slots[row] = slot;
    if (slot == analysis::ChunkConnections::kNoSlot && selection_.connections().is_all()) {
      return Error{ErrorCode::kCorrupt, "row " + std::to_string(chunk.first_row + row) +
                                            " has a connection that is not in its chunk's directory; re-run the "
                                            "extractor on the capture"};
    }
  }
  return {};
}

void SegmentScan::select_rows(const read::ChunkInfo& info) {
  const read::SegmentChunk& chunk = context_.chunk;
  const bool all_connections = selection_.connections().is_all();
  const bool all_rows = selection_.has_all(info);
  rows_.resize(chunk.rows);
  std::size_t count = 0;
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    if (!all_connections && context_.slots[row] == analysis::ChunkConnections::kNoSlot) continue;
    const TimestampNs start =
        selection_.needs_connection_start() ? context_.connections.facts(context_.slots[row]).start : TimestampNs{};
    if (all_rows || selection_.has(chunk, row, start)) rows_[count++] = static_cast<std::uint16_t>(row);
  }
  rows_.resize(count);
}

}  // namespace pcapsule::select
