// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <memory>
#include <string>
#include <vector>

#include "common/io/scoped_fd.h"

namespace pcapsule::io {

/// Notices who writes to a file while it is mapped: what was proven against a checksum may have changed before it was
/// used. It asks the open file, whatever has its name by now, for its size and the times of its last changes; the time
/// that nobody can set changes with its name and rights as well. A file that another took the place of, or that was
/// removed, is as it was.
class RewriteWatch {
 public:
  /// `fd` is open at `path`, and `status` what it was when nothing had been read yet.
  RewriteWatch(std::string path, ScopedFd fd, const struct stat& status);
  RewriteWatch(const RewriteWatch&) = delete;
  RewriteWatch& operator=(const RewriteWatch&) = delete;
  ~RewriteWatch();

  [[nodiscard]] bool was_rewritten() const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  ScopedFd fd_;
  struct stat before_;
};

/// Names of the files that were written to while a watch of this process was over them, each once.
std::vector<std::string> rewritten_files();

}  // namespace pcapsule::io
