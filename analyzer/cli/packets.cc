// SPDX-License-Identifier: Apache-2.0
// `analyzer packets`: segments, one a line.
#include <boost/program_options.hpp>
#include <charconv>
#include <utility>

#include "analyzer/cli/command.h"
#include "analyzer/cli/output_options.h"
#include "analyzer/cli/program.h"
#include "analyzer/cli/selection_options.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/report/conversation_printer.h"
#include "analyzer/report/file_heading.h"
#include "analyzer/select/segment_scan.h"

namespace pcapsule::analyzer_cli {

namespace {

namespace po = boost::program_options;

/// `7,9`: the shifts of client and server.
Result<std::optional<analysis::AssumedScale>> parse_scale(const std::string& text) {
  if (text.empty()) return std::optional<analysis::AssumedScale>();
  unsigned client = 0;
  unsigned server = 0;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, client);
  const bool comma = first.ec == std::errc() && first.ptr != end && *first.ptr == ',';
  const auto second = comma ? std::from_chars(first.ptr + 1, end, server) : first;
  if (!comma || second.ec != std::errc() || second.ptr != end || client > analysis::kGreatestShift ||
      server > analysis::kGreatestShift) {
    return Error{ErrorCode::kUsage,
                 "--assume-window-scale " + text + ": write the shifts of client and server, each 0 to 14, as 7,9"};
  }
  return std::optional(analysis::AssumedScale{static_cast<std::uint8_t>(client), static_cast<std::uint8_t>(server)});
}

/// A damaged part was left out: says which.
ExitCode report_damage(const std::vector<Error>& damage) {
  for (const Error& error : damage) print_error(error.message + " (left out)");
  return damage.empty() ? ExitCode::kDone : ExitCode::kInputLost;
}

class Packets final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "packets"; }
  [[nodiscard]] std::string_view one_line() const override { return "segments, one a line"; }
  [[nodiscard]] std::string_view description() const override {
    return "Lists the TCP segments of a record file: text by connection in two columns, client left and server\n"
           "right, with relative numbers and scaled windows (`?`: not known); -T fields in the order of the capture.";
  }
  [[nodiscard]] std::array<std::string_view, 2> examples() const override {
    return {"analyzer packets example.fb -s 0 --after +21.1",
            "analyzer packets example.fb -T fields -e frame.number -e ip.src -e tcp.len -E header=y"};
  }

  void add_options(OptionGroups& groups) override {
    selection_.add_to(groups.selection);
    output_.add_to(groups.output);
    groups.output.add_options()("assume-window-scale", po::value(&assumed_scale_)->value_name("C,S"),
                                "shifts of client and server, for text output of connections whose SYNs were not "
                                "captured (default: such windows are marked with ?)");
  }

  Result<ExitCode> run(const std::vector<std::string>& files) override {
    const auto selection = selection_.spec();
    if (!selection) return selection.error();
    auto spec = output_.spec();
    if (!spec) return spec.error();
    const auto scale = parse_scale(assumed_scale_);
    if (!scale) return scale.error();
    auto output = output_.open(files);
    if (!output) return output.error();

    Listing listing{*selection, *spec, *scale, output->writer(), spec->rows, files.size() > 1};
    if (spec->format == OutputFormat::kFields) listing.rows_printer().put_header();
    ExitCode status = ExitCode::kDone;
    for (const std::string& file : files) {
      if (output->writer().done()) break;
      const auto done = listing.print(file);
      if (!done) print_error(done.error().message);
      status = worse_of(status, done ? *done : ExitCode::kFailed);
    }
    if (auto finished = output->finish(); !finished) return finished.error();
    return status;
  }

 private:
  /// The output of one command line over all its files.
  struct Listing {
    const select::SelectionSpec& selection;
    const OutputSpec& spec;
    std::optional<analysis::AssumedScale> scale;
    report::BufferedWriter& out;
    std::uint64_t rows_left;
    bool several_files;

    [[nodiscard]] report::FieldRows rows_printer() const { return {out, spec.fields, spec.field_format}; }

    Result<ExitCode> print(const std::string& path) {
      auto file = read::RecordFile::open(path);
      if (!file) return file.error();
      const auto table = read::ConnectionTable::open(*file);
      if (!table) return table.error();
      const select::Selection selected(selection, file->catalog(), *table);
      if (spec.format == OutputFormat::kFields) return print_fields(*file, *table, selected);
      return print_text(*file, *table, selected);
    }

    ExitCode print_fields(read::RecordFile& file, const read::ConnectionTable& table,
                          const select::Selection& selected) {
      report::FieldRows rows = rows_printer();
      select::SegmentScan scan(file, table, selected, rows.request(file.path()));
      rows.put_rows(scan, rows_left);
      return report_damage(scan.damage());
    }

    ExitCode print_text(read::RecordFile& file, const read::ConnectionTable& table, const select::Selection& selected) {
      if (rows_left == 0) return ExitCode::kDone;
      if (several_files) report::put_file_heading(out, file.path());
      const report::ConversationOptions options = {spec.time, scale, rows_left, file.catalog().first_frame_time};
      report::ConversationPrinter printer(out, options);
      select::Conversations conversations(file, table, selected, report::ConversationPrinter::columns(spec.time));
      conversations.visit(printer);
      rows_left -= printer.lines();
      return report_damage(conversations.damage());
    }
  };

  SelectionOptions selection_;
  OutputOptions output_;
  std::string assumed_scale_;
};

}  // namespace

std::unique_ptr<Command> make_packets_command() { return std::make_unique<Packets>(); }

}  // namespace pcapsule::analyzer_cli
