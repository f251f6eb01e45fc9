// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/base/result.h"
#include "common/bytes/byte_cursor.h"

namespace pcapsule::capture {

/// A stream of bytes, read once from front to back.
class ByteReader {
 public:
  ByteReader() = default;
  ByteReader(const ByteReader&) = delete;
  ByteReader& operator=(const ByteReader&) = delete;
  virtual ~ByteReader() = default;

  /// Fills the front of `into` and yields how many bytes; 0 only at the end, and
  /// at every call after it. An Error is a failure of the operating system.
  /// REQUIRES: `into` is not empty.
  virtual Result<std::size_t> read(std::span<std::uint8_t> into) = 0;
};

/// Looks at the first bytes of another reader without taking them away.
class PeekReader final : public ByteReader {
 public:
  /// `from` must outlive this reader.
  explicit PeekReader(ByteReader& from) : from_(from) {}

  /// The next `count_bytes` bytes, fewer only if the stream ends before. Valid
  /// until the next call of any function.
  Result<ByteView> peek(std::size_t count_bytes);

  Result<std::size_t> read(std::span<std::uint8_t> into) override;

 private:
  ByteReader& from_;
  std::vector<std::uint8_t> head_;
  std::size_t taken_ = 0;  ///< bytes of head_ already read
};

}  // namespace pcapsule::capture
