// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/base/exit_code.h"

namespace pcapsule::analyzer_cli {

/// Carries out one command line, `analyzer` itself left out.
ExitCode run(const std::vector<std::string>& arguments);

/// One line on standard error, made harmless for a terminal.
void print_error(const std::string& message);

/// A record file that is truncated while it is read makes an error and exit status 1, not a death by SIGBUS.
void guard_mapped_files();

/// A parent may have closed standard input, output or error: gives their numbers
/// to /dev/null, so that no file opened later takes them. An answer for which there is no standard output is an error.
void claim_standard_descriptors();

}  // namespace pcapsule::analyzer_cli
