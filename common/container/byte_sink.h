// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/result.h"
#include "common/bytes/byte_cursor.h"

namespace pcapsule::container {

/// Where the bytes of a record file go, in order.
class ByteSink {
 public:
  ByteSink() = default;
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;
  virtual ~ByteSink() = default;

  /// All of `bytes`, or an error that names the output.
  virtual Result<void> write(ByteView bytes) = 0;
};

}  // namespace pcapsule::container
