// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/hash/xxh3.h"
#include "extractor/capture/byte_reader.h"
#include "extractor/capture/frame_source.h"

namespace pcapsule::capture {

/// What CaptureInput::open() takes. A regular file is opened without waiting: a named pipe that has taken its place in
/// the meantime would wait for a writer.
enum class InputKind { kAny, kRegularFile };

/// The stored bytes of one capture, counted and hashed as they are read.
class CaptureInput final : public ByteReader {
 public:
  /// `path`: a file, a named pipe or a device; `-` is standard input. A folder
  /// is an error.
  /// `name`: for messages. kNotACapture: of another kind than `kind`.
  static Result<std::unique_ptr<CaptureInput>> open(const std::string& path, const std::string& name,
                                                    InputKind kind = InputKind::kAny);
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
Result<Fingerprint> fingerprint_of(const std::string& path);

}  // namespace pcapsule::capture
