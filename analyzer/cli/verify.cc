// SPDX-License-Identifier: Apache-2.0
// `analyzer verify`: every checksum and every structural rule of the file.
#include "analyzer/verify/verify.h"

#include "analyzer/cli/command.h"
#include "analyzer/cli/output_options.h"
#include "analyzer/cli/program.h"
#include "analyzer/cli/record_loop.h"
#include "analyzer/read/record_file.h"
#include "analyzer/report/renderer.h"
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
    return "Reads all of a record file, checks every checksum and every structural rule, and tracks the rows again to\n"
           "hold every fact of the connection table against them. Prints one line a file that is good (other formats:\n"
           "a row a file); faults go to standard error, one a line, and make the exit status 1.";
  }
  [[nodiscard]] std::array<std::string_view, 2> examples() const override {
    return {"analyzer verify example.fb", "analyzer verify *.fb || mail -s 'damaged record files' me < /dev/null"};
  }

  void add_options(OptionGroups& groups) override { output_.add_table_options_to(groups.output); }

  Result<ExitCode> run(const std::vector<std::string>& files) override {
    const auto spec = output_.spec();
    if (!spec) return spec.error();
    auto output = output_.open(files);
    if (!output) return output.error();
    const bool text = spec->format == OutputFormat::kText;
    auto renderer = report::make_renderer(output->writer(), {spec->format, spec->field_format, name(), {}, columns()});
    if (!text) renderer->begin();
    const ExitCode status = for_each_file(files, *output, [&](const std::string& path) -> Result<ExitCode> {
      const Verdict verdict = verify_one(path);
      if (!text) {
        put_row(*renderer, path, verdict);
      } else if (verdict.faults == 0) {
        put_line(output->writer(), path, verdict);
      }
      return verdict.faults == 0 ? ExitCode::kDone : ExitCode::kFailed;
    });
    if (!text) renderer->end();
    return finish(*output, status);
  }

 private:
  struct Verdict {
    std::uint64_t faults = 0;
    bool opened = true;  ///< false: what follows is not known
    std::uint64_t chunks = 0;
    std::uint64_t rows = 0;
    std::uint64_t connections = 0;
  };

  /// Tells the faults on standard error.
  static Verdict verify_one(const std::string& path) {
    auto file = read::RecordFile::open(path);
    if (!file) {
      print_error(file.error().message);
      return {1, false, 0, 0, 0};
    }
    const verify::FaultList faults = verify::faults_of(*file);
    for (const std::string& line : faults.lines()) print_error(line);
    if (faults.count() > faults.lines().size()) {
      print_error(path + ": " + std::to_string(faults.count() - faults.lines().size()) + " more faults");
    }
    return {faults.count(), true, file->segment_chunks() + file->connection_chunks(), file->catalog().rows,
            file->catalog().connections};
  }

  static void put_line(report::BufferedWriter& out, const std::string& path, const Verdict& verdict) {
    out.append(text::escape_for_terminal(path));
    out.append(": OK, " + std::to_string(verdict.chunks) + " chunks, " + std::to_string(verdict.rows) + " rows, " +
               std::to_string(verdict.connections) + " connections\n");
  }

  static std::vector<report::Column> columns() {
    using report::ValueKind;
    return {{"file", ValueKind::kText, false, "", 0, false},
            {"faults", ValueKind::kNumber, false, "", 0, false},
            {"chunks", ValueKind::kNumber, false, "", 0, false},
            {"rows", ValueKind::kNumber, false, "", 0, false},
            {"connections", ValueKind::kNumber, false, "", 0, false}};
  }

  static void put_row(report::Renderer& renderer, const std::string& path, const Verdict& verdict) {
    report::Row row;
    row.add(text::escape_for_terminal(path));
    row.end_cell();
    row.add(std::to_string(verdict.faults));
    row.end_cell();
    for (const std::uint64_t number : {verdict.chunks, verdict.rows, verdict.connections}) {
      if (verdict.opened) row.add(std::to_string(number));
      row.end_cell();
    }
    renderer.row(row);
  }

  OutputOptions output_;
};

}  // namespace

std::unique_ptr<Command> make_verify_command() { return std::make_unique<Verify>(); }

}  // namespace pcapsule::analyzer_cli
