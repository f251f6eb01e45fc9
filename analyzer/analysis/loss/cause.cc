// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/loss/cause.h"

#include <array>

namespace pcapsule::analysis {

std::string_view to_text(Cause cause) {
  constexpr std::array<std::string_view, kCauses> kNames = {"undecided", "lost before the tap", "lost after the tap",
                                                            "needless",  "reordered",           "duplicate at the tap"};
  return kNames[static_cast<std::size_t>(cause)];
}

std::string_view to_text(SendOrder order) {
  constexpr std::array<std::string_view, 4> kNames = {"", "earlier", "same", "later"};
  return kNames[static_cast<std::size_t>(order)];
}

}  // namespace pcapsule::analysis
