// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace pcapsule {

/// The kinds of failure a caller acts on differently; the message says the rest.
enum class ErrorCode {
  kUsage,        ///< the command line asks for something that makes no sense
  kIo,           ///< the operating system refused: open, read, write, rename
  kNotACapture,  ///< the input is no capture file
  kUnsupported,  ///< well formed, but of a kind that this program does not read
  kCorrupt,      ///< bytes that break the rules of their format
  kTooNew,       ///< a record file of a later format version
  kBusy,         ///< another process holds the lock, and the caller would not wait
};

/// Why an operation failed. `message` is one line without a newline that names
/// the file, the place, what was found, what was expected and what to do next.
/// `details` are further lines that show the place, for people only.
struct Error {
  ErrorCode code = ErrorCode::kIo;
  std::string message;
  std::vector<std::string> details = {};
};

/// A value, or the error that prevented it.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  /// REQUIRES: ok().
  [[nodiscard]] T& value() {
    assert(ok());
    return *std::get_if<T>(&state_);
  }
  [[nodiscard]] const T& value() const {
    assert(ok());
    return *std::get_if<T>(&state_);
  }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// REQUIRES: !ok().
  [[nodiscard]] const Error& error() const {
    assert(!ok());
    return *std::get_if<Error>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value, or an error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  /// REQUIRES: !ok().
  [[nodiscard]] const Error& error() const {
    assert(error_);
    return *error_;
  }

 private:
  std::optional<Error> error_;  // absent costs nothing where a row is one of billions
};

}  // namespace pcapsule
