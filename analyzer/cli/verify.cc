// SPDX-License-Identifier: Apache-2.0
// `analyzer verify`: every checksum and every structural rule of the file.
#include "analyzer/analysis/verify.h"

#include "analyzer/cli/command.h"
#include "analyzer/cli/output.h"
#include "analyzer/cli/program.h"
#include "analyzer/read/record_file.h"
#include "common/text/escape.h"

namespace pcapsule::analyzer_cli {

namespace {

class Verify final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "verify"; }
  [[nodiscard]] std::string_view one_line() const override {
    return "every checksum and every structural rule of the file";
  }
  [[nodiscard]] std::string_view description() const override {
    return "Reads all of a record file and checks every checksum and every structural rule. Prints one line a file\n"
           "that is good; faults go to standard error, one a line, and make the exit status 1.";
  }
  [[nodiscard]] std::array<std::string_view, 2> examples() const override {
    return {"analyzer verify example.fb", "analyzer verify *.fb || mail -s 'damaged record files' me < /dev/null"};
  }

  void add_options(OptionGroups&) override {}

  Result<ExitCode> run(const std::vector<std::string>& files) override {
    auto output = Output::open(std::nullopt, {});
    if (!output) return output.error();
    ExitCode status = ExitCode::kDone;
    for (const std::string& path : files) status = worse_of(status, verify_one(path, output->writer()));
    if (auto finished = output->finish(); !finished) return finished.error();
    return status;
  }

 private:
  static ExitCode verify_one(const std::string& path, report::BufferedWriter& out) {
    auto file = read::RecordFile::open(path);
    if (!file) {
      print_error(file.error().message);
      return ExitCode::kFailed;
    }
    const analysis::FaultList faults = analysis::verify(*file);
    for (const std::string& line : faults.lines()) print_error(line);
    if (faults.count() > faults.lines().size()) {
      print_error(path + ": " + std::to_string(faults.count() - faults.lines().size()) + " more faults");
    }
    if (faults.count() > 0) return ExitCode::kFailed;
    out.append(text::escape_for_terminal(path));
    out.append(": OK, " + std::to_string(file->segment_chunks() + file->connection_chunks()) + " chunks, " +
               std::to_string(file->catalog().rows) + " rows, " + std::to_string(file->catalog().connections) +
               " connections\n");
    return ExitCode::kDone;
  }
};

}  // namespace

std::unique_ptr<Command> make_verify_command() { return std::make_unique<Verify>(); }

}  // namespace pcapsule::analyzer_cli
