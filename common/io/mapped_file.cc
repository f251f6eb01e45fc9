// SPDX-License-Identifier: Apache-2.0
#include "common/io/mapped_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/io/os_error.h"
#include "common/io/regular_file.h"

namespace pcapsule::io {

Result<MappedFile> MappedFile::open(const std::string& path) {
  auto file = RegularFile::open(path);
  if (!file) return file.error();
  const auto size_bytes = static_cast<std::size_t>(file->size_bytes());
  void* const data = ::mmap(nullptr, size_bytes, PROT_READ, MAP_PRIVATE, file->descriptor(), 0);
  if (data == MAP_FAILED) return os_error(path, "cannot map", errno);
  return MappedFile(path, static_cast<const std::uint8_t*>(data), size_bytes,
                    std::make_unique<RewriteWatch>(path, file->release(), file->status()));
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_bytes_(std::exchange(other.size_bytes_, 0)),
      guard_(std::move(other.guard_)),
      watch_(std::move(other.watch_)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  if (this != &other) {
    unmap();
    data_ = std::exchange(other.data_, nullptr);
    size_bytes_ = std::exchange(other.size_bytes_, 0);
    guard_ = std::move(other.guard_);
    watch_ = std::move(other.watch_);
  }
  return *this;
}

MappedFile::~MappedFile() { unmap(); }

void MappedFile::unmap() {
  if (data_ != nullptr) ::munmap(const_cast<std::uint8_t*>(data_), size_bytes_);
}

void MappedFile::will_need(std::uint64_t offset, std::uint64_t count) const {
  if (offset >= size_bytes_ || count == 0) return;
  const std::uint64_t end = offset + std::min<std::uint64_t>(count, size_bytes_ - offset);
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const std::uint64_t first = offset - offset % page;  // madvise wants a page boundary; the map starts on one
  (void)::madvise(const_cast<std::uint8_t*>(data_) + first, end - first, MADV_WILLNEED);
}

void MappedFile::forgo_read_ahead() const {
  (void)::madvise(const_cast<std::uint8_t*>(data_), size_bytes_, MADV_RANDOM);
}

}  // namespace pcapsule::io
