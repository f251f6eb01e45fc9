// SPDX-License-Identifier: Apache-2.0
#include "extractor/pipeline/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/bytes/byte_cursor.h"
#include "common/io/os_error.h"
#include "extractor/capture/capture_input.h"

namespace pcapsule::pipeline {

namespace {

constexpr const char* kOwnFiles = "/proc/self/fd/";

/// Not O_TMPFILE alone: some file systems lack it.
io::ScopedFd open_unnamed(const std::string& folder) {
  io::ScopedFd file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file.valid()) return file;
  std::string name = folder + "/.pcapsule-spool-XXXXXX";
  file.reset(::mkostemp(name.data(), O_CLOEXEC));
  if (file.valid()) ::unlink(name.c_str());
  return file;
}

bool write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::string Spool::path() const { return kOwnFiles + std::to_string(file_.get()); }

Result<Spool> Spool::copy_of(const capture::CapturePath& capture, const std::string& output) {
  const std::string name = capture::display_name(capture.path);
  if (::access(kOwnFiles, F_OK) != 0) {
    return Error{ErrorCode::kIo, name +
                                     ": is read more than once, which takes a copy and /proc to open it, but /proc is "
                                     "not mounted; save it to a file first"};
  }
  auto input = capture::CaptureInput::open(capture, name);
  if (!input) return input.error();
  const auto slash = output.find_last_of('/');
  const std::string folder = slash == std::string::npos ? "." : output.substr(0, slash + 1);
  const auto failure = [&](const char* what) { return io::os_error(folder, what + name, errno); };
  io::ScopedFd file = open_unnamed(folder);
  if (!file.valid()) return failure("cannot make a temporary copy of ");
  std::vector<std::uint8_t> buffer(std::size_t{1} << 20);
  for (;;) {
    const auto got = (*input)->read(buffer);
    if (!got) return got.error();
    if (*got == 0) return Spool(std::move(file));
    if (!write_all(file.get(), ByteView(buffer).first(*got))) return failure("cannot write the temporary copy of ");
  }
}

}  // namespace pcapsule::pipeline
