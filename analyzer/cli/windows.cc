// SPDX-License-Identifier: Apache-2.0
// `analyzer windows`: receive windows, and who waited for them.
#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <optional>

#include "analyzer/cli/command.h"
#include "analyzer/cli/duplicate_option.h"
#include "analyzer/cli/finding_options.h"
#include "analyzer/cli/output_options.h"
#include "analyzer/cli/program.h"
#include "analyzer/cli/record_loop.h"
#include "analyzer/cli/scale_option.h"
#include "analyzer/cli/selection_options.h"
#include "analyzer/report/window_sinks.h"
#include "analyzer/select/damage.h"
#include "analyzer/select/filtered.h"
#include "analyzer/select/segment_scan.h"
#include "common/text/time_text.h"

namespace pcapsule::analyzer_cli {

namespace {

namespace po = boost::program_options;
using report::WindowView;

Error usage_error(std::string message) { return {ErrorCode::kUsage, std::move(message)}; }

template <class Number>
std::optional<Number> parse_number(const std::string& text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

/// What the options ask for, validated.
struct Question {
  WindowView view = WindowView::kSummary;
  report::WindowOptions window;
};

class Windows final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "windows"; }
  [[nodiscard]] std::string_view one_line() const override { return "receive windows: stalls, dips, trend"; }
  [[nodiscard]] std::string_view description() const override {
    return "Says which side's receive window stalled a connection, longest first: zero windows with their probes,\n"
           "segments at window full, the share of time in which the receiver was the limit, and dips. Of one\n"
           "connection (-s N) the trend over time. A window whose scale the capture does not show is no number here.";
  }
  [[nodiscard]] std::array<std::string_view, 2> examples() const override {
    return {"analyzer windows example.fb -s 7 --bucket 1s",
            "analyzer windows example.fb --server 192.0.2.1:443 --below 500000 --after +21.1"};
  }

  void add_options(OptionGroups& groups) override {
    selection_.add_to(groups.selection);
    groups.selection.add_options()  //
        ("side", po::value(&side_)->value_name("SIDE"), "client or server: only windows of that side (default: both)");
    groups.output.add_options()                                                                    //
        ("all", po::bool_switch(&all_), "a line for every side, not only for those that stalled")  //
        ("stalls", po::bool_switch(&stalls_), "every stall, one a line")                           //
        ("dips", po::bool_switch(&dips_), "every dip with recovery, one a line")                   //
        ("trend", po::bool_switch(&trend_), "windows by side and time (default with -s N)")        //
        ("below", po::value(&below_)->value_name("BYTES"), "every segment whose window is below")  //
        ("bucket", po::value(&bucket_)->value_name("TIME"),
         "of --trend: the time that a line covers, e.g. 1s (default: about 60 lines)")  //
        ("dip-factor", po::value(&dip_factor_)->value_name("F"),
         "a dip is below F times the rolling median, 0 < F < 1 (default: 0.5)")  //
        ("dip-window", po::value(&dip_window_)->value_name("N"),
         "the segments that the median is taken of, 5 to 10001 (default: 255)")  //
        ("assume-window-scale", po::value(&assumed_scale_)->value_name("C,S"),
         "shifts of client and server, for connections whose SYNs were not captured (default: their windows are not "
         "known)");
    add_keep_duplicates_to(groups.output, keep_duplicates_);
    output_.add_table_options_to(groups.output);
    output_.add_line_options_to(groups.output);
    findings_.add_to(groups.output);
  }

