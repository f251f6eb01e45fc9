// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "extractor/cache/recorded.h"

namespace pcapsule::cli {

/// What was skipped and why, for standard error: how many frames for each
/// reason, in plain words. A loud warning when nothing at all was recorded (rule S6).
/// Empty when every frame is a segment of the record.
///
/// `name` is already escaped. `all_tagged`: every frame that the filter left out has a VLAN tag.
std::string skipped_text(std::string_view name, const cache::Recorded& recorded, bool all_tagged);

/// How many time stamps go back (rule S44), for standard error. Empty when none does.
std::string backward_text(std::string_view name, const cache::Recorded& recorded);

/// How many time stamps lie beyond 64 bits of nanoseconds and were set to the nearest, for standard error. Empty when
/// none does.
std::string clamped_text(std::string_view name, std::uint64_t clamped_stamps);

/// How many packets have no time stamp at all, for standard error. Empty when every one has.
std::string unstamped_text(std::string_view name, std::uint64_t frames_without_stamp);

}  // namespace pcapsule::cli
