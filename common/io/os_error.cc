// SPDX-License-Identifier: Apache-2.0
#include "common/io/os_error.h"

#include <cerrno>
#include <system_error>

namespace pcapsule::io {
namespace {

std::string_view remedy(int error_number) {
  switch (error_number) {
    case ENOENT:
      return "; check the spelling of the name and of its folders";
    case EACCES:
    case EPERM:
      return "; check the permissions of the file and of its folder";
    case ENOSPC:
    case EDQUOT:
      return "; free some space there, or write to another folder";
    case EROFS:
      return "; write to another folder";
    case EFBIG:
      return "; raise the limit on file sizes (ulimit -f), or write to another file system";
    case EMFILE:
    case ENFILE:
      return "; raise the limit on open files (ulimit -n)";
    case ENAMETOOLONG:
      return "; use a shorter name";
    case EIO:
      return "; the disk or the network share has a fault";
    default:
      return "";
  }
}

}  // namespace

Error os_error(std::string_view name, std::string_view what, int error_number) {
  std::string message(name);
  message.append(": ").append(what).append(": ");
  // Not strerror: it is not safe to call from two threads.
  message.append(std::generic_category().message(error_number)).append(remedy(error_number));
  return Error{ErrorCode::kIo, std::move(message)};
}

}  // namespace pcapsule::io
