// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/result.h"
#include "common/io/scoped_fd.h"

namespace pcapsule::pipeline {

/// A copy of standard input that can be read more than once: a file without a
/// name, which vanishes with the process.
class Spool {
 public:
  /// Copies all of standard input into the folder of `output`.
  static Result<Spool> from_standard_input(const std::string& output);

  /// A path under which this process can open the copy.
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file_.get()); }

 private:
  explicit Spool(io::ScopedFd file) : file_(std::move(file)) {}
  io::ScopedFd file_;
};

}  // namespace pcapsule::pipeline
