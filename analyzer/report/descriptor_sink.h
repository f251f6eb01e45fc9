// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analyzer/report/buffered_writer.h"

namespace pcapsule::report {

/// Writes to an open file descriptor, which it does not own. A closed pipe is
/// "nobody reads any more"; SIGPIPE has to be ignored for that.
class DescriptorSink final : public OutputSink {
 public:
  /// `name` is for messages.
  DescriptorSink(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}

  Result<bool> write(std::span<const char> bytes) override;

 private:
  int descriptor_;
  std::string name_;
};

}  // namespace pcapsule::report
