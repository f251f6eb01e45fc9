// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/decompress.h"

#include <lz4.h>
#include <lz4frame.h>
#define ZLIB_CONST  // zlib promises not to write to its input
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <new>
#include <string_view>

namespace pcapsule::capture {
namespace {

constexpr std::size_t kInputBytes = std::size_t{256} << 10;
constexpr int kMaxZstdWindowLog = 27;
// What is fed to a codec that has just ended or not begun a frame; after that it
// says itself how much it wants next, which is one block. An error within
// a call loses all output of that call, so calls are kept that small.
constexpr std::size_t kZstdFrameStartBytes = 5;
constexpr std::size_t kLz4FrameStartBytes = 7;
constexpr int kGzipOnly = 16 + MAX_WBITS;  // zlib: expect a gzip header and check its trailer

class GzipDecompressor final : public Decompressor {
 public:
  explicit GzipDecompressor(ByteReader& compressed) : Decompressor(compressed, "gzip") {
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  ~GzipDecompressor() override { inflateEnd(&stream_); }

 private:
  Step step(ByteView in, std::span<std::uint8_t> out) override {
    constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
    const auto in_bytes = static_cast<uInt>(std::min(in.size(), kMost));
    const auto out_bytes = static_cast<uInt>(std::min(out.size(), kMost));
    stream_.next_in = in.data();
    stream_.avail_in = in_bytes;
    stream_.next_out = out.data();
    stream_.avail_out = out_bytes;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    Step done{in_bytes - stream_.avail_in, out_bytes - stream_.avail_out, status == Z_STREAM_END, {}};
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status == Z_STREAM_END) {
      inflateReset(&stream_);
    } else if (status != Z_OK && status != Z_BUF_ERROR) {  // Z_BUF_ERROR: no progress possible now
      done.fault = stream_.msg != nullptr ? stream_.msg : zError(status);
    }
    return done;
  }

  z_stream stream_{};
};

class ZstdDecompressor final : public Decompressor {
 public:
  explicit ZstdDecompressor(ByteReader& compressed)
      : Decompressor(compressed, "zstd"), context_(ZSTD_createDCtx(), ZSTD_freeDCtx) {
    if (!context_) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kMaxZstdWindowLog);
  }

 private:
  Step step(ByteView in, std::span<std::uint8_t> out) override {
    ZSTD_inBuffer from{in.data(), std::min(in.size(), wanted_bytes_), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t status = ZSTD_decompressStream(context_.get(), &to, &from);
    Step done{from.pos, to.pos, status == 0, {}};
    wanted_bytes_ = status == 0 ? kZstdFrameStartBytes : status;
    if (ZSTD_isError(status) != 0) {
      if (ZSTD_getErrorCode(status) == ZSTD_error_memory_allocation) throw std::bad_alloc();
      done.fault = ZSTD_getErrorName(status);
      if (ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge) {
        done.fault += "; decompress it with zstd -d --long=31 first";
      }
    }
    return done;
  }

  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_;
  std::size_t wanted_bytes_ = kZstdFrameStartBytes;
};

class Lz4Decompressor final : public Decompressor {
 public:
  explicit Lz4Decompressor(ByteReader& compressed) : Decompressor(compressed, "LZ4") {
    if (LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) != 0) throw std::bad_alloc();
  }
  ~Lz4Decompressor() override { LZ4F_freeDecompressionContext(context_); }

 private:
  Step step(ByteView in, std::span<std::uint8_t> out) override {
    std::size_t in_bytes = std::min(in.size(), wanted_bytes_);
    std::size_t out_bytes = out.size();
    const std::size_t status = LZ4F_decompress(context_, out.data(), &out_bytes, in.data(), &in_bytes, nullptr);
    if (LZ4F_isError(status) != 0) {
      const std::string_view fault = LZ4F_getErrorName(status);  // its codes are for static linking only
      if (fault == "ERROR_allocation_failed") throw std::bad_alloc();
      return {0, 0, false, std::string(fault)};
    }
    wanted_bytes_ = status == 0 ? kLz4FrameStartBytes : status;
    return {in_bytes, out_bytes, status == 0, {}};
  }

  LZ4F_dctx* context_ = nullptr;
  std::size_t wanted_bytes_ = kLz4FrameStartBytes;
};

}  // namespace

Decompressor::Decompressor(ByteReader& compressed, const char* format)
    : compressed_(compressed), format_(format), buffer_(kInputBytes) {}

void Decompressor::stop(std::string why) {
  finished_ = true;
  damage_ = std::string(format_) + " data " + std::move(why) + " (at compressed byte " + std::to_string(consumed_) +
            ", after " + std::to_string(produced_) + " decompressed ones)";
}

Result<void> Decompressor::refill() {
  if (!pending_.empty() || input_end_) return {};
  const auto got = compressed_.read(buffer_);
  if (!got) return got.error();
  pending_ = ByteView(buffer_).first(*got);
  input_end_ = *got == 0;
  return {};
}

/// Tapes and block devices pad with zeros. No magic number begins with one, so
/// they can be told from a further frame.
void Decompressor::skip_padding() {
  const auto data = std::find_if(pending_.begin(), pending_.end(), [](std::uint8_t byte) { return byte != 0; });
  const auto padding = static_cast<std::size_t>(data - pending_.begin());
  pending_ = pending_.subspan(padding);
  consumed_ += padding;
}

Result<std::size_t> Decompressor::read(std::span<std::uint8_t> into) {
  while (!finished_) {
    if (auto filled = refill(); !filled) return filled.error();
    if (between_frames_) {
      if (any_frame_) skip_padding();
      if (pending_.empty() && !input_end_) continue;
      if (pending_.empty()) {
        finished_ = true;
        break;
      }
    }
    // At the end of the input a codec may still hold output: ask it with nothing.
    const Step done = step(pending_, into);
    const bool began_frame = between_frames_;
    pending_ = pending_.subspan(done.consumed);
    consumed_ += done.consumed;
    produced_ += done.produced;
    between_frames_ = done.frame_end;
    any_frame_ = any_frame_ || done.frame_end;
    if (!done.fault.empty()) {
      const bool foreign = began_frame && any_frame_ && done.produced == 0;
      stop((foreign ? "are followed by something else: " : "are damaged: ") + done.fault);
    } else if (!done.frame_end && done.consumed == 0 && done.produced == 0) {
      stop(input_end_ ? "end early" : "are damaged: the decoder makes no progress");
    }
    if (done.produced > 0) return done.produced;
  }
  return std::size_t{0};
}

std::unique_ptr<Decompressor> make_decompressor(Compression compression, ByteReader& compressed) {
  switch (compression) {
    case Compression::kGzip:
      return std::make_unique<GzipDecompressor>(compressed);
    case Compression::kZstd:
      return std::make_unique<ZstdDecompressor>(compressed);
    case Compression::kLz4:
      return std::make_unique<Lz4Decompressor>(compressed);
    case Compression::kNone:
      break;
  }
  assert(false && "REQUIRES: compressed");
  return nullptr;
}

std::string decompression_library_versions() {
  return std::string("zlib ") + ::zlibVersion() + ", zstd " + ::ZSTD_versionString() + ", lz4 " + ::LZ4_versionString();
}

}  // namespace pcapsule::capture
