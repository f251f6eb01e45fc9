// SPDX-License-Identifier: Apache-2.0
#include "common/container/chunk.h"

#include <algorithm>

#include "common/container/container.h"

namespace pcapsule::container {

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
    regions.push_back({end, checksum(bytes.subspan(begin, end - begin))});
    begin = end;
  }
  return regions;
}

}  // namespace pcapsule::container
