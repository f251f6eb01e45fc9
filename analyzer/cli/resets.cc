// SPDX-License-Identifier: Apache-2.0
// `analyzer resets`: what RSTs ended, and what else their clients had in progress.
#include <algorithm>
#include <boost/program_options.hpp>
#include <set>

#include "analyzer/analysis/in_progress.h"
#include "analyzer/analysis/reset_summary.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/finding_options.h"
#include "analyzer/cli/output_options.h"
#include "analyzer/cli/record_loop.h"
#include "analyzer/cli/selection_options.h"
#include "analyzer/report/reset_table.h"
#include "analyzer/select/damage.h"
#include "analyzer/select/filtered.h"
#include "analyzer/select/row_totals.h"

namespace pcapsule::analyzer_cli {

namespace {

namespace po = boost::program_options;
using report::ListedReset;

/// The RSTs of the chosen connections, in file order.
std::vector<ListedReset> resets_in(const read::ConnectionTable& table, const analysis::ConnectionSet& chosen) {
  std::vector<ListedReset> resets;
  for (const std::uint64_t entry : table.entries_with_resets()) {
    if (!chosen.has(entry)) continue;
    for (const analysis::Reset& reset : analysis::resets_of(table.at(entry))) resets.push_back({entry, reset, {}});
  }
  std::ranges::stable_sort(resets, {}, [](const ListedReset& listed) { return listed.reset.at.frame; });
  return resets;
}

/// The lives of all connections of these clients, whatever was chosen.
std::vector<analysis::ConnectionLife> lives_of(const read::ConnectionTable& table, const std::set<IpAddress>& clients,
                                               select::TotalsReader& totals) {
  std::vector<analysis::ConnectionLife> lives;
  for (std::uint64_t entry = 0; entry < table.size(); ++entry) {
    if (!clients.contains(table.endpoint(entry, table.client(entry)).address)) continue;
    const read::Connection connection = table.at(entry);
    if (connection.segments() == 0) continue;  // nothing but quoted or malformed headers
    lives.push_back(analysis::life_of(entry, connection, totals.of(connection)));
  }
  return lives;
}

/// Says of each RST that ended a connection what else was in progress.
void count_others(const read::ConnectionTable& table, std::vector<ListedReset>& resets, std::size_t list_at_most,
                  select::TotalsReader& totals) {
  std::vector<ListedReset*> ends;
  std::vector<analysis::Instant> instants;
  std::set<IpAddress> clients;
  for (ListedReset& listed : resets) {
    if (!listed.reset.is_end()) continue;
    const unsigned client = table.client(listed.entry);
    const analysis::Instant instant = {table.endpoint(listed.entry, client).address,
                                       table.endpoint(listed.entry, client ^ 1U).address, listed.reset.at.frame};
    ends.push_back(&listed);
    instants.push_back(instant);
    clients.insert(instant.client);
  }
  auto others = analysis::others_in_progress(lives_of(table, clients, totals), instants, list_at_most);
  for (std::size_t i = 0; i < ends.size(); ++i) ends[i]->others = std::move(others[i]);
}

class Resets final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "resets"; }
  [[nodiscard]] std::string_view one_line() const override {
    return "connections ended by a RST, and what else ran then";
  }
  [[nodiscard]] std::string_view description() const override {
    return "Lists the RSTs of connections in file order: who sent it, whether it came before the other side's FIN or\n"
           "with data outstanding (premature), and whether it ended the connection at all: abort and refused did, "
           "late\n"
           "and suspect (outside the receiver's window) did not. For each end: how many other connections of that "
           "client\n"
           "to other servers were established, in their handshake, or uncertain at that frame.";
  }
  [[nodiscard]] std::array<std::string_view, 2> examples() const override {
    return {"analyzer resets example.fb -Y 'pcapsule.reset_premature == 1' --others",
            "analyzer resets example.fb --by client"};
  }

  void add_options(OptionGroups& groups) override {
    selection_.add_to(groups.selection);
    groups.output.add_options()  //
        ("by", po::value(&by_)->value_name("WHAT"),
         "reset: one line each; or client: summed up (default: reset)")  //
        ("others", po::bool_switch(&others_), "list the other connections in progress at each end, at most 20");
    output_.add_to(groups.output);
    findings_.add_to(groups.output);
  }

