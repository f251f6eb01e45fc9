// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/conversations.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "analyzer/select/chunk_chain.h"
#include "analyzer/select/connection_starts.h"
#include "analyzer/select/segment_scan.h"

namespace pcapsule::select {

using C = read::SegmentColumn;

namespace {

/// Batches grow from the first size, so that the first lines come at once, to the
/// second: eight bytes a row are held.
constexpr std::uint64_t kFirstBatchRows = 1U << 16;
constexpr std::uint64_t kGreatestBatchRows = 1U << 22;
constexpr std::size_t kGreatestBatchConnections = 1U << 18;

/// The stamp of the first segment among gathered rows (chunk << 16 | row), in file order.
std::optional<TimestampNs> start_in(std::span<const read::SegmentChunk> chunks, std::span<const std::uint64_t> rows) {
  for (const std::uint64_t at : rows) {
    const read::SegmentChunk& chunk = chunks[at >> 16];
    const std::size_t row = at & 0xffff;
    if ((chunk.oddities[row] & oddity::kNoSegment) == 0) return chunk.time[row];
  }
  return std::nullopt;
}

}  // namespace

struct Conversations::Batch : ConnectionGroup {
  std::vector<std::uint64_t> claimed;  ///< the rows of each connection, as the table says
  std::uint64_t rows = 0;
};

Conversations::Conversations(read::RecordFile& file, const read::ConnectionTable& table, const Selection& selection,
                             read::ColumnSet columns)
    : file_(file),
      table_(table),
      selection_(selection),
      columns_(columns | read::ColumnSet{C::kConnection, C::kDirectory, C::kOddities, C::kTime}),
      rebases_(collect_rebases(file, selection, &damage_)),
      batch_rows_(kFirstBatchRows) {}

void Conversations::visit(ConversationSink& sink) {
  if (selection_.connections().count() == 0 || file_.segment_chunks() == 0) return;
  const std::uint64_t end = *table_.find(selection_.greatest_number()) + 1;
  for (std::uint64_t entry = *table_.find(selection_.least_number()); entry < end;) {
    const Batch batch = next_batch(entry, end);
    const bool single = batch.entries.size() == 1;
    const bool more = single ? visit_streamed(batch, sink) : visit_batch(batch, sink);
    if (!more) return;
    batch_rows_ = std::min(batch_rows_ * 2, kGreatestBatchRows);
  }
}

/// The next selected connections from `entry` on and before `end`, as many as fit; at least one unless none is left.
Conversations::Batch Conversations::next_batch(std::uint64_t& entry, std::uint64_t end) {
  Batch batch;
  for (; entry < end && batch.entries.size() < kGreatestBatchConnections; ++entry) {
    if (!selection_.connections().has(entry)) continue;
    const read::Connection connection = table_.at(entry);
    if (!batch.entries.empty() && connection.rows() > batch_rows_ - std::min(batch_rows_, batch.rows)) break;
    batch.add(entry, connection);
    batch.claimed.push_back(connection.rows());
    batch.rows += connection.rows();
    if (batch.rows >= batch_rows_) {
      ++entry;
      break;
    }
  }
  return batch;
}

const read::SegmentChunk* Conversations::load(std::uint32_t chunk) {
  auto view = file_.segments(chunk, columns_);
  if (view) {
    loaded_ = *view;
    return &loaded_;
  }
  damage_.note(chunk, view.error());
  return nullptr;
}

/// The chunk has other rows of the connections of `index` than its directory counts: a
/// row would be missing, or stand under another connection, without a word.
void Conversations::check_rows(std::uint32_t chunk, const read::Directory& directory,
                               const analysis::NumberIndex& index, std::uint64_t found) {
  std::uint64_t expected = 0;
  for (std::size_t i = 0; i < directory.connection.size(); ++i) {
    if (index.find(directory.connection[i]) != analysis::NumberIndex::kNone) expected += directory.rows[i];
  }
  if (expected == found) return;
  damage_.note(chunk, {ErrorCode::kCorrupt, place_of(file_, chunk) + ": it has " + std::to_string(found) +
                                                " rows of the connections asked for, but its directory counts " +
                                                std::to_string(expected) + "; re-run the extractor on the capture"});
}

/// The chunk holds more rows of a connection than the connection table says there are.
void Conversations::note_surplus(std::uint32_t chunk, std::uint32_t connection) {
  damage_.note(chunk, {ErrorCode::kCorrupt, place_of(file_, chunk) + ": it has more rows of connection " +
                                                std::to_string(connection) +
                                                " than the connection table; re-run the extractor on the capture"});
}

/// Connections of the batch, all of whose chunks were read, have fewer rows than the connection table says there are.
/// `found`: of each connection.
void Conversations::note_missing(const Batch& batch, std::span<const std::uint64_t> found) {
  if (is_pruned_ || damage_.times() != damage_before_) return;
  std::size_t fewer = 0;
  std::size_t first = 0;
  for (std::size_t i = found.size(); i-- > 0;) {
    if (found[i] == batch.claimed[i]) continue;
    ++fewer;
    first = i;
  }
  if (fewer == 0) return;
  const std::string others = fewer > 1 ? " and " + std::to_string(fewer - 1) + " others have" : " has";
  damage_.note({ErrorCode::kCorrupt, file_.path() + ": connection " + std::to_string(batch.numbers[first]) + others +
                                         " fewer rows than the connection table says (" + std::to_string(found[first]) +
                                         ", not " + std::to_string(batch.claimed[first]) +
                                         "); re-run the extractor on the capture"});
}

void Conversations::begin(const read::Connection& connection, TimestampNs start, ConversationSink& sink) const {
  sink.begin(connection, analysis::rebases_of(rebases_, connection.number), start);
}

bool Conversations::visit_streamed(const Batch& batch, ConversationSink& sink) {
  const read::Connection connection = table_.at(batch.entries.front());
  const std::vector<std::uint32_t> chunks = chunks_of_batch(batch);
  const TimestampNs start = start_of(file_, connection, &damage_);
  begin(connection, start, sink);
  analysis::NumberIndex index;
  index.build(batch.numbers);
  std::uint64_t total = 0;
  for (const std::uint32_t k : chunks) {
    const read::SegmentChunk* chunk = load(k);
    if (chunk == nullptr) continue;
    std::uint64_t found = 0;
    for (std::size_t row = 0; row < chunk->rows; ++row) {
      if (chunk->connection[row] != connection.number) continue;
      ++found;
      if (!sink.row(*chunk, row, selection_.has(*chunk, row, start))) return false;
    }
    check_rows(k, chunk->directory, index, found);
    total += found;
  }
  note_missing(batch, {&total, 1});
  return true;
}

/// The chunks that may hold selected rows of the batch, ascending. A new batch begins.
std::vector<std::uint32_t> Conversations::chunks_of_batch(const Batch& batch) {
  damage_before_ = damage_.times();
  std::vector<std::uint32_t> chunks = chunks_of(file_, table_, batch, damage_);
  const auto pruned = std::erase_if(
      chunks, [this](std::uint32_t k) { return !selection_.may_match(file_.segment_chunk_info(k), true); });
  is_pruned_ = pruned > 0;
  return chunks;
}

bool Conversations::visit_batch(const Batch& batch, ConversationSink& sink) {
  analysis::NumberIndex index;
  index.build(batch.numbers);
  std::vector<read::SegmentChunk> chunks;
  std::vector<std::uint64_t> end(batch.numbers.size() + 1);  // of each connection's rows in `rows`, then of all
  for (const std::uint32_t k : chunks_of_batch(batch)) {
    const read::SegmentChunk* chunk = load(k);
    if (chunk == nullptr) continue;
    chunks.push_back(*chunk);
    std::uint64_t found = 0;
    bool has_surplus = false;
    for (std::size_t row = 0; row < chunk->rows; ++row) {
      const std::uint32_t place = index.find(chunk->connection[row]);
      if (place == analysis::NumberIndex::kNone) continue;
      ++found;
      // The batch was cut to size by what the table says, so a file that lies must not make it larger.
      if (end[place + 1] < batch.claimed[place]) {
        ++end[place + 1];
      } else if (!has_surplus) {
        has_surplus = true;
        note_surplus(k, chunk->connection[row]);
      }
    }
    check_rows(k, chunk->directory, index, found);
  }
  note_missing(batch, std::span(end).subspan(1));
  for (std::size_t i = 1; i < end.size(); ++i) end[i] += end[i - 1];
  const std::vector<std::uint64_t> limit(end.begin() + 1, end.end());
  std::vector<std::uint64_t> rows(end.back());  // chunk << 16 | row, by connection
  for (std::size_t k = 0; k < chunks.size(); ++k) {
    for (std::size_t row = 0; row < chunks[k].rows; ++row) {
      const std::uint32_t place = index.find(chunks[k].connection[row]);
      if (place != analysis::NumberIndex::kNone && end[place] < limit[place]) rows[end[place]++] = k << 16 | row;
    }
  }
  // Where the selection left out chunks, the gathered rows may not tell the starts.
  const std::vector<TimestampNs> starts =
      is_pruned_ ? starts_of(file_, table_, batch.entries, &damage_) : std::vector<TimestampNs>();
  std::uint64_t at = 0;  // filling moved the beginnings to the ends
  for (std::size_t i = 0; i < batch.entries.size(); ++i) {
    const read::Connection connection = table_.at(batch.entries[i]);
    TimestampNs start = is_pruned_ ? starts[i] : connection.first.time;
    if (!is_pruned_ && has_start_in_rows(connection)) {
      start = start_in(chunks, std::span(rows).subspan(at, end[i] - at)).value_or(start);
    }
    begin(connection, start, sink);
    for (; at < end[i]; ++at) {
      const read::SegmentChunk& chunk = chunks[rows[at] >> 16];
      const std::size_t row = rows[at] & 0xffff;
      if (!sink.row(chunk, row, selection_.has(chunk, row, start))) return false;
    }
  }
  return true;
}

}  // namespace pcapsule::select
