// SPDX-License-Identifier: Apache-2.0
// `analyzer compare`: two captures of the same traffic. Is it the network?
#include <algorithm>
#include <boost/program_options.hpp>

#include "analyzer/cli/command.h"
#include "analyzer/cli/output_options.h"
#include "analyzer/cli/program.h"
#include "analyzer/cli/record_loop.h"
#include "analyzer/cli/selection_options.h"
#include "analyzer/compare/comparison.h"
#include "analyzer/report/compare_json.h"
#include "analyzer/report/compare_words.h"
#include "analyzer/select/filtered.h"
#include "analyzer/select/row_totals.h"
#include "common/text/time_text.h"

namespace pcapsule::analyzer_cli {

namespace {

namespace po = boost::program_options;

Error usage_error(std::string message) { return {ErrorCode::kUsage, std::move(message)}; }

class Compare final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "compare"; }
  [[nodiscard]] std::string_view one_line() const override { return "two captures: is it the network?"; }
  [[nodiscard]] std::string_view description() const override {
    return "Compares two captures of the same traffic, taken at two points of its path, and says where the time went:\n"
           "in the network between them, at the server, at the client, or beyond the points. NEAR is the one nearer "
           "to\n"
           "the clients. Clocks need not be synchronised. docs/compare.md says how it is done and what it proves.";
  }
  [[nodiscard]] std::array<std::string_view, 2> examples() const override {
    return {"analyzer compare near.fb far.fb", "analyzer compare near.fb far.fb --losses -T csv"};
  }

  void add_options(OptionGroups& groups) override {
    selection_.add_to(groups.selection);
    groups.output.add_options()  //
        ("slice", po::value(&slice_)->value_name("TIME"),
         "the length of a time slice, e.g. 1s (default: about thirty slices)");
    output_.add_table_options_to(groups.output);
    output_.add_line_options_to(groups.output);
  }

  Result<ExitCode> run(const std::vector<std::string>& files) override {
    if (files.size() != 2) return usage_error("compare takes two record files: the near one and the far one");
    const auto selection = selection_.spec();
    if (!selection) return selection.error();
    const auto spec = output_.spec();
    if (!spec) return spec.error();
    compare::Options options;
    if (!slice_.empty()) {
      const auto slice = text::parse_duration(slice_);
      if (!slice || slice->value <= 0)
        return usage_error("--slice " + slice_ + ": not a time above 0; write 1s or 200ms");
      options.slice_ns = slice->value;
    }
    auto output = output_.open(files);
    if (!output) return output.error();
    auto near = OpenRecord::open(files[0]);
    if (!near) return near.error();
    auto far = OpenRecord::open(files[1]);
    if (!far) return far.error();
    std::vector<Error> damage;
    const select::Selection selected(*selection, near->file.catalog(), near->table);
    const auto chosen = select::matching_connections(near->file, near->table, selected, damage);
    const auto all = analysis::ConnectionSet::all(far->table.size());
    const compare::Comparison comparison =
        compare::compare({near->file, near->table, chosen}, {far->file, far->table, all}, options);
    report::CompareNames names{{files[comparison.swapped ? 1 : 0], files[comparison.swapped ? 0 : 1]}};
    report::put_compare_json(output->writer(), comparison, names, files);
    select::add_damage(damage, comparison.damage);
    ExitCode status = report_damage(damage);
    if (!comparison.summary) {
      print_error(report::sentence_of(comparison));
      status = ExitCode::kFailed;
    }
    return finish(*output, status);
  }

 private:
  SelectionOptions selection_;
  OutputOptions output_;
  std::string slice_;
};

}  // namespace

std::unique_ptr<Command> make_compare_command() { return std::make_unique<Compare>(); }

}  // namespace pcapsule::analyzer_cli
