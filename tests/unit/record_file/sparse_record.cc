// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/record_file/sparse_record.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "common/container/connection_chunk.h"
#include "common/container/connection_stage.h"
#include "common/container/container.h"
#include "common/container/segment_chunk.h"
#include "common/format/record_layout.h"

namespace pcapsule::testing {

namespace {

constexpr std::size_t kPieceBytes = 4096;

/// At most a piece.
bool all_zero(ByteView bytes) {
  static constexpr std::array<std::uint8_t, kPieceBytes> kZeros{};
  return std::memcmp(bytes.data(), kZeros.data(), bytes.size()) == 0;
}

template <class T>
ByteView bytes_of(const T& value) {
  return {reinterpret_cast<const std::uint8_t*>(&value), sizeof(T)};
}

}  // namespace

SparseFile::SparseFile() {
  std::string name = (std::filesystem::temp_directory_path() / "pcapsule-sparse-XXXXXX").string();
  file_ = io::ScopedFd(::mkstemp(name.data()));
  if (file_.get() < 0 || ::unlink(name.c_str()) != 0) throw std::runtime_error("no temporary file");
}

Result<void> SparseFile::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ByteView piece = bytes.first(std::min(bytes.size(), kPieceBytes));
    const auto written = static_cast<ssize_t>(piece.size());
    if (!all_zero(piece) && ::pwrite(file_.get(), piece.data(), piece.size(), static_cast<off_t>(offset_)) != written) {
      return Error{ErrorCode::kIo, "the temporary folder is full"};
    }
    offset_ += piece.size();
    bytes = bytes.subspan(piece.size());
  }
  return {};
}

std::string SparseFile::path() const { return "/proc/self/fd/" + std::to_string(file_.get()); }

SparseRecord::SparseRecord(SparseFile& file) : file_(file) {
  write(bytes_of(format::kHeaderMagic));
  write(bytes_of(format::kFormatVersion));
  write(bytes_of(std::uint32_t{0}));
}

void SparseRecord::write(ByteView bytes) {
  if (!file_.write(bytes)) throw std::runtime_error("cannot write");
}

void SparseRecord::align() {
  file_.skip((format::kAlignment - file_.offset() % format::kAlignment) % format::kAlignment);
}

void SparseRecord::add(const record::ChunkSummary& summary, std::uint32_t bytes,
                       const std::vector<container::Region>& regions) {
  container::ChunkEntry entry;
  static_cast<record::ChunkSummary&>(entry.info) = summary;
  entry.info.number = chunks();
  entry.info.offset = file_.offset();
  entry.info.bytes = bytes;
  entry.region_first = static_cast<std::uint32_t>(regions_.size());
  chunks_.push_back(entry);
  regions_.insert(regions_.end(), regions.begin(), regions.end());
}

void SparseRecord::add_holes(std::uint32_t count, std::uint32_t bytes) {
  record::ChunkSummary summary;
  summary.rows = format::kMaxChunkRows;
  for (; count > 0; --count) {
    summary.first = rows_;
    add(summary, bytes, {{bytes, 0}});
    rows_ += summary.rows;
    file_.skip(bytes);
  }
}

void SparseRecord::add_rows(const std::vector<std::uint64_t>& frames, record::RowLink& link) {
  container::SegmentStage stage;
  for (const std::uint64_t frame : frames) {
    record::SegmentRow row;
    row.frame = frame;
    row.time = {static_cast<std::int64_t>(frame)};
    row.tcp_word = {0x5010};
    stage.append(row, chunks(), link);
  }
  const container::BuiltChunk chunk = container::build_segment_chunk(fbb_, stage, rows_);
  add(chunk.summary, static_cast<std::uint32_t>(chunk.bytes.size()), chunk.regions);
  rows_ += frames.size();
  write(chunk.bytes);
  align();
}

void SparseRecord::add_connections(std::span<const record::Connection> connections) {
  container::ConnectionStage stage;
  for (const record::Connection& connection : connections) stage.append(connection);
  connections_ = connections.size();
  const container::BuiltChunk chunk = container::build_connection_chunk(fbb_, stage, 0);
  add(chunk.summary, static_cast<std::uint32_t>(chunk.bytes.size()), chunk.regions);
  write(chunk.bytes);
  align();
}

void SparseRecord::finish() {
  record::Provenance provenance;
  provenance.captures.emplace_back().interfaces.emplace_back();
  const ByteView catalog = container::build_catalog(fbb_, chunks_, regions_, {rows_, rows_, connections_}, provenance);
  const std::uint64_t at = file_.offset();
  const auto size = static_cast<std::uint64_t>(catalog.size());
  const std::uint64_t checksum = container::checksum(catalog);
  write(catalog);
  align();
  write(bytes_of(at));
  write(bytes_of(size));
  write(bytes_of(checksum));
  write(bytes_of(format::kTrailerMagic));
}

}  // namespace pcapsule::testing
