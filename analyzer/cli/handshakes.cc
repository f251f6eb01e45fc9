// SPDX-License-Identifier: Apache-2.0
// `analyzer handshakes`: how long connections took to begin.
#include <algorithm>
#include <boost/program_options.hpp>
#include <optional>

#include "analyzer/analysis/handshake_summary.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/duplicate_option.h"
#include "analyzer/cli/finding_options.h"
#include "analyzer/cli/output_options.h"
#include "analyzer/cli/record_loop.h"
#include "analyzer/cli/selection_options.h"
#include "analyzer/report/handshake_table.h"
#include "analyzer/select/damage.h"
#include "analyzer/select/filtered.h"
#include "analyzer/select/row_totals.h"
#include "common/text/time_text.h"

namespace pcapsule::analyzer_cli {

namespace {

namespace po = boost::program_options;
using analysis::HandshakeGroup;
using analysis::Leg;

constexpr DurationNs kSlow{300'000'000};
constexpr DurationNs kInterval{60'000'000'000};

/// What the options ask for, validated.
struct Question {
  std::optional<HandshakeGroup> by;  ///< nullopt: single connections
  DurationNs interval = kInterval;
  std::optional<Leg> leg;
  std::optional<DurationNs> slower_than;
  bool first = false;
};

/// Is the connection one that is asked for?
bool asks_for(const Question& question, const read::Connection& connection) {
  if (!question.slower_than) return true;
  const Leg leg = question.leg.value_or(Leg::kSynToSynAckFirst);
  const auto time = analysis::handshake_legs(connection)[static_cast<std::size_t>(leg)].time;
  return time && *time > *question.slower_than;
}

class Handshakes final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "handshakes"; }
  [[nodiscard]] std::string_view one_line() const override { return "how long connections took to begin"; }
  [[nodiscard]] std::string_view description() const override {
    return "Measures handshakes by four legs: first SYN to SYN-ACK (what the user felt), last SYN to SYN-ACK (the path "
           "to\n"
           "the server), SYN-ACK to ACK (the path to the client), and the whole; a leg that the capture does not show\n"
           "has a reason instead. By server, with quantiles by the nearest rank; or the connections that were slow.";
  }
  [[nodiscard]] std::array<std::string_view, 2> examples() const override {
    return {"analyzer handshakes example.fb --by server --leg syn_to_syn_ack_last",
            "analyzer handshakes example.fb --first --slower-than 300ms --server 192.0.2.1:443"};
  }

  void add_options(OptionGroups& groups) override {
    selection_.add_to(groups.selection);
    groups.selection.add_options()  //
        ("slower-than", po::value(&slower_than_)->value_name("TIME"),
         "only connections whose leg took longer, e.g. 300ms")  //
        ("first", po::bool_switch(&first_), "only the first of them (without --slower-than: than 300ms)");
    groups.output.add_options()  //
        ("by", po::value(&by_)->value_name("WHAT"),
         "server, client, interval, or connection: one line each (default: server; connection with --slower-than or "
         "--first)")                                                                                         //
        ("interval", po::value(&interval_)->value_name("TIME"), "the length of an interval (default: 60s)")  //
        ("leg", po::value(&leg_)->value_name("LEG"),
         "syn_to_syn_ack_first, syn_to_syn_ack_last, syn_ack_to_ack or handshake_total: which leg --slower-than means "
         "and the quantiles show (default: the first; csv and json show all)");
    add_keep_duplicates_to(groups.output, keep_duplicates_);
    output_.add_to(groups.output);
    findings_.add_to(groups.output);
  }

  Result<ExitCode> run(const std::vector<std::string>& files) override {
    const auto selection = selection_.spec();
    if (!selection) return selection.error();
    auto spec = output_.spec();
    if (!spec) return spec.error();
    const auto question = parse();
    if (!question) return question.error();
    if (auto checked = check(*spec, *question); !checked) return checked.error();
    auto output = output_.open(files);
    if (!output) return output.error();
    const Answer answer = question->by ? summarise(files, *selection, *spec, *question, *output)
                                       : list(files, *selection, *spec, *question, *output);
    return finish(*output, findings_.settle(answer.status, answer.findings));
  }

 private:
  struct Answer {
    ExitCode status = ExitCode::kDone;
    std::uint64_t findings = 0;
  };

  [[nodiscard]] Result<Question> parse() const {
    Question question;
    question.first = first_;
    if (!leg_.empty()) {
      question.leg = analysis::parse_leg(leg_);
      if (!question.leg) {
        return Error{ErrorCode::kUsage, "--leg " + leg_ +
                                            ": there are syn_to_syn_ack_first, syn_to_syn_ack_last, syn_ack_to_ack and "
                                            "handshake_total"};
      }
    }
    if (!slower_than_.empty() || first_) {
      question.slower_than = slower_than_.empty() ? kSlow : text::parse_duration(slower_than_);
      if (!question.slower_than) {
        return Error{ErrorCode::kUsage, "--slower-than " + slower_than_ + ": not a time; write 300ms or 1.5s"};
      }
    }
    if (!interval_.empty()) {
      const auto interval = text::parse_duration(interval_);
      if (!interval || interval->value <= 0) {
        return Error{ErrorCode::kUsage, "--interval " + interval_ + ": not a time above 0; write 60s or 5m"};
      }
      question.interval = *interval;
    }
    if (by_ == "server" || (by_.empty() && !question.slower_than)) question.by = HandshakeGroup::kServer;
    if (by_ == "client") question.by = HandshakeGroup::kClient;
    if (by_ == "interval") question.by = HandshakeGroup::kInterval;
    if (!question.by && !by_.empty() && by_ != "connection") {
      return Error{ErrorCode::kUsage, "--by " + by_ + ": there are server, client, interval and connection"};
    }
    return question;
  }

