// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/result.h"
#include "common/container/byte_sink.h"
#include "common/container/catalog_builder.h"
#include "common/container/chunk.h"
#include "common/container/connection_stage.h"
#include "common/container/segment_stage.h"
#include "common/net/tcp_oddity.h"
#include "common/record/catalog.h"
#include "common/record/connection.h"
#include "common/record/row_link.h"
#include "common/record/segment_row.h"
#include "flatbuffers/flatbuffers.h"

namespace pcapsule::container {

/// Yields the connections that have rows, in ascending order of their numbers.
class ConnectionSource {
 public:
  ConnectionSource() = default;
  ConnectionSource(const ConnectionSource&) = delete;
  ConnectionSource& operator=(const ConnectionSource&) = delete;
  virtual ~ConnectionSource() = default;

  /// False: there are no more. `connection` is overwritten whole but for its first
  /// and last row and its last chunk, which the writer takes from `rows`: the link
  /// that went with the connection's rows.
  virtual bool next(record::Connection& connection, record::RowLink& rows) = 0;
};

/// Writes a packet-record file as a stream: header, segment chunks as they fill,
/// then connection chunks, catalog and trailer. Memory: one chunk being filled,
/// one being built, and about 300 bytes of catalog a chunk.
class RecordWriter {
 public:
  explicit RecordWriter(ByteSink& sink);

  Result<void> start();

  /// Adds a row; frames ascend. `link` is the one of the row's connection, the
  /// same for all its rows.
  Result<void> append(const record::SegmentRow& row, record::RowLink& link) {
    if (!stage_.takes(row.frame)) {
      if (auto flushed = flush_segments(); !flushed) return flushed;
    }
    if ((row.oddities & oddity::kNoSegment) == 0) ++segments_;
    stage_.append(row, static_cast<std::uint32_t>(chunk_first_row_.size()), link);
    return {};
  }

  [[nodiscard]] std::uint64_t rows() const { return first_row_of_stage_ + stage_.rows(); }
  /// Rows that are segments: what the summary calls interesting.
  [[nodiscard]] std::uint64_t segments() const { return segments_; }

  /// Writes what is left. REQUIRES: start() was called, and nothing after this.
  Result<void> finish(ConnectionSource& connections, const record::Provenance& provenance);

  [[nodiscard]] std::uint64_t bytes_written() const { return offset_; }
  [[nodiscard]] std::uint64_t connections() const { return connections_; }

 private:
  Result<void> flush_segments();
  Result<void> write_connections(ConnectionSource& connections);
  Result<void> write_chunk(const BuiltChunk& chunk);
  Result<void> write_catalog(const record::Provenance& provenance);
  Result<void> write_padded(ByteView bytes);
  void place(record::Connection& connection, const record::RowLink& rows) const;

  ByteSink& sink_;
  flatbuffers::FlatBufferBuilder fbb_;
  SegmentStage stage_;
  std::uint64_t first_row_of_stage_ = 0;
  std::uint64_t segments_ = 0;
  std::uint64_t connections_ = 0;
  std::uint64_t offset_ = 0;
  std::vector<std::uint64_t> chunk_first_row_;  ///< of the segment chunks
  std::vector<ChunkEntry> chunks_;
  std::vector<Region> regions_;
};

}  // namespace pcapsule::container
