// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "analyzer/read/connection.h"
#include "analyzer/read/record_file.h"
#include "common/base/result.h"

namespace pcapsule::read {

/// What is to be known of a connection besides its number, marks, roles and endpoints, its first row, and how
/// many segments it has. A question about all connections reads no more columns than it needs.
enum class Facts : std::uint8_t {
  kIdentity = 0,
  kTotals = 1,  ///< its last frame and chunk, bytes on the wire, and rows that are no segments
  kEvents = 2,  ///< Connection::seen, and every SYN, SYN-ACK, ACK, FIN and RST that the table tells of
  kAll = 0xff,
};

/// Connection numbers from `first` to `last`, both included.
struct ConnectionRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

/// The connection table of a record file, in ascending order of numbers. Opening
/// verifies all of it; every access after that is a few loads. No connection is without
/// rows, and together they have no more rows than the file: exactly those where the whole table is open.
class ConnectionTable {
 public:
  static Result<ConnectionTable> open(RecordFile& file);

  /// Verifies only the chunks that may hold connections of these numbers; no others may be asked for facts.
  /// What the catalog says of the numbers of the rest is believed. Empty: all of it.
  static Result<ConnectionTable> open(RecordFile& file, std::span<const ConnectionRange> wanted);

  /// From now on at() says of copies at the tap (S40) that they are none.
  void take_copies_for_segments() { keeps_copies_ = true; }

  /// Number of connections; entries are 0 … size() - 1.
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// With the facts asked for; the others are as in a Connection without any. REQUIRES: entry < size().
  [[nodiscard]] Connection at(std::uint64_t entry, Facts facts = Facts::kAll) const;

  /// The same into `out`, which is new or was read with the same facts: to go through many, since a Connection is
  /// large to make.
  void read(std::uint64_t entry, Facts facts, Connection& out) const;

  /// The entries with a RST, ascending.
  [[nodiscard]] std::vector<std::uint64_t> entries_with_resets() const;

  /// Entry of the connection with this number; nullopt: the file has none, or it is in a part that is not open.
  [[nodiscard]] std::optional<std::uint64_t> find(std::uint32_t number) const;

  /// May the connection be in a part of the table that is not open? What find() says of it is then no answer.
  [[nodiscard]] bool is_closed_about(std::uint32_t number) const;

  /// Cheap access to single facts. REQUIRES: entry < size().
  [[nodiscard]] std::uint32_t number(std::uint64_t entry) const;
  [[nodiscard]] Endpoint endpoint(std::uint64_t entry, unsigned side) const;
  [[nodiscard]] unsigned client(std::uint64_t entry) const;

 private:
  struct Place {
    const ConnectionChunk* chunk;
    std::size_t row;
  };
  [[nodiscard]] Place place(std::uint64_t entry) const;
  bool take_rows(const ConnectionChunk& chunk);
  Result<void> add(RecordFile& file, std::size_t chunk, bool is_wanted, std::uint64_t least);

  std::vector<ConnectionChunk> chunks_;
  std::uint64_t size_ = 0;
  std::uint64_t rows_left_ = 0;          ///< rows of the catalog that no connection has yet
  bool counts_all_rows_ = true;          ///< all chunks are open, and none of their counters is full
  std::vector<ConnectionRange> closed_;  ///< ascending; numbers of the chunks that were not wanted
  bool keeps_copies_ = false;
  bool consecutive_ = true;  ///< numbers run from first_number_ without a gap
  std::uint32_t first_number_ = 0;
};

}  // namespace pcapsule::read
