// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/capture_input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "common/io/os_error.h"
#include "common/io/scoped_fd.h"

namespace pcapsule::capture {
namespace {

constexpr std::size_t kDrainBytes = std::size_t{1} << 20;

/// Looked at once `opened` is open, so that it does not matter what was under the name before.
Result<void> check_link(const std::string& path, const std::string& name, const struct stat& opened) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return io::os_error(name, "cannot open", errno);
  if (S_ISLNK(found.st_mode)) {
    if (found.st_uid == ::geteuid() || found.st_uid == opened.st_uid) return {};
    return Error{ErrorCode::kIo, name + ": is a link, made by user " + std::to_string(found.st_uid) +
                                     ", to a file of user " + std::to_string(opened.st_uid) +
                                     ": in a folder it is not followed; name it itself if it is meant"};
  }
  if (found.st_dev == opened.st_dev && found.st_ino == opened.st_ino) return {};
  return Error{ErrorCode::kIo, name + ": was replaced while it was opened; run the extractor again"};
}

}  // namespace

struct CaptureInput::Descriptor {
  io::ScopedFd owned;  ///< not valid: standard input, which is not ours to close
  [[nodiscard]] int get() const { return owned.valid() ? owned.get() : STDIN_FILENO; }
};

CaptureInput::CaptureInput(std::string name, std::unique_ptr<Descriptor> descriptor)
    : name_(std::move(name)), descriptor_(std::move(descriptor)) {}

CaptureInput::~CaptureInput() = default;

std::string display_name(const std::string& path) { return path == "-" ? "standard input" : path; }

Result<std::unique_ptr<CaptureInput>> CaptureInput::open(const CapturePath& capture, const std::string& name) {
  auto descriptor = std::make_unique<Descriptor>();
  if (capture.path != "-") {
    const int not_waiting = capture.kind == InputKind::kRegularFile ? O_NONBLOCK : 0;
    descriptor->owned.reset(::open(capture.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | not_waiting));
    if (!descriptor->owned.valid()) return io::os_error(name, "cannot open", errno);
  }
  struct stat status {};
  if (::fstat(descriptor->get(), &status) != 0) return io::os_error(name, "cannot read", errno);
  if (S_ISDIR(status.st_mode)) {
    return Error{ErrorCode::kNotACapture, name + ": is a folder, expected a capture file; name the captures in it"};
  }
  if (capture.kind == InputKind::kRegularFile) {
    if (!S_ISREG(status.st_mode)) {
      return Error{ErrorCode::kNotACapture,
                   name + ": is a pipe or a device, expected a regular file, as there was when its folder was read"};
    }
    if (auto meant = check_link(capture.path, name, status); !meant) return meant.error();
    (void)::fcntl(descriptor->get(), F_SETFL, 0);  // what O_NONBLOCK means for a file is up to its file system
  }
  if (S_ISREG(status.st_mode)) (void)::posix_fadvise(descriptor->get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return std::unique_ptr<CaptureInput>(new CaptureInput(name, std::move(descriptor)));
}

Result<std::size_t> CaptureInput::read(std::span<std::uint8_t> into) {
  while (!ended_) {
    const ssize_t got = ::read(descriptor_->get(), into.data(), into.size());
    if (got < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) {  // a pipe that who started us made so
        pollfd ready{descriptor_->get(), POLLIN, 0};
        if (::poll(&ready, 1, -1) >= 0 || errno == EINTR) continue;
      }
      return io::os_error(name_, "cannot read", errno);
    }
    const auto count = static_cast<std::size_t>(got);
    ended_ = count == 0;
    bytes_ += count;
    hash_.update(into.first(count));
    return count;
  }
  return std::size_t{0};
}

Result<void> CaptureInput::drain() {
  std::vector<std::uint8_t> buffer(kDrainBytes);
  for (;;) {
    const auto got = read(buffer);
    if (!got) return got.error();
    if (*got == 0) return {};
  }
}

Fingerprint CaptureInput::fingerprint() const {
  const hash::Hash128 digest = hash_.digest();
  return {digest.low, digest.high};
}

Result<Fingerprint> fingerprint_of(const CapturePath& capture) {
  auto input = CaptureInput::open(capture, display_name(capture.path));
  if (!input) return input.error();
  if (auto drained = (*input)->drain(); !drained) return drained.error();
  return (*input)->fingerprint();
}

}  // namespace pcapsule::capture
