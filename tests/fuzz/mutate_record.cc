// SPDX-License-Identifier: Apache-2.0
// How libFuzzer changes a record file: mostly one value in place, so that the structure around it holds and the lie
// reaches the analyses. Changes of bytes anywhere, as libFuzzer makes them, are all caught by the first look.
#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "common/container/container.h"
#include "schema/packet_record_generated.h"
#include "tests/fuzz/in_memory.h"

using namespace pcapsule;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed);

namespace {

using Random = std::minstd_rand;

/// Bytes [begin, end) of the file that hold values of one kind: the tables of a chunk, a column, a column of the
/// catalog.
struct Part {
  std::size_t begin;
  std::size_t end;
};

std::size_t below(Random& random, std::size_t limit) { return random() % limit; }

template <class T>
Part part_of(const std::uint8_t* file, const flatbuffers::Vector<T>* vector) {
  const auto begin = static_cast<std::size_t>(vector->Data() - file);
  return {begin, begin + vector->size() * sizeof(T)};
}

/// Of a random chunk, or of the catalog.
Part choose_part(const std::uint8_t* file, const fb::Catalog& catalog, Random& random) {
  const std::array<Part, 18> directory = {part_of(file, catalog.chunk_kind()),
                                          part_of(file, catalog.chunk_offset()),
                                          part_of(file, catalog.chunk_bytes()),
                                          part_of(file, catalog.chunk_first()),
                                          part_of(file, catalog.chunk_rows()),
                                          part_of(file, catalog.time_least_ns()),
                                          part_of(file, catalog.time_greatest_ns()),
                                          part_of(file, catalog.connection_least()),
                                          part_of(file, catalog.connection_greatest()),
                                          part_of(file, catalog.frame_first()),
                                          part_of(file, catalog.frame_last()),
                                          part_of(file, catalog.flags_any()),
                                          part_of(file, catalog.payload_greatest()),
                                          part_of(file, catalog.window_least()),
                                          part_of(file, catalog.wire_greatest()),
                                          part_of(file, catalog.oddities_any()),
                                          part_of(file, catalog.rebases()),
                                          part_of(file, catalog.region_end())};
  const std::size_t chunks = catalog.chunk_offset()->size();
  if (chunks == 0 || below(random, 8) == 0) return directory[below(random, directory.size())];
  const auto chunk = static_cast<flatbuffers::uoffset_t>(below(random, chunks));
  const std::size_t first = catalog.region_first()->Get(chunk);
  const std::size_t regions = catalog.region_first()->Get(chunk + 1) - first;
  const std::size_t region = below(random, regions);
  const auto end_of = [&](std::size_t r) {
    return catalog.chunk_offset()->Get(chunk) + catalog.region_end()->Get(static_cast<flatbuffers::uoffset_t>(r));
  };
  return {region == 0 ? catalog.chunk_offset()->Get(chunk) : end_of(first + region - 1), end_of(first + region)};
}

/// Another value for an element of `bytes` bytes that is `now`; `other` is one of the same column.
std::uint64_t another(std::uint64_t now, std::uint64_t other, std::size_t bytes, Random& random) {
  const std::uint64_t all = std::numeric_limits<std::uint64_t>::max() >> (64 - 8 * bytes);
  const std::uint64_t sign = all / 2 + 1;
  const std::array<std::uint64_t, 12> values = {0,
                                                1,
                                                all,
                                                all - 1,
                                                sign,
                                                sign - 1,
                                                other,
                                                other + 1,
                                                now + 1,
                                                now - 1,
                                                now ^ (1ULL << below(random, 8 * bytes)),
                                                random() * 0x9e3779b97f4a7c15ULL >> below(random, 8 * bytes)};
  return values[below(random, values.size())] & all;
}

void change_value(std::uint8_t* file, const Part& part, Random& random) {
  const std::size_t bytes = std::size_t{1} << below(random, 4);
  const std::size_t begin =
      (part.begin + bytes - 1) / bytes * bytes;  // elements are aligned, as chunks are in the file
  if (part.end < begin + bytes) return;
  const std::size_t elements = (part.end - begin) / bytes;
  std::uint8_t* const at = file + begin + below(random, elements) * bytes;
  std::uint64_t now = 0;
  std::uint64_t other = 0;
  std::memcpy(&now, at, bytes);
  std::memcpy(&other, file + begin + below(random, elements) * bytes, bytes);
  const std::uint64_t value = another(now, other, bytes, random);
  std::memcpy(at, &value, bytes);
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  Random random(seed);
  if (below(random, 8) == 0) return LLVMFuzzerMutate(data, size, max_size);
  std::vector<std::uint8_t> file(data, data + size);
  fuzz::repair_checksums(file);
  const auto found = container::find_catalog(file, "record");
  if (!found) return LLVMFuzzerMutate(data, size, max_size);
  for (std::size_t changes = 1 + below(random, 3); changes > 0; --changes) {
    change_value(data, choose_part(file.data(), *found->table, random), random);
  }
  return size;
}
