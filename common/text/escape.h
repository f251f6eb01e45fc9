// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// Text from strangers (file names, interface names, comments of a capture)
/// made harmless before it is shown.
namespace pcapsule::text {

/// `text` with every byte as `\xNN` that could drive a terminal or mislead the
/// eye: control characters (newline and tab too), DEL, C1, marks that reorder or break lines, and
/// whatever is not UTF-8. A backslash stays as it is, or the interface names of
/// Windows would be unreadable.
std::string escape_for_terminal(std::string_view text);

/// `text` as a JSON string (RFC 8259), quotes included. The same characters
/// become `\uNNNN`; a byte that is not UTF-8, which JSON cannot hold, becomes
/// the four characters `\xNN`.
void append_json_string(std::string& out, std::string_view text);

}  // namespace pcapsule::text
