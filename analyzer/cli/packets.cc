// SPDX-License-Identifier: Apache-2.0
// `analyzer packets`: segments, one a line.
#include <algorithm>
#include <boost/program_options.hpp>

#include "analyzer/cli/command.h"
#include "analyzer/cli/output_options.h"
#include "analyzer/cli/record_loop.h"
#include "analyzer/cli/scale_option.h"
#include "analyzer/cli/selection_options.h"
#include "analyzer/report/conversation_printer.h"
#include "analyzer/report/field_rows.h"
#include "analyzer/report/file_heading.h"
#include "analyzer/select/damage.h"
#include "analyzer/select/filtered.h"
#include "analyzer/select/segment_scan.h"

namespace pcapsule::analyzer_cli {

namespace {

namespace po = boost::program_options;

class Packets final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "packets"; }
  [[nodiscard]] std::string_view one_line() const override { return "segments, one a line"; }
  [[nodiscard]] std::string_view description() const override {
    return "Lists the TCP segments of a record file: text by connection in two columns, client left and server\n"
           "right, with relative numbers and scaled windows (`?`: not known); every other format in the order of the "
           "capture.";
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
    const auto scale = parse_assumed_scale(assumed_scale_);
    if (!scale) return scale.error();
    auto output = output_.open(files);
    if (!output) return output.error();

    if (spec->format == OutputFormat::kText) {
      Listing listing{*selection, *spec, *scale, output->writer(), spec->rows, files.size() > 1};
      return finish(*output,
                    for_each_file(files, *output, [&](const std::string& file) { return listing.print(file); }));
    }
    if (spec->fields.empty()) spec->fields = report::default_packet_fields();
    auto renderer = report::make_renderer(
        output->writer(), {spec->format, spec->field_format, name(), files, report::columns_of(spec->fields)});
    Rows rows{*selection, *renderer, report::FieldRows(*renderer, spec->fields), spec->rows};
    renderer->begin();
    const ExitCode status = for_each_file(files, *output, [&](const std::string& file) { return rows.print(file); });
    renderer->end();
    return finish(*output, status);
  }

 private:
  /// The rows of one command line over all its files, in any format but text.
  struct Rows {
    const select::SelectionSpec& selection;
    report::Renderer& renderer;
    report::FieldRows printer;
    std::uint64_t rows_left;

    Result<ExitCode> print(const std::string& path) {
      auto opened = OpenRecord::open(path, selection.streams);
      if (!opened) return opened.error();
      const select::Selection selected(selection, opened->file.catalog(), opened->table);
      select::SegmentScan scan(opened->file, opened->table, selected, printer.request());
      renderer.file(path);
      printer.put_rows(scan, rows_left);
      return report_damage(scan.damage());
    }
  };

  /// The text of one command line over all its files.
  struct Listing {
    const select::SelectionSpec& selection;
    const OutputSpec& spec;
    std::optional<analysis::AssumedScale> scale;
    report::BufferedWriter& out;
    std::uint64_t rows_left;
    bool several_files;

    Result<ExitCode> print(const std::string& path) {
      auto opened = OpenRecord::open(path, selection.streams);
      if (!opened) return opened.error();
      select::Selection selected(selection, opened->file.catalog(), opened->table);
      return print_text(opened->file, opened->table, selected);
    }

    ExitCode print_text(read::RecordFile& file, const read::ConnectionTable& table, select::Selection& selected) {
      if (rows_left == 0) return ExitCode::kDone;
      select::DamageList damage;
      select::apply_filter(file, table, selected, damage);
      if (several_files) report::put_file_heading(out, file.path());
      const report::ConversationOptions options = {spec.time, scale, rows_left, file.catalog().first_frame_time};
      report::ConversationPrinter printer(out, options);
      select::Conversations conversations(file, table, selected, report::ConversationPrinter::columns(spec.time));
      conversations.visit(printer);
      rows_left -= printer.lines();
      damage.add(conversations.damage());
      return report_damage(damage);
    }
  };

  SelectionOptions selection_;
  OutputOptions output_;
  std::string assumed_scale_;
};

}  // namespace

std::unique_ptr<Command> make_packets_command() { return std::make_unique<Packets>(); }

}  // namespace pcapsule::analyzer_cli
