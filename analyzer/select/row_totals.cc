// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/row_totals.h"

#include <algorithm>
#include <string>
#include <utility>

#include "analyzer/analysis/number_union.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::select {

using C = read::SegmentColumn;

namespace {

/// At most 4 MiB each.
constexpr std::size_t kGreatestRecentChunks = 16;
constexpr std::size_t kGreatestLongConnections = 1U << 16;

constexpr read::ColumnSet kColumns = {C::kConnection, C::kDirectory, C::kFrame,   C::kTime,   C::kMarks,
                                      C::kOddities,   C::kOverhead,  C::kTcpWord, C::kPayload};

std::uint64_t frames_of(const analysis::ConnectionTotals& totals) { return totals.frames[0] + totals.frames[1]; }

void add_row(const read::SegmentChunk& chunk, std::size_t row, analysis::ConnectionTotals& totals) {
  const read::Moment at = {chunk.frame[row], chunk.time[row]};
  if (frames_of(totals) == 0) totals.first = at;
  totals.last = at;
  const std::size_t side = (chunk.marks[row] & format::mark::kSentByB) != 0 ? 1 : 0;
  ++totals.frames[side];
  totals.bytes[side] += chunk.wire_bytes(row);
}

/// Adds what an earlier chunk has.
void add_earlier(const analysis::ConnectionTotals& earlier, analysis::ConnectionTotals& totals) {
  if (frames_of(earlier) == 0) return;
  if (frames_of(totals) == 0) totals.last = earlier.last;
  totals.first = earlier.first;
  for (std::size_t side = 0; side < 2; ++side) {
    totals.frames[side] += earlier.frames[side];
    totals.bytes[side] += earlier.bytes[side];
  }
}

}  // namespace

analysis::ConnectionTotals TotalsReader::of(const read::Connection& connection) {
  if (analysis::totals_are_exact(connection)) return analysis::totals_of(connection);
  if (const auto known = long_.find(connection.number); known != long_.end()) return known->second;
  // As often as there are chunks: the connections are spread over more chunks than are kept.
  if (!all_are_known_ && loads_ > file_.segment_chunks() + kGreatestRecentChunks) add_up_all();
  const auto found = all_are_known_ ? known_sum(connection) : sum(connection);
  return found.value_or(analysis::totals_of(connection));
}

/// The connections with rows that are no segments, ascending.
std::vector<std::uint32_t> TotalsReader::odd_connections() {
  analysis::NumberUnion numbers;
  for (std::uint32_t k = 0; k < file_.segment_chunks(); ++k) {
    if ((file_.segment_chunk_info(k).oddities_any & oddity::kNoSegment) == 0) continue;
    const auto chunk = file_.segments(k, {C::kConnection, C::kOddities});
    if (!chunk) continue;  // the pass that adds up tells it
    for (std::size_t row = 0; row < chunk->rows; ++row) {
      if ((chunk->oddities[row] & oddity::kNoSegment) != 0) numbers.add(chunk->connection[row]);
    }
  }
  return numbers.take();
}

void TotalsReader::add_up_all() {
  all_are_known_ = true;
  recent_.clear();
  const std::vector<std::uint32_t> numbers = odd_connections();
  index_.build(numbers);
  sums_.resize(numbers.size());
  for (std::uint32_t k = 0; k < file_.segment_chunks(); ++k) {
    const auto chunk = file_.segments(k, kColumns);
    if (!chunk) {
      damage_.note(k, chunk.error());
      continue;
    }
    for (std::size_t row = 0; row < chunk->rows; ++row) {
      const std::uint32_t place = index_.find(chunk->connection[row]);
      if (place == analysis::NumberIndex::kNone) continue;
      ++sums_[place].rows;
      if ((chunk->oddities[row] & oddity::kQuoted) == 0) add_row(*chunk, row, sums_[place].totals);
    }
  }
}