  Result<ExitCode> run(const std::vector<std::string>& files) override {
    const auto selection = selection_.spec();
    if (!selection) return selection.error();
    auto spec = output_.spec();
    if (!spec) return spec.error();
    if (auto checked = check(*spec); !checked) return checked.error();
    auto output = output_.open(files);
    if (!output) return output.error();
    return answer(files, *selection, *spec, *output);
  }

 private:
  [[nodiscard]] bool by_client() const { return by_ == "client"; }

  Result<void> check(OutputSpec& spec) const {
    if (auto checked = findings_.check(); !checked) return checked;
    if (!by_.empty() && by_ != "reset" && by_ != "client") {
      return Error{ErrorCode::kUsage, "--by " + by_ + ": there are reset and client"};
    }
    if (by_client() && (!spec.fields.empty() || others_ || findings_.wants_filters())) {
      return Error{ErrorCode::kUsage, "-e, --others and --wireshark-filter belong to single RSTs, not to --by client"};
    }
    return use_for_connections(spec, report::default_reset_fields());
  }

  Result<ExitCode> answer(const std::vector<std::string>& files, const select::SelectionSpec& selection,
                          const OutputSpec& spec, Output& output) const {
    const report::ResetRowsSpec rows_spec = {spec.format == OutputFormat::kText, spec.fields, spec.time, others_,
                                             findings_.wants_filters()};
    auto columns = by_client() ? report::client_reset_columns() : report::ResetRows::columns(rows_spec);
    const auto renderer =
        report::make_renderer(output.writer(), {spec.format, spec.field_format, name(), files, std::move(columns)});
    if (rows_spec.text && !by_client()) {
      output.writer().append("established, handshake, uncertain: other connections of the client, to other servers\n");
    }
    analysis::ResetCounts counts;
    std::uint64_t rows_left = spec.rows;
    renderer->begin();
    const ExitCode status = for_each_file(files, output, [&](const std::string& path) -> Result<ExitCode> {
      auto opened = OpenRecord::open(path);
      if (!opened) return opened.error();
      const select::Selection selected(selection, opened->file.catalog(), opened->table);
      select::DamageList damage;
      const auto chosen = select::matching_connections(opened->file, opened->table, selected, damage);
      auto resets = resets_in(opened->table, chosen);
      for (const ListedReset& listed : resets) counts.add(listed.reset);
      renderer->file(path);
      select::TotalsReader totals(opened->file);
      if (by_client()) {
        count_others(opened->table, resets, 0, totals);
        put_clients(*renderer, opened->table, resets, rows_left);
      } else {
        resets.resize(std::min<std::uint64_t>(resets.size(), rows_left));
        rows_left -= resets.size();
        count_others(opened->table, resets, others_ ? report::kGreatestOthers : 0, totals);
        report::ResetRows(*renderer, output.writer(), rows_spec).put(opened->file, opened->table, resets, totals);
      }
      damage.add(totals.damage());
      return report_damage(damage);
    });
    renderer->totals(report::reset_totals(counts));
    renderer->end();
    return finish(output, findings_.settle(status, counts.ends()));
  }

  static void put_clients(report::Renderer& renderer, const read::ConnectionTable& table,
                          const std::vector<ListedReset>& resets, std::uint64_t& rows_left) {
    analysis::ResetGroups groups;
    for (const ListedReset& listed : resets) {
      groups.add(table.endpoint(listed.entry, table.client(listed.entry)).address, listed.reset, listed.others);
    }
    auto clients = groups.summarise();
    clients.resize(std::min<std::uint64_t>(clients.size(), rows_left));
    rows_left -= clients.size();
    report::put_client_resets(renderer, clients);
  }

  SelectionOptions selection_;
  OutputOptions output_;
  FindingOptions findings_;
  std::string by_;
  bool others_ = false;
};

}  // namespace

std::unique_ptr<Command> make_resets_command() { return std::make_unique<Resets>(); }

}  // namespace pcapsule::analyzer_cli
