// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/cli/output.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/select/damage.h"
#include "common/base/exit_code.h"
#include "common/base/result.h"

/// What every command over several record files does around its own work.
namespace pcapsule::analyzer_cli {

/// A record file with its connection table.
struct OpenRecord {
  read::RecordFile file;
  read::ConnectionTable table;

  static Result<OpenRecord> open(const std::string& path);
  /// For a question about nothing but these connections: of the table only their chunks are read.
  static Result<OpenRecord> open(const std::string& path, std::span<const read::ConnectionRange> connections);
};

/// Memory ran out over this file.
struct OutOfMemory : std::bad_alloc {
  explicit OutOfMemory(std::string path) : file(std::move(path)) {}
  std::string file;
};

/// Does `work` for each file: all are tried, failures are told, and the worst
/// status is the result. Ends early when nobody reads the output any more. Where every
/// file failed, a file named by -o is left as it was. Throws OutOfMemory: the answer
/// may have ended in the middle of a row, where no other file's can follow. Of wrong
/// usage `work` knows nothing: that is found before a file is opened, and does not depend on its data.
ExitCode for_each_file(const std::vector<std::string>& files, Output& output,
                       const std::function<Result<ExitCode>(const std::string&)>& work);

/// Damaged parts were left out: says which.
ExitCode report_damage(const select::DamageList& damage);

/// Hands on the rest of the output; `status` unless that fails.
Result<ExitCode> finish(Output& output, ExitCode status);

}  // namespace pcapsule::analyzer_cli
