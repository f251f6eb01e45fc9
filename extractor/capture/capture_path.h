// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

namespace pcapsule::capture {

/// What may be opened as a capture.
enum class InputKind {
  kAny,
  /// A regular file, or a symbolic link to one that the user or the file's owner made: with any other somebody would
  /// have us publish what only we may read. It is opened without waiting, since a named pipe that has taken its place
  /// in the meantime would wait for a writer.
  kRegularFile
};

/// A capture to be opened: what the user named may be a pipe, what was found in a folder has to be a file still.
struct CapturePath {
  CapturePath() = default;
  CapturePath(std::string where, InputKind what = InputKind::kAny)  // NOLINT(google-explicit-constructor)
      : path(std::move(where)), kind(what) {}
  CapturePath(const char* where) : path(where) {}  // NOLINT(google-explicit-constructor)

  std::string path;  ///< a file, a named pipe or a device; `-` is standard input
  InputKind kind = InputKind::kAny;
  friend bool operator==(const CapturePath&, const CapturePath&) = default;
};

}  // namespace pcapsule::capture
