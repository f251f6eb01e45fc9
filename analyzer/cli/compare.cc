// SPDX-License-Identifier: Apache-2.0
// `analyzer compare`: two captures of the same traffic. Is it the network?
#include <algorithm>
#include <boost/program_options.hpp>

#include "analyzer/cli/command.h"
#include "analyzer/cli/duplicate_option.h"
#include "analyzer/cli/output_options.h"
#include "analyzer/cli/picture_options.h"
#include "analyzer/cli/program.h"
#include "analyzer/cli/record_loop.h"
#include "analyzer/cli/selection_options.h"
#include "analyzer/compare/comparison.h"
#include "analyzer/plot/gnuplot.h"
#include "analyzer/plot/path_figure.h"
#include "analyzer/plot/script.h"
#include "analyzer/report/compare_json.h"
#include "analyzer/report/compare_table.h"
#include "analyzer/report/compare_text.h"
#include "analyzer/report/compare_words.h"
#include "analyzer/select/damage.h"
#include "analyzer/select/filtered.h"
#include "common/text/time_text.h"

namespace pcapsule::analyzer_cli {

namespace {

namespace po = boost::program_options;
using report::CompareView;

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
    groups.output.add_options()                                                                                  //
        ("losses", po::bool_switch(&losses_), "every segment that one point lacks, one a line, with its proof")  //
        ("exchanges", po::bool_switch(&exchanges_),
         "every request with its answer, one a line: where its time went")                                          //
        ("connections", po::bool_switch(&connections_), "every connection, one a line: in both files, or why not")  //
        ("slices", po::bool_switch(&slices_), "the verdict by slice of time and direction")                         //
        ("plot", po::value(&plot_)->value_name("FILE"),
         "draw FILE.svg or FILE.png as well: delay and loss over time, with what was sent again and zero windows; "
         "needs "
         "gnuplot")  //
        ("slice", po::value(&slice_)->value_name("TIME"),
         "the length of a time slice, e.g. 1s (default: about thirty slices)");
    add_keep_duplicates_to(groups.output, keep_duplicates_);
    output_.add_table_options_to(groups.output);
    output_.add_line_options_to(groups.output);
  }

  Result<ExitCode> run(const std::vector<std::string>& files) override {
    if (files.size() != 2) return usage_error("compare takes two record files: the near one and the far one");
    const auto selection = selection_.spec();
    if (!selection) return selection.error();
    const auto spec = output_.spec();
    if (!spec) return spec.error();
    const auto view = parse_view();
    if (!view) return view.error();
    compare::Options options;
    options.list_exchanges = *view == CompareView::kExchanges;
    options.keep_duplicates = keep_duplicates_;
    if (!slice_.empty()) {
      const auto slice = text::parse_duration(slice_);
      if (!slice || slice->value <= 0)
        return usage_error("--slice " + slice_ + ": not a time above 0; write 1s or 200ms");
      options.slice_ns = slice->value;
    }
    const auto surface = parse_plot(files);
    if (!surface) return surface.error();
    plot::PathFigure picture(surface->width);
    if (!plot_.empty()) options.path = &picture;
    auto output = output_.open(files);
    if (!output) return output.error();
    auto near = OpenRecord::open(files[0]);
    if (!near) return near.error();
    auto far = OpenRecord::open(files[1]);
    if (!far) return far.error();
    select::DamageList damage;
    const select::Selection selected(*selection, near->file.catalog(), near->table);
    const auto chosen = select::matching_connections(near->file, near->table, selected, damage);
    if (chosen.count() == 0 && near->table.size() > 0) {
      return Error{ErrorCode::kIo, files[0] + ": no connection is selected, so there is nothing to compare"};
    }
    const auto all = analysis::ConnectionSet::all(far->table.size());
    const compare::Comparison comparison =
        compare::compare({near->file, near->table, chosen}, {far->file, far->table, all}, options);
    report::CompareNames names{{files[comparison.swapped ? 1 : 0], files[comparison.swapped ? 0 : 1]}};
    const bool is_summary = *view == CompareView::kSummary;
    if (is_summary && spec->format == OutputFormat::kJson) {
      report::put_compare_json(output->writer(), comparison, names, files);
    } else if (is_summary && spec->format == OutputFormat::kText) {
      report::put_compare_text(output->writer(), comparison, names, spec->time.utc);
    } else {
      report::put_compare_table(output->writer(), *view, comparison,
                                {spec->format, spec->field_format, spec->time, spec->rows, files}, name());
    }
    if (!plot_.empty() && comparison.summary) {
      if (auto drawn = draw(files, names, picture, comparison.overlap.first_ns, *surface); !drawn) return drawn.error();
    }
    damage.add(comparison.damage);
    ExitCode status = report_damage(damage);
    if (!comparison.summary) {
      print_error(damage.empty() ? report::sentence_of(comparison)
                                 : "what is left of the two files shares no connection");
      status = ExitCode::kFailed;
    }
    return finish(*output, status);
  }

 private:
  /// What `--plot` draws on. kUsage: a name that says no kind of picture, or that is an input or the output.
  [[nodiscard]] Result<plot::Surface> parse_plot(const std::vector<std::string>& files) const {
    if (plot_.empty()) return plot::Surface();
    const auto surface = surface_of(plot_);
    if (!surface) return usage_error("--plot " + plot_ + ": ends neither in .svg nor in .png");
    if (auto named = check_output_name(plot_, files); !named) return named.error();
    if (!output_.out().empty() && is_same_place(plot_, output_.out())) {
      return usage_error("--plot " + plot_ + " and -o " + output_.out() +
                         ": that is one file; one of the two would be lost");
    }
    return *surface;
  }

  [[nodiscard]] Result<void> draw(const std::vector<std::string>& files, const report::CompareNames& names,
                                  const plot::PathFigure& picture, std::int64_t start_ns,
                                  const plot::Surface& surface) const {
    if (picture.empty()) {
      return Error{ErrorCode::kIo, "--plot " + plot_ +
                                       ": nothing to draw: no delay is known, since a direction has no "
                                       "segment in both captures"};
    }
    const plot::Figure figure = picture.figure("near " + names.file[0] + ", far " + names.file[1], start_ns,
                                               plot::x_ticks_of(surface), plot::y_ticks_of(surface));
    const auto drawn = plot::run_gnuplot(plot::gnuplot_script(figure, surface), surface.canvas);
    if (!drawn) return drawn.error();
    auto output = Output::open(plot_, files);
    if (!output) return output.error();
    output->writer().append(*drawn);
    return output->finish();
  }

  [[nodiscard]] Result<CompareView> parse_view() const {
    if (int{losses_} + int{exchanges_} + int{connections_} + int{slices_} > 1) {
      return usage_error("--losses, --exchanges, --connections and --slices: one at a time");
    }
    if (losses_) return CompareView::kLosses;
    if (exchanges_) return CompareView::kExchanges;
    if (connections_) return CompareView::kConnections;
    return slices_ ? CompareView::kSlices : CompareView::kSummary;
  }

  SelectionOptions selection_;
  OutputOptions output_;
  std::string slice_;
  std::string plot_;
  bool keep_duplicates_ = false;
  bool losses_ = false;
  bool exchanges_ = false;
  bool connections_ = false;
  bool slices_ = false;
};

}  // namespace

std::unique_ptr<Command> make_compare_command() { return std::make_unique<Compare>(); }

}  // namespace pcapsule::analyzer_cli
