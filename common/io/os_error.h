// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace pcapsule::io {

/// `name: what: No such file or directory; what to do` as ErrorCode::kIo. The
/// remedy follows from `error_number` where one is known. Names are not escaped
/// here: whoever prints a message escapes all of it.
Error os_error(std::string_view name, std::string_view what, int error_number);

}  // namespace pcapsule::io
