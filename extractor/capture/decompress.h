// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "extractor/capture/byte_reader.h"
#include "extractor/capture/frame_source.h"

namespace pcapsule::capture {

/// Streams the decompressed bytes of gzip members, zstd frames or LZ4 frames,
/// one after the other, in bounded memory (zstd windows up to 128 MiB, as the
/// zstd program accepts them). Damage is no error: what was decoded before is yielded,
/// then the stream ends and damage() says why.
class Decompressor : public ByteReader {
 public:
  /// What a codec did with the bytes it was shown. Want of memory, which codecs yield like damage of the data, is no
  /// fault: it is thrown, so that nobody takes what was read so far for all there is.
  struct Step {
    std::size_t consumed = 0;
    std::size_t produced = 0;
    bool frame_end = false;  ///< a whole member or frame is decoded; the next may begin
    std::string fault;       ///< not empty: cannot go on, because of this
  };

  Result<std::size_t> read(std::span<std::uint8_t> into) final;

  /// Set once the stream has ended early. One line, without the file's name.
  [[nodiscard]] const std::optional<std::string>& damage() const { return damage_; }

  /// Bytes of the compressed file that were passed before this reader's first, so that damage() gives places in the
  /// file.
  void count_from(std::uint64_t compressed_bytes) { consumed_ = compressed_bytes; }

 protected:
  /// `format`: `gzip`, … `compressed` must outlive this reader.
  Decompressor(ByteReader& compressed, const char* format);

  virtual Step step(ByteView in, std::span<std::uint8_t> out) = 0;

 private:
  Result<void> refill();
  void skip_padding();
  void stop(std::string why);

  ByteReader& compressed_;
  const char* format_;
  std::vector<std::uint8_t> buffer_;
  ByteView pending_;  ///< the part of buffer_ not yet decoded
  std::uint64_t consumed_ = 0;
  std::uint64_t produced_ = 0;
  bool input_end_ = false;
  bool between_frames_ = true;
  bool any_frame_ = false;  ///< one was decoded to its end
  bool finished_ = false;
  std::optional<std::string> damage_;
};

/// REQUIRES: compression is not kNone. `compressed` must outlive the result.
std::unique_ptr<Decompressor> make_decompressor(Compression compression, ByteReader& compressed);

/// `zlib 1.2.13, zstd 1.5.4, lz4 1.9.4`
std::string decompression_library_versions();

}  // namespace pcapsule::capture
