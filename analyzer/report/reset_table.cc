// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/reset_table.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "analyzer/select/row_totals.h"
#include "common/net/endpoint.h"

namespace pcapsule::report {

using analysis::Progress;

namespace {

constexpr auto kTextColumns = std::to_array<ConnectionColumn>({
    {"stream", 6, true, "tcp.stream"},
    {"frame", 8, true, "pcapsule.reset_frame"},
    {"time", 12, true, "pcapsule.reset_time"},
    {"client", 21, false, "pcapsule.client"},
    {"server", 21, false, "pcapsule.server"},
    {"reset", 7, false, "pcapsule.reset"},
    {"by", 6, false, "pcapsule.reset_by"},
    {"premature", 9, true, "pcapsule.reset_premature"},
    {"before-FIN", 10, true, "pcapsule.reset_before_fin"},
    {"unacked->", 9, true, "pcapsule.reset_client_outstanding_bytes"},
    {"<-unacked", 9, true, "pcapsule.reset_server_outstanding_bytes"},
    {"TTL", 3, true, "pcapsule.reset_ttl"},
    {"odd-TTL", 7, true, "pcapsule.reset_ttl_odd"},
});

constexpr auto kFields = std::to_array<std::string_view>(
    {"tcp.stream", "pcapsule.client", "pcapsule.server", "pcapsule.reset_frame", "pcapsule.reset_time",
     "pcapsule.reset", "pcapsule.reset_by", "pcapsule.reset_premature", "pcapsule.reset_before_fin",
     "pcapsule.reset_client_outstanding_bytes", "pcapsule.reset_server_outstanding_bytes", "pcapsule.reset_ttl",
     "pcapsule.reset_ttl_odd"});

constexpr auto kProgress =
    std::to_array<Progress>({Progress::kEstablished, Progress::kHandshake, Progress::kUncertain});

void put_cell(Row& row, std::string_view text) {
  row.add(text);
  row.end_cell();
}

Column number_column(std::string name, std::string heading) {
  Column column;
  column.name = std::move(name);
  column.kind = ValueKind::kNumber;
  column.heading = std::move(heading);
  column.width = static_cast<std::uint8_t>(column.heading.size());
  column.right_aligned = true;
  return column;
}

Column list_column(std::string name, ValueKind kind) {
  Column column;
  column.name = std::move(name);
  column.kind = kind;
  column.repeats = true;
  return column;
}

Endpoint endpoint_of(const read::ConnectionTable& table, std::uint64_t entry, bool client) {
  return table.endpoint(entry, table.client(entry) ^ (client ? 0U : 1U));
}

/// A display filter that shows the RST, the FINs before it, and the other connections listed.
std::string reset_filter(const read::Connection& connection, const ListedReset& listed,
                         const read::ConnectionTable& table) {
  std::set<std::uint64_t> frames = {listed.reset.at.frame};
  for (const read::Side& side : connection.side) {
    if (side.fin && side.fin->frame < listed.reset.at.frame) frames.insert(side.fin->frame);
  }
  std::string filter;
  for (const std::uint64_t frame : frames) filter += (filter.empty() ? "" : ", ") + std::to_string(frame);
  filter = frames.size() == 1 ? "frame.number == " + filter : "frame.number in {" + filter + "}";
  std::string streams;
  for (const auto& other : listed.others.listed) {
    streams += (streams.empty() ? "" : ", ") + std::to_string(table.number(other.entry));
  }
  return streams.empty() ? filter : filter + " or tcp.stream in {" + streams + "}";
}

}  // namespace

FieldList default_reset_fields() {
  FieldList list;
  for (const std::string_view name : kFields) list.push_back(fields::find_field(name));
  return list;
}

ResetRows::ResetRows(Renderer& renderer, BufferedWriter& out, const ResetRowsSpec& spec)
    : renderer_(renderer),
      out_(out),
      spec_(spec),
      values_(renderer, spec.fields),
      lines_(renderer, spec.time, kTextColumns) {}

std::vector<Column> ResetRows::columns(const ResetRowsSpec& spec) {
  auto columns = spec.text ? ConnectionLines::columns(kTextColumns) : columns_of(spec.fields);
  for (const Progress progress : kProgress) {
    const std::string name(to_text(progress));
    columns.push_back(number_column("others_" + name, name));
  }
  if (spec.others && !spec.text) {
    columns.push_back(list_column("others_streams", ValueKind::kNumber));
    columns.push_back(list_column("others_clients", ValueKind::kText));
    columns.push_back(list_column("others_servers", ValueKind::kText));
    columns.push_back(list_column("others_progress", ValueKind::kText));
    columns.push_back(number_column("others_not_listed", ""));
  }
  if (spec.filters) columns.push_back(filter_column());
  return columns;
}

void ResetRows::put(read::RecordFile& file, const read::ConnectionTable& table, std::span<const ListedReset> resets,
                    select::TotalsReader& totals) {
  const fields::FileTexts texts(file.path(), file.catalog());
  lines_.begin_file(file.catalog());
  for (const ListedReset& listed : resets) {
    if (renderer_.done()) return;
    const read::Connection connection = table.at(listed.entry);
    const analysis::ConnectionTotals sums = totals.of(connection);
    const fields::ConnectionEntry entry = {connection, sums, &listed.reset};
    row_.clear();
    spec_.text ? lines_.add_cells(row_, entry, texts) : values_.add_cells(row_, entry, texts);
    add_counts(listed);
    if (spec_.others && !spec_.text) add_others(table, listed);
    if (spec_.filters) put_cell(row_, reset_filter(connection, listed, table));
    renderer_.row(row_);
    if (spec_.others && spec_.text) print_others(table, listed);
  }
}

void ResetRows::add_counts(const ListedReset& listed) {
  for (const Progress progress : kProgress) {
    if (listed.reset.is_end()) row_.add(std::to_string(listed.others.of(progress)));
    row_.end_cell();
  }
}

void ResetRows::add_others(const read::ConnectionTable& table, const ListedReset& listed) {
  const auto& others = listed.others.listed;
  for (const auto& other : others) row_.add(std::to_string(table.number(other.entry)));
  row_.end_cell();
  for (const bool client : {true, false}) {
    for (const auto& other : others) row_.add(to_text(endpoint_of(table, other.entry, client)));
    row_.end_cell();
  }
  for (const auto& other : others) row_.add(to_text(other.progress));
  row_.end_cell();
  if (listed.reset.is_end()) row_.add(std::to_string(listed.others.all() - others.size()));
  row_.end_cell();
}

void ResetRows::print_others(const read::ConnectionTable& table, const ListedReset& listed) {
  for (const auto& other : listed.others.listed) {
    out_.append("         stream " + std::to_string(table.number(other.entry)) + " " +
                to_text(endpoint_of(table, other.entry, true)) + " -> " +
                to_text(endpoint_of(table, other.entry, false)) + " " + std::string(to_text(other.progress)) + "\n");
  }
  const std::uint64_t rest = listed.others.all() - listed.others.listed.size();
  if (rest > 0) out_.append("         and " + std::to_string(rest) + " more\n");
}

std::vector<Column> client_reset_columns() {
  Column client;
  client.name = client.heading = "client";
  client.width = 15;
  std::vector<Column> columns = {client};
  for (const char* const name : {"by_client", "by_server", "premature", "refused", "late", "suspect", "odd_ttl",
                                 "greatest_others", "greatest_others_frame"}) {
    columns.push_back(number_column(name, name));
  }
  return columns;
}

void put_client_resets(Renderer& renderer, std::span<const analysis::ClientResets> clients) {
  Row row;
  for (const analysis::ClientResets& client : clients) {
    row.clear();
    put_cell(row, to_text(client.client));
    const analysis::ResetCounts& counts = client.counts;
    for (const std::uint64_t count : {counts.by_client, counts.by_server, counts.premature, counts.refused, counts.late,
                                      counts.suspect, counts.odd_ttl}) {
      put_cell(row, std::to_string(count));
    }
    for (const std::uint64_t number : {client.greatest_others, client.greatest_frame}) {
      if (counts.ends() > 0) row.add(std::to_string(number));
      row.end_cell();
    }
    renderer.row(row);
  }
}

std::vector<Total> reset_totals(const analysis::ResetCounts& counts) {
  return {{"resets", std::to_string(counts.all())},        {"by_client", std::to_string(counts.by_client)},
          {"by_server", std::to_string(counts.by_server)}, {"premature", std::to_string(counts.premature)},
          {"refused", std::to_string(counts.refused)},     {"late", std::to_string(counts.late)},
          {"suspect", std::to_string(counts.suspect)},     {"with_odd_ttl", std::to_string(counts.odd_ttl)}};
}

}  // namespace pcapsule::report
