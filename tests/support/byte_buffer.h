// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/bytes/byte_cursor.h"

namespace pcapsule::test {

using Bytes = std::vector<std::uint8_t>;

/// Appends in network order.
class ByteBuffer {
 public:
  ByteBuffer& u8(std::uint32_t value) {
    bytes_.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  ByteBuffer& be16(std::uint32_t value) { return u8(value >> 8).u8(value); }
  ByteBuffer& be32(std::uint32_t value) { return be16(value >> 16).be16(value); }
  ByteBuffer& be64(std::uint64_t value) {
    return be32(static_cast<std::uint32_t>(value >> 32)).be32(static_cast<std::uint32_t>(value));
  }
  ByteBuffer& add(ByteView bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  ByteBuffer& fill(std::size_t count, std::uint8_t value = 0) {
    bytes_.insert(bytes_.end(), count, value);
    return *this;
  }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

}  // namespace pcapsule::test
