// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/bytes/byte_cursor.h"
#include "common/format/record_layout.h"
#include "common/record/catalog.h"

namespace pcapsule::fb {
struct Catalog;
}

namespace pcapsule::container {

/// The catalog of a record file, found and checked.
struct CatalogView {
  const fb::Catalog* table = nullptr;  ///< points into the file's bytes
  std::uint64_t offset = 0;            ///< of its size prefix in the file
  std::uint64_t bytes = 0;
  std::uint32_t format_version = 0;
  std::uint64_t file_bytes = 0;
};

/// Finds the catalog of the record file `file` and proves it: header, version,
/// trailer, checksum, FlatBuffers structure, and that its columns agree with each
/// other and every chunk and region lies inside the file, in order, without
/// overlap. `name` is for messages. The view lives as long as `file`.
///
/// Errors: kCorrupt; kTooNew for a later format version; kUnsupported when it is
/// no record file at all, with a hint when it is a capture.
Result<CatalogView> find_catalog(ByteView file, std::string_view name);

/// Where the catalog of the record file `file` lies, by its trailer: nothing of it is touched or proven, so that a
/// caller can have it brought from the disk in one piece. Reads header and trailer; errors as those of find_catalog.
Result<ByteView> locate_catalog(ByteView file, std::string_view name);

/// Both ends of a record file, for who does not have all of it in memory.
struct FileEnds {
  static constexpr std::size_t kHeadBytes = format::kHeaderBytes;
  static constexpr std::size_t kTailBytes = format::kTrailerBytes + format::kAlignment;  ///< and what pads the catalog

  ByteView head;  ///< the first kHeadBytes and the last kTailBytes, or all of a file that has fewer
  ByteView tail;
  std::uint64_t file_bytes = 0;
};

/// Where the catalog lies, and what its trailer says of it.
struct CatalogPlace {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;  ///< at most format::kMaxCatalogBytes
  std::uint64_t xxh3 = 0;
  std::uint32_t format_version = 0;
  std::uint64_t file_bytes = 0;
};

/// The two halves of find_catalog: `catalog` are the bytes at `place`, which the view points into.
/// REQUIRES: they are aligned to format::kAlignment.
Result<CatalogPlace> place_of_catalog(const FileEnds& ends, std::string_view name);
Result<CatalogView> prove_catalog(ByteView catalog, const CatalogPlace& place, std::string_view name);

/// What the catalog says of the whole file, as a value.
record::Catalog to_value(const CatalogView& view);

/// Name and version of the library that the record format is built on.
std::string library_version();

/// XXH3-64 of `bytes`: the checksum of the format.
std::uint64_t checksum(ByteView bytes);

}  // namespace pcapsule::container
