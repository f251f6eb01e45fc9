// SPDX-License-Identifier: Apache-2.0
// `analyzer connections`: one line a connection.
#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <limits>

#include "analyzer/cli/command.h"
#include "analyzer/cli/output_options.h"
#include "analyzer/cli/record_loop.h"
#include "analyzer/cli/selection_options.h"
#include "analyzer/report/connection_rows.h"
#include "analyzer/select/connection_order.h"
#include "analyzer/select/damage.h"
#include "analyzer/select/filtered.h"
#include "analyzer/select/row_totals.h"

namespace pcapsule::analyzer_cli {

namespace {

namespace po = boost::program_options;

class Connections final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "connections"; }
  [[nodiscard]] std::string_view one_line() const override { return "connections, one a line, with totals"; }
  [[nodiscard]] std::string_view description() const override {
    return "Lists the connections of a record file: endpoints, start and duration, frames and bytes each way (`->`:\n"
           "the client sent them), handshake, end, Zeek's conn_state and history, Wireshark's completeness; then "
           "totals.";
  }
  [[nodiscard]] std::array<std::string_view, 2> examples() const override {
    return {"analyzer connections example.fb --sort bytes --top 10",
            "analyzer connections example.fb -T csv -e tcp.stream -e pcapsule.server -e pcapsule.duration_ns"};
  }

  void add_options(OptionGroups& groups) override {
    selection_.add_to(groups.selection);
    groups.output.add_options()  //
        ("sort", po::value(&sort_)->value_name("KEY"),
         "bytes, duration, start, segments, stream, client, server, ... or any field of connections; amounts: the "
         "greatest first (default: stream)")  //
        ("top", po::value(&top_)->value_name("N"), "the first N of them; without --sort by bytes");
    output_.add_to(groups.output);
  }

  Result<ExitCode> run(const std::vector<std::string>& files) override {
    const auto selection = selection_.spec();
    if (!selection) return selection.error();
    auto spec = output_.spec();
    if (!spec) return spec.error();
    const auto order = wanted_order(*spec);
    if (!order) return order.error();
    if (auto used = use_for_connections(*spec, report::default_connection_fields()); !used) return used.error();
    auto output = output_.open(files);
    if (!output) return output.error();

    const bool text = spec->format == OutputFormat::kText;
    auto columns =
        text ? report::ConnectionLines::columns(report::connection_columns()) : report::columns_of(spec->fields);
    auto renderer =
        report::make_renderer(output->writer(), {spec->format, spec->field_format, name(), files, std::move(columns)});
    report::ConnectionSums sums;
    std::uint64_t rows_left = spec->rows;
    renderer->begin();
    const ExitCode status = for_each_file(files, *output, [&](const std::string& path) -> Result<ExitCode> {
      auto opened = OpenRecord::open(path);
      if (!opened) return opened.error();
      const select::Selection selected(*selection, opened->file.catalog(), opened->table);
      select::DamageList damage;
      select::TotalsReader totals(opened->file);
      const auto chosen = select::matching_connections(opened->file, opened->table, selected, damage);
      const auto entries = select::ordered_entries(opened->file, opened->table, chosen, *order, rows_left, totals);
      rows_left -= entries.size();
      renderer->file(path);
      if (text) {
        report::ConnectionLines(*renderer, spec->time, report::connection_columns())
            .put(opened->file, opened->table, entries, totals);
      } else {
        report::ConnectionRows(*renderer, spec->fields).put(opened->file, opened->table, entries, totals);
      }
      sums.add(opened->table, chosen, totals);
      damage.add(totals.damage());
      return report_damage(damage);
    });
    renderer->totals(sums.totals());
    renderer->end();
    return finish(*output, status);
  }

 private:
  /// Of --sort, --top and -c; the number of rows goes into `spec`.
  Result<select::ConnectionOrder> wanted_order(OutputSpec& spec) const {
    if (!top_.empty()) {
      std::uint64_t count = 0;
      const char* const end = top_.data() + top_.size();
      const auto [stop, error] = std::from_chars(top_.data(), end, count);
      if (error != std::errc() || stop != end) {
        return Error{ErrorCode::kUsage, "--top " + top_ + ": not a number of connections"};
      }
      spec.rows = std::min(spec.rows, count);
    }
    if (!sort_.empty()) return select::parse_connection_order(sort_);
    if (!top_.empty()) return select::parse_connection_order("bytes");
    return select::ConnectionOrder();
  }

  SelectionOptions selection_;
  OutputOptions output_;
  std::string sort_;
  std::string top_;
};

}  // namespace

std::unique_ptr<Command> make_connections_command() { return std::make_unique<Connections>(); }

}  // namespace pcapsule::analyzer_cli
