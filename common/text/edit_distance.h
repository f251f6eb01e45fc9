// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace pcapsule::text {

/// Changes of one character that turn `typed`, as somebody wrote it on a command line, into `name` (Levenshtein).
/// Only the beginning of `typed`, longer than any of our names, is looked at: time grows with the product of lengths.
std::size_t edit_distance(std::string_view typed, std::string_view name);

/// Is `typed` probably `name` with a slip of the finger? No more than two changes, and than a third of the name.
bool is_slip_of(std::string_view typed, std::string_view name);

}  // namespace pcapsule::text
