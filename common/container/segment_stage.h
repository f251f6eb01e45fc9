// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/format/record_layout.h"
#include "common/net/tcp_oddity.h"
#include "common/record/chunk_info.h"
#include "common/record/row_link.h"
#include "common/record/segment_row.h"

namespace pcapsule::container {

/// A connection in the directory of a segment chunk; fields as in schema/packet_record.fbs.
struct DirectoryEntry {
  std::uint32_t connection;
  std::uint32_t rows;
  std::uint32_t previous;
};

inline constexpr std::size_t kCacheLineBytes = 64;

/// One fact of every row. A cache line longer than a chunk: columns that began at the same place of a page would
/// push each other out of the first-level cache at every row.
template <class T>
using StagedRows = std::array<T, format::kMaxChunkRows + kCacheLineBytes / sizeof(T)>;

/// A fact that is mostly the same in all rows of a chunk: nothing is written until it first differs.
template <class T>
class SteadyColumn {
 public:
  void set(std::uint32_t row, T value) {
    if (row == 0) {
      first_ = value;
      varies_ = false;
    } else if (varies_ || value != first_) {
      set_varying(row, value);
    }
  }

  [[nodiscard]] bool varies() const { return varies_; }
  [[nodiscard]] T first() const { return first_; }
  /// REQUIRES: varies().
  [[nodiscard]] std::span<const T> rows(std::size_t count) const { return std::span<const T>(rows_).first(count); }

 private:
  void set_varying(std::uint32_t row, T value) {
    if (!varies_) std::fill_n(rows_.begin(), row, first_);
    varies_ = true;
    rows_[row] = value;
  }

  // Set by the first row; without initialisers, so that staging columns are not touched before.
  T first_;
  bool varies_;
  StagedRows<T> rows_;
};

/// The facts that every row of a chunk has, one array a fact. Arrays of a fixed size, so that a row is written
/// with one address and constant distances.
struct DenseColumns {
  StagedRows<std::uint64_t> frame;
  StagedRows<std::int64_t> time;
  StagedRows<std::uint32_t> connection, seq, ack, payload, overhead, wire, captured, ts_value, ts_echo;
  StagedRows<std::uint16_t> tcp_word, window, checksum, ip_id;
  StagedRows<std::uint8_t> marks;
  SteadyColumn<std::uint32_t> interface;
  SteadyColumn<std::uint16_t> encapsulation;
  std::array<SteadyColumn<std::uint16_t>, record::kRecordedVlans> vlan;
  SteadyColumn<std::uint8_t> oddities, ttl, dscp_ecn, vlan_tags;
};

/// The facts that few rows have, led by the row.
struct SparseColumns {
  std::vector<std::uint16_t> previous_row, sack_row, options_row, cut_row, rebase_row;
  std::vector<std::int64_t> previous_gap;
  std::vector<std::uint32_t> sack_left, sack_right, options_end;
  std::vector<std::uint8_t> options_bytes, cut_available;

  void clear();
};

/// Rows of the segment chunk under construction. Width and absence of a column
/// are known only when the chunk is full, so it is staged here and narrowed into
/// the FlatBuffer at the end.
class SegmentStage {
 public:
  SegmentStage();

  [[nodiscard]] std::uint32_t rows() const { return rows_; }
  [[nodiscard]] bool full() const { return rows_ == format::kMaxChunkRows; }

  /// A chunk holds frame numbers that lie within 2^32 of its first: false when
  /// `frame` needs another chunk.
  [[nodiscard]] bool takes(std::uint64_t frame) const {
    return !full() && (rows_ == 0 || frame - dense_->frame[0] <= 0xffff'ffffULL);
  }

  /// `chunk` is this chunk's number among the segment chunks; `link` belongs to the row's connection.
  /// REQUIRES: takes(row.frame).
  void append(const record::SegmentRow& row, std::uint32_t chunk, record::RowLink& link);

  /// Of all staged rows. REQUIRES: rows() > 0.
  [[nodiscard]] record::ChunkSummary summarise(std::uint64_t first_row) const;

  [[nodiscard]] const DenseColumns& dense() const { return *dense_; }
  [[nodiscard]] const SparseColumns& sparse() const { return sparse_; }
  /// The connections of the chunk, ascending.
  [[nodiscard]] std::vector<DirectoryEntry> directory() const;

  void clear();

 private:
  void append_sparse(const record::SegmentRow& row);
  /// The first row of a connection in this chunk.
  void enter_directory(const record::SegmentRow& row, std::uint32_t chunk, record::RowLink& link);

  std::uint32_t rows_ = 0;
  std::unique_ptr<DenseColumns> dense_;
  SparseColumns sparse_;
  std::vector<DirectoryEntry> directory_;  ///< in the order of first rows
};

}  // namespace pcapsule::container
