// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analyzer/cli/command.h"

namespace pcapsule::analyzer_cli {

/// `analyzer --help`
std::string program_help();

/// `analyzer COMMAND --help`
std::string command_help(const Command& command, const OptionGroups& groups);

/// `analyzer --version`: program, format and libraries.
std::string version_text();

}  // namespace pcapsule::analyzer_cli
