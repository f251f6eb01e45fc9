// SPDX-License-Identifier: Apache-2.0
#include "analyzer/read/record_file.h"

#include <algorithm>
#include <utility>

#include "analyzer/read/table_proof.h"
#include "analyzer/read/views.h"
#include "common/container/container.h"
#include "common/format/record_layout.h"
#include "common/io/mapped_file.h"
#include "schema/packet_record_generated.h"

namespace pcapsule::read {

namespace {

/// Of more columns than these a chunk is read as a whole from a disk.
constexpr int kFewColumns = 6;

template <class T>
std::span<const T> span_of(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? std::span<const T>() : std::span<const T>(vector->data(), vector->size());
}

}  // namespace

class RecordFile::Impl {
 public:
  Impl(std::string path, io::MappedFile file, const container::CatalogView& view)
      : path_(std::move(path)), file_(std::move(file)), table_(view.table), catalog_(container::to_value(view)) {
    const auto kinds = span_of(table_->chunk_kind());
    for (std::uint32_t chunk = 0; chunk < kinds.size(); ++chunk) {
      const bool segments = kinds[chunk] == static_cast<std::uint8_t>(format::ChunkKind::kSegments);
      (segments ? segment_chunks_ : connection_chunks_).push_back(chunk);
    }
    structure_proof_.resize(kinds.size());
    directory_proof_.resize(kinds.size());
    region_proof_.resize(span_of(table_->region_end()).size());
  }

  /// Rows and entries are numbered without a gap, and add up to the totals.
  [[nodiscard]] Result<void> check_numbers() const {
    const auto adds_up = [this](const std::vector<std::uint32_t>& chunks, std::uint64_t total) {
      std::uint64_t next = 0;
      for (const std::uint32_t chunk : chunks) {
        if (table_->chunk_first()->Get(chunk) != next) return false;
        next += table_->chunk_rows()->Get(chunk);
      }
      return next == total;
    };
    if (adds_up(segment_chunks_, catalog_.rows) && adds_up(connection_chunks_, catalog_.connections)) return {};
    return Error{ErrorCode::kCorrupt,
                 path_ + ": the chunks of the catalog do not add up to its totals; re-run the extractor"};
  }

  [[nodiscard]] ChunkInfo info(std::uint32_t chunk) const {
    const fb::Catalog& t = *table_;
    ChunkInfo info;
    info.kind = static_cast<format::ChunkKind>(t.chunk_kind()->Get(chunk));
    info.number = chunk;
    info.offset = t.chunk_offset()->Get(chunk);
    info.bytes = t.chunk_bytes()->Get(chunk);
    info.first = t.chunk_first()->Get(chunk);
    info.rows = t.chunk_rows()->Get(chunk);
    info.time_least = {t.time_least_ns()->Get(chunk)};
    info.time_greatest = {t.time_greatest_ns()->Get(chunk)};
    info.connection_least = t.connection_least()->Get(chunk);
    info.connection_greatest = t.connection_greatest()->Get(chunk);
    info.flags_any = t.flags_any()->Get(chunk);
    info.flags_all = t.flags_all()->Get(chunk);
    info.payload_greatest = t.payload_greatest()->Get(chunk);
    info.window_least = t.window_least()->Get(chunk);
    info.wire_greatest = t.wire_greatest()->Get(chunk);
    info.frame_first = t.frame_first()->Get(chunk);
    info.frame_last = t.frame_last()->Get(chunk);
    info.oddities_any = t.oddities_any()->Get(chunk);
    info.rebases = t.rebases()->Get(chunk);
    return info;
  }

  [[nodiscard]] ChunkBytes bytes_of(std::uint32_t chunk) {
    const std::uint32_t first = table_->region_first()->Get(chunk);
    const std::uint32_t count = table_->region_first()->Get(chunk + 1) - first;
    return {file_.bytes().subspan(table_->chunk_offset()->Get(chunk), table_->chunk_bytes()->Get(chunk)),
            span_of(table_->region_end()).subspan(first, count), span_of(table_->region_xxh3()).subspan(first, count),
            std::span(region_proof_).subspan(first, count), &file_};
  }

  [[nodiscard]] std::string place(std::uint32_t chunk) const {
    return path_ + ": chunk " + std::to_string(chunk) + " at offset " +
           std::to_string(table_->chunk_offset()->Get(chunk));
  }

  /// Most of the chunk will be read: let it come in one piece, not column by column.
  void will_need(std::uint32_t chunk, ChunkBytes& bytes) {
    if (!is_good(structure_proof_[chunk])) {
      file_.will_need(bytes.bytes);
      bytes.file = nullptr;
    }
  }

  /// The chunk will probably be read next: it comes from the disk while the one before is worked on.
  void expect(std::uint32_t chunk) {
    if (is_good(structure_proof_[chunk])) return;
    file_.will_need(table_->chunk_offset()->Get(chunk), table_->chunk_bytes()->Get(chunk));
  }

  /// Root table of a chunk, structure proven once; nullptr after a fault.
  template <class Table>
  const Table* root(std::uint32_t chunk, const ChunkBytes& bytes, const char* identifier, ChunkReader& reader) {
    if (!is_good(structure_proof_[chunk])) {
      reader.check_root();
      if (reader.error()) return nullptr;
      if (!has_root_table(bytes.bytes, reader.root_bytes(), identifier, *Table::MiniReflectTypeTable())) {
        reader.fail(std::string("it is not a valid FlatBuffer ") + identifier);
        return nullptr;
      }
      set(structure_proof_[chunk], Proof::kGood);
    }
    return flatbuffers::GetSizePrefixedRoot<Table>(bytes.bytes.data());
  }

