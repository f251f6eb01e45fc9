// SPDX-License-Identifier: Apache-2.0
#include "common/text/option_error.h"

#include <array>
#include <string_view>

namespace pcapsule::text {

namespace {

/// The words that Boost 1.74 replaces.
constexpr std::array<std::string_view, 5> kPlaceholders = {"%canonical_option%", "%option%", "%original_token%",
                                                           "%prefix%", "%value%"};

}  // namespace

std::string option_error(const std::exception& error, std::span<const std::string> arguments) {
  for (const std::string& argument : arguments) {
    for (const std::string_view word : kPlaceholders) {
      if (argument.find(word) == std::string::npos) continue;
      return "an option is unknown or has a wrong value, maybe the one with '" + std::string(word) + "' in it";
    }
  }
  return error.what();
}

}  // namespace pcapsule::text
