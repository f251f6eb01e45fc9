// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/chunk_chain.h"

#include <algorithm>
#include <string>
#include <utility>

#include "analyzer/analysis/number_index.h"
#include "analyzer/select/damage.h"

namespace pcapsule::select {

using C = read::SegmentColumn;

std::string place_of(const read::RecordFile& file, std::size_t chunk) {
  const read::ChunkInfo info = file.segment_chunk_info(chunk);
  return file.path() + ": chunk " + std::to_string(info.number) + " at offset " + std::to_string(info.offset);
}

namespace {

struct Chain {
  std::vector<std::uint32_t> chunks;
  std::uint64_t rows = 0;  ///< as the directories count
};

Error broken(const std::string& what, std::uint32_t connection) {
  return {ErrorCode::kCorrupt,
          what + " connection " + std::to_string(connection) + "; re-run the extractor on the capture"};
}

/// Follows the directories from `link` down to chunk `first`. A link is a chunk's
/// number plus 1, as in the directories; the view proves that it falls.
Result<Chain> follow(read::RecordFile& file, std::uint32_t connection, std::uint64_t link, std::uint32_t first) {
  Chain chain;
  while (link > first) {
    const auto number = static_cast<std::uint32_t>(link - 1);
    if (number >= file.segment_chunks()) return broken(file.path() + ": there is no last chunk of", connection);
    const auto chunk = file.segments(number, {C::kDirectory});
    if (!chunk) return chunk.error();
    const auto& directory = chunk->directory;
    const auto found = std::ranges::lower_bound(directory.connection, connection);
    if (found == directory.connection.end() || *found != connection) {
      return broken(place_of(file, number) + ": it should hold rows but has none of", connection);
    }
    chain.chunks.push_back(number);
    const auto entry = static_cast<std::size_t>(found - directory.connection.begin());
    chain.rows += directory.rows[entry];
    link = directory.previous[entry];
  }
  std::ranges::reverse(chain.chunks);
  return chain;
}

}  // namespace

Result<std::vector<std::uint32_t>> chunks_of(read::RecordFile& file, const read::Connection& connection) {
  auto chain = follow(file, connection.number, std::uint64_t{connection.last_chunk} + 1, 0);
  if (!chain) return chain.error();
  // A link that leads past a chunk would lose the rows of that chunk without a word.
  if (chain->rows != connection.rows()) {
    return broken(place_of(file, connection.last_chunk) + ": the directories lead from here to " +
                      std::to_string(chain->rows) + " rows, and not to the " + std::to_string(connection.rows()) +
                      " rows of",
                  connection.number);
  }
  return std::move(chain->chunks);
}

Result<std::vector<std::uint32_t>> chunks_from(read::RecordFile& file, std::uint32_t connection, std::uint32_t first,
                                               std::uint32_t link) {
  auto chain = follow(file, connection, link, first);
  if (!chain) return chain.error();
  return std::move(chain->chunks);
}

namespace {

/// Above this many connections the chains cost more than a look at every chunk.
constexpr std::uint64_t kFewConnections = 256;

std::vector<std::uint32_t> chunks_by_catalog(const read::RecordFile& file) {
  std::vector<std::uint32_t> chunks(file.segment_chunks());
  for (std::uint32_t i = 0; i < chunks.size(); ++i) chunks[i] = i;
  return chunks;
}

/// Adds the chunks of the chain. False: it is damaged, which is told.
bool add_chain(read::RecordFile& file, const read::Connection& connection, ChunkUnion& chunks, DamageList* damage) {
  const auto chain = chunks_of(file, connection);
  if (chain) {
    chunks.add(*chain);
  } else if (damage != nullptr) {
    damage->note(chain.error());
  }
  return chain.ok();
}

/// The union of the chains; all chunks when one of them is damaged.
std::vector<std::uint32_t> chunks_by_chain(read::RecordFile& file, const read::ConnectionTable& table,
                                           const analysis::ConnectionSet& connections, DamageList* damage) {
  ChunkUnion chunks;
  std::uint64_t left = connections.count();
  for (std::uint64_t entry = 0; left > 0; ++entry) {
    if (!connections.has(entry)) continue;
    --left;
    if (!add_chain(file, table.at(entry), chunks, damage)) return chunks_by_catalog(file);
  }
  return chunks.take();
}

}  // namespace

void ChunkUnion::add(std::span<const std::uint32_t> chunks) {
  chunks_.insert(chunks_.end(), chunks.begin(), chunks.end());
  constexpr std::size_t kLeast = 1U << 12;
  if (chunks_.size() >= std::max(2 * united_, kLeast)) unite();
}

void ChunkUnion::unite() {
  std::sort(chunks_.begin(), chunks_.end());
  chunks_.erase(std::unique(chunks_.begin(), chunks_.end()), chunks_.end());
  united_ = chunks_.size();
}

std::vector<std::uint32_t> ChunkUnion::take() {
  unite();
  united_ = 0;
  return std::exchange(chunks_, {});
}

std::vector<std::uint32_t> chunks_of(read::RecordFile& file, const read::ConnectionTable& table,
                                     const analysis::ConnectionSet& connections, DamageList* damage) {
  const bool few = !connections.is_all() && connections.count() <= kFewConnections;
  return few ? chunks_by_chain(file, table, connections, damage) : chunks_by_catalog(file);
}

void ConnectionGroup::add(std::uint64_t entry, const read::Connection& connection) {
  entries.push_back(entry);
  numbers.push_back(connection.number);
  first_row = std::min(first_row, connection.first_row);
  last_chunk = std::max(last_chunk, connection.last_chunk);
}

std::vector<std::uint32_t> chunks_of(read::RecordFile& file, const read::ConnectionTable& table,
                                     const ConnectionGroup& group, DamageList& damage) {
  std::vector<std::uint32_t> chunks;
  if (group.entries.empty() || file.segment_chunks() == 0) return chunks;
  const bool few = group.entries.size() <= kFewConnections;
  bool by_chain = few;
  ChunkUnion found;
  for (std::size_t i = 0; i < group.entries.size() && by_chain; ++i) {
    by_chain = add_chain(file, table.at(group.entries[i]), found, &damage);
  }
  if (by_chain) return found.take();
  // After a damaged chain the table is not believed about the first and the last chunk either.
  const bool inside = !few && group.first_row < file.catalog().rows;
  const std::size_t first = inside ? file.segment_chunk_of_row(group.first_row) : 0;
  const std::size_t last = few ? file.segment_chunks() : group.last_chunk;
  for (std::size_t k = first; k < file.segment_chunks() && k <= last; ++k) {
    const read::ChunkInfo info = file.segment_chunk_info(k);
    if (info.connection_greatest < group.numbers.front() || info.connection_least > group.numbers.back()) continue;
    chunks.push_back(static_cast<std::uint32_t>(k));
  }
  return chunks;
}

std::vector<std::uint32_t> candidate_chunks(read::RecordFile& file, const read::ConnectionTable& table,
                                            const Selection& selection, bool earlier_too, DamageList* damage) {
  std::vector<std::uint32_t> chunks = chunks_of(file, table, selection.connections(), damage);
  std::erase_if(chunks,
                [&](std::uint32_t chunk) { return !selection.may_match(file.segment_chunk_info(chunk), earlier_too); });
  return chunks;
}

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
  ChunkUnion chunks_;
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
