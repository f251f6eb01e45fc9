// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/loss_table.h"

#include <array>

#include "analyzer/report/connection_rows.h"
#include "analyzer/report/line_cells.h"

namespace pcapsule::report {

namespace {

using analysis::Cause;
using analysis::CauseEvidence;
using analysis::Label;
using analysis::Quantiles;
using Cells = LineCells;

constexpr auto kNumber = ValueKind::kNumber;
constexpr auto kString = ValueKind::kText;
constexpr auto kBoolean = ValueKind::kBoolean;

/// What every line begins with.
template <class Line>
constexpr std::array<LineColumn<Line>, 4> kSide = {{
    {In::kAll, "tcp.stream", kNumber, "stream", 6, true, [](Cells& c, const Line& l) { c.number(l.of.connection); }},
    {In::kAll, "side", kString, "side", 6, false,
     [](Cells& c, const Line& l) { c.text(l.of.client ? "client" : "server"); }},
    {In::kData, "pcapsule.client", kString, "", 0, false,
     [](Cells& c, const Line& l) { c.text(to_text(l.of.client_endpoint)); }},
    {In::kData, "pcapsule.server", kString, "", 0, false,
     [](Cells& c, const Line& l) { c.text(to_text(l.of.server_endpoint)); }},
}};

constexpr LineColumn<LossLine> number(In in, std::string_view name, std::string_view heading, std::uint8_t width,
                                      void (*put)(Cells&, const LossLine&)) {
  return {in, name, kNumber, heading, width, true, put};
}

/// How many segments have the label. Only in data.
template <Label kLabel>
constexpr LineColumn<LossLine> label(std::string_view name) {
  return number(In::kData, name, "", 0, [](Cells& c, const LossLine& l) { c.number(l.losses.label(kLabel)); });
}

template <Cause kCause>
constexpr LineColumn<LossLine> cause(std::string_view name, std::string_view heading, std::uint8_t width) {
  return number(In::kAll, name, heading, width, [](Cells& c, const LossLine& l) { c.number(l.losses.cause(kCause)); });
}

template <std::int64_t Quantiles::*kMember>
constexpr LineColumn<LossLine> rtt(In in, std::string_view name, std::string_view heading) {
  return number(in, name, heading, 10, [](Cells& c, const LossLine& l) {
    const Quantiles& q = l.losses.rtt_ns;
    q.count > 0 ? c.span(DurationNs{q.*kMember}) : c.none();
  });
}

template <std::int64_t Quantiles::*kMember>
constexpr LineColumn<LossLine> flight(In in, std::string_view name, std::string_view heading) {
  return number(in, name, heading, 9, [](Cells& c, const LossLine& l) {
    const Quantiles& q = l.losses.flight_bytes;
    c.number_if(q.count, static_cast<std::uint64_t>(q.*kMember));
  });
}

constexpr auto kSummary = std::to_array<LineColumn<LossLine>>({
    {In::kText, "address", kString, "sender", 21, false,
     [](Cells& c, const auto& l) { c.text(to_text(l.of.client ? l.of.client_endpoint : l.of.server_endpoint)); }},
    number(In::kAll, "segments", "segments", 8, [](Cells& c, const LossLine& l) { c.number(l.losses.segments); }),
    number(In::kData, "copies", "", 0, [](Cells& c, const LossLine& l) { c.number(l.losses.copies); }),
    number(In::kAll, "payload_bytes", "bytes", 10,
           [](Cells& c, const LossLine& l) { c.number(l.losses.payload_bytes); }),
    number(In::kData, "unique_bytes", "", 0, [](Cells& c, const LossLine& l) { c.number(l.losses.new_bytes); }),
    number(In::kAll, "retransmitted_bytes", "again", 9,
           [](Cells& c, const LossLine& l) { c.number(l.losses.old_bytes()); }),
    cause<Cause::kLostBefore>("lost_before_the_tap", "before", 6),
    cause<Cause::kLostAfter>("lost_after_the_tap", "after", 6),
    cause<Cause::kNeedless>("needless", "needless", 8),
    cause<Cause::kReordered>("reordered", "reordered", 9),
    cause<Cause::kUndecided>("undecided", "undecided", 9),
    number(In::kAll, "missed_by_capture_bytes", "missed", 8,
           [](Cells& c, const LossLine& l) { c.number(l.losses.missing.by_capture); }),
    number(In::kAll, "lost_by_network_bytes", "lost", 8,
           [](Cells& c, const LossLine& l) { c.number(l.losses.missing.by_network); }),
    label<Label::kRetransmission>("tcp.analysis.retransmission"),
    label<Label::kFastRetransmission>("tcp.analysis.fast_retransmission"),
    label<Label::kSpuriousRetransmission>("tcp.analysis.spurious_retransmission"),
    label<Label::kOutOfOrder>("tcp.analysis.out_of_order"),
    label<Label::kDuplicateAck>("tcp.analysis.duplicate_ack"),
    label<Label::kLostSegment>("tcp.analysis.lost_segment"),
    label<Label::kAckLostSegment>("tcp.analysis.ack_lost_segment"),
    label<Label::kZeroWindow>("tcp.analysis.zero_window"),
    label<Label::kZeroWindowProbe>("tcp.analysis.zero_window_probe"),
    label<Label::kZeroWindowProbeAck>("tcp.analysis.zero_window_probe_ack"),
    label<Label::kWindowUpdate>("tcp.analysis.window_update"),
    label<Label::kWindowFull>("tcp.analysis.window_full"),
    label<Label::kKeepAlive>("tcp.analysis.keep_alive"),
    label<Label::kKeepAliveAck>("tcp.analysis.keep_alive_ack"),
    label<Label::kReusedPorts>("tcp.analysis.reused_ports"),
    number(In::kData, "rtt_samples", "", 0, [](Cells& c, const LossLine& l) { c.number(l.losses.rtt_ns.count); }),
    rtt<&Quantiles::least>(In::kData, "rtt_min_ns", ""),
    rtt<&Quantiles::median>(In::kAll, "rtt_median_ns", "RTT"),
    rtt<&Quantiles::p95>(In::kAll, "rtt_p95_ns", "95 %"),
    rtt<&Quantiles::greatest>(In::kData, "rtt_max_ns", ""),
    flight<&Quantiles::median>(In::kData, "in_flight_median_bytes", ""),
    flight<&Quantiles::greatest>(In::kAll, "in_flight_max_bytes", "in flight"),
    number(In::kData, "throughput_bps", "", 0,
           [](Cells& c, const LossLine& l) { c.number(l.losses.throughput_bps); }),
    number(In::kAll, "goodput_bps", "goodput/s", 11, [](Cells& c, const LossLine& l) { c.number(l.losses.goodput_bps); }),
    number(In::kData, "idle_ns", "", 0, [](Cells& c, const LossLine& l) { c.span(l.losses.stalls.idle); }),
    number(In::kAll, "stalls", "stalls", 6, [](Cells& c, const LossLine& l) { c.number(l.losses.stalls.count); }),
    number(In::kAll, "stall_total_ns", "stalled", 11,
           [](Cells& c, const LossLine& l) { c.span(l.losses.stalls.total); }),
    number(In::kAll, "stall_longest_ns", "longest", 11,
           [](Cells& c, const LossLine& l) {
             const auto& longest = l.losses.stalls.longest;
             longest ? c.span(longest->duration()) : c.none();
           }),
    {In::kAll, "stall_longest_cause", kString, "by", 11, false,
     [](Cells& c, const auto& l) {
       const auto& longest = l.losses.stalls.longest;
       longest ? c.text(to_text(longest->cause)) : c.none();
     }},
    number(In::kAll, "stall_longest_first_frame", "frame", 8,
           [](Cells& c, const LossLine& l) {
             const auto& longest = l.losses.stalls.longest;
             longest ? c.number(longest->begin.frame) : c.none();
           }),
    number(In::kAll, "stall_longest_last_frame", "to frame", 8,
           [](Cells& c, const LossLine& l) {
             const auto& longest = l.losses.stalls.longest;
             longest ? c.number(longest->end.frame) : c.none();
           }),
});

/// The labels of a segment, as Wireshark names them.
std::string labels_text(analysis::LabelSet labels) {
  std::string out;
  for (unsigned i = 0; i < analysis::kLabels; ++i) {
    const auto label = static_cast<Label>(i);
    if (labels.has(label)) out += (out.empty() ? "" : ",") + std::string(analysis::name_of(label));
  }
  return out;
}

/// What the verdict rests on, for people.
std::string evidence_text(const CauseEvidence& e) {
  std::string out;
  const auto add = [&out](bool holds, std::string_view words) {
    if (!holds) return;
    if (!out.empty()) out += ", ";
    out += words;
  };
  add(e.fills_gap, "fills a gap");
  add(e.bytes_seen, "seen before");
  add(e.acked_before, "acknowledged before");
  add(e.by_ts_value == analysis::SendOrder::kEarlier, "TSval earlier");
  add(e.by_ts_value == analysis::SendOrder::kLater, "TSval later");
  add(e.by_ip_id == analysis::SendOrder::kEarlier, "ID earlier");
  add(e.by_ip_id == analysis::SendOrder::kLater, "ID later");
  add(e.by_ip_id == analysis::SendOrder::kSame, "same ID");
  add(e.gap_shown, "gap shown");
  add(e.dsack, "D-SACK");
  add(e.echo_older, "older echo");
  add(e.answered_early, "ACK too soon");
  add(e.answered_late, "ACK late");
  return out;
}

template <bool CauseEvidence::*kMember>
constexpr LineColumn<LossSegmentLine> mark(std::string_view name) {
  return {In::kData, name, kBoolean, "", 0, false, [](Cells& c, const LossSegmentLine& l) {
            l.segment.cause ? c.boolean(l.segment.evidence.*kMember) : c.none();
          }};
}

void put_text(Cells& cells, std::string_view text) { text.empty() ? cells.none() : cells.text(text); }

constexpr auto kSegments = std::to_array<LineColumn<LossSegmentLine>>({
    {In::kAll, "frame.number", kNumber, "frame", 8, true,
     [](Cells& c, const auto& l) { c.number(l.segment.at.frame); }},
    {In::kAll, "time", kString, "time", 11, true,
     [](Cells& c, const auto& l) { c.time(l.segment.at.time, l.of.start); }},
    {In::kData, "since_start_ns", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.span(l.segment.at.time - l.of.start); }},
    {In::kAll, "pcapsule.seq", kNumber, "seq", 10, true,
     [](Cells& c, const auto& l) { c.text(std::to_string(l.segment.seq)); }},
    {In::kAll, "tcp.len", kNumber, "len", 6, true, [](Cells& c, const auto& l) { c.number(l.segment.payload); }},
    {In::kAll, "cause", kString, "cause", 20, false,
     [](Cells& c, const auto& l) { l.segment.cause ? c.text(to_text(*l.segment.cause)) : c.none(); }},
    {In::kAll, "labels", kString, "labels", 34, false,
     [](Cells& c, const auto& l) { put_text(c, labels_text(l.segment.labels)); }},
    {In::kAll, "other_frame", kNumber, "other", 8, true,
     [](Cells& c, const auto& l) { c.frame(l.segment.evidence.other_frame); }},
    {In::kAll, "since_other_ns", kNumber, "after it", 11, true,
     [](Cells& c, const auto& l) { c.span(l.segment.evidence.since_other); }},
    {In::kAll, "acked_frame", kNumber, "acked", 8, true,
     [](Cells& c, const auto& l) { c.frame(l.segment.evidence.acked_frame); }},
    {In::kAll, "acked_after_ns", kNumber, "after", 11, true,
     [](Cells& c, const auto& l) { c.span(l.segment.evidence.acked_after); }},
    {In::kData, "rtt_min_ns", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.span(l.segment.evidence.least_rtt); }},
    {In::kText, "evidence", kString, "evidence", 8, false,
     [](Cells& c, const auto& l) { put_text(c, evidence_text(l.segment.evidence)); }},
    {In::kData, "sent_by_tsval", kString, "", 0, false,
     [](Cells& c, const auto& l) { put_text(c, to_text(l.segment.evidence.by_ts_value)); }},
    {In::kData, "sent_by_ip_id", kString, "", 0, false,
     [](Cells& c, const auto& l) { put_text(c, to_text(l.segment.evidence.by_ip_id)); }},
    mark<&CauseEvidence::bytes_seen>("seen_before"),
    mark<&CauseEvidence::fills_gap>("fills_gap"),
    mark<&CauseEvidence::acked_before>("acked_before"),
    mark<&CauseEvidence::gap_shown>("gap_shown"),
    mark<&CauseEvidence::dsack>("dsack"),
    mark<&CauseEvidence::echo_older>("echo_older"),
    mark<&CauseEvidence::answered_early>("ack_too_soon"),
    mark<&CauseEvidence::answered_late>("ack_late"),
});

