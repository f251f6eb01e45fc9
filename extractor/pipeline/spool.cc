// SPDX-License-Identifier: Apache-2.0
#include "extractor/pipeline/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "common/io/os_error.h"

namespace pcapsule::pipeline {

namespace {

/// Not O_TMPFILE alone: some file systems lack it.
io::ScopedFd open_unnamed(const std::string& folder) {
  io::ScopedFd file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file.valid()) return file;
  std::string name = folder + "/.pcapsule-spool-XXXXXX";
  file.reset(::mkostemp(name.data(), O_CLOEXEC));
  if (file.valid()) ::unlink(name.c_str());
  return file;
}

bool write_all(int fd, const char* data, std::size_t bytes) {
  while (bytes > 0) {
    const ssize_t written = ::write(fd, data, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    data += written;
    bytes -= static_cast<std::size_t>(written);
  }
  return true;
}

}  // namespace

Result<Spool> Spool::from_standard_input(const std::string& output) {
  const auto slash = output.find_last_of('/');
  const std::string folder = slash == std::string::npos ? "." : output.substr(0, slash + 1);
  io::ScopedFd file = open_unnamed(folder);
  if (!file.valid()) return io::os_error(folder, "cannot make a temporary copy of standard input", errno);
  std::vector<char> buffer(std::size_t{1} << 20);
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io::os_error("standard input", "cannot read", errno);
    if (got == 0) break;
    if (!write_all(file.get(), buffer.data(), static_cast<std::size_t>(got))) {
      return io::os_error(folder, "cannot write the temporary copy of standard input", errno);
    }
  }
  return Spool(std::move(file));
}

}  // namespace pcapsule::pipeline
