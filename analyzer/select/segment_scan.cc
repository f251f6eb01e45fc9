// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/segment_scan.h"

#include <numeric>

#include "analyzer/select/chunk_chain.h"
#include "analyzer/select/connection_starts.h"
#include "analyzer/select/damage.h"

namespace pcapsule::select {

using C = read::SegmentColumn;

std::vector<analysis::Rebase> collect_rebases(read::RecordFile& file, const Selection& selection, DamageList* damage) {
  std::vector<analysis::Rebase> rebases;
  for (std::size_t k = 0; k < file.segment_chunks(); ++k) {
    const read::ChunkInfo info = file.segment_chunk_info(k);
    if (info.rebases == 0 || !selection.may_match(info, true)) continue;
    const auto chunk = file.segments(k, {C::kRebase, C::kConnection, C::kMarks, C::kSeq});
    if (chunk) {
      analysis::append_rebases(*chunk, rebases);
    } else if (damage != nullptr) {
      damage->note(chunk.error());
    }
  }
  analysis::sort_rebases(rebases);
  return rebases;
}

namespace {

/// False: a chunk was passed over.
bool feed_mptcp(read::RecordFile& file, const Selection* selection, analysis::MptcpTimeline& timeline,
                DamageList* damage) {
  bool complete = true;
  for (std::size_t k = 0; k < file.segment_chunks(); ++k) {
    if (selection != nullptr && !selection->may_match(file.segment_chunk_info(k), true)) {
      complete = false;
      continue;
    }
    const auto chunk = file.segments(k, analysis::MptcpTimeline::columns());
    if (chunk) {
      timeline.feed(*chunk);
    } else if (damage != nullptr) {
      damage->note(chunk.error());
    }
  }
  return complete;
}

}  // namespace

analysis::MptcpTimeline collect_mptcp(read::RecordFile& file, const Selection& selection, DamageList* damage) {
  analysis::MptcpTimeline timeline;
  const bool complete = feed_mptcp(file, &selection, timeline, damage);
  if (complete || timeline.empty()) return timeline;
  analysis::MptcpTimeline whole;
  feed_mptcp(file, nullptr, whole, damage);
  return whole;
}

namespace {

/// The columns of a filter are not asked for here: load() reads them first.
ScanRequest with_filter(ScanRequest request, const filter::Filter* filter) {
  if (filter != nullptr) request.needs |= filter->needs();
  return request;
}

}  // namespace

SegmentScan::SegmentScan(read::RecordFile& file, const read::ConnectionTable& table, const Selection& selection,
                         const ScanRequest& request)
    : file_(file),
      table_(table),
      selection_(selection),
      request_(with_filter(request, selection.filter())),
      texts_(file.path(), file.catalog()),
      mptcp_((request_.needs & fields::kLabels) != 0 ? collect_mptcp(file, selection, &damage_)
                                                     : analysis::MptcpTimeline()),
      states_(file, request_.needs, mptcp_),
      totals_(file),
      chunks_(candidate_chunks(file, table, selection, needs_every_row(), &damage_)) {
  if (request_.needs == fields::kNothing && RowsAhead::suits(selection)) {
    ahead_ = std::make_unique<RowsAhead>(file, selection, chunks_);
  } else if (selection.filter() != nullptr) {
    filter_.emplace(selection.filter()->plan());
  }
  if ((request_.needs & fields::kCauses) != 0) causes_.emplace(file, table, selection, damage_);
  if ((request_.needs & fields::kBases) != 0) rebases_ = collect_rebases(file, selection, &damage_);
  context_.catalog = &file.catalog();
  context_.texts = &texts_;
}

/// A filter may leave out a chunk in the middle, which time bounds hardly do: so
/// what the connection table does not tell of window scaling counts here too.
bool SegmentScan::needs_every_row() const {
  return states_.needs_every_row() || (selection_.filter() != nullptr && (request_.needs & fields::kShifts) != 0);
}

bool SegmentScan::next() {
  while (at_ < chunks_.size()) {
    const std::uint32_t chunk = chunks_[at_++];
    if (const auto loaded = ahead_ ? load_ahead(chunk) : load(chunk); !loaded) {
      damage_.note(loaded.error());
    } else if (!rows_.empty()) {
      return true;
    }
  }
  note_patterns();
  damage_.add(totals_.damage());
  damage_.add(states_.damage());
  return false;
}

/// Patterns that were given up are told once, at the end.
void SegmentScan::note_patterns() {
  if (!(filter_ && filter_->gave_up()) && !(ahead_ && ahead_->gave_up())) return;
  damage_.note({ErrorCode::kUnsupported,
                file_.path() + ": rows with a value that the pattern of `matches` did not decide in " +
                    std::to_string(filter::kGreatestMatchSteps) + " steps; write a simpler one",
                {}});
  filter_.reset();
  ahead_.reset();
}

Result<void> SegmentScan::load_ahead(std::uint32_t number) {
  if (auto found = ahead_->take(rows_); !found || rows_.empty()) return found;
  return view(number,
              selection_.columns(file_.segment_chunk_info(number)) | selection_.filter()->columns() | request_.columns);
}

/// The columns of the filter first: where it selects nothing, no other is read.
Result<void> SegmentScan::load(std::uint32_t number) {
  const read::ChunkInfo info = file_.segment_chunk_info(number);
  read::ColumnSet columns = selection_.columns(info) | states_.columns();
  if (request_.needs != fields::kNothing) columns |= {C::kConnection, C::kDirectory};
  const read::ColumnSet wanted = columns | request_.columns;
  if (filter_) columns |= selection_.filter()->columns();
  if (auto viewed = view(number, filter_ ? columns : wanted); !viewed) return viewed;
  if (columns.has(C::kDirectory)) {
    if (auto loaded = load_connections(number); !loaded) return loaded;
  }
  states_.advance(number, context_);
  if (causes_) {
    causes_->fill(number, context_.chunk.rows, row_causes_);
    context_.causes = row_causes_;
  }
  select_rows(info);
  if (!filter_ || rows_.empty()) return {};
  filter_->enter(context_);
  filter_->narrow(rows_);
  return rows_.empty() ? Result<void>() : view(number, columns | wanted);
}

Result<void> SegmentScan::view(std::uint32_t number, read::ColumnSet columns) {
  auto chunk = file_.segments(number, columns);
  if (!chunk) return chunk.error();
  context_.chunk = *chunk;
  return {};
}

Result<void> SegmentScan::load_connections(std::uint32_t number) {
  const read::SegmentChunk& chunk = context_.chunk;
  auto& connections = context_.connections;
  if (auto loaded = connections.load(chunk, table_, selection_.connections(), rebases_); !loaded) {
    return Error{loaded.error().code, file_.path() + ": " + loaded.error().message};
  }
  for (std::uint32_t slot = 0; slot < connections.size(); ++slot) {
    analysis::ConnectionFacts& facts = connections.facts(slot);
    // Its state would be dropped after the chunk that is said to be its last, and computed again from the start.
    if (facts.connection.last_chunk < number) {
      return Error{ErrorCode::kCorrupt, place_of(file_, number) + ": it has rows of connection " +
                                            std::to_string(facts.connection.number) +
                                            " after the last that the connection table names; re-run the extractor on "
                                            "the capture"};
    }
    if ((request_.needs & fields::kTotals) != 0) facts.totals = totals_.of(facts.connection);
  }
  if (selection_.needs_connection_start()) find_starts();
  context_.slots.resize(chunk.rows);
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    const std::uint32_t slot = connections.slot(chunk.connection[row]);
    context_.slots[row] = slot;
    if (slot == analysis::ChunkConnections::kNoSlot && selection_.connections().is_all()) {
      return Error{ErrorCode::kCorrupt, file_.path() + ": row " + std::to_string(chunk.first_row + row) +
                                            " has a connection that is not in its chunk's directory; re-run the "
                                            "extractor on the capture"};
    }
  }
  return {};
}