template <class Line, class Columns>
std::vector<Column> all_columns(const Columns& columns, bool text) {
  std::vector<Column> out;
  add_columns<Line>(out, kSide<Line>, text);
  add_columns<Line>(out, columns, text);
  return out;
}

std::string filter_of(const LossLine& line) {
  const std::string source =
      to_text(line.of.client ? line.of.client_endpoint.address : line.of.server_endpoint.address);
  const bool v6 = line.of.client_endpoint.address.version == IpVersion::kV6;
  return "tcp.stream == " + std::to_string(line.of.connection) + " && " + (v6 ? "ipv6.src == " : "ip.src == ") +
         source + " && tcp.analysis.flags";
}
std::string filter_of(const LossSegmentLine& line) {
  const std::uint64_t other = line.segment.evidence.other_frame;
  const std::string frame = std::to_string(line.segment.at.frame);
  return other == 0 ? "frame.number == " + frame : "frame.number in {" + std::to_string(other) + ", " + frame + "}";
}

}  // namespace

LossTable::LossTable(BufferedWriter& out, LossView view, const LossTableOptions& options, std::string_view command,
                     std::vector<std::string> files)
    : out_(out), options_(options), rows_left_(options.rows) {
  const bool text = options.format == OutputFormat::kText;
  auto columns = view == LossView::kSummary ? all_columns<LossLine>(kSummary, text)
                                            : all_columns<LossSegmentLine>(kSegments, text);
  if (options.filters) columns.push_back(filter_column());
  renderer_ = make_renderer(out, {options.format, options.fields, command, std::move(files), std::move(columns)});
}

void LossTable::file(std::string_view path, TimestampNs capture_start) {
  capture_start_ = capture_start;
  line_before_.reset();
  renderer_->file(path);
}

template <class Line, class Columns>
bool LossTable::put_row(const Columns& columns, const Line& line) {
  if (!wants_more()) return false;
  const bool text = options_.format == OutputFormat::kText;
  row_.clear();
  Cells cells(row_, text, options_.time, capture_start_, line_before_);
  for (const auto& column : kSide<Line>) {
    if (is_in(column.in, text)) column.put(cells, line);
  }
  for (const auto& column : columns) {
    if (is_in(column.in, text)) column.put(cells, line);
  }
  if (options_.filters) cells.text(filter_of(line));
  renderer_->row(row_);
  --rows_left_;
  return wants_more();
}

bool LossTable::put(const LossLine& line) { return put_row(kSummary, line); }
bool LossTable::put(const LossSegmentLine& line) { return put_row(kSegments, line); }

}  // namespace pcapsule::report