  std::string path_;
  io::MappedFile file_;
  const fb::Catalog* table_;
  Catalog catalog_;
  std::vector<std::uint32_t> segment_chunks_;
  std::vector<std::uint32_t> connection_chunks_;
  std::vector<Proof> structure_proof_;  ///< by chunk: of its tables
  std::vector<Proof> directory_proof_;  ///< by chunk: of its directory
  std::vector<Proof> region_proof_;     ///< by region: of its checksum
};

RecordFile::RecordFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RecordFile::RecordFile(RecordFile&&) noexcept = default;
RecordFile& RecordFile::operator=(RecordFile&&) noexcept = default;
RecordFile::~RecordFile() = default;

Result<RecordFile> RecordFile::open(const std::string& path) {
  auto file = io::MappedFile::open(path);
  if (!file) return file.error();
  // A question touches the catalog and a few columns: they are asked for in whole pieces, the rest stays on the disk.
  file->forgo_read_ahead();
  const auto catalog = container::locate_catalog(file->bytes(), path);
  if (!catalog) return catalog.error();
  file->will_need(*catalog);
  const auto found = container::find_catalog(file->bytes(), path);
  if (!found) return found.error();
  auto impl = std::make_unique<Impl>(path, std::move(*file), *found);
  if (auto numbers = impl->check_numbers(); !numbers) return numbers.error();
  return RecordFile(std::move(impl));
}

const std::string& RecordFile::path() const { return impl_->path_; }
const Catalog& RecordFile::catalog() const { return impl_->catalog_; }
std::size_t RecordFile::segment_chunks() const { return impl_->segment_chunks_.size(); }
std::size_t RecordFile::connection_chunks() const { return impl_->connection_chunks_.size(); }
ChunkInfo RecordFile::segment_chunk_info(std::size_t chunk) const { return impl_->info(impl_->segment_chunks_[chunk]); }
ChunkInfo RecordFile::connection_chunk_info(std::size_t chunk) const {
  return impl_->info(impl_->connection_chunks_[chunk]);
}

Result<SegmentChunk> RecordFile::segments(std::size_t chunk, ColumnSet wanted) {
  const std::uint32_t number = impl_->segment_chunks_[chunk];
  ChunkBytes bytes = impl_->bytes_of(number);
  const std::uint32_t rows = impl_->table_->chunk_rows()->Get(number);
  if (wanted.count() > kFewColumns) {
    impl_->will_need(number, bytes);
    if (chunk + 1 < segment_chunks()) impl_->expect(impl_->segment_chunks_[chunk + 1]);
  }
  ChunkReader reader(bytes, impl_->place(number), rows);
  const auto* table = impl_->root<fb::SegmentChunk>(number, bytes, format::kSegmentChunkIdentifier, reader);
  if (table == nullptr) return *reader.error();
  reader.require(table->rows() == rows && table->first_row() == impl_->table_->chunk_first()->Get(number),
                 "its rows are not those of the catalog");
  const SegmentChunk view = view_segments(*table, wanted, chunk, impl_->directory_proof_[number], reader);
  if (reader.error()) return *reader.error();
  return view;
}

Result<ConnectionChunk> RecordFile::connections(std::size_t chunk) {
  const std::uint32_t number = impl_->connection_chunks_[chunk];
  ChunkBytes bytes = impl_->bytes_of(number);
  const std::uint32_t rows = impl_->table_->chunk_rows()->Get(number);
  impl_->will_need(number, bytes);
  ChunkReader reader(bytes, impl_->place(number), rows);
  const auto* table = impl_->root<fb::ConnectionChunk>(number, bytes, format::kConnectionChunkIdentifier, reader);
  if (table == nullptr) return *reader.error();
  reader.require(table->rows() == rows && table->first_entry() == impl_->table_->chunk_first()->Get(number),
                 "its rows are not those of the catalog");
  const ConnectionChunk view = view_connections(*table, reader);
  if (reader.error()) return *reader.error();
  return view;
}

std::size_t RecordFile::segment_chunk_of_row(std::uint64_t row) const {
  const auto& chunks = impl_->segment_chunks_;
  const auto after = std::upper_bound(chunks.begin(), chunks.end(), row, [this](std::uint64_t r, std::uint32_t chunk) {
    return r < impl_->table_->chunk_first()->Get(chunk);
  });
  return static_cast<std::size_t>(after - chunks.begin()) - 1;
}

bool RecordFile::wholly_read(std::uint32_t number) const {
  const auto state = impl_->bytes_of(number).region_proof;
  return std::all_of(state.begin(), state.end(), [](Proof& proof) { return is_good(proof); });
}

std::optional<std::uint32_t> RecordFile::stray_padding() const {
  const ByteView file = impl_->file_.bytes();
  const auto chunks = static_cast<std::uint32_t>(impl_->structure_proof_.size());
  for (std::uint32_t chunk = 0; chunk < chunks; ++chunk) {
    std::uint64_t at = impl_->table_->chunk_offset()->Get(chunk) + impl_->table_->chunk_bytes()->Get(chunk);
    for (; at % format::kAlignment != 0; ++at) {
      if (file[at] != 0) return chunk;
    }
  }
  return std::nullopt;
}

}  // namespace pcapsule::read
