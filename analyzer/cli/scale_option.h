// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "analyzer/analysis/window_scale.h"
#include "common/base/result.h"

namespace pcapsule::analyzer_cli {

/// What `--assume-window-scale` was given: `7,9`, the shifts of client and server.
/// nullopt: nothing. kUsage: anything else.
Result<std::optional<analysis::AssumedScale>> parse_assumed_scale(const std::string& text);

}  // namespace pcapsule::analyzer_cli
