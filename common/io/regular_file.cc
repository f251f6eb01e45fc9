// SPDX-License-Identifier: Apache-2.0
#include "common/io/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "common/io/os_error.h"

namespace pcapsule::io {

namespace {

/// Opens for reading what `found` only points at.
ScopedFd reopen(const ScopedFd& found, const std::string& path) {
  // O_NONBLOCK, O_NOCTTY: for who puts something else under the name meanwhile, which matters without /proc only.
  constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  ScopedFd fd(::open(("/proc/self/fd/" + std::to_string(found.get())).c_str(), kFlags));
  if (!fd.valid()) fd.reset(::open(path.c_str(), kFlags));
  return fd;
}

bool same_file(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

}  // namespace

Result<RegularFile> RegularFile::open(const std::string& path) {
  const ScopedFd found(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!found.valid()) return os_error(path, "cannot open", errno);
  struct stat status {};
  if (::fstat(found.get(), &status) != 0) return os_error(path, "cannot read its size", errno);
  if (S_ISDIR(status.st_mode)) return Error{ErrorCode::kIo, path + ": is a folder, expected a file"};
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorCode::kIo, path + ": is a pipe or a device, expected a regular file; save it to a file first"};
  }
  ScopedFd fd = reopen(found, path);
  if (!fd.valid()) return os_error(path, "cannot open", errno);
  struct stat opened {};
  if (::fstat(fd.get(), &opened) != 0) return os_error(path, "cannot read its size", errno);
  if (!same_file(status, opened)) return Error{ErrorCode::kIo, path + ": was replaced while it was opened; try again"};
  if (opened.st_size == 0) {
    return Error{ErrorCode::kCorrupt, path + ": the file is empty (0 bytes); make it again"};
  }
  return RegularFile(path, std::move(fd), opened);
}

Result<void> RegularFile::read_at(std::uint64_t offset, std::span<std::uint8_t> into) const {
  while (!into.empty()) {
    const ssize_t got = ::pread(fd_.get(), into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return os_error(path_, "cannot read", errno);
    if (got == 0) return Error{ErrorCode::kCorrupt, path_ + ": the file was truncated while it was read"};
    offset += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

}  // namespace pcapsule::io