/// nullopt: rows of the connection are missing.
std::optional<analysis::ConnectionTotals> TotalsReader::known_sum(const read::Connection& connection) {
  const std::uint32_t place = index_.find(connection.number);
  const std::uint64_t rows = place == analysis::NumberIndex::kNone ? 0 : sums_[place].rows;
  if (rows != connection.rows()) {
    if (damage_.empty()) {  // else it is told why
      damage_.note(connection.last_chunk,
                   {ErrorCode::kCorrupt,
                    file_.path() + ": connection " + std::to_string(connection.number) +
                        " has other rows than the connection table says; re-run the extractor on the "
                        "capture",
                    {}});
    }
    return std::nullopt;
  }
  analysis::ConnectionTotals totals = sums_[place].totals;
  if (frames_of(totals) == 0) {  // all quoted
    totals.first = connection.first;
    totals.last = connection.last;
  }
  return totals;
}

/// nullopt: a chunk of the connection is damaged.
std::optional<analysis::ConnectionTotals> TotalsReader::sum(const read::Connection& connection) {
  analysis::ConnectionTotals totals = analysis::totals_of(connection);
  totals.frames = {};
  totals.bytes = {};
  std::size_t chunks = 0;
  // `link` is a chunk's number plus 1, as in the directories; the view proves that it falls.
  for (std::uint64_t link = std::uint64_t{connection.last_chunk} + 1; link != 0; ++chunks) {
    const auto chunk = static_cast<std::uint32_t>(link - 1);
    const ChunkSums* const sums = sums_of(chunk);
    if (sums == nullptr) return std::nullopt;
    const auto& numbers = sums->directory.connection;
    const auto found = std::ranges::lower_bound(numbers, connection.number);
    if (found == numbers.end() || *found != connection.number) {
      damage_.note(chunk,
                   {ErrorCode::kCorrupt,
                    file_.path() + ": segment chunk " + std::to_string(chunk) + " should hold rows of connection " +
                        std::to_string(connection.number) + " but does not; re-run the extractor on the capture",
                    {}});
      return std::nullopt;
    }
    const auto place = static_cast<std::size_t>(found - numbers.begin());
    add_earlier(sums->of[place], totals);
    link = sums->directory.previous[place];
  }
  if (chunks > 1) {
    if (long_.size() >= kGreatestLongConnections) long_.clear();
    long_.emplace(connection.number, totals);
  }
  return totals;
}

/// nullptr: the chunk is damaged.
const TotalsReader::ChunkSums* TotalsReader::sums_of(std::uint32_t number) {
  const auto known = std::ranges::find(recent_, number, &ChunkSums::chunk);
  if (known != recent_.end()) {
    recent_.splice(recent_.begin(), recent_, known);
    return &recent_.front();
  }
  if (damage_.has(number)) return nullptr;
  if (number >= file_.segment_chunks()) {
    damage_.note(number, {ErrorCode::kCorrupt,
                          file_.path() + ": the connection table names segment chunk " + std::to_string(number) +
                              ", which is not there; re-run the extractor on the capture",
                          {}});
    return nullptr;
  }
  ++loads_;
  const auto chunk = file_.segments(number, kColumns);
  if (!chunk) {
    damage_.note(number, chunk.error());
    return nullptr;
  }
  analysis::NumberIndex places;
  places.build(chunk->directory.connection);
  ChunkSums sums{number, chunk->directory, std::vector<analysis::ConnectionTotals>(chunk->directory.connection.size())};
  for (std::size_t row = 0; row < chunk->rows; ++row) {
    const std::uint32_t place = places.find(chunk->connection[row]);
    const bool counts = (chunk->oddities[row] & oddity::kQuoted) == 0;
    if (counts && place != analysis::NumberIndex::kNone) add_row(*chunk, row, sums.of[place]);
  }
  if (recent_.size() == kGreatestRecentChunks) recent_.pop_back();
  return &recent_.emplace_front(std::move(sums));
}

}  // namespace pcapsule::select
