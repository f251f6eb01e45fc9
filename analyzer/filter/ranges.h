// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace pcapsule::filter {

/// Places of a slice or of layers: `[1:2]`, `[1-2]`, `[:2]`, `[1:]`, `[1]`, joined by
/// commas. Negative places count from the end.
struct PlaceRange {
  std::int64_t first = 0;
  std::optional<std::int64_t> length;  ///< nullopt: up to the end

  /// The places of the range among `size`, as [begin, end); nullopt: it does not lie inside.
  struct Places {
    std::size_t begin;
    std::size_t end;
  };
  [[nodiscard]] std::optional<Places> among(std::size_t size) const {
    const auto count = static_cast<std::int64_t>(size);
    const std::int64_t begin = first < 0 ? count + first : first;
    if (begin < 0 || begin > count) return std::nullopt;
    if (length && *length > count - begin) return std::nullopt;
    const std::int64_t end = length ? begin + *length : count;
    return Places{static_cast<std::size_t>(begin), static_cast<std::size_t>(end)};
  }
};

inline constexpr std::size_t kGreatestRanges = 64;  ///< of one slice

/// nullopt: not of that form, an empty range, or too many.
std::optional<std::vector<PlaceRange>> parse_ranges(std::string_view text);

}  // namespace pcapsule::filter
