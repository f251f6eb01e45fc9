// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/net/endpoint.h"

namespace pcapsule::cli {

enum class Verbosity { kQuiet, kNormal, kVerbose };
enum class ShowProgress { kAuto, kAlways, kNever };

/// The command line, validated. Names are as the user gave them.
struct Options {
  enum class Task { kExtract, kShowHelp, kShowVersion };

  Task task = Task::kExtract;
  std::vector<std::string> captures;      ///< in the order given; `-` is standard input
  std::optional<std::string> files_from;  ///< `-` is standard input
  std::optional<std::string> out;
  std::optional<std::string> out_dir;
  std::optional<std::int64_t> min_age_s;
  std::string filter;  ///< empty: none
  std::optional<EndpointPattern> client;
  std::optional<EndpointPattern> server;
  bool merge = false;
  bool force = false;
  bool json_report = false;
  bool wait_for_lock = true;
  Verbosity verbosity = Verbosity::kNormal;
  ShowProgress progress = ShowProgress::kAuto;
};

/// Error kUsage: one line that says what is wrong and points to --help.
Result<Options> parse_options(const std::vector<std::string>& arguments);

/// What --help prints.
std::string help_text();

/// What --version prints: program, record format, libraries.
std::string version_text();

}  // namespace pcapsule::cli
