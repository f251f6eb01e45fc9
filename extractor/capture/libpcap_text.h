// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

/// libpcap tells kinds of failure apart by their English text only. The tests
/// hold these functions against real failures, so that a libpcap with other texts is noticed.
namespace pcapsule::capture {

/// A well-formed file that libpcap does not read: the reason, and what to do
/// about it. nullopt: `reason` says something else.
std::optional<std::string> refusal_of(std::string_view reason);

/// The file ends within a header or a frame.
bool says_truncated(std::string_view reason);

/// There was too little memory, which says nothing of the file.
bool says_out_of_memory(std::string_view reason);

}  // namespace pcapsule::capture
