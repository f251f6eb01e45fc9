// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "analyzer/analysis/compare/segment.h"

namespace pcapsule::analysis::compare {

/// Copies of segments that one point saw more than once within a millisecond (S40).
struct Duplicates {
  std::array<std::uint64_t, 2> count{};        ///< by direction
  std::array<std::uint64_t, 2> first_frame{};  ///< of the first copy; 0: none
};

/// Takes them out of `rows`.
Duplicates drop_duplicates(TapRows& rows);

}  // namespace pcapsule::analysis::compare
