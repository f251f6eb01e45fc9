// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>

namespace pcapsule::io {

/// What tells whether a file was written to: which file it is, its size, and when it was
/// last changed.
class FileState {
 public:
  /// nullopt: there is no such file, or it may not be looked at.
  static std::optional<FileState> of(const std::string& path);

  /// Is `later` the same file with other contents? A file that took the place of this one by
  /// rename is another file: who has this one open sees no change.
  [[nodiscard]] bool was_rewritten(const FileState& later) const;

 private:
  explicit FileState(const struct stat& status);

  std::uint64_t device_;
  std::uint64_t inode_;
  std::int64_t size_bytes_;
  std::int64_t changed_s_;
  std::int64_t changed_ns_;
};

}  // namespace pcapsule::io
