// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/descriptor_sink.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace pcapsule::report {

Result<bool> DescriptorSink::write(std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ::ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(written));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN) {  // a pipe that its other end made non-blocking
      pollfd room = {descriptor_, POLLOUT, 0};
      (void)::poll(&room, 1, -1);
      continue;
    }
    if (errno == EPIPE) return false;
    const std::string reason = std::system_category().message(errno);
    return Error{ErrorCode::kIo, name_ + ": cannot write: " + reason + "; what was printed so far is not all"};
  }
  return true;
}

}  // namespace pcapsule::report
