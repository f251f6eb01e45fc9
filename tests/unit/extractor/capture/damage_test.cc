// SPDX-License-Identifier: Apache-2.0
// Rule S10: whatever ends early keeps what came before, and says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "tests/unit/extractor/capture/capture_files.h"

namespace pcapsule::capture::test {
namespace {

using testing::HasSubstr;

/// `whole` cut after `size` bytes: every frame that lies before is there, no
/// other, and damage is told unless `at_boundary`.
void expect_prefix(const Extract& cut, const Extract& whole, std::size_t size, bool at_boundary) {
  SCOPED_TRACE("cut after " + std::to_string(size));
  ASSERT_FALSE(cut.error) << cut.error->message;
  ASSERT_LE(cut.frames.size(), whole.frames.size());
  EXPECT_TRUE(std::equal(cut.frames.begin(), cut.frames.end(), whole.frames.begin()));
  EXPECT_EQ(!cut.end.damage, at_boundary) << cut.end.damage.value_or("no damage told");
  EXPECT_EQ(cut.end.bytes, size);
}

template <class Builder>
void cut_everywhere(const Builder& file, std::size_t first, std::size_t frameless_boundaries) {
  const Extract whole = read_all(file.bytes());
  const auto& boundaries = file.boundaries();
  for (std::size_t size = 0; size < first; ++size) {
    const Extract cut = read_all(first_bytes(file.bytes(), size));
    const bool whole_blocks = std::find(boundaries.begin(), boundaries.end(), size) != boundaries.end();
    EXPECT_EQ(cut.error.has_value(), !whole_blocks) << size;
  }
  for (std::size_t size = first; size <= file.bytes().size(); ++size) {
    const auto passed = std::upper_bound(boundaries.begin(), boundaries.end(), size) - boundaries.begin();
    const bool at_boundary = std::find(boundaries.begin(), boundaries.end(), size) != boundaries.end();
    const Extract cut = read_all(first_bytes(file.bytes(), size));
    expect_prefix(cut, whole, size, at_boundary);
    EXPECT_EQ(cut.frames.size(), static_cast<std::size_t>(passed) - frameless_boundaries);
  }
}

TEST(CutCapture, PcapKeepsTheFramesBefore) {
  PcapBuilder file;
  file.frame(1, 0, ethernet_frame(1, 5)).frame(2, 0, ethernet_frame(2, 9)).frame(3, 0, ethernet_frame(3, 1));
  cut_everywhere(file, 24, 1);
}

TEST(CutCapture, PcapngKeepsTheFramesBefore) {
  PcapngBuilder file;
  file.interface({1, 65535, "eth0", 6});
  const std::size_t first = file.bytes().size();
  file.enhanced(0, 1, ethernet_frame(1, 5)).simple(ethernet_frame(2, 9)).enhanced(0, 3, ethernet_frame(3, 1));
  cut_everywhere(file, first, 2);
}

TEST(CutCapture, DamageNamesThePlace) {
  const Bytes bytes = PcapBuilder().frame(1, 0, ethernet_frame(1)).frame(2, 0, ethernet_frame(2)).bytes();
  const Extract in_frame = read_all(first_bytes(bytes, bytes.size() - 20));
  EXPECT_EQ(in_frame.end.damage, "after frame 1: truncated dump file; tried to read 60 captured bytes, only got 40");
  EXPECT_THAT(*read_all(first_bytes(bytes, 30)).end.damage, HasSubstr("before the first frame: truncated"));
}

struct CodecCase {
  const char* name;
  Bytes (*compress)(const Bytes&);
  Compression compression;
  friend void PrintTo(const CodecCase& row, std::ostream* out) { *out << row.name; }
};

class CompressedCapture : public testing::TestWithParam<CodecCase> {
 protected:
  /// Frames that do not compress, so that a cut takes some and leaves some.
  static Bytes noisy_capture(int frames) {
    PcapBuilder file;
    std::uint32_t random = 7;
    for (int i = 0; i < frames; ++i) {
      Bytes frame = ethernet_frame(1, 100);
      for (auto& byte : frame) {
        random = random * 1664525 + 1013904223;
        byte = static_cast<std::uint8_t>(random >> 24);
      }
      file.frame(static_cast<std::uint32_t>(i), 0, frame);
    }
    return file.bytes();
  }
};

TEST_P(CompressedCapture, YieldsTheSameFrames) {
  for (const int frames : {0, 1, 5000}) {
    const Bytes plain = noisy_capture(frames);
    const Extract extract = read_all(GetParam().compress(plain));
    ASSERT_FALSE(extract.error) << extract.error->message;
    EXPECT_EQ(extract.description.compression, GetParam().compression);
    EXPECT_EQ(extract.frames, read_all(plain).frames);
    EXPECT_FALSE(extract.end.damage) << *extract.end.damage;
  }
}

TEST_P(CompressedCapture, CutAtEveryByteKeepsThePrefix) {
  const Bytes plain = noisy_capture(4);
  const Extract whole = read_all(plain);
  const Bytes packed = GetParam().compress(plain);
  bool opened = false;
  for (std::size_t size = 4; size < packed.size(); ++size) {
    const Extract cut = read_all(first_bytes(packed, size));
    opened = opened || !cut.error;
    if (cut.error) {  // a block of zstd or LZ4 is all or nothing, and this capture is one
      EXPECT_FALSE(opened) << cut.error->message;
      EXPECT_EQ(cut.error->code, ErrorCode::kCorrupt) << cut.error->message;
      continue;
    }
    expect_prefix(cut, whole, size, false);
    EXPECT_THAT(*cut.end.damage, HasSubstr("end early"));
  }
}

TEST_P(CompressedCapture, CutInALargeOneKeepsWholeBlocks) {
  const Bytes plain = noisy_capture(5000);  // 660 kB
  const Extract whole = read_all(plain);
  const Bytes packed = GetParam().compress(plain);
  const Extract cut = read_all(first_bytes(packed, packed.size() / 2));
  expect_prefix(cut, whole, packed.size() / 2, false);
  EXPECT_GT(cut.frames.size(), 1400U) << "half of it, less one block of the codec";
}

TEST_P(CompressedCapture, FlippedByteIsFound) {
  const Bytes plain = noisy_capture(5000);
  const Extract whole = read_all(plain);
  Bytes packed = GetParam().compress(plain);
  packed[packed.size() / 2] ^= 0x10;
  const Extract extract = read_all(packed);
  ASSERT_FALSE(extract.error);
  EXPECT_TRUE(extract.end.damage);
  const std::size_t safe = std::min<std::size_t>(extract.frames.size(), 1400);
  EXPECT_EQ(safe, 1400U);
  EXPECT_TRUE(std::equal(whole.frames.begin(), whole.frames.begin() + 1400, extract.frames.begin()));
}

TEST_P(CompressedCapture, PartsFollowOneAnother) {
  const Bytes plain = noisy_capture(50);
  const auto& compress = GetParam().compress;
  const Bytes front = first_bytes(plain, 1000);
  const Bytes back(plain.begin() + 1000, plain.end());
  const Extract whole = read_all(plain);
  const Extract parts = read_all(compress(front) + compress({}) + compress(back));
  EXPECT_EQ(parts.frames, whole.frames);
  EXPECT_FALSE(parts.end.damage) << *parts.end.damage;
  const Extract padded = read_all(compress(plain) + Bytes(1000));
  EXPECT_EQ(padded.frames, whole.frames);
  EXPECT_FALSE(padded.end.damage) << *padded.end.damage;
  const Extract followed = read_all(compress(plain) + Bytes(100, 'x'));
  EXPECT_EQ(followed.frames, whole.frames);
  ASSERT_TRUE(followed.end.damage);
  EXPECT_THAT(*followed.end.damage, HasSubstr("followed by something else"));
}

INSTANTIATE_TEST_SUITE_P(Codecs, CompressedCapture,
                         testing::ValuesIn(std::vector<CodecCase>{{"gzip", gzip, Compression::kGzip},
                                                                  {"zstd", zstd, Compression::kZstd},
                                                                  {"lz4", lz4, Compression::kLz4}}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pcapsule::capture::test
