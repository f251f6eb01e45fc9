// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <span>
#include <string>

namespace pcapsule::text {

/// What `error`, thrown by Boost.Program_options for these arguments, has to say.
///
/// Its what() puts arguments in place of words such as `%value%`, and starts again at what it has put in: it
/// never returns where an argument holds such a word. Then the text is our own.
std::string option_error(const std::exception& error, std::span<const std::string> arguments);

}  // namespace pcapsule::text
