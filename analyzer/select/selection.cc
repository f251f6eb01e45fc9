// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/selection.h"

#include <algorithm>

namespace pcapsule::select {

namespace {

/// First entry whose number is at least `number`.
std::uint64_t lower_entry(const read::ConnectionTable& table, std::uint32_t number) {
  std::uint64_t low = 0;
  std::uint64_t high = table.size();
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (table.number(middle) < number) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace

Selection::Selection(const SelectionSpec& spec, const read::Catalog& catalog, const read::ConnectionTable& table)
    : connections_(analysis::ConnectionSet::all(table.size())), catalog_(&catalog), filter_(spec.filter) {
  if (spec.chooses_connections()) {
    choose_connections(spec, table);
  } else if (table.size() > 0) {
    least_number_ = table.number(0);
    greatest_number_ = table.number(table.size() - 1);
  }
  if (spec.after) bound(*spec.after, false, catalog);
  if (spec.before) bound(*spec.before, true, catalog);
}

void Selection::choose_connections(const SelectionSpec& spec, const read::ConnectionTable& table) {
  connections_ = analysis::ConnectionSet::none(table.size());
  std::vector<StreamRange> ranges = spec.streams;
  if (ranges.empty()) ranges.push_back({0, std::numeric_limits<std::uint32_t>::max()});
  bool first = true;
  for (const StreamRange& range : ranges) {
    for (std::uint64_t entry = lower_entry(table, range.first); entry < table.size(); ++entry) {
      const std::uint32_t number = table.number(entry);
      if (number > range.last) break;
      const unsigned client = table.client(entry);
      if (spec.client && !spec.client->matches(table.endpoint(entry, client))) continue;
      if (spec.server && !spec.server->matches(table.endpoint(entry, client ^ 1U))) continue;
      connections_.insert(entry);
      least_number_ = first ? number : std::min(least_number_, number);
      greatest_number_ = first ? number : std::max(greatest_number_, number);
      first = false;
    }
  }
}

void Selection::bound(const TimeBound& bound, bool is_end, const read::Catalog& catalog) {
  const bool relative = bound.clock == TimeBound::Clock::kConnection;
  std::int64_t ns = bound.ns;
  if (bound.clock == TimeBound::Clock::kCapture) ns = (catalog.first_frame_time + DurationNs{ns}).value;
  Span& span = relative ? relative_ : absolute_;
  if (is_end) {
    span.end = ns;
  } else {
    span.first = ns;
  }
  since_start_ |= relative;
}

bool Selection::may_match(const read::ChunkInfo& chunk, bool earlier_too) const {
  if (connections_.count() == 0) return false;
  if (chunk.connection_greatest < least_number_ || chunk.connection_least > greatest_number_) return false;
  if (absolute_.end && chunk.time_least.value >= *absolute_.end) return false;
  if (earlier_too) return true;
  if (chunk.time_greatest.value < absolute_.first) return false;
  return !filter_ || filter_->may_match(chunk, *catalog_);
}

void Selection::restrict_to(const analysis::ConnectionSet& matching, std::optional<RowSet> rows,
                            const read::ConnectionTable& table) {
  auto both = analysis::ConnectionSet::none(table.size());
  for (std::uint64_t entry = 0; entry < table.size(); ++entry) {
    if (!matching.has(entry) || !connections_.has(entry)) continue;
    if (both.count() == 0) least_number_ = table.number(entry);
    greatest_number_ = table.number(entry);
    both.insert(entry);
  }
  connections_ = std::move(both);
  rows_ = std::move(rows);
}

read::ColumnSet Selection::columns(const read::ChunkInfo& info) const {
  using C = read::SegmentColumn;
  read::ColumnSet columns;
  if ((info.oddities_any & oddity::kQuoted) != 0) columns |= {C::kOddities};
  if (!absolute_.is_all() || since_start_) columns |= {C::kTime};
  if (!connections_.is_all() || since_start_) columns |= {C::kConnection, C::kDirectory};
  return columns;
}

bool Selection::has(const read::SegmentChunk& chunk, std::size_t row, TimestampNs start) const {
  if ((chunk.oddities[row] & oddity::kQuoted) != 0) return false;
  if (rows_ && !rows_->has(chunk.first_row + row)) return false;
  if (!absolute_.is_all() && !absolute_.has(chunk.time[row].value)) return false;
  return !since_start_ || relative_.has((chunk.time[row] - start).value);
}

}  // namespace pcapsule::select
