// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/record_loop.h"

#include <utility>

#include "analyzer/cli/program.h"
#include "analyzer/select/damage.h"

namespace pcapsule::analyzer_cli {
namespace {

Result<ExitCode> named_want_of_memory(const std::function<Result<ExitCode>(const std::string&)>& work,
                                      const std::string& file) {
  try {
    return work(file);
  } catch (const std::bad_alloc&) {
    throw OutOfMemory(file);
  }
}

}  // namespace

Result<OpenRecord> OpenRecord::open(const std::string& path) { return open(path, {}); }

Result<OpenRecord> OpenRecord::open(const std::string& path, std::span<const read::ConnectionRange> connections) {
  auto file = read::RecordFile::open(path);
  if (!file) return file.error();
  auto table = read::ConnectionTable::open(*file, connections);
  if (!table) return table.error();
  return OpenRecord{std::move(*file), std::move(*table)};
}

ExitCode for_each_file(const std::vector<std::string>& files, Output& output,
                       const std::function<Result<ExitCode>(const std::string&)>& work) {
  ExitCode status = ExitCode::kDone;
  bool answered = false;
  for (const std::string& file : files) {
    if (output.writer().done()) break;
    const auto done = named_want_of_memory(work, file);
    answered = answered || done.ok();
    if (!done) print_error(done.error().message);
    status = worse_of(status, done ? *done : ExitCode::kFailed);
  }
  if (!answered) output.keep_old_file();
  return status;
}

ExitCode report_damage(const select::DamageList& damage) {
  for (const Error& error : damage) print_error(error.message + " (left out)");
  return damage.empty() ? ExitCode::kDone : ExitCode::kInputLost;
}

Result<ExitCode> finish(Output& output, ExitCode status) {
  if (auto finished = output.finish(); !finished) return finished.error();
  return status;
}

}  // namespace pcapsule::analyzer_cli
