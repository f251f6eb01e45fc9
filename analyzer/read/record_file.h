// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/read/catalog.h"
#include "analyzer/read/chunk_view.h"
#include "common/base/result.h"

namespace pcapsule::read {

/// A packet-record file, mapped. Nothing of a chunk is believed before its
/// structure is verified and the columns asked for match their checksums.
/// Several threads at once may use segments(), and what tells of chunks.
class RecordFile {
 public:
  /// Maps the file and proves its catalog. Errors name the file and what to do.
  static Result<RecordFile> open(const std::string& path);

  RecordFile(RecordFile&&) noexcept;
  RecordFile& operator=(RecordFile&&) noexcept;
  ~RecordFile();

  [[nodiscard]] const std::string& path() const;
  [[nodiscard]] const Catalog& catalog() const;

  /// Segment chunks and connection chunks, in file order.
  [[nodiscard]] std::size_t segment_chunks() const;
  [[nodiscard]] std::size_t connection_chunks() const;
  [[nodiscard]] ChunkInfo segment_chunk_info(std::size_t chunk) const;
  [[nodiscard]] ChunkInfo connection_chunk_info(std::size_t chunk) const;

  /// View of segment chunk `chunk` with the columns of `wanted`.
  /// kCorrupt: the file is damaged there; the message names chunk and offset.
  /// REQUIRES: chunk < segment_chunks().
  Result<SegmentChunk> segments(std::size_t chunk, ColumnSet wanted);

  /// View of connection chunk `chunk`, whole. REQUIRES: chunk < connection_chunks().
  Result<ConnectionChunk> connections(std::size_t chunk);

  /// Number of the segment chunk that holds `row`. REQUIRES: row < catalog().rows.
  [[nodiscard]] std::size_t segment_chunk_of_row(std::uint64_t row) const;

  /// Were all bytes of chunk `number` (ChunkInfo::number) covered by columns that
  /// have been read so far? False after reading every column means stray bytes.
  [[nodiscard]] bool wholly_read(std::uint32_t number) const;

  /// First chunk after which the padding up to the next is not zero.
  [[nodiscard]] std::optional<std::uint32_t> stray_padding() const;

 private:
  class Impl;
  explicit RecordFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pcapsule::read
