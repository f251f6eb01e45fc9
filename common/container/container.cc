// SPDX-License-Identifier: Apache-2.0
#include "common/container/container.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>

#include "common/container/catalog_proof.h"
#include "common/format/record_layout.h"
#include "common/hash/xxh3.h"
#include "schema/packet_record_generated.h"

namespace pcapsule::container {

static_assert(std::endian::native == std::endian::little, "record files are little-endian and mapped in place");

namespace {

Error corrupt(std::string_view name, const std::string& what) {
  return {ErrorCode::kCorrupt, std::string(name) + ": " + what + "; re-run the extractor on the capture"};
}

template <class T>
T load(ByteView bytes, std::uint64_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

bool begins_with(ByteView bytes, const std::array<char, 8>& magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

/// Magic numbers of captures: someone who passes one here wants the extractor first.
bool looks_like_capture(ByteView head) {
  constexpr std::array<std::uint32_t, 9> kMagics = {0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0xa1b2cd34,
                                                    0x34cdb2a1, 0x0a0d0d0a, 0x28b52ffd, 0x04224d18};
  constexpr std::uint32_t kGzip = 0x1f8b08;
  if (head.size() < 4) return false;
  const std::uint32_t magic = load_be32(head.data());
  if (magic >> 8 == kGzip) return true;
  for (const std::uint32_t known : kMagics) {
    if (magic == known) return true;
  }
  return false;
}

Result<void> check_header(ByteView head, std::string_view name) {
  if (!begins_with(head, format::kHeaderMagic)) {
    if (looks_like_capture(head)) {
      return Error{ErrorCode::kUnsupported, std::string(name) + ": this is a capture; run `extractor " +
                                                std::string(name) + "` first, then ask its .fb file"};
    }
    return Error{
        ErrorCode::kUnsupported,
        std::string(name) + ": not a record file (it does not begin with PCAPSULE); make one with `extractor`"};
  }
  if (head.size() < format::kHeaderBytes) return corrupt(name, "the file ends inside its header");
  const auto version = load<std::uint32_t>(head, format::kHeaderMagic.size());
  if (version > format::kFormatVersion) {
    return Error{ErrorCode::kTooNew, std::string(name) + ": record format version " + std::to_string(version) +
                                         ", this program reads up to " + std::to_string(format::kFormatVersion) +
                                         "; use a newer pcapsule"};
  }
  if (version == 0) return corrupt(name, "record format version 0 does not exist");
  if (load<std::uint32_t>(head, 12) != 0) return corrupt(name, "bytes 12 to 15 of the header are not zero");
  return {};
}

/// Of the catalog's place all but the format version.
Result<CatalogPlace> read_trailer(const FileEnds& ends, std::string_view name) {
  const std::uint64_t size = ends.file_bytes;
  const std::uint64_t least = format::kHeaderBytes + format::kTrailerBytes;
  const bool has_magic =
      size >= least && begins_with(ends.tail.last(format::kTrailerMagic.size()), format::kTrailerMagic);
  if (!has_magic) {
    return corrupt(name, "no trailer at the end (" + std::to_string(size) +
                             " bytes): the file was cut, or its extractor did not finish");
  }
  const std::uint64_t at = size - format::kTrailerBytes;
  const ByteView fields = ends.tail.last(format::kTrailerBytes);
  const CatalogPlace trailer = {load<std::uint64_t>(fields, 0), load<std::uint64_t>(fields, 8),
                                load<std::uint64_t>(fields, 16), 0, size};
  const std::uint64_t room = at - format::kHeaderBytes;
  const bool inside = trailer.offset >= format::kHeaderBytes && trailer.offset % format::kAlignment == 0 &&
                      trailer.offset <= at && trailer.bytes <= room && trailer.bytes <= at - trailer.offset;
  if (!inside || at - trailer.offset - trailer.bytes >= format::kAlignment ||
      trailer.bytes > format::kMaxCatalogBytes) {
    return corrupt(name, "the trailer places the catalog at offset " + std::to_string(trailer.offset) + ", " +
                             std::to_string(trailer.bytes) + " bytes, which does not fit the file of " +
                             std::to_string(size) + " bytes");
  }
  const std::uint64_t end = trailer.offset + trailer.bytes;
  const ByteView padding = ends.tail.last(size - end).first(at - end);
  if (!std::ranges::all_of(padding, [](std::uint8_t byte) { return byte == 0; })) {
    return corrupt(
        name, "the padding between the catalog and the trailer, at offset " + std::to_string(end) + ", is not zero");
  }
  return trailer;
}

template <class T>
std::size_t length(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

FileEnds ends_of(ByteView file) {
  return {file.first(std::min(file.size(), FileEnds::kHeadBytes)),
          file.last(std::min(file.size(), FileEnds::kTailBytes)), file.size()};
}

/// Columns of the chunk directory are of one length, and so are those of the regions, all of which are of chunks.
bool columns_agree(const fb::Catalog& catalog) {
  const std::size_t chunks = length(catalog.chunk_kind());
  for (const std::size_t other :
       {length(catalog.chunk_offset()), length(catalog.chunk_bytes()), length(catalog.chunk_first()),
        length(catalog.chunk_rows()), length(catalog.time_least_ns()), length(catalog.time_greatest_ns()),
        length(catalog.connection_least()), length(catalog.connection_greatest()), length(catalog.frame_first()),
        length(catalog.frame_last()), length(catalog.flags_any()), length(catalog.flags_all()),
        length(catalog.payload_greatest()), length(catalog.window_least()), length(catalog.wire_greatest()),
        length(catalog.oddities_any()), length(catalog.rebases())}) {
    if (other != chunks) return false;
  }
  const std::size_t regions = length(catalog.region_end());
  if (length(catalog.region_first()) != chunks + 1 || length(catalog.region_xxh3()) != regions) return false;
  // No region is without a chunk.
  return catalog.region_first()->Get(0) == 0 &&
         catalog.region_first()->Get(static_cast<flatbuffers::uoffset_t>(chunks)) == regions;
}

std::string chunk_place(const fb::Catalog& catalog, std::uint32_t chunk) {
  return "chunk " + std::to_string(chunk) + " at offset " + std::to_string(catalog.chunk_offset()->Get(chunk));
}

Result<void> check_regions(const fb::Catalog& catalog, std::uint32_t chunk, std::string_view name) {
  const std::uint32_t first = catalog.region_first()->Get(chunk);
  const std::uint32_t end = catalog.region_first()->Get(chunk + 1);
  bool good = first < end && end <= catalog.region_end()->size();
  std::uint32_t before = 0;
  for (std::uint32_t region = first; good && region < end; ++region) {
    const std::uint32_t here = catalog.region_end()->Get(region);
    good = here > before;
    before = here;
  }
  if (good && before == catalog.chunk_bytes()->Get(chunk)) return {};
  return corrupt(name, "the checksum regions of " + chunk_place(catalog, chunk) + " do not cover it");
}

/// The least that a row takes in a chunk: a small file cannot claim rows without number.
std::uint64_t least_row_bytes(std::uint8_t kind) {
  constexpr std::uint64_t kTimeOffset = 4;  // FORMAT.md: there in one of two widths
  return kind == static_cast<std::uint8_t>(format::ChunkKind::kSegments) ? kTimeOffset : 1;
}

/// Chunks lie between header and catalog, aligned, in order, without a gap.
Result<void> check_chunks(const fb::Catalog& catalog, std::uint64_t catalog_offset, std::string_view name) {
  std::uint64_t next = format::kHeaderBytes;
  const auto chunks = static_cast<std::uint32_t>(length(catalog.chunk_kind()));
  for (std::uint32_t chunk = 0; chunk < chunks; ++chunk) {
    const std::uint64_t offset = catalog.chunk_offset()->Get(chunk);
    const std::uint64_t bytes = catalog.chunk_bytes()->Get(chunk);
    const std::uint32_t rows = catalog.chunk_rows()->Get(chunk);
    const std::uint8_t kind = catalog.chunk_kind()->Get(chunk);
    const bool good = offset == next && bytes <= format::kMaxChunkBytes && offset <= catalog_offset &&
                      bytes <= catalog_offset - offset && rows > 0 && rows <= format::kMaxChunkRows &&
                      rows * least_row_bytes(kind) <= bytes &&
                      (kind == static_cast<std::uint8_t>(format::ChunkKind::kSegments) ||
                       kind == static_cast<std::uint8_t>(format::ChunkKind::kConnections));
    if (!good) {
      return corrupt(name, "the catalog says " + chunk_place(catalog, chunk) + " has " + std::to_string(bytes) +
                               " bytes and " + std::to_string(rows) + " rows, which cannot be");
    }
    next = (offset + bytes + format::kAlignment - 1) / format::kAlignment * format::kAlignment;
    if (auto regions = check_regions(catalog, chunk, name); !regions) return regions;
  }
  if (next != catalog_offset) return corrupt(name, "there are bytes between the last chunk and the catalog");
  return {};
}

}  // namespace

std::string library_version() {
  return "FlatBuffers " + std::to_string(FLATBUFFERS_VERSION_MAJOR) + "." + std::to_string(FLATBUFFERS_VERSION_MINOR) +
         "." + std::to_string(FLATBUFFERS_VERSION_REVISION);
}

std::uint64_t checksum(ByteView bytes) { return hash::xxh3_64(bytes); }

Result<CatalogPlace> place_of_catalog(const FileEnds& ends, std::string_view name) {
  if (auto header = check_header(ends.head, name); !header) return header.error();
  auto place = read_trailer(ends, name);
  if (place) place->format_version = load<std::uint32_t>(ends.head, format::kHeaderMagic.size());
  return place;
}

Result<ByteView> locate_catalog(ByteView file, std::string_view name) {
  const auto place = place_of_catalog(ends_of(file), name);
  if (!place) return place.error();
  return file.subspan(place->offset, place->bytes);
}

Result<CatalogView> find_catalog(ByteView file, std::string_view name) {
  const auto place = place_of_catalog(ends_of(file), name);
  if (!place) return place.error();
  return prove_catalog(file.subspan(place->offset, place->bytes), *place, name);
}

Result<CatalogView> prove_catalog(ByteView catalog, const CatalogPlace& place, std::string_view name) {
  const std::string where = "the catalog at offset " + std::to_string(place.offset);
  if (checksum(catalog) != place.xxh3) return corrupt(name, where + " does not match its checksum");

  const CatalogFault fault = fault_of_catalog(catalog);
  if (fault == CatalogFault::kShared) return corrupt(name, where + " says more than it has bytes for");
  if (fault != CatalogFault::kNone) return corrupt(name, where + " is not a valid FlatBuffer");
  const fb::Catalog* table = flatbuffers::GetSizePrefixedRoot<fb::Catalog>(catalog.data());
  if (!columns_agree(*table)) return corrupt(name, where + " has columns that do not fit each other");
  if (auto chunks = check_chunks(*table, place.offset, name); !chunks) return chunks.error();
  return CatalogView{table, place.offset, place.bytes, place.format_version, place.file_bytes};
}

}  // namespace pcapsule::container
