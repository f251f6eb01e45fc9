// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "analyzer/filter/ast.h"
#include "analyzer/filter/typing.h"

namespace pcapsule::filter {

/// `a op b`, with the width and the sign of the left side, as Wireshark computes:
/// numbers up to 32 bits stay within 32 bits, where a difference below zero is
/// allowed; beside an unsigned number a negative one is taken modulo 2^32.
/// nullopt: division by zero, or beyond the range. Then there is no value.
inline std::optional<std::int64_t> compute(ast::Arithmetic op, std::int64_t a, std::int64_t b, Kind kind,
                                           unsigned bits) {
  using A = ast::Arithmetic;
  const bool narrow = is_integer(kind) && bits <= 32;
  if (narrow && kind == Kind::kUnsigned && a >= 0 && b < 0) b += std::int64_t{1} << 32;
  std::int64_t result = 0;
  bool overflow = false;
  switch (op) {
    case A::kBitAnd:
      result = a & b;
      break;
    case A::kAdd:
      overflow = __builtin_add_overflow(a, b, &result);
      break;
    case A::kSubtract:
      overflow = __builtin_sub_overflow(a, b, &result);
      break;
    case A::kMultiply:
      overflow = __builtin_mul_overflow(a, b, &result);
      break;
    case A::kDivide:
    case A::kModulo:
      if (b == 0 || (b == -1 && a == std::numeric_limits<std::int64_t>::min())) return std::nullopt;
      result = op == A::kDivide ? a / b : a % b;
      break;
  }
  if (overflow) return std::nullopt;
  if (!narrow) return result;
  const std::int64_t greatest =
      kind == Kind::kSigned ? std::numeric_limits<std::int32_t>::max() : std::numeric_limits<std::uint32_t>::max();
  if (result < std::numeric_limits<std::int32_t>::min() || result > greatest) return std::nullopt;
  return result;
}

}  // namespace pcapsule::filter
