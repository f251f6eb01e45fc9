// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/exit_code.h"
#include "common/bytes/byte_cursor.h"

namespace pcapsule::fuzz {

/// The record file that the extractor makes of a capture, without touching a disk.
/// nullopt: it refuses the capture.
std::optional<std::vector<std::uint8_t>> extract_in_memory(ByteView capture);

/// Sets every checksum of a record file to what its bytes give, as somebody who crafts
/// one would. A file whose catalog cannot be found is left as it is.
void repair_checksums(std::vector<std::uint8_t>& file);

/// Runs a whole command of the analyzer on a record file, output and messages to nowhere
/// that matters. Aborts on an exit status that no rule allows.
ExitCode analyze(const std::vector<std::string>& arguments);

}  // namespace pcapsule::fuzz
