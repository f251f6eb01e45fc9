// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "common/base/result.h"
#include "common/io/scoped_fd.h"
#include "extractor/capture/capture_path.h"

namespace pcapsule::pipeline {

/// A copy of a capture whose bytes come only once, as from standard input or a pipe, for who reads them more than
/// once: a file without a name, which vanishes with the process.
class Spool {
 public:
  /// Copies all of `capture` (`-`: standard input) into the folder of `output`. Errors name the one or the other.
  static Result<Spool> copy_of(const capture::CapturePath& capture, const std::string& output);

  /// A path under which this process can open the copy.
  [[nodiscard]] std::string path() const;

 private:
  explicit Spool(io::ScopedFd file) : file_(std::move(file)) {}
  io::ScopedFd file_;
};

}  // namespace pcapsule::pipeline
