// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/hash/xxh3.h"
#include "extractor/capture/byte_reader.h"
#include "extractor/capture/capture_path.h"
#include "extractor/capture/frame_source.h"

namespace pcapsule::capture {

/// The stored bytes of one capture, counted and hashed as they are read.
class CaptureInput final : public ByteReader {
 public:
  /// `name`: for messages. Error kNotACapture: a folder, or not of the kind that it has to be; kIo, also: a link that
  /// is not followed.
  static Result<std::unique_ptr<CaptureInput>> open(const CapturePath& capture, const std::string& name);
  ~CaptureInput() override;

  /// The end is final: what is appended to the file once it was met is not read, so that size and fingerprint are
  /// those of the bytes that were decoded.
  Result<std::size_t> read(std::span<std::uint8_t> into) override;

  /// Reads to the end, for the sake of size and fingerprint.
  Result<void> drain();

  /// Of what was read so far.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] Fingerprint fingerprint() const;

 private:
  struct Descriptor;

  CaptureInput(std::string name, std::unique_ptr<Descriptor> descriptor);

  std::string name_;
  std::unique_ptr<Descriptor> descriptor_;
  hash::Xxh3Stream hash_;
  std::uint64_t bytes_ = 0;
  bool ended_ = false;
};

/// The name for messages: `path`, or `standard input` for `-`.
std::string display_name(const std::string& path);

/// Hash of all stored bytes of a capture, without decoding any.
Result<Fingerprint> fingerprint_of(const CapturePath& capture);

}  // namespace pcapsule::capture
