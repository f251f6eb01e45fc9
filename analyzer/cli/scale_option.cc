// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/scale_option.h"

#include <charconv>

namespace pcapsule::analyzer_cli {

Result<std::optional<analysis::AssumedScale>> parse_assumed_scale(const std::string& text) {
  if (text.empty()) return std::optional<analysis::AssumedScale>();
  unsigned client = 0;
  unsigned server = 0;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, client);
  const bool comma = first.ec == std::errc() && first.ptr != end && *first.ptr == ',';
  const auto second = comma ? std::from_chars(first.ptr + 1, end, server) : first;
  if (!comma || second.ec != std::errc() || second.ptr != end || client > analysis::kGreatestShift ||
      server > analysis::kGreatestShift) {
    return Error{ErrorCode::kUsage,
                 "--assume-window-scale " + text + ": write the shifts of client and server, each 0 to 14, as 7,9"};
  }
  return std::optional(analysis::AssumedScale{static_cast<std::uint8_t>(client), static_cast<std::uint8_t>(server)});
}

}  // namespace pcapsule::analyzer_cli
