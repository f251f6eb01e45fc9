// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "common/base/result.h"
#include "common/bytes/byte_cursor.h"
#include "common/io/mapping_guard.h"
#include "common/io/rewrite_watch.h"

namespace pcapsule::io {

/// A regular file, mapped for reading. The views it hands out live as long as
/// the object; moving it does not move the bytes.
///
/// The mapping follows the file: who truncates the file in place while it is
/// mapped makes the reader get SIGBUS (see mapping_guard.h), who writes to it changes what
/// is read (see rewrite_watch.h). Our writer replaces files by rename only, which
/// leaves a mapping of the old file intact.
class MappedFile {
 public:
  /// Errors as those of RegularFile::open.
  static Result<MappedFile> open(const std::string& path);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  [[nodiscard]] ByteView bytes() const { return {data_, size_bytes_}; }
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

  /// Asks the kernel to start reading [offset, offset + count) now: a cold
  /// chunk arrives in one piece and not a page at a time. Only a hint; the part
  /// of the range beyond the file is ignored.
  void will_need(std::uint64_t offset, std::uint64_t count) const;
  /// The same for a part of bytes().
  void will_need(ByteView part) const { will_need(static_cast<std::uint64_t>(part.data() - data_), part.size()); }

  /// From now on a touched page comes alone from a cold disk: the pages around it, which the kernel would bring too,
  /// belong to columns that nobody asked for. For what will_need() is told of, and only for that.
  void forgo_read_ahead() const;

 private:
  MappedFile(const std::string& path, const std::uint8_t* data, std::size_t size_bytes,
             std::unique_ptr<RewriteWatch> watch)
      : data_(data), size_bytes_(size_bytes), guard_(path, data, size_bytes), watch_(std::move(watch)) {}
  void unmap();

  const std::uint8_t* data_ = nullptr;
  std::size_t size_bytes_ = 0;
  MappingGuard guard_;
  std::unique_ptr<RewriteWatch> watch_;
};

}  // namespace pcapsule::io
