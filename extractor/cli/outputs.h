// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "extractor/capture/capture_path.h"

namespace pcapsule::cli {

/// What becomes one record file: one capture, or with --merge several.
struct Job {
  std::vector<capture::CapturePath> captures;  ///< at least one
  std::string output;
  friend bool operator==(const Job&, const Job&) = default;
};

/// The name of the record file for a capture's name without folders: it loses
/// one of .gz .zst .lz4, then one of .pcap .pcapng .cap .dmp, and gains .fb. Any other
/// name keeps all of itself; a name that is nothing but such an ending keeps it.
std::string record_name(std::string_view capture_name);

/// Where the record of `capture` goes: `out` if given, else into `out_dir`, else beside the capture.
/// REQUIRES: with standard input, `out`.
std::string record_path(const std::string& capture, const std::optional<std::string>& out,
                        const std::optional<std::string>& out_dir);

/// Error kUsage when two jobs would write one file, or an output is a capture,
/// of these jobs or any other, or when a capture would be merged with itself: nothing must be written then.
Result<void> check_outputs(const std::vector<Job>& jobs);

}  // namespace pcapsule::cli