  Result<ExitCode> run(const std::vector<std::string>& files) override {
    const auto selection = selection_.spec();
    if (!selection) return selection.error();
    const auto spec = output_.spec();
    if (!spec) return spec.error();
    const auto question = parse(*selection);
    if (!question) return question.error();
    if (auto checked = findings_.check(); !checked) return checked.error();
    auto output = output_.open(files);
    if (!output) return output.error();

    report::WindowTable table(output->writer(), question->view,
                              {spec->format, spec->field_format, spec->time, findings_.wants_filters(), spec->rows},
                              name(), files);
    Work work{*selection, *question, all_, table, {}, 0};
    table.begin();
    const ExitCode status = for_each_file(files, *output, [&](const std::string& path) { return work.answer(path); });
    if (question->view == WindowView::kSummary) table.totals(work.sums.totals());
    table.end();
    return finish(*output, findings_.settle(status, work.findings));
  }

 private:
  /// The answer of one command line over all its files.
  struct Work {
    const select::SelectionSpec& selection;
    const Question& question;
    bool all;
    report::WindowTable& table;
    report::WindowSums sums;
    std::uint64_t findings;

    Result<ExitCode> answer(const std::string& path) {
      auto opened = OpenRecord::open(path);
      if (!opened) return opened.error();
      table.file(path, opened->file.catalog().first_frame_time);
      switch (question.view) {
        case WindowView::kSummary: {
          const select::Selection every(select::SelectionSpec{}, opened->file.catalog(), opened->table);
          const auto mptcp = select::collect_mptcp(opened->file, every);
          report::WindowSummaries sink(question.window, all, mptcp, sums);
          const ExitCode status = visit(*opened, sink);
          sink.put(table, opened->table);
          return status;
        }
        case WindowView::kStalls:
        case WindowView::kDips: {
          report::WindowEvents sink(question.window, question.view, table);
          return visit(*opened, sink);
        }
        case WindowView::kTrend: {
          report::WindowTrends sink(question.window, table);
          const ExitCode status = visit(*opened, sink);
          for (const std::uint32_t number : sink.too_long()) {
            return Error{ErrorCode::kIo, path + ": stream " + std::to_string(number) + analysis::too_many_buckets()};
          }
          return status;
        }
        case WindowView::kBelow: {
          report::WindowsBelow sink(question.window, table);
          return visit(*opened, sink);
        }
      }
      return ExitCode::kFailed;
    }

    /// Views whose lines are about segments see the selected ones; the others see
    /// whole connections that have a selected one.
    ExitCode visit(OpenRecord& opened, report::WindowSink& sink) {
      select::DamageList damage;
      select::Selection selected(selection, opened.file.catalog(), opened.table);
      if (question.view == WindowView::kTrend || question.view == WindowView::kBelow) {
        select::apply_filter(opened.file, opened.table, selected, damage);
        return visit(opened, selected, sink, damage);
      }
      const auto chosen = select::matching_connections(opened.file, opened.table, selected, damage);
      select::SelectionSpec connections = selection;
      connections.after.reset();
      connections.before.reset();
      connections.filter.reset();
      select::Selection whole(connections, opened.file.catalog(), opened.table);
      whole.restrict_to(chosen, std::nullopt, opened.table);
      return visit(opened, whole, sink, damage);
    }

    ExitCode visit(OpenRecord& opened, const select::Selection& selected, report::WindowSink& sink,
                   select::DamageList& damage) {
      select::Conversations conversations(opened.file, opened.table, selected,
                                          question.window.columns(question.view == WindowView::kSummary));
      conversations.visit(sink);
      sink.close();
      findings += sink.findings();
      if (sink.unknown_scales() > 0 && question.view != WindowView::kSummary && question.view != WindowView::kStalls) {
        const std::string count = std::to_string(sink.unknown_scales());
        print_error(opened.file.path() + ": the window scale of " + count +
                    (sink.unknown_scales() == 1 ? " connection" : " connections") +
                    " is not in the capture: no number is shown; --assume-window-scale C,S supplies it");
      }
      damage.add(conversations.damage());
      return report_damage(damage);
    }
  };

