// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"
#include "extractor/cli/options.h"
#include "extractor/cli/outputs.h"

namespace pcapsule::cli {

/// What is to be done, in the order of the command line, folders sorted by name.
struct Plan {
  std::vector<Job> jobs;
  std::vector<Error> failures;     ///< folders, files in them and lists that could not be read, lists with NUL bytes,
                                   ///< captures whose output is one; the jobs stand all the same, unless merged
  std::vector<std::string> notes;  ///< what was left out, one line each
};

/// Expands folders and the list of --files-from, leaves out captures that are
/// younger than --min-age at `now`, and gives each capture its record file, or with --merge all of them one.
/// `standard_input` is read for `--files-from -` only.
///
/// Error kUsage: the outputs collide, one that the command line names is a capture, or -o is given with several
/// captures and no --merge; kIo: the folder of --out-dir is not there. Nothing has been written then.
Result<Plan> plan_inputs(const Options& options, std::istream& standard_input, TimestampNs now);

}  // namespace pcapsule::cli
