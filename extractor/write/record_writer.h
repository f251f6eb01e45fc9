// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/base/result.h"
#include "extractor/decode/segment.h"
#include "extractor/track/connection_tracker.h"
#include "extractor/write/byte_sink.h"
#include "extractor/write/catalog.h"
#include "extractor/write/chunk.h"
#include "extractor/write/provenance.h"
#include "extractor/write/segment_chunk.h"
#include "flatbuffers/flatbuffers.h"

namespace pcapsule::write {

/// Writes a packet-record file as a stream: header, segment chunks as they fill,
/// then connection chunks, catalog and trailer. Memory: one chunk being filled,
/// one being built, and about 300 bytes of catalog a chunk.
class RecordWriter {
 public:
  explicit RecordWriter(ByteSink& sink);

  Result<void> start();

  /// Adds a row. `link` is the RowLink of the row's connection.
  Result<void> append(const decode::Segment& segment, const decode::TcpOptions* options,
                      const track::TrackedRow& tracked, track::RowLink& link);

  [[nodiscard]] std::uint64_t rows() const { return first_row_of_stage_ + stage_.rows(); }
  /// Rows that are segments: what the summary calls interesting.
  [[nodiscard]] std::uint64_t segments() const { return segments_; }

  /// Writes what is left. The connection table holds every connection that has a row.
  /// REQUIRES: tracker.decide_roles() was called.
  Result<void> finish(const track::ConnectionTracker& tracker, const Provenance& provenance);

  [[nodiscard]] std::uint64_t bytes_written() const { return offset_; }
  [[nodiscard]] std::uint64_t connections() const { return connections_; }

 private:
  Result<void> flush_segments();
  Result<void> write_connections(const track::ConnectionTracker& tracker);
  Result<void> write_chunk(const BuiltChunk& chunk);
  Result<void> write_catalog(const Provenance& provenance);
  Result<void> write_padded(ByteView bytes);
  std::uint16_t encapsulation_index(decode::LayerStack layers);

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
  std::vector<std::string> encapsulations_;
  std::unordered_map<std::uint64_t, std::uint16_t> encapsulation_of_;
  decode::LayerStack latest_layers_{~std::uint64_t{0}};
  std::uint16_t latest_encapsulation_ = 0;
};

}  // namespace pcapsule::write
