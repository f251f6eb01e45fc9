// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <cstdint>

#include "common/base/overflow.h"
#include "common/base/time.h"

namespace pcapsule::io {

/// When a file was last written to. File systems know years that 64 bits of nanoseconds do not: of those beyond 2262
/// or before 1677 it is the last or first moment.
inline TimestampNs modified_time(const struct stat& status) {
  return {saturating_add(saturating_multiply(status.st_mtim.tv_sec, kNsPerSecond), status.st_mtim.tv_nsec)};
}

}  // namespace pcapsule::io
