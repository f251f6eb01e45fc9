// SPDX-License-Identifier: Apache-2.0
// `analyzer subset`: some connections as a record file of their own.
#include "analyzer/subset/subset.h"
#include "analyzer/select/damage.h"

#include <boost/program_options.hpp>
#include <utility>

#include "analyzer/cli/command.h"
#include "analyzer/cli/output.h"
#include "analyzer/cli/program.h"
#include "analyzer/cli/record_loop.h"
#include "analyzer/cli/selection_options.h"
#include "analyzer/select/filtered.h"
#include "common/io/output_file.h"
#include "common/text/escape.h"

namespace pcapsule::analyzer_cli {

namespace {

namespace po = boost::program_options;

class RecordSink final : public container::ByteSink {
 public:
  explicit RecordSink(io::OutputFile& file) : file_(file) {}
  Result<void> write(ByteView bytes) override { return file_.write(bytes); }

 private:
  io::OutputFile& file_;
};

Result<io::OutputLock> lock(const std::string& out) {
  auto held = io::OutputLock::acquire(out, io::OutputLock::WhenBusy::kFail);
  if (held || held.error().code != ErrorCode::kBusy) return held;
  print_error(out + ": waiting for another run that is writing it");
  return io::OutputLock::acquire(out, io::OutputLock::WhenBusy::kWait);
}

class Subset final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "subset"; }
  [[nodiscard]] std::string_view one_line() const override {
    return "some connections as a record file of their own, to be sent to a colleague";
  }
  [[nodiscard]] std::string_view description() const override {
    return "Writes a record file of the chosen connections, with the frame and stream numbers that they have in the\n"
           "capture: every command prints of it what it prints of the whole. Connections are kept whole: --after and\n"
           "--before choose those that have a segment then. What was left out is counted, and `info` says what was\n"
           "chosen. From a file that is damaged where these connections are, nothing is written.";
  }
  [[nodiscard]] std::array<std::string_view, 2> examples() const override {
    return {"analyzer subset example.fb -s 7 -o small.fb",
            "analyzer subset example.fb --server 192.0.2.1:443 --after 20 --before 21 -o incident.fb"};
  }

  void add_options(OptionGroups& groups) override {
    selection_.add_to(groups.selection);
    groups.output.add_options()("out,o", po::value(&out_)->value_name("FILE"),
                                "the record file to write, which appears whole or not at all (required)");
  }

  Result<ExitCode> run(const std::vector<std::string>& files) override {
    const auto selection = selection_.spec();
    if (!selection) return selection.error();
    if (files.size() != 1) return Error{ErrorCode::kUsage, "subset takes one record file"};
    if (auto named = check_out(files); !named) return named.error();

    auto opened = OpenRecord::open(files.front());
    if (!opened) return opened.error();
    const select::Selection selected(*selection, opened->file.catalog(), opened->table);
    select::DamageList damage;
    const auto chosen = select::matching_connections(opened->file, opened->table, selected, damage);
    if (!damage.empty()) return damage.front();
    const auto written = write(*opened, chosen, to_text(*selection));
    if (!written) return written.error();
    if (written->connections == 0) {
      print_error(files.front() + ": no connection fits the selection; " + out_ + " holds none");
    }
    return report(*written, opened->table.size());
  }

 private:
  [[nodiscard]] Result<void> check_out(const std::vector<std::string>& inputs) const {
    if (out_.empty()) return Error{ErrorCode::kUsage, "-o FILE is missing: the record file to write"};
    if (out_ == "-") {
      return Error{ErrorCode::kUsage, "-o -: a record file cannot go to standard output; name a file"};
    }
    return check_output_name(out_, inputs);
  }

  [[nodiscard]] Result<subset::SubsetSummary> write(OpenRecord& from, const analysis::ConnectionSet& chosen,
                                                    std::string selection) const {
    const auto held = lock(out_);
    if (!held) return held.error();
    auto output = io::OutputFile::create(out_);
    if (!output) return output.error();
    RecordSink sink(*output);
    auto summary = subset::write_subset(from.file, from.table, chosen, std::move(selection), sink);
    if (!summary) return Error{summary.error().code, summary.error().message + "; " + out_ + " was not written"};
    if (auto unchanged = check_inputs_unchanged(out_); !unchanged) return unchanged.error();
    if (auto committed = output->commit(); !committed) return committed.error();
    return summary;
  }

  [[nodiscard]] Result<ExitCode> report(const subset::SubsetSummary& summary, std::uint64_t connections) const {
    auto output = Output::open(std::nullopt, {});
    if (!output) return output.error();
    output->writer().append(text::escape_for_terminal(out_));
    output->writer().append(": " + std::to_string(summary.connections) + " of " + std::to_string(connections) +
                            " connections, " + std::to_string(summary.segments) + " segments\n");
    return finish(*output, ExitCode::kDone);
  }

  SelectionOptions selection_;
  std::string out_;
};

}  // namespace

std::unique_ptr<Command> make_subset_command() { return std::make_unique<Subset>(); }

}  // namespace pcapsule::analyzer_cli
