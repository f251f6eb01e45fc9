// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace pcapsule {

/// Version of both programs, `MAJOR.MINOR.PATCH`. The record format has a version of its own.
const char* program_version();

}  // namespace pcapsule