  [[nodiscard]] Result<Question> parse(const select::SelectionSpec& selection) const {
    Question question;
    const auto view = parse_view(selection);
    if (!view) return view.error();
    question.view = *view;
    if (side_ == "client" || side_ == "server") question.window.client = side_ == "client";
    if (!side_.empty() && !question.window.client)
      return usage_error("--side " + side_ + ": there are client and server");
    const auto scale = parse_assumed_scale(assumed_scale_);
    if (!scale) return scale.error();
    question.window.assumed_scale = *scale;
    if (!below_.empty()) {
      const auto bytes = parse_number<std::uint64_t>(below_);
      if (!bytes) return usage_error("--below " + below_ + ": not a number of bytes");
      question.window.below = *bytes;
    }
    if (!bucket_.empty()) {
      question.window.bucket = text::parse_duration(bucket_);
      const bool valid = question.window.bucket && question.window.bucket->value > 0;
      if (!valid) return usage_error("--bucket " + bucket_ + ": not a time above 0; write 1s or 200ms");
    }
    const auto rule = parse_dip_rule();
    if (!rule) return rule.error();
    question.window.dips = *rule;
    question.window.keep_duplicates = keep_duplicates_;
    question.window.findings_count = findings_.wants_status();
    return question;
  }

  [[nodiscard]] Result<WindowView> parse_view(const select::SelectionSpec& selection) const {
    const int views = int{all_} + int{stalls_} + int{dips_} + int{trend_} + int{!below_.empty()};
    if (views > 1) return usage_error("--all, --stalls, --dips, --trend and --below: one at a time");
    const bool one_stream = selection.streams.size() == 1 && selection.streams[0].first == selection.streams[0].last;
    WindowView view = one_stream ? WindowView::kTrend : WindowView::kSummary;
    if (all_) view = WindowView::kSummary;
    if (stalls_) view = WindowView::kStalls;
    if (dips_) view = WindowView::kDips;
    if (trend_) view = WindowView::kTrend;
    if (!below_.empty()) view = WindowView::kBelow;
    if (!bucket_.empty() && view != WindowView::kTrend) return usage_error("--bucket belongs to --trend; add that");
    const bool has_dips = view == WindowView::kDips || view == WindowView::kSummary;
    if (!has_dips && !(dip_factor_.empty() && dip_window_.empty())) {
      return usage_error("--dip-factor and --dip-window belong to --dips and to the summary; add --dips or --all");
    }
    if (view == WindowView::kTrend && findings_.wants_status()) {
      return usage_error(
          "--fail-if-any and --fail-if-none: a trend finds nothing; add --all, --stalls, --dips or --below");
    }
    return view;
  }

  [[nodiscard]] Result<analysis::DipRule> parse_dip_rule() const {
    analysis::DipRule rule;
    if (!dip_factor_.empty()) {
      const auto factor = parse_number<double>(dip_factor_);
      if (!factor || !(*factor > 0 && *factor < 1)) {
        return usage_error("--dip-factor " + dip_factor_ + ": not a number between 0 and 1");
      }
      rule.factor = *factor;
    }
    if (!dip_window_.empty()) {
      const auto window = parse_number<std::size_t>(dip_window_);
      if (!window || *window < analysis::kLeastDipWindow || *window > analysis::kGreatestDipWindow) {
        return usage_error("--dip-window " + dip_window_ + ": not a number from " +
                           std::to_string(analysis::kLeastDipWindow) + " to " +
                           std::to_string(analysis::kGreatestDipWindow));
      }
      rule.window = *window;
    }
    return rule;
  }

  SelectionOptions selection_;
  OutputOptions output_;
  FindingOptions findings_;
  std::string side_;
  std::string below_;
  std::string bucket_;
  std::string dip_factor_;
  std::string dip_window_;
  std::string assumed_scale_;
  bool keep_duplicates_ = false;
  bool all_ = false;
  bool stalls_ = false;
  bool dips_ = false;
  bool trend_ = false;
};

}  // namespace

std::unique_ptr<Command> make_windows_command() { return std::make_unique<Windows>(); }

}  // namespace pcapsule::analyzer_cli
