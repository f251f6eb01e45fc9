// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analyzer/report/buffered_writer.h"

namespace pcapsule::report::testing {

/// Keeps what is written.
class StringSink final : public OutputSink {
 public:
  Result<bool> write(std::span<const char> bytes) override {
    text.append(bytes.data(), bytes.size());
    return true;
  }
  std::string text;
};

/// What `print` writes.
template <class Print>
std::string written(Print print) {
  StringSink sink;
  BufferedWriter out(sink);
  print(out);
  return out.finish() ? sink.text : "failed";
}

}  // namespace pcapsule::report::testing