  Result<void> check(OutputSpec& spec, const Question& question) const {
    if (auto checked = findings_.check(); !checked) return checked;
    if (question.by && (!spec.fields.empty() || findings_.wants_filters() || question.first)) {
      return Error{ErrorCode::kUsage,
                   "-e, --first and --wireshark-filter belong to single connections; add --by connection"};
    }
    return use_for_connections(spec, report::default_handshake_fields());
  }

  Answer summarise(const std::vector<std::string>& files, const select::SelectionSpec& selection,
                   const OutputSpec& spec, const Question& question, Output& output) const {
    const bool text = spec.format == OutputFormat::kText;
    const report::HandshakeTable table(*question.by, question.leg, text, spec.time.utc);
    auto renderer =
        report::make_renderer(output.writer(), {spec.format, spec.field_format, name(), files, table.columns()});
    if (text) output.writer().append("leg: " + table.caption() + "\n");
    Answer answer;
    std::uint64_t rows_left = spec.rows;
    renderer->begin();
    answer.status = for_each_file(files, output, [&](const std::string& path) -> Result<ExitCode> {
      auto opened = OpenRecord::open(path);
      if (!opened) return opened.error();
      if (keep_duplicates_) opened->table.take_copies_for_segments();
      const select::Selection selected(selection, opened->file.catalog(), opened->table);
      select::DamageList damage;
      const auto chosen = select::matching_connections(opened->file, opened->table, selected, damage);
      analysis::HandshakeGroups groups(*question.by, question.interval, opened->file.catalog().first_frame_time);
      groups.reserve(chosen.count());
      read::Connection connection;
      for (std::uint64_t entry = 0; entry < opened->table.size(); ++entry) {
        if (!chosen.has(entry)) continue;
        opened->table.read(entry, read::Facts::kEvents, connection);
        if (!asks_for(question, connection)) continue;
        groups.add(connection);
        ++answer.findings;
      }
      auto rows = groups.summarise();
      rows.resize(std::min<std::uint64_t>(rows.size(), rows_left));
      rows_left -= rows.size();
      renderer->file(path);
      table.put(*renderer, rows);
      return report_damage(damage);
    });
    renderer->end();
    return answer;
  }

  Answer list(const std::vector<std::string>& files, const select::SelectionSpec& selection, const OutputSpec& spec,
              const Question& question, Output& output) const {
    const bool text = spec.format == OutputFormat::kText;
    auto columns =
        text ? report::ConnectionLines::columns(report::handshake_columns()) : report::columns_of(spec.fields);
    const report::FilterOf filter_of = findings_.wants_filters() ? report::handshake_filter : report::FilterOf();
    if (filter_of) columns.push_back(report::filter_column());
    auto renderer =
        report::make_renderer(output.writer(), {spec.format, spec.field_format, name(), files, std::move(columns)});
    Answer answer;
    std::uint64_t rows_left = question.first ? std::min<std::uint64_t>(1, spec.rows) : spec.rows;
    renderer->begin();
    answer.status = for_each_file(files, output, [&](const std::string& path) -> Result<ExitCode> {
      auto opened = OpenRecord::open(path);
      if (!opened) return opened.error();
      if (keep_duplicates_) opened->table.take_copies_for_segments();
      const select::Selection selected(selection, opened->file.catalog(), opened->table);
      select::DamageList damage;
      const auto chosen = select::matching_connections(opened->file, opened->table, selected, damage);
      std::vector<std::uint64_t> entries;
      read::Connection connection;
      // One finding decides the exit status, even where no row is wanted (-c 0).
      const auto goes_on = [&] {
        return entries.size() < rows_left || (findings_.wants_status() && answer.findings == 0);
      };
      for (std::uint64_t entry = 0; entry < opened->table.size() && goes_on(); ++entry) {
        if (!chosen.has(entry)) continue;
        opened->table.read(entry, read::Facts::kEvents, connection);
        if (!asks_for(question, connection)) continue;
        ++answer.findings;
        if (entries.size() < rows_left) entries.push_back(entry);
      }
      rows_left -= entries.size();
      renderer->file(path);
      select::TotalsReader totals(opened->file);
      if (text) {
        report::ConnectionLines(*renderer, spec.time, report::handshake_columns(), filter_of)
            .put(opened->file, opened->table, entries, totals);
      } else {
        report::ConnectionRows(*renderer, spec.fields, filter_of).put(opened->file, opened->table, entries, totals);
      }
      damage.add(totals.damage());
      return report_damage(damage);
    });
    renderer->end();
    return answer;
  }

  SelectionOptions selection_;
  OutputOptions output_;
  FindingOptions findings_;
  std::string by_;
  std::string interval_;
  std::string leg_;
  std::string slower_than_;
  bool first_ = false;
  bool keep_duplicates_ = false;
};

}  // namespace

std::unique_ptr<Command> make_handshakes_command() { return std::make_unique<Handshakes>(); }

}  // namespace pcapsule::analyzer_cli
