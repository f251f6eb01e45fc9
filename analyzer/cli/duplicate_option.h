// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/cli/command.h"

namespace pcapsule::analyzer_cli {

/// --keep-duplicates, the same for every command that leaves copies at the tap out (S40).
void add_keep_duplicates_to(OptionGroups::Group& group, bool& keep);

}  // namespace pcapsule::analyzer_cli
