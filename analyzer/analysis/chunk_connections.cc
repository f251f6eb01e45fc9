// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/chunk_connections.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <tuple>

#include "analyzer/analysis/equal_span.h"

namespace pcapsule::analysis {

void append_rebases(const read::SegmentChunk& chunk, std::vector<Rebase>& out) {
  for (const std::uint16_t row : chunk.rebase_row) {
    const auto side = static_cast<std::uint8_t>((chunk.marks[row] & format::mark::kSentByB) != 0 ? 1 : 0);
    out.push_back({chunk.connection[row], side, chunk.first_row + row, chunk.seq[row], {}});
  }
}

void sort_rebases(std::vector<Rebase>& rebases) {
  std::sort(rebases.begin(), rebases.end(), [](const Rebase& a, const Rebase& b) {
    return std::tie(a.connection, a.row) < std::tie(b.connection, b.row);
  });
  const Rebase* before = nullptr;
  for (Rebase& change : rebases) {
    if (before != nullptr && before->connection == change.connection) change.set = before->set;
    change.set[change.side] = change.base;
    before = &change;
  }
}

std::span<const Rebase> rebases_of(std::span<const Rebase> sorted, std::uint32_t connection) {
  return equal_span(sorted, connection, &Rebase::connection);
}

std::span<const Rebase> rebases_at(std::span<const Rebase> sorted, std::uint64_t row) {
  return equal_span(sorted, row, &Rebase::row);
}

Bases ConnectionFacts::rebased_at(std::uint64_t row) const {
  const auto after = std::ranges::upper_bound(rebases, row, {}, &Rebase::row);
  Bases at = bases;
  if (after == rebases.begin()) return at;
  for (std::size_t side = 0; side < 2; ++side) at.base[side] = std::prev(after)->set[side].value_or(at.base[side]);
  return at;
}

EndpointText::EndpointText(const Endpoint& endpoint) {
  const std::string text = to_text(endpoint);
  std::copy_n(text.begin(), std::min(text.size(), text_.size()), text_.begin());
  begin_ = text.starts_with('[') ? 1 : 0;
  address_end_ = static_cast<std::uint8_t>(text.rfind(':') - 2 * begin_);
  end_ = static_cast<std::uint8_t>(text.size());
}

Result<void> ChunkConnections::load(const read::SegmentChunk& chunk, const read::ConnectionTable& table,
                                    const ConnectionSet& set, std::span<const Rebase> rebases) {
  facts_.clear();
  texts_.clear();
  for (std::size_t place = 0; place < chunk.directory.connection.size(); ++place) {
    const std::uint32_t number = chunk.directory.connection[place];
    if (table.is_closed_about(number)) continue;  // nobody asks for it
    const auto entry = table.find(number);
    if (!entry) {
      return Error{ErrorCode::kCorrupt, "connection " + std::to_string(number) + ", which rows " +
                                            std::to_string(chunk.first_row) + " to " +
                                            std::to_string(chunk.first_row + chunk.rows - 1) +
                                            " name, is not in the connection table; re-run the extractor"};
    }
    if (!set.has(*entry)) continue;
    ConnectionFacts& facts = add(table, *entry);
    facts.previous_link = chunk.directory.previous[place];
    facts.rebases = rebases_of(rebases, number);
  }
  build_index();
  return {};
}

void ChunkConnections::load(const read::ConnectionTable& table, std::span<const std::uint64_t> entries) {
  facts_.clear();
  texts_.clear();
  for (const std::uint64_t entry : entries) add(table, entry);
  build_index();
}

ConnectionFacts& ChunkConnections::add(const read::ConnectionTable& table, std::uint64_t entry) {
  ConnectionFacts& facts = facts_.emplace_back();
  facts.entry = entry;
  facts.connection = table.at(entry);
  facts.bases = first_bases(facts.connection);
  facts.shifts = ShiftTimeline::from(facts.connection);
  facts.start = facts.connection.first.time;
  facts.totals = totals_of(facts.connection);
  return facts;
}

void ChunkConnections::build_index() {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(facts_.size());
  for (const ConnectionFacts& facts : facts_) numbers.push_back(facts.connection.number);
  index_.build(numbers);
}

}  // namespace pcapsule::analysis
