// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace pcapsule::faults {

/// A lie in a record file. Whoever tells it sets the checksums right.
struct Crafted {
  const char* name;
  /// The command that must refuse it; empty: every command.
  std::string_view touched_by;
  std::function<void(std::vector<std::uint8_t>& file)> change;
};

/// In Crafted::touched_by: only verify must see it.
inline constexpr std::string_view kNothing = "nothing";

/// REQUIRES of a file that is changed: it is the record file of small_capture().
const std::vector<Crafted>& crafted_records();

}  // namespace pcapsule::faults
