// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/handshake_table.h"

#include <array>
#include <set>
#include <string_view>

#include "common/text/time_text.h"

namespace pcapsule::report {

using analysis::HandshakeGroup;
using analysis::HandshakeSummary;
using analysis::Leg;

namespace {

constexpr auto kColumns = std::to_array<ConnectionColumn>({
    {"stream", 6, true, "tcp.stream"},
    {"start", 12, true, "pcapsule.start"},
    {"client", 21, false, "pcapsule.client"},
    {"server", 21, false, "pcapsule.server"},
    {"outcome", 12, false, "pcapsule.handshake"},
    {"SYNs", 4, true, "pcapsule.syns"},
    {"SYN", 8, true, "pcapsule.syn_frame"},
    {"SYN-ACK", 8, true, "pcapsule.syn_ack_frame"},
    {"ACK", 8, true, "pcapsule.handshake_ack_frame"},
    {"first-SYN-ACK", 13, true, "pcapsule.syn_to_syn_ack_first_ns"},
    {"last-SYN-ACK", 12, true, "pcapsule.syn_to_syn_ack_last_ns"},
    {"SYN-ACK-ACK", 12, true, "pcapsule.syn_ack_to_ack_ns"},
    {"total", 12, true, "pcapsule.handshake_total_ns"},
    {"tap", 11, false, "pcapsule.capture_point"},
});

constexpr auto kFields = std::to_array<std::string_view>(
    {"tcp.stream", "pcapsule.client", "pcapsule.server", "pcapsule.start", "pcapsule.handshake", "pcapsule.syns",
     "pcapsule.syn_acks", "pcapsule.syn_frame", "pcapsule.syn_ack_frame", "pcapsule.handshake_ack_frame",
     "pcapsule.syn_to_syn_ack_first_ns", "pcapsule.syn_to_syn_ack_first_missing", "pcapsule.syn_to_syn_ack_last_ns",
     "pcapsule.syn_to_syn_ack_last_missing", "pcapsule.syn_ack_to_ack_ns", "pcapsule.syn_ack_to_ack_missing",
     "pcapsule.handshake_total_ns", "pcapsule.handshake_total_missing", "pcapsule.capture_point"});

/// The outcomes in the order of the columns.
constexpr auto kOutcomes = std::to_array<analysis::HandshakeOutcome>(
    {analysis::HandshakeOutcome::kComplete, analysis::HandshakeOutcome::kPartial,
     analysis::HandshakeOutcome::kUnanswered, analysis::HandshakeOutcome::kRefused, analysis::HandshakeOutcome::kReset,
     analysis::HandshakeOutcome::kNotCaptured});

constexpr auto kMeasures = std::to_array<std::string_view>({"min", "p50", "p90", "p95", "p99", "max"});

constexpr std::string_view meaning(Leg leg) {
  switch (leg) {
    case Leg::kSynToSynAckFirst:
      return "first SYN to SYN-ACK: what the user felt";
    case Leg::kSynToSynAckLast:
      return "last SYN before it to SYN-ACK: between capture point and server, there and back";
    case Leg::kSynAckToAck:
      return "last SYN-ACK to the ACK: between capture point and client, there and back";
    case Leg::kTotal:
      return "first SYN to the ACK";
  }
  return "";
}

void put_cell(Row& row, std::string_view text) {
  row.add(text);
  row.end_cell();
}

Column number_column(std::string name, std::uint8_t width) {
  Column column;
  column.heading = name;
  column.name = std::move(name);
  column.kind = ValueKind::kNumber;
  column.width = width;
  column.right_aligned = true;
  return column;
}

Column text_column(std::string name, std::uint8_t width) {
  Column column;
  column.heading = name;
  column.name = std::move(name);
  column.width = width;
  return column;
}

}  // namespace

std::span<const ConnectionColumn> handshake_columns() { return kColumns; }

FieldList default_handshake_fields() {
  FieldList list;
  for (const std::string_view name : kFields) list.push_back(fields::find_field(name));
  return list;
}

std::string handshake_filter(const read::Connection& connection) {
  std::set<std::uint64_t> frames;  // the last SYN is often the first too
  for (const auto& moment : {connection.first_syn, connection.last_own_syn, connection.syn_ack,
                             connection.last_own_syn_ack, connection.handshake_ack}) {
    if (moment) frames.insert(moment->frame);
  }
  if (frames.empty()) return "tcp.stream == " + std::to_string(connection.number);
  std::string list;
  for (const std::uint64_t frame : frames) list += (list.empty() ? "" : ", ") + std::to_string(frame);
  return "frame.number in {" + list + "}";
}

std::string HandshakeTable::caption() const {
  const Leg leg = leg_.value_or(Leg::kSynToSynAckFirst);
  return std::string(to_text(leg)) + " (" + std::string(meaning(leg)) + ")";
}

std::vector<Leg> HandshakeTable::legs() const {
  if (leg_) return {*leg_};
  if (text_) return {Leg::kSynToSynAckFirst};
  return {Leg::kSynToSynAckFirst, Leg::kSynToSynAckLast, Leg::kSynAckToAck, Leg::kTotal};
}

std::vector<Column> HandshakeTable::columns() const {
  std::vector<Column> columns;
  switch (by_) {
    case HandshakeGroup::kServer:
      columns.push_back(text_column("server", 21));
      break;
    case HandshakeGroup::kClient:
      columns.push_back(text_column("client", 15));
      break;
    case HandshakeGroup::kInterval:
      columns.push_back(text_column("interval", 29));
      break;
  }
  columns.push_back(number_column("connections", 11));
  for (const auto outcome : kOutcomes) columns.push_back(number_column(std::string(to_text(outcome)), 10));
  columns.push_back(number_column("repeated_syns", 13));
  columns.push_back(number_column("repeated_syn_acks", 17));
  columns.push_back(text_column("capture_point", 13));
  for (const Leg leg : legs()) {
    const std::string name(to_text(leg));
    columns.push_back(number_column(text_ ? "measured" : name + "_count", 8));
    for (const std::string_view measure : kMeasures) {
      columns.push_back(text_ ? number_column(std::string(measure), 10)
                              : number_column(name + "_" + std::string(measure) + "_ns", 10));
    }
  }
  return columns;
}

void HandshakeTable::put_leg(Row& row, const analysis::LegSummary& leg) const {
  put_cell(row, std::to_string(leg.count));
  for (const DurationNs time : {leg.least, leg.p50, leg.p90, leg.p95, leg.p99, leg.greatest}) {
    if (leg.count > 0 && text_) {
      std::string seconds;
      text::append_seconds(seconds, time, 6);
      row.add(seconds + "s");
    } else if (leg.count > 0) {
      row.add(std::to_string(time.value));
    }
    row.end_cell();
  }
}

void HandshakeTable::put(Renderer& renderer, std::span<const HandshakeSummary> groups) const {
  Row row;
  for (const HandshakeSummary& group : groups) {
    row.clear();
    std::string key;
    if (by_ == HandshakeGroup::kServer) key = to_text(group.endpoint);
    if (by_ == HandshakeGroup::kClient) key = to_text(group.endpoint.address);
    if (by_ == HandshakeGroup::kInterval && text_) text::append_local_time(key, group.start, utc_);
    if (by_ == HandshakeGroup::kInterval && !text_) text::append_epoch_seconds(key, group.start);
    put_cell(row, key);
    put_cell(row, std::to_string(group.connections));
    for (const auto outcome : kOutcomes) {
      put_cell(row, std::to_string(group.outcomes[static_cast<std::size_t>(outcome)]));
    }
    put_cell(row, std::to_string(group.repeated_syns));
    put_cell(row, std::to_string(group.repeated_syn_acks));
    put_cell(row, to_text(group.capture_point));
    for (const Leg leg : legs()) put_leg(row, group.legs[static_cast<std::size_t>(leg)]);
    renderer.row(row);
  }
}

}  // namespace pcapsule::report
