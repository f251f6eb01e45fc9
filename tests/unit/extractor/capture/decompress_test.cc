// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/decompress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>

#include "tests/unit/extractor/capture/capture_files.h"

namespace pcapsule::capture::test {
namespace {

/// Bytes from memory, at most `piece` at a time.
class MemoryReader final : public ByteReader {
 public:
  MemoryReader(Bytes bytes, std::size_t piece) : bytes_(std::move(bytes)), piece_(piece) {}
  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    const std::size_t count = std::min({into.size(), piece_, bytes_.size() - at_});
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
    at_ += count;
    return count;
  }

 private:
  Bytes bytes_;
  std::size_t piece_;
  std::size_t at_ = 0;
};

Bytes read_to_end(ByteReader& reader, std::size_t piece) {
  Bytes all;
  Bytes buffer(piece);
  for (;;) {
    const auto got = reader.read(buffer);
    if (!got || *got == 0) return all;
    all.insert(all.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*got));
  }
}

TEST(Decompressor, PiecesOfAnySizeYieldTheSame) {
  Bytes plain;
  for (std::uint32_t i = 0; i < 20000; ++i) plain.push_back(static_cast<std::uint8_t>(i * i >> 7));
  const std::vector<std::pair<Compression, Bytes>> packed = {
      {Compression::kGzip, gzip(plain)}, {Compression::kZstd, zstd(plain)}, {Compression::kLz4, lz4(plain)}};
  for (const auto& [compression, bytes] : packed) {
    for (const std::size_t in_piece : {1U, 7U, 1000U, 1000000U}) {
      for (const std::size_t out_piece : {1U, 13U, 4096U, 1000000U}) {
        MemoryReader memory(bytes, in_piece);
        const auto decompressor = make_decompressor(compression, memory);
        EXPECT_EQ(read_to_end(*decompressor, out_piece), plain);
        EXPECT_FALSE(decompressor->damage());
      }
    }
  }
}

TEST(Decompressor, HighlyCompressibleInputStreams) {
  const Bytes packed = zstd(Bytes(50'000'000, 0));
  MemoryReader memory(packed, 1 << 20);
  const auto decompressor = make_decompressor(Compression::kZstd, memory);
  EXPECT_EQ(read_to_end(*decompressor, 1 << 16).size(), 50'000'000U);
}

TEST(Decompressor, TooLargeZstdWindowIsRefusedWithARemedy) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 28);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  const Bytes plain = PcapBuilder().bytes();
  Bytes packed(1000);
  ZSTD_outBuffer out{packed.data(), packed.size(), 0};
  ZSTD_inBuffer in{plain.data(), plain.size(), 0};
  ZSTD_compressStream2(context, &out, &in,
                       ZSTD_e_flush);  // flushed first: the size stays unknown, the window is stated
  ZSTD_compressStream2(context, &out, &in, ZSTD_e_end);
  ZSTD_freeCCtx(context);
  packed.resize(out.pos);
  const Extract extract = read_all(packed);
  ASSERT_TRUE(extract.error);
  EXPECT_EQ(extract.error->code, ErrorCode::kCorrupt);
  EXPECT_THAT(extract.error->message, testing::HasSubstr("zstd -d --long=31"));
}

TEST(Decompressor, SkippableFramesInFrontAreSteppedOver) {
  const Bytes skippable = ByteWriter().u32(0x184d2a50).u32(4).u32(0x12345678).bytes();  // as pzstd writes them
  const Bytes plain = PcapBuilder().frame(1, 0, ethernet_frame(1)).bytes();
  for (const Bytes& packed : {skippable + zstd(plain), skippable + skippable + lz4(plain)}) {
    const Extract extract = read_all(packed);
    ASSERT_FALSE(extract.error) << extract.error->message;
    EXPECT_EQ(extract.frames.size(), 1U);
    EXPECT_FALSE(extract.end.damage);
  }
}

TEST(PeekReader, PeekedBytesAreReadAgain) {
  MemoryReader memory(Bytes{1, 2, 3, 4, 5, 6, 7, 8}, 3);
  PeekReader reader(memory);
  const auto small = reader.peek(2);
  ASSERT_TRUE(small);
  EXPECT_EQ(Bytes(small->begin(), small->end()), (Bytes{1, 2}));
  const auto large = reader.peek(5);
  ASSERT_TRUE(large);
  EXPECT_EQ(Bytes(large->begin(), large->end()), (Bytes{1, 2, 3, 4, 5}));
  const auto beyond = reader.peek(100);
  ASSERT_TRUE(beyond);
  EXPECT_EQ(beyond->size(), 8U);
  EXPECT_EQ(read_to_end(reader, 3), (Bytes{1, 2, 3, 4, 5, 6, 7, 8}));
}

}  // namespace
}  // namespace pcapsule::capture::test