/// The starts of the chunk's connections. Those that only their rows tell are found together, and once.
void SegmentScan::find_starts() {
  auto& connections = context_.connections;
  std::vector<std::uint64_t> unknown;
  for (std::uint32_t slot = 0; slot < connections.size(); ++slot) {
    const analysis::ConnectionFacts& facts = connections.facts(slot);
    if (has_start_in_rows(facts.connection) && !starts_.contains(facts.entry)) unknown.push_back(facts.entry);
  }
  const std::vector<TimestampNs> found = starts_of(file_, table_, unknown, &damage_);
  for (std::size_t i = 0; i < unknown.size(); ++i) starts_.emplace(unknown[i], found[i]);
  for (std::uint32_t slot = 0; slot < connections.size(); ++slot) {
    analysis::ConnectionFacts& facts = connections.facts(slot);
    const bool in_rows = has_start_in_rows(facts.connection);
    facts.start = in_rows ? starts_.at(facts.entry) : facts.connection.first.time;
  }
}

void SegmentScan::select_rows(const read::ChunkInfo& info) {
  const read::SegmentChunk& chunk = context_.chunk;
  const bool all_connections = selection_.connections().is_all();
  const bool all_rows = selection_.has_all(info);
  rows_.resize(chunk.rows);
  if (all_connections && all_rows) {
    std::iota(rows_.begin(), rows_.end(), std::uint16_t{0});
    return;
  }
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
