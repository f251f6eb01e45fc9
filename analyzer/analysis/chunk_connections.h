// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analyzer/analysis/connection_set.h"
#include "analyzer/analysis/connection_totals.h"
#include "analyzer/analysis/number_index.h"
#include "analyzer/analysis/relative_numbers.h"
#include "analyzer/analysis/window_scale.h"
#include "analyzer/read/chunk_view.h"
#include "analyzer/read/connection_table.h"

namespace pcapsule::analysis {

/// A SYN-ACK that set the base of its sender anew (S12), as its row says.
struct Rebase {
  std::uint32_t connection = 0;
  std::uint8_t side = 0;
  std::uint64_t row = 0;  ///< of the file
  std::uint32_t base = 0;
  /// What the connection's rebases set for both sides up to this one; sort_rebases() fills them in.
  std::array<std::optional<std::uint32_t>, 2> set{};
};

/// Appends the rebases of a chunk. Needs kRebase, kConnection, kMarks, kSeq.
void append_rebases(const read::SegmentChunk& chunk, std::vector<Rebase>& out);

/// By connection, then by row: the order in which they are looked up.
void sort_rebases(std::vector<Rebase>& rebases);

/// Those of one connection. REQUIRES: sorted.
std::span<const Rebase> rebases_of(std::span<const Rebase> sorted, std::uint32_t connection);

/// Those at one row of the file: none, one, or a file's repetition of it. `sorted`: of one connection, which may have
/// as many as it has rows.
std::span<const Rebase> rebases_at(std::span<const Rebase> sorted, std::uint64_t row);

/// An endpoint as text, in place.
class EndpointText {
 public:
  EndpointText() = default;
  explicit EndpointText(const Endpoint& endpoint);
  [[nodiscard]] bool empty() const { return end_ == 0; }
  [[nodiscard]] std::string_view address() const { return {text_.data() + begin_, address_end_}; }
  /// `192.0.2.1:443`, `[2001:db8::1]:443`
  [[nodiscard]] std::string_view whole() const { return {text_.data(), end_}; }

 private:
  std::array<char, 54> text_{};  // 45 of an address, two brackets, colon, five digits
  std::uint8_t begin_ = 0;
  std::uint8_t address_end_ = 0;
  std::uint8_t end_ = 0;
};

/// What rows ask of their connection, fetched once a chunk.
struct ConnectionFacts {
  std::uint64_t entry = 0;
  read::Connection connection;
  Bases bases;  ///< as first set
  std::span<const Rebase> rebases;
  std::optional<ShiftTimeline> shifts;  ///< nullopt: has to be replayed
  ConnectionTotals totals;              ///< exact where the scan asked for it
  TimestampNs start;                    ///< of the connection's first segment
  /// The segment chunk before this one that has the connection, plus 1; 0: none.
  std::uint32_t previous_link = 0;

  /// The bases that hold for `row` of the file.
  [[nodiscard]] Bases bases_at(std::uint64_t row) const { return rebases.empty() ? bases : rebased_at(row); }

 private:
  [[nodiscard]] Bases rebased_at(std::uint64_t row) const;
};

/// The connections of one segment chunk that a query selects, and the way from a
/// row's connection number to its facts.
class ChunkConnections {
 public:
  static constexpr std::uint32_t kNoSlot = NumberIndex::kNone;

  /// Needs kDirectory. `rebases`: of the whole file, sorted. kCorrupt: the chunk
  /// names a connection that the table does not have.
  Result<void> load(const read::SegmentChunk& chunk, const read::ConnectionTable& table, const ConnectionSet& set,
                    std::span<const Rebase> rebases);

  /// The connections of some entries of the table, ascending, without regard to chunks.
  void load(const read::ConnectionTable& table, std::span<const std::uint64_t> entries);

  /// Slot of a connection number; kNoSlot: not selected, or not in this chunk.
  [[nodiscard]] std::uint32_t slot(std::uint32_t number) const { return index_.find(number); }
  [[nodiscard]] const ConnectionFacts& facts(std::uint32_t slot) const { return facts_[slot]; }
  [[nodiscard]] ConnectionFacts& facts(std::uint32_t slot) { return facts_[slot]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(facts_.size()); }

  /// The endpoint of a side as text, made when it is first asked for: most queries print few. Not for use by
  /// several threads at once.
  [[nodiscard]] const EndpointText& text(std::uint32_t slot, unsigned side) const {
    if (texts_.empty()) texts_.resize(facts_.size());
    EndpointText& text = texts_[slot][side];
    if (text.empty()) text = EndpointText(facts_[slot].connection.side[side].endpoint);
    return text;
  }

 private:
  ConnectionFacts& add(const read::ConnectionTable& table, std::uint64_t entry);
  void build_index();

  std::vector<ConnectionFacts> facts_;                      ///< by ascending number
  mutable std::vector<std::array<EndpointText, 2>> texts_;  ///< by slot; see text()
  NumberIndex index_;
};

}  // namespace pcapsule::analysis
