// SPDX-License-Identifier: Apache-2.0
#include "common/container/record_writer.h"

#include <array>
#include <string>

#include "common/container/connection_chunk.h"
#include "common/container/container.h"
#include "common/container/segment_chunk.h"

namespace pcapsule::container {

namespace {

constexpr std::size_t kBuilderBytes = std::size_t{4} << 20;

template <class T>
void put(std::vector<std::uint8_t>& out, const T& value) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
  out.insert(out.end(), bytes, bytes + sizeof(T));
}

}  // namespace

RecordWriter::RecordWriter(ByteSink& sink) : sink_(sink), fbb_(kBuilderBytes) {}

Result<void> RecordWriter::start() {
  std::vector<std::uint8_t> header;
  put(header, format::kHeaderMagic);
  put(header, format::kFormatVersion);
  put(header, std::uint32_t{0});
  offset_ = header.size();
  return sink_.write(header);
}

Result<void> RecordWriter::flush_segments() {
  if (stage_.rows() == 0) return {};
  const BuiltChunk chunk = build_segment_chunk(fbb_, stage_, first_row_of_stage_);
  chunk_first_row_.push_back(first_row_of_stage_);
  first_row_of_stage_ += stage_.rows();
  stage_.clear();
  return write_chunk(chunk);
}

Result<void> RecordWriter::write_chunk(const BuiltChunk& chunk) {
  if (chunk.bytes.size() > format::kMaxChunkBytes) {
    return Error{ErrorCode::kCorrupt, "a chunk of " + std::to_string(chunk.bytes.size()) + " bytes is larger than " +
                                          std::to_string(format::kMaxChunkBytes) + ", which no reader accepts"};
  }
  ChunkEntry entry;
  static_cast<record::ChunkSummary&>(entry.info) = chunk.summary;
  entry.info.number = static_cast<std::uint32_t>(chunks_.size());
  entry.info.offset = offset_;
  entry.info.bytes = static_cast<std::uint32_t>(chunk.bytes.size());
  entry.region_first = static_cast<std::uint32_t>(regions_.size());
  chunks_.push_back(entry);
  regions_.insert(regions_.end(), chunk.regions.begin(), chunk.regions.end());
  return write_padded(chunk.bytes);
}

Result<void> RecordWriter::write_padded(ByteView bytes) {
  if (auto written = sink_.write(bytes); !written) return written;
  static constexpr std::array<std::uint8_t, format::kAlignment> kPadding{};
  const std::size_t padding = (format::kAlignment - bytes.size() % format::kAlignment) % format::kAlignment;
  offset_ += bytes.size() + padding;
  return padding == 0 ? Result<void>() : sink_.write(ByteView(kPadding).first(padding));
}

void RecordWriter::place(record::Connection& connection, const record::RowLink& rows) const {
  connection.first_row = chunk_first_row_[rows.first_chunk] + rows.first_in_chunk;
  connection.last_row = chunk_first_row_[rows.last_chunk] + rows.last_in_chunk;
  connection.last_chunk = rows.last_chunk;
  connection.encapsulation = rows.encapsulation;
}

Result<void> RecordWriter::write_connections(ConnectionSource& connections) {
  record::Connection connection;
  record::RowLink rows;
  bool more = connections.next(connection, rows);
  while (more) {
    ConnectionStage stage;
    for (; more && !stage.full(); more = connections.next(connection, rows)) {
      place(connection, rows);
      stage.append(connection);
    }
    const BuiltChunk chunk = build_connection_chunk(fbb_, stage, connections_);
    connections_ += stage.size();
    if (auto written = write_chunk(chunk); !written) return written;
  }
  return {};
}

Result<void> RecordWriter::finish(ConnectionSource& connections, const record::Provenance& provenance) {
  if (auto flushed = flush_segments(); !flushed) return flushed;
  if (auto written = write_connections(connections); !written) return written;
  return write_catalog(provenance);
}

Result<void> RecordWriter::write_catalog(const record::Provenance& provenance) {
  const CatalogTotals totals = {rows(), segments_, connections_};
  const ByteView catalog = build_catalog(fbb_, chunks_, regions_, totals, provenance);
  const std::uint64_t catalog_offset = offset_;
  if (auto written = write_padded(catalog); !written) return written;

  std::vector<std::uint8_t> trailer;
  put(trailer, catalog_offset);
  put(trailer, static_cast<std::uint64_t>(catalog.size()));
  put(trailer, checksum(catalog));
  put(trailer, format::kTrailerMagic);
  offset_ += trailer.size();
  return sink_.write(trailer);
}

}  // namespace pcapsule::container
