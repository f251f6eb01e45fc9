// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/bytes/byte_cursor.h"

namespace pcapsule::analysis {

/// Kinds of TCP options (IANA registry "TCP Option Kind Numbers").
namespace option_kind {
inline constexpr std::uint8_t kEndOfOptions = 0;
inline constexpr std::uint8_t kNoOperation = 1;
inline constexpr std::uint8_t kMss = 2;
inline constexpr std::uint8_t kWindowScale = 3;
inline constexpr std::uint8_t kSackPermitted = 4;
inline constexpr std::uint8_t kSack = 5;
inline constexpr std::uint8_t kMultipath = 30;
inline constexpr std::uint8_t kAccurateEcn0 = 172;
inline constexpr std::uint8_t kAccurateEcn1 = 174;
inline constexpr std::uint8_t kExperiment1 = 253;
inline constexpr std::uint8_t kExperiment2 = 254;
}  // namespace option_kind

/// Shows `visit` every option of an area as captured, kind and length bytes
/// included, as far as Wireshark's walk comes (W4b): it ends at the end-of-options
/// byte, at a length that cannot be, and at a SACK option without a whole block.
template <class Visit>
void walk_options(ByteView area, Visit&& visit) {
  constexpr std::size_t kLeastUsefulSackBytes = 10;
  for (std::size_t at = 0; at < area.size();) {
    const std::uint8_t kind = area[at];
    if (kind == option_kind::kEndOfOptions) return;
    if (kind == option_kind::kNoOperation) {
      ++at;
      continue;
    }
    if (area.size() - at < 2) return;
    const std::size_t length = area[at + 1];
    if (length < 2 || length > area.size() - at) return;
    if (kind == option_kind::kSack && length < kLeastUsefulSackBytes) return;
    visit(area.subspan(at, length));
    at += length;
  }
}

}  // namespace pcapsule::analysis
