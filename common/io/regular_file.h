// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "common/base/result.h"
#include "common/io/scoped_fd.h"

namespace pcapsule::io {

/// A regular file with bytes in it, open for reading at any place.
class RegularFile {
 public:
  /// Error: not there, not readable, not a regular file, or empty. What is none is not even opened: that alone makes
  /// a device do things.
  static Result<RegularFile> open(const std::string& path);

  [[nodiscard]] int descriptor() const { return fd_.get(); }
  /// The descriptor, for who reads the file in another way. REQUIRES: nothing is read from this object after it.
  [[nodiscard]] ScopedFd release() { return std::move(fd_); }
  /// As it was opened.
  [[nodiscard]] const struct stat& status() const { return status_; }
  [[nodiscard]] std::uint64_t size_bytes() const { return static_cast<std::uint64_t>(status_.st_size); }

  /// Fills all of `into` with what is at `offset`. Error kCorrupt: the file has become shorter.
  Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> into) const;

 private:
  RegularFile(const std::string& path, ScopedFd fd, const struct stat& status)
      : path_(path), fd_(std::move(fd)), status_(status) {}

  std::string path_;
  ScopedFd fd_;
  struct stat status_;
};

}  // namespace pcapsule::io
