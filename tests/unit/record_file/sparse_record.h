// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/container/byte_sink.h"
#include "common/container/catalog_builder.h"
#include "common/container/segment_stage.h"
#include "common/io/scoped_fd.h"
#include "common/record/connection.h"

namespace pcapsule::testing {

/// A file without a name in which zeros take no room on the disk.
class SparseFile final : public container::ByteSink {
 public:
  SparseFile();
  Result<void> write(ByteView bytes) override;
  /// Goes on `bytes` later.
  void skip(std::uint64_t bytes) { offset_ += bytes; }
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  [[nodiscard]] std::string path() const;

 private:
  io::ScopedFd file_;
  std::uint64_t offset_ = 0;
};

/// Writes a record file with as many rows and bytes as one likes, since most of its chunks are holes: the catalog
/// lists them, and whoever reads one finds it damaged.
class SparseRecord {
 public:
  explicit SparseRecord(SparseFile& file);

  /// `count` segment chunks of 65,536 rows and `bytes` bytes each.
  void add_holes(std::uint32_t count, std::uint32_t bytes);
  /// The chunk of `frames`, all of connection 0. `link` belongs to that.
  void add_rows(const std::vector<std::uint64_t>& frames, record::RowLink& link);
  /// The connection table. It has all rows of the file.
  void add_connections(std::span<const record::Connection> connections);
  void finish();

  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] std::uint32_t chunks() const { return static_cast<std::uint32_t>(chunks_.size()); }

 private:
  void add(const record::ChunkSummary& summary, std::uint32_t bytes, const std::vector<container::Region>& regions);
  void write(ByteView bytes);
  void align();

  SparseFile& file_;
  flatbuffers::FlatBufferBuilder fbb_;
  std::vector<container::ChunkEntry> chunks_;
  std::vector<container::Region> regions_;
  std::uint64_t rows_ = 0;
  std::uint64_t connections_ = 0;
};

}  // namespace pcapsule::testing
