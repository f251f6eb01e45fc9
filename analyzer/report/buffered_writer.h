// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "analyzer/report/short_text.h"
#include "common/base/result.h"

namespace pcapsule::report {

/// Where the bytes of a report go.
class OutputSink {
 public:
  virtual ~OutputSink() = default;
  /// Takes all of `bytes`; false: nobody reads them any more, which is no fault.
  virtual Result<bool> write(std::span<const char> bytes) = 0;
};

/// A sink whose output is put in place at the end.
class CommittedSink : public OutputSink {
 public:
  virtual Result<void> commit() = 0;
};

/// Collects output and hands it on in large pieces. After the reader has gone, or
/// after a fault, it takes everything and writes nothing; ask done() now and then.
class BufferedWriter {
 public:
  static constexpr std::size_t kBytes = std::size_t{256} << 10;

  /// `sink` outlives the writer.
  explicit BufferedWriter(OutputSink& sink) : sink_(sink), buffer_(std::make_unique<char[]>(kBytes)) {}

  /// Room for `bytes` characters; commit() says how far it was used. REQUIRES: bytes <= kBytes.
  char* reserve(std::size_t bytes) {
    assert(bytes <= kBytes);
    if (bytes > kBytes - used_) flush();
    return buffer_.get() + used_;
  }
  void commit(const char* end) { used_ = static_cast<std::size_t>(end - buffer_.get()); }

  void put(char c) {
    char* const at = reserve(1);
    *at = c;
    commit(at + 1);
  }
  void append(std::string_view text) {
    if (text.size() > kBytes - used_) return append_in_pieces(text);
    used_ = static_cast<std::size_t>(put_short_text(buffer_.get() + used_, text) - buffer_.get());
  }

  /// True: nothing that is written from now on arrives.
  [[nodiscard]] bool done() const { return done_; }

  /// Hands on the rest; the first fault, if there was one.
  Result<void> finish();

 private:
  void append_in_pieces(std::string_view text);
  void flush();

  OutputSink& sink_;
  std::unique_ptr<char[]> buffer_;
  std::size_t used_ = 0;
  bool done_ = false;
  std::optional<Error> error_;
};

}  // namespace pcapsule::report
