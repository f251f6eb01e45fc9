// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/base/exit_code.h"
#include "extractor/cache/recorded.h"
#include "extractor/cli/outputs.h"
#include "extractor/pipeline/extract.h"

namespace pcapsule::cli {

/// What became of one capture.
struct Outcome {
  enum class Status { kExtracted, kCurrent, kFailed };

  Status status = Status::kFailed;
  ExitCode exit_code = ExitCode::kFailed;
  std::string error;                                ///< set when it failed
  std::optional<cache::Recorded> recorded;          ///< set unless it failed
  std::optional<pipeline::ExtractSummary> summary;  ///< set when it was extracted
};

/// The outcome as one JSON object on one line: the same keys whatever the
/// status, null where a thing is unknown; `capture` is null where several were merged. Times are strings of seconds
/// since the epoch, since a double would lose the nanoseconds.
std::string json_line(const Job& job, const Outcome& outcome);

}  // namespace pcapsule::cli
