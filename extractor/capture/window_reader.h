// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/result.h"
#include "common/bytes/byte_cursor.h"
#include "extractor/capture/byte_reader.h"

namespace pcapsule::capture {

/// A window on a stream that moves forward: what is asked for stands in one
/// piece, so that a block of a file can be looked at where it lies.
class WindowReader {
 public:
  /// `from` must outlive this reader.
  explicit WindowReader(ByteReader& from) : from_(from) {}

  /// True once the next `count_bytes` bytes are in held(); false when the stream
  /// ends before or failure() is set. Invalidates held() of before.
  bool fetch(std::size_t count_bytes) { return end_ - begin_ >= count_bytes || refill(count_bytes); }

  /// What is there of the stream from the current position on, without waiting.
  [[nodiscard]] ByteView held() const { return ByteView(buffer_).subspan(begin_, end_ - begin_); }

  /// REQUIRES: held() has that many.
  void consume(std::size_t count_bytes) {
    begin_ += count_bytes;
    position_ += count_bytes;
  }

  /// Moves forward without keeping anything; false when the stream ends before or failure() is set.
  bool skip(std::uint64_t count_bytes);

  /// Bytes of the stream consumed so far.
  [[nodiscard]] std::uint64_t position() const { return position_; }

  /// Of the operating system. The stream has ended then.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  bool refill(std::size_t count_bytes);

  ByteReader& from_;
  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;  ///< of what is held, in buffer_
  std::size_t end_ = 0;
  std::uint64_t position_ = 0;
  bool stream_ended_ = false;
  std::optional<Error> failure_;
};

}  // namespace pcapsule::capture
