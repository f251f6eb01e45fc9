// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "extractor/capture/byte_reader.h"
#include "extractor/capture/capture_input.h"
#include "extractor/capture/decompress.h"
#include "extractor/capture/frame_source.h"

namespace pcapsule::capture {

/// A capture file opened and recognised by its content: its decompressed bytes.
class CaptureStream final : public ByteReader {
 public:
  /// `capture` and `name` as for CaptureInput::open. Error kNotACapture: empty, or no pcap or pcapng, and the
  /// message says what it is; kCorrupt: compressed data damaged at their very start.
  static Result<std::unique_ptr<CaptureStream>> open(const CapturePath& capture, const std::string& name);

  Result<std::size_t> read(std::span<std::uint8_t> into) override { return decoded().read(into); }

  [[nodiscard]] CaptureFormat format() const { return format_; }
  [[nodiscard]] Compression compression() const { return compression_; }
  /// Classic pcap with stamps in nanoseconds.
  [[nodiscard]] bool nanosecond_magic() const { return nanosecond_magic_; }

  /// Why decompression ended early, if it did. Without the file's name.
  [[nodiscard]] std::optional<std::string> decompression_damage() const;

  /// The stored bytes, for size and fingerprint.
  [[nodiscard]] CaptureInput& input() { return *input_; }

 private:
  explicit CaptureStream(std::unique_ptr<CaptureInput> input) : input_(std::move(input)), stored_(*input_) {}
  Result<void> recognise(const std::string& name);
  Result<std::uint64_t> pass_skippable_frames();
  PeekReader& decoded() { return decoded_ ? *decoded_ : stored_; }

  std::unique_ptr<CaptureInput> input_;
  PeekReader stored_;
  std::unique_ptr<Decompressor> decompressor_;  ///< null: not compressed
  std::optional<PeekReader> decoded_;
  Compression compression_ = Compression::kNone;
  CaptureFormat format_ = CaptureFormat::kPcap;
  bool nanosecond_magic_ = false;
};

/// Whether a folder's entry is a capture: a regular file that open() above accepts. False also for what is no longer
/// there. Error kIo, kCorrupt: it cannot be read, or is damaged before it tells what it is, and so may be one.
Result<bool> looks_like_capture(const std::string& path);

}  // namespace pcapsule::capture
