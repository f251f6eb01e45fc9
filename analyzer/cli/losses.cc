// SPDX-License-Identifier: Apache-2.0
// `analyzer losses`: what was sent again, why, and what it cost.
#include <algorithm>
#include <boost/program_options.hpp>

#include "analyzer/cli/command.h"
#include "analyzer/cli/duplicate_option.h"
#include "analyzer/cli/finding_options.h"
#include "analyzer/cli/output_options.h"
#include "analyzer/cli/record_loop.h"
#include "analyzer/cli/selection_options.h"
#include "analyzer/report/loss_sinks.h"
#include "analyzer/select/damage.h"
#include "analyzer/select/filtered.h"
#include "analyzer/select/segment_scan.h"

namespace pcapsule::analyzer_cli {

namespace {

namespace po = boost::program_options;
using report::LossView;

class Losses final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "losses"; }
  [[nodiscard]] std::string_view one_line() const override { return "retransmissions with their causes, RTT, stalls"; }
  [[nodiscard]] std::string_view description() const override {
    return "Says of each side of a connection what it sent again and why: lost before or after the capture point,\n"
           "needless, reordered; what the capture or the network lost; round-trip times, bytes in flight, goodput, "
           "and\n"
           "its stalls. What was stalled longest comes first, then what sent most bytes again.";
  }
  [[nodiscard]] std::array<std::string_view, 2> examples() const override {
    return {"analyzer losses example.fb --server 192.0.2.1:443", "analyzer losses example.fb -s 7 --segments"};
  }

  void add_options(OptionGroups& groups) override {
    selection_.add_to(groups.selection);
    groups.output.add_options()                                                                             //
        ("all", po::bool_switch(&all_), "a line for every side, not only for those with losses or stalls")  //
        ("segments", po::bool_switch(&segments_),
         "every segment that was sent again, came late, or tells of a loss, one a line with cause and evidence");
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
    if (auto checked = findings_.check(); !checked) return checked.error();
    if (all_ && segments_) return Error{ErrorCode::kUsage, "--all and --segments: one at a time"};
    auto output = output_.open(files);
    if (!output) return output.error();

    const LossView view = segments_ ? LossView::kSegments : LossView::kSummary;
    report::LossTable table(output->writer(), view,
                            {spec->format, spec->field_format, spec->time, findings_.wants_filters(), spec->rows},
                            name(), files);
    Work work{*selection, view, all_, keep_duplicates_, table, {}, 0};
    table.begin();
    const ExitCode status = for_each_file(files, *output, [&](const std::string& path) { return work.answer(path); });
    if (view == LossView::kSummary) table.totals(work.sums.totals());
    table.end();
    return finish(*output, findings_.settle(status, work.findings));
  }

 private:
  /// The answer of one command line over all its files.
  struct Work {
    const select::SelectionSpec& selection;
    LossView view;
    bool all;
    bool keep_duplicates;
    report::LossTable& table;
    report::LossSums sums;
    std::uint64_t findings;

    /// Whole connections are measured, those that the selection has a segment of: what comes later decides.
    Result<ExitCode> answer(const std::string& path) {
      auto opened = OpenRecord::open(path);
      if (!opened) return opened.error();
      table.file(path, opened->file.catalog().first_frame_time);
      select::DamageList damage;
      select::Selection selected(selection, opened->file.catalog(), opened->table);
      const auto chosen = select::matching_connections(opened->file, opened->table, selected, damage);
      if (view == LossView::kSegments) select::apply_filter(opened->file, opened->table, selected, damage);
      select::Selection whole(select::SelectionSpec{}, opened->file.catalog(), opened->table);
      whole.restrict_to(chosen, std::nullopt, opened->table);
      const auto mptcp = select::collect_mptcp(opened->file, whole);
      report::LossSink sink(view, all, keep_duplicates, mptcp, selected, table, sums);
      select::Conversations conversations(opened->file, opened->table, whole,
                                          analysis::loss_summary_columns(keep_duplicates));
      conversations.visit(sink);
      sink.close();
      sink.put_sides();
      findings += sink.findings();
      damage.add(conversations.damage());
      return report_damage(damage);
    }
  };

  SelectionOptions selection_;
  OutputOptions output_;
  FindingOptions findings_;
  bool keep_duplicates_ = false;
  bool all_ = false;
  bool segments_ = false;
};

}  // namespace

std::unique_ptr<Command> make_losses_command() { return std::make_unique<Losses>(); }

}  // namespace pcapsule::analyzer_cli
