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
  bool named = true;  ///< by the command line, capture or output; else a folder or a list names the capture
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

/// Takes the jobs out of `jobs` whose output is a capture, of these jobs or any other, and yields why.
///
/// Error kUsage when the command line names such a job, two jobs would write one file, or a capture would be merged
/// with itself: nothing must be written then.
Result<std::vector<Error>> check_outputs(std::vector<Job>& jobs);

}  // namespace pcapsule::cli
