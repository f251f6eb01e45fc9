// SPDX-License-Identifier: Apache-2.0
#include "common/io/file_state.h"

namespace pcapsule::io {

FileState::FileState(const struct stat& status)
    : device_(status.st_dev),
      inode_(status.st_ino),
      size_bytes_(status.st_size),
      changed_s_(status.st_mtim.tv_sec),
      changed_ns_(status.st_mtim.tv_nsec) {}

std::optional<FileState> FileState::of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileState(status);
}

bool FileState::was_rewritten(const FileState& later) const {
  if (device_ != later.device_ || inode_ != later.inode_) return false;
  return size_bytes_ != later.size_bytes_ || changed_s_ != later.changed_s_ || changed_ns_ != later.changed_ns_;
}

}  // namespace pcapsule::io
