// SPDX-License-Identifier: Apache-2.0
#include "extractor/write/record_writer.h"

#include <array>
#include <cstring>

#include "extractor/decode/layer_stack.h"
#include "extractor/write/connection_chunk.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace pcapsule::write {

namespace {

constexpr std::size_t kBuilderBytes = std::size_t{4} << 20;

/// Different header stacks that are told apart; the rest share the last entry.
/// Strangers may nest headers as they like, and this table must not grow with them.
constexpr std::size_t kMaxEncapsulations = 4096;
constexpr const char* kOtherEncapsulation = "other";

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

Result<void> RecordWriter::append(const decode::Segment& segment, const decode::TcpOptions* options,
                                  const track::TrackedRow& tracked, track::RowLink& link) {
  if (!stage_.takes(segment.frame_number)) {
    if (auto flushed = flush_segments(); !flushed) return flushed;
  }
  if (segment.layers != latest_layers_) {
    latest_encapsulation_ = encapsulation_index(segment.layers);
    latest_layers_ = segment.layers;
  }
  if ((segment.oddities & oddity::kNoSegment) == 0) ++segments_;
  const auto chunk = static_cast<std::uint32_t>(chunk_first_row_.size());
  stage_.append(segment, options, tracked, latest_encapsulation_, chunk, link);
  return {};
}

std::uint16_t RecordWriter::encapsulation_index(decode::LayerStack layers) {
  if (const auto known = encapsulation_of_.find(layers.packed); known != encapsulation_of_.end()) return known->second;
  if (encapsulations_.size() >= kMaxEncapsulations) return kMaxEncapsulations - 1;
  const bool last = encapsulations_.size() == kMaxEncapsulations - 1;
  const auto index = static_cast<std::uint16_t>(encapsulations_.size());
  encapsulations_.push_back(last ? kOtherEncapsulation : decode::to_text(layers));
  if (!last) encapsulation_of_.emplace(layers.packed, index);
  return index;
}

Result<void> RecordWriter::flush_segments() {
  if (stage_.rows() == 0) return {};
  const BuiltChunk chunk = stage_.build(fbb_, first_row_of_stage_);
  chunk_first_row_.push_back(first_row_of_stage_);
  first_row_of_stage_ += stage_.rows();
  stage_.clear();
  return write_chunk(chunk);
}

Result<void> RecordWriter::write_chunk(const BuiltChunk& chunk) {
  ChunkEntry entry;
  entry.summary = chunk.summary;
  entry.offset = offset_;
  entry.bytes = static_cast<std::uint32_t>(chunk.bytes.size());
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

Result<void> RecordWriter::write_connections(const track::ConnectionTracker& tracker) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(format::kMaxChunkRows);
  const auto flush = [&]() -> Result<void> {
    if (numbers.empty()) return {};
    const BuiltChunk chunk = build_connection_chunk(fbb_, tracker, numbers, connections_, chunk_first_row_);
    connections_ += numbers.size();
    numbers.clear();
    return write_chunk(chunk);
  };
  for (std::uint32_t number = 0; number < tracker.connections(); ++number) {
    if (tracker.record(number).rows.first_chunk == track::kNone) continue;  // not chosen by --client, --server
    numbers.push_back(number);
    if (numbers.size() < format::kMaxChunkRows) continue;
    if (auto written = flush(); !written) return written;
  }
  return flush();
}

Result<void> RecordWriter::finish(const track::ConnectionTracker& tracker, const Provenance& provenance) {
  if (auto flushed = flush_segments(); !flushed) return flushed;
  if (auto written = write_connections(tracker); !written) return written;
  return write_catalog(provenance);
}

Result<void> RecordWriter::write_catalog(const Provenance& provenance) {
  const CatalogTotals totals = {rows(), segments_, connections_};
  const ByteView catalog = build_catalog(fbb_, chunks_, regions_, encapsulations_, totals, provenance);
  const std::uint64_t catalog_offset = offset_;
  if (auto written = write_padded(catalog); !written) return written;

  std::vector<std::uint8_t> trailer;
  put(trailer, catalog_offset);
  put(trailer, static_cast<std::uint64_t>(catalog.size()));
  put(trailer, static_cast<std::uint64_t>(XXH3_64bits(catalog.data(), catalog.size())));
  put(trailer, format::kTrailerMagic);
  offset_ += trailer.size();
  return sink_.write(trailer);
}

}  // namespace pcapsule::write
