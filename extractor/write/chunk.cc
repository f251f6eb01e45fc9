// SPDX-License-Identifier: Apache-2.0
#include "extractor/write/chunk.h"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace pcapsule::write {

std::vector<Region> regions_of(ByteView bytes, const std::vector<std::uint32_t>& vector_ends) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  std::vector<std::uint32_t> starts;
  starts.reserve(vector_ends.size());
  for (const std::uint32_t from_end : vector_ends) starts.push_back(size - from_end);
  std::sort(starts.begin(), starts.end());
  starts.push_back(size);

  std::vector<Region> regions;
  regions.reserve(starts.size());
  std::uint32_t begin = 0;
  for (const std::uint32_t end : starts) {
    regions.push_back({end, XXH3_64bits(bytes.data() + begin, end - begin)});
    begin = end;
  }
  return regions;
}

}  // namespace pcapsule::write
