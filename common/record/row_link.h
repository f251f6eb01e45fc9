// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace pcapsule::record {

/// Where the rows of a connection stand in the record file that is being
/// written. Filled in by the writer; kept by its caller, one a connection, which
/// is why a row is a chunk and a place in it: half the size of its number.
struct RowLink {
  static constexpr std::uint32_t kNone = 0xffff'ffff;

  std::uint32_t first_chunk = kNone;  ///< segment chunk of the first row; kNone: no row yet
  std::uint32_t last_chunk = kNone;
  std::uint16_t first_in_chunk = 0;  ///< row within first_chunk
  std::uint16_t last_in_chunk = 0;
  std::uint16_t directory_slot = 0;  ///< in the directory of last_chunk, while that is being filled
  std::uint16_t encapsulation = 0;   ///< of the first row

  [[nodiscard]] bool has_rows() const { return first_chunk != kNone; }
};

}  // namespace pcapsule::record
