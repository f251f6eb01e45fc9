// SPDX-License-Identifier: Apache-2.0
#include "extractor/cache/recorded.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "common/container/container.h"
#include "common/io/regular_file.h"

namespace pcapsule::cache {

Result<Recorded> read_recorded(const std::string& path) {
  using container::FileEnds;
  const auto file = io::RegularFile::open(path);
  if (!file) return file.error();
  const std::uint64_t size = file->size_bytes();
  std::vector<std::uint8_t> head(std::min<std::uint64_t>(size, FileEnds::kHeadBytes));
  std::vector<std::uint8_t> tail(std::min<std::uint64_t>(size, FileEnds::kTailBytes));
  if (auto read = file->read_at(0, head); !read) return read.error();
  if (auto read = file->read_at(size - tail.size(), tail); !read) return read.error();
  const auto place = container::place_of_catalog({head, tail, size}, path);
  if (!place) return place.error();
  std::vector<std::uint8_t> catalog(place->bytes);
  if (auto read = file->read_at(place->offset, catalog); !read) return read.error();
  const auto proven = container::prove_catalog(catalog, *place, path);
  if (!proven) return proven.error();
  return container::to_value(*proven);
}

}  // namespace pcapsule::cache
