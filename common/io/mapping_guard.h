// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace pcapsule::io {

/// Makes the line that is printed for a message: the program's name before it, and no
/// bytes in it that drive a terminal.
using LineOf = std::string (*)(const std::string& message);

/// From now on a program that reads a mapped byte which the file no longer has (somebody
/// truncated it in place, or its disk fails: SIGBUS) ends with a line on standard error that names the
/// file, and exit status 1; nothing unfinished gets its name. Every other SIGBUS kills as before.
///
/// For a program's main: a library must not take a signal by itself. Files mapped
/// earlier stay unguarded.
/// REQUIRES: called once, before any thread starts.
void guard_mappings(LineOf line_of);

/// One mapping that the guard knows, from construction to destruction.
class MappingGuard {
 public:
  MappingGuard() = default;
  /// The first kMaxGuarded mappings at a time are guarded; programs hold one or two.
  MappingGuard(const std::string& path, const std::uint8_t* begin, std::size_t size_bytes);
  MappingGuard(MappingGuard&& other) noexcept;
  MappingGuard& operator=(MappingGuard&& other) noexcept;
  ~MappingGuard();

  static constexpr std::size_t kMaxGuarded = 16;

 private:
  void release();

  std::size_t slot_ = kMaxGuarded;  ///< kMaxGuarded: none
};

}  // namespace pcapsule::io
