// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/chunk_chain.h"

#include <algorithm>
#include <string>
#include <utility>

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

bool add_chain(read::RecordFile& file, const read::Connection& connection, analysis::NumberUnion& chunks,
               DamageList* damage) {
  const auto chain = chunks_of(file, connection);
  if (chain) {
    chunks.add(*chain);
  } else if (damage != nullptr) {
    damage->note(chain.error());
  }
  return chain.ok();
}

namespace {

/// Above this many connections the chains cost more than a look at every chunk.
constexpr std::uint64_t kFewConnections = 256;

std::vector<std::uint32_t> chunks_by_catalog(const read::RecordFile& file) {
  std::vector<std::uint32_t> chunks(file.segment_chunks());
  for (std::uint32_t i = 0; i < chunks.size(); ++i) chunks[i] = i;
  return chunks;
}

/// The union of the chains; all chunks when one of them is damaged.
std::vector<std::uint32_t> chunks_by_chain(read::RecordFile& file, const read::ConnectionTable& table,
                                           const analysis::ConnectionSet& connections, DamageList* damage) {
  analysis::NumberUnion chunks;
  std::uint64_t left = connections.count();
  for (std::uint64_t entry = 0; left > 0; ++entry) {
    if (!connections.has(entry)) continue;
    --left;
    if (!add_chain(file, table.at(entry), chunks, damage)) return chunks_by_catalog(file);
  }
  return chunks.take();
}

}  // namespace

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
  analysis::NumberUnion found;
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

}  // namespace pcapsule::select
