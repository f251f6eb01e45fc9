// SPDX-License-Identifier: Apache-2.0
#include "analyzer/subset/kept_connections.h"

#include <algorithm>
#include <string>

namespace pcapsule::subset {

KeptConnections::KeptConnections(const read::ConnectionTable& table, const analysis::ConnectionSet& chosen)
    : table_(table) {
  kept_.reserve(chosen.count());
  for (std::uint64_t entry = 0; kept_.size() < chosen.count(); ++entry) {
    if (chosen.has(entry)) kept_.push_back({entry, {}, 0});
  }
}

bool KeptConnections::enter(const read::SegmentChunk& chunk) {
  std::vector<std::uint32_t> numbers;
  slots_.clear();
  for (const std::uint32_t number : chunk.directory.connection) {
    const auto entry = table_.find(number);
    if (!entry) continue;
    const auto kept = std::ranges::lower_bound(kept_, *entry, {}, &KeptConnection::entry);
    if (kept == kept_.end() || kept->entry != *entry) continue;
    numbers.push_back(number);
    slots_.push_back(&*kept);
  }
  index_.build(numbers);
  return !numbers.empty();
}

Result<void> KeptConnections::check_whole() const {
  for (const KeptConnection& kept : kept_) {
    const record::Connection connection = table_.at(kept.entry);
    if (kept.rows > 0 && kept.rows == connection.rows()) continue;
    return Error{ErrorCode::kCorrupt, "connection " + std::to_string(connection.number) + " has " +
                                          std::to_string(kept.rows) + " rows, but the connection table says " +
                                          std::to_string(connection.rows())};
  }
  return {};
}

bool KeptConnections::next(record::Connection& connection, record::RowLink& rows) {
  if (next_ == kept_.size()) return false;
  const KeptConnection& kept = kept_[next_++];
  connection = table_.at(kept.entry);
  rows = kept.link;
  return true;
}

}  // namespace pcapsule::subset
