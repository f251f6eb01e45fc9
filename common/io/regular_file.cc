// SPDX-License-Identifier: Apache-2.0
#include "common/io/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "common/io/os_error.h"

namespace pcapsule::io {

Result<RegularFile> RegularFile::open(const std::string& path) {
  // O_NONBLOCK: opening a named pipe must fail below, not wait for a writer.
  ScopedFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd.valid()) return os_error(path, "cannot open", errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return os_error(path, "cannot read its size", errno);
  if (S_ISDIR(status.st_mode)) return Error{ErrorCode::kIo, path + ": is a folder, expected a file"};
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorCode::kIo, path + ": is a pipe or a device, expected a regular file; save it to a file first"};
  }
  if (status.st_size == 0) {
    return Error{ErrorCode::kCorrupt, path + ": the file is empty (0 bytes); make it again"};
  }
  return RegularFile(path, std::move(fd), status);
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
