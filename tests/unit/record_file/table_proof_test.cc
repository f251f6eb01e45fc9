// SPDX-License-Identifier: Apache-2.0
#include "analyzer/read/table_proof.h"

#include <gtest/gtest.h>

#include <vector>

#include "analyzer/read/record_file.h"
#include "schema/packet_record_generated.h"
#include "tests/unit/extractor/track/segment_maker.h"
#include "tests/unit/record_file/memory_record.h"

namespace pcapsule {
namespace {

using testing::MemoryRecord;
using testing::TemporaryFile;

/// The segment chunk of a small record file.
std::vector<std::uint8_t> segment_chunk() {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  batch.segments = {make.from_client(0x02, 100), make.from_server(0x12, 900, 101), make.from_client(0x10, 101, 901)};
  const std::vector<std::uint8_t> file = MemoryRecord(batch).sink.file;
  const TemporaryFile on_disk(file);
  const read::ChunkInfo info = read::RecordFile::open(on_disk.path())->segment_chunk_info(0);
  const auto begin = file.begin() + static_cast<std::ptrdiff_t>(info.offset);
  return {begin, begin + info.bytes};
}

bool is_proven(const std::vector<std::uint8_t>& chunk, std::size_t root_bytes) {
  return read::has_root_table(chunk, static_cast<std::uint32_t>(root_bytes), format::kSegmentChunkIdentifier,
                              *fb::SegmentChunk::MiniReflectTypeTable());
}

TEST(TableProof, WantsTheWholeTableAmongTheRootBytes) {
  const std::vector<std::uint8_t> chunk = segment_chunk();
  ASSERT_TRUE(is_proven(chunk, chunk.size()));
  std::size_t least = 0;
  while (!is_proven(chunk, least)) ++least;
  EXPECT_GT(least, 100U);
  EXPECT_LT(least, chunk.size());
  for (std::size_t more = least; more <= chunk.size(); ++more) EXPECT_TRUE(is_proven(chunk, more)) << more;
}

TEST(TableProof, KnowsSizeAndIdentifier) {
  std::vector<std::uint8_t> chunk = segment_chunk();
  EXPECT_FALSE(read::has_root_table(chunk, static_cast<std::uint32_t>(chunk.size()), format::kConnectionChunkIdentifier,
                                    *fb::SegmentChunk::MiniReflectTypeTable()));
  chunk.push_back(0);
  EXPECT_FALSE(is_proven(chunk, chunk.size()));
}

/// What it takes for proven can be read, which the sanitizers see.
TEST(TableProof, AnyByteMayBeAny) {
  const std::vector<std::uint8_t> good = segment_chunk();
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const unsigned flip : {0x01U, 0x02U, 0x40U, 0x80U, 0xffU}) {
      std::vector<std::uint8_t> bad = good;
      bad[at] = static_cast<std::uint8_t>(bad[at] ^ flip);
      if (!is_proven(bad, bad.size())) continue;
      const auto* table = flatbuffers::GetSizePrefixedRoot<fb::SegmentChunk>(bad.data());
      sum += table->first_row() + table->rows() + table->frame_base() + table->seq_all() + table->vlan_4_all() +
             static_cast<std::uint64_t>(table->time_base_ns()) + table->oddities_all() + table->time_unit_ns();
    }
  }
  EXPECT_NE(sum, 0U);
}

}  // namespace
}  // namespace pcapsule
