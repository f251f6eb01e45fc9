// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/connection_starts.h"

#include <cstddef>
#include <utility>

#include "analyzer/analysis/number_index.h"
#include "analyzer/analysis/number_union.h"
#include "analyzer/select/chunk_chain.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::select {

using C = read::SegmentColumn;

bool has_start_in_rows(const read::Connection& connection) {
  namespace mark = format::connection_mark;
  return connection.has_mark(mark::kFirstRowIsNoSegment) && !connection.has_mark(mark::kNoSegment);
}

namespace {

/// Looks for the starts of connections, added by ascending number, in one pass over their chunks.
class StartSearch {
 public:
  StartSearch(read::RecordFile& file, DamageList* damage) : file_(file), damage_(damage) {}

  void add(const read::Connection& connection) {
    starts_.push_back(connection.first.time);
    if (!has_start_in_rows(connection) || !add_chain(file_, connection, chunks_, damage_)) return;
    numbers_.push_back(connection.number);
    places_.push_back(starts_.size() - 1);
  }

  std::vector<TimestampNs> run() {
    index_.build(numbers_);
    left_ = numbers_.size();
    for (const std::uint32_t k : chunks_.take()) {
      if (left_ == 0) break;
      const auto chunk = file_.segments(k, {C::kConnection, C::kOddities, C::kTime});
      if (chunk) {
        look(*chunk);
      } else if (damage_ != nullptr) {
        damage_->note(chunk.error());
      }
    }
    return std::move(starts_);
  }

 private:
  static constexpr std::size_t kFound = ~std::size_t{0};

  void look(const read::SegmentChunk& chunk) {
    for (std::size_t row = 0; row < chunk.rows && left_ > 0; ++row) {
      const std::uint32_t number = index_.find(chunk.connection[row]);
      if (number == analysis::NumberIndex::kNone || places_[number] == kFound) continue;
      if ((chunk.oddities[row] & oddity::kNoSegment) != 0) continue;
      starts_[places_[number]] = chunk.time[row];
      places_[number] = kFound;
      --left_;
    }
  }

  read::RecordFile& file_;
  DamageList* damage_;
  std::vector<TimestampNs> starts_;
  std::vector<std::uint32_t> numbers_;  ///< those that are looked for
  std::vector<std::size_t> places_;     ///< of each in `starts_`
  std::size_t left_ = 0;
  analysis::NumberUnion chunks_;
  analysis::NumberIndex index_;
};

}  // namespace

TimestampNs start_of(read::RecordFile& file, const read::Connection& connection, DamageList* damage) {
  if (!has_start_in_rows(connection)) return connection.first.time;
  StartSearch search(file, damage);
  search.add(connection);
  return search.run().front();
}

std::vector<TimestampNs> starts_of(read::RecordFile& file, const read::ConnectionTable& table,
                                   std::span<const std::uint64_t> entries, DamageList* damage) {
  StartSearch search(file, damage);
  read::Connection connection;
  for (const std::uint64_t entry : entries) {
    table.read(entry, read::Facts::kTotals, connection);
    search.add(connection);
  }
  return search.run();
}

}  // namespace pcapsule::select
