// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
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
inline constexpr std::uint8_t kSnack = 21;
inline constexpr std::uint8_t kMultipath = 30;
inline constexpr std::uint8_t kAccurateEcn0 = 172;
inline constexpr std::uint8_t kAccurateEcn1 = 174;
inline constexpr std::uint8_t kExperiment1 = 253;
inline constexpr std::uint8_t kExperiment2 = 254;
}  // namespace option_kind

/// Does Wireshark read more of the option than its length says, and break?
/// Multipath TCP options (RFC 8684) that are too short for their subtype, and SNACK.
inline bool breaks_walk(ByteView option) {
  constexpr std::size_t kSnackBytes = 6;
  if (option[0] == option_kind::kSnack) return option.size() == kSnackBytes;
  if (option[0] != option_kind::kMultipath) return false;
  constexpr std::size_t kLeastBytes = 3;
  constexpr std::array<std::uint8_t, 9> kLeastOfSubtype = {4, 3, 4, 4, 3, 3, 12, 12, 4};
  if (option.size() < kLeastBytes) return true;
  const std::size_t subtype = option[2] >> 4;
  if (subtype >= kLeastOfSubtype.size()) return false;
  if (option.size() < kLeastOfSubtype[subtype]) return true;
  constexpr std::size_t kDataSequenceSignal = 2;
  if (subtype != kDataSequenceSignal) return false;
  const unsigned flags = option[3];
  std::size_t needed = 4;
  if ((flags & 1U) != 0) needed += (flags & 2U) != 0 ? 8 : 4;           // data ACK
  if ((flags & 4U) != 0) needed += ((flags & 8U) != 0 ? 8U : 4U) + 6U;  // mapping
  return option.size() < needed;
}

/// Shows `visit` every option of an area as captured, kind and length bytes
/// included, as far as Wireshark's walk comes (W4b): it ends at the end-of-options
/// byte, at a length that cannot be, at a SACK option without a whole block, and
/// behind an option that breaks it.
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
    if (breaks_walk(area.subspan(at, length))) return;
    at += length;
  }
}

}  // namespace pcapsule::analysis
