// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/filtered.h"

#include <numeric>
#include <optional>
#include <utility>

#include "analyzer/filter/evaluator.h"
#include "analyzer/select/damage.h"
#include "analyzer/select/row_totals.h"
#include "analyzer/select/segment_scan.h"

namespace pcapsule::select {

using C = read::SegmentColumn;

namespace {

/// Calls `take` for each chunk with selected rows.
template <class Take>
void scan(read::RecordFile& file, const read::ConnectionTable& table, const Selection& selection, DamageList& damage,
          Take take) {
  SegmentScan rows(file, table, selection, {{C::kConnection}, fields::kNothing});
  while (rows.next()) take(rows.context().chunk, rows.rows());
  damage.add(rows.damage());
}

/// Adds the connections of rows; neighbours are often of one.
class Collector {
 public:
  explicit Collector(const read::ConnectionTable& table)
      : table_(table), found_(analysis::ConnectionSet::none(table.size())) {}

  void add(const read::SegmentChunk& chunk, std::span<const std::uint16_t> rows) {
    std::optional<std::uint32_t> last;
    for (const std::uint16_t row : rows) {
      const std::uint32_t number = chunk.connection[row];
      if (number == last) continue;
      last = number;
      if (const auto entry = table_.find(number)) found_.insert(*entry);
    }
  }
  [[nodiscard]] analysis::ConnectionSet take() { return std::move(found_); }

 private:
  const read::ConnectionTable& table_;
  analysis::ConnectionSet found_;
};

/// Tests connections from the table, a batch at a time.
class TableScan {
 public:
  TableScan(read::RecordFile& file, const read::ConnectionTable& table, const filter::Filter& filter)
      : table_(table), filter_(filter), evaluator_(filter.plan()), texts_(file.path(), file.catalog()), totals_(file) {
    context_.catalog = &file.catalog();
    context_.texts = &texts_;
  }

  analysis::ConnectionSet run(const analysis::ConnectionSet& chosen) {
    auto found = analysis::ConnectionSet::none(table_.size());
    std::vector<std::uint64_t> entries;
    for (std::uint64_t entry = 0; entry < table_.size(); ++entry) {
      if (chosen.has(entry)) entries.push_back(entry);
      if (entries.size() < kBatchConnections && entry + 1 < table_.size()) continue;
      test(entries, found);
      entries.clear();
    }
    return found;
  }

  [[nodiscard]] const DamageList& damage() const { return totals_.damage(); }

 private:
  static constexpr std::size_t kBatchConnections = 1U << 14;

  void test(const std::vector<std::uint64_t>& entries, analysis::ConnectionSet& found) {
    context_.connections.load(table_, entries);
    rows_.resize(entries.size());
    std::iota(rows_.begin(), rows_.end(), std::uint16_t{0});
    for (const std::uint16_t slot : rows_) {
      auto& facts = context_.connections.facts(slot);
      if ((filter_.needs() & fields::kTotals) != 0) facts.totals = totals_.of(facts.connection);
    }
    evaluator_.enter_connections(context_);
    evaluator_.narrow(rows_);
    for (const std::uint16_t slot : rows_) found.insert(entries[slot]);
  }

  const read::ConnectionTable& table_;
  const filter::Filter& filter_;
  filter::Evaluator evaluator_;
  fields::FileTexts texts_;
  TotalsReader totals_;
  fields::ChunkContext context_;
  std::vector<std::uint16_t> rows_;
};

}  // namespace

analysis::ConnectionSet matching_connections(read::RecordFile& file, const read::ConnectionTable& table,
                                             const Selection& selection, DamageList& damage) {
  const filter::Filter* filter = selection.filter();
  if (!selection.is_bounded_in_time()) {
    if (filter == nullptr) return selection.connections();
    if (filter->is_of_connections()) {
      TableScan by_table(file, table, *filter);
      auto found = by_table.run(selection.connections());
      damage.add(by_table.damage());
      return found;
    }
  }
  Collector collector(table);
  scan(file, table, selection, damage,
       [&](const read::SegmentChunk& chunk, std::span<const std::uint16_t> rows) { collector.add(chunk, rows); });
  return collector.take();
}

void apply_filter(read::RecordFile& file, const read::ConnectionTable& table, Selection& selection,
                  DamageList& damage) {
  if (selection.filter() == nullptr) return;
  Collector collector(table);
  RowSet found;
  scan(file, table, selection, damage, [&](const read::SegmentChunk& chunk, std::span<const std::uint16_t> rows) {
    collector.add(chunk, rows);
    found.append(chunk.first_row, chunk.rows, rows);
  });
  selection.restrict_to(collector.take(), std::move(found), table);
}

}  // namespace pcapsule::select
