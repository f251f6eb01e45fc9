// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/report/buffered_writer.h"
#include "common/base/result.h"

namespace pcapsule::analyzer_cli {

/// kUsage: `out` is one of `inputs`, is there and is an uncompressed capture, which nothing can make again, or looks
/// like a preference of Wireshark's -o.
Result<void> check_output_name(const std::string& out, const std::vector<std::string>& inputs);

/// What is said of a record file that was written to while it was read.
std::string rewritten_message(const std::string& file);

/// Error: a record file was written to while it was read, so that `out` is not to be written.
Result<void> check_inputs_unchanged(const std::string& out);

/// Do both names mean one place, though no file need be there yet? The last part of the names is compared as it
/// is: writing replaces a link, and does not follow it.
bool is_same_place(const std::string& a, const std::string& b);

/// Where a command's data goes: standard output, or a file that appears whole or
/// not at all.
class Output {
 public:
  /// kUsage: as check_output_name().
  static Result<Output> open(const std::optional<std::string>& out, const std::vector<std::string>& inputs);

  [[nodiscard]] report::BufferedWriter& writer() { return *writer_; }

  /// There is no answer: a file that is there already stays as it is.
  void keep_old_file() { keeps_old_file_ = true; }

  /// Hands on what is left. A reader that has gone is no fault. Error: also where a file would be written and
  /// check_inputs_unchanged() says no.
  Result<void> finish();

 private:
  /// `out`: the file; empty: standard output.
  Output(std::unique_ptr<report::CommittedSink> sink, std::string out);

  std::unique_ptr<report::CommittedSink> sink_;
  std::unique_ptr<report::BufferedWriter> writer_;
  std::string out_;
  bool keeps_old_file_ = false;
};

}  // namespace pcapsule::analyzer_cli
