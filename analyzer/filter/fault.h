// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace pcapsule::filter {

/// Bytes of the expression, `end` not included.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// What is wrong with an expression, and where.
struct Fault {
  std::string message;
  Span at;
};

/// The fault as a kUsage error whose details are the expression and, below it,
/// carets under the place. Of a long expression the part around the fault.
Error to_error(std::string_view expression, const Fault& fault);

}  // namespace pcapsule::filter
