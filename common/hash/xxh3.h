// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "common/bytes/byte_cursor.h"

namespace pcapsule::hash {

/// XXH3-64 of `bytes`, without a seed. Not cryptographic: it finds what broke, not what somebody forged.
std::uint64_t xxh3_64(ByteView bytes);

struct Hash128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const Hash128&, const Hash128&) = default;
};

/// XXH3-128 of bytes that come piece by piece.
class Xxh3Stream {
 public:
  Xxh3Stream();
  ~Xxh3Stream();
  Xxh3Stream(const Xxh3Stream&) = delete;
  Xxh3Stream& operator=(const Xxh3Stream&) = delete;

  void update(ByteView bytes);

  /// Of all that came so far.
  [[nodiscard]] Hash128 digest() const;

 private:
  struct State;  // keeps xxhash.h out of this header
  std::unique_ptr<State> state_;
};

}  // namespace pcapsule::hash
