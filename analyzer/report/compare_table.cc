// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/compare_table.h"

#include <array>
#include <optional>
#include <span>

#include "analyzer/report/compare_words.h"
#include "analyzer/report/line_cells.h"

namespace pcapsule::report {

namespace {

using namespace analysis::compare;
using compare::Comparison;
using compare::MatchedPair;
using compare::OnlyOne;

using Cells = LineCells;

void put_span(Cells& c, std::int64_t ns) { c.span(DurationNs{ns}); }
void put_span(Cells& c, const std::optional<std::int64_t>& ns) { ns ? put_span(c, *ns) : c.none(); }

constexpr auto kNumber = ValueKind::kNumber;
constexpr auto kString = ValueKind::kText;

/// `network: loss`, as people read it; `-` where there is nothing to say.
std::string short_verdict(const Verdict& verdict) {
  if (verdict.party == Party::kInconclusive) return "-";
  return std::string(to_text(verdict.party)) + ": " + std::string(to_text(verdict.reason));
}

struct DirectionLine {
  const SliceTotals& totals;
  const DirectionTotals& direction;
  Direction which;
  std::int64_t since_ns;
  std::int64_t duration_ns;
};

constexpr auto kDirectionColumns = std::to_array<LineColumn<DirectionLine>>({
    {In::kAll, "direction", kString, "direction", 11, false,
     [](Cells& c, const auto& l) { c.text(report::to_text(l.which)); }},
    {In::kText, "finding", kString, "finding", 24, false,
     [](Cells& c, const auto& l) { c.text(short_verdict(l.direction.verdict)); }},
    {In::kData, "verdict", kString, "", 0, false,
     [](Cells& c, const auto& l) { c.text(analysis::compare::to_text(l.direction.verdict.party)); }},
    {In::kData, "reason", kString, "", 0, false,
     [](Cells& c, const auto& l) { c.text(analysis::compare::to_text(l.direction.verdict.reason)); }},
    {In::kAll, "segments", kNumber, "segments", 9, true,
     [](Cells& c, const auto& l) { c.number(l.direction.segments); }},
    {In::kData, "bytes", kNumber, "", 0, true, [](Cells& c, const auto& l) { c.number(l.direction.bytes); }},
    {In::kData, "matched", kNumber, "", 0, true, [](Cells& c, const auto& l) { c.number(l.direction.matched); }},
    {In::kData, "ambiguous", kNumber, "", 0, true, [](Cells& c, const auto& l) { c.number(l.direction.ambiguous); }},
    {In::kData, "resegmented", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.number(l.direction.resegmented); }},
    {In::kAll, "lost", kNumber, "lost", 6, true, [](Cells& c, const auto& l) { c.number(l.direction.lost); }},
    {In::kData, "lost_bytes", kNumber, "", 0, true, [](Cells& c, const auto& l) { c.number(l.direction.lost_bytes); }},
    {In::kData, "missed_at_first", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.number(l.direction.missed[0]); }},
    {In::kData, "missed_at_second", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.number(l.direction.missed[1]); }},
    {In::kText, "missed", kNumber, "missed", 6, true,
     [](Cells& c, const auto& l) { c.number(l.direction.missed[0] + l.direction.missed[1]); }},
    {In::kAll, "unknown", kNumber, "unknown", 7, true, [](Cells& c, const auto& l) { c.number(l.direction.unknown); }},
    {In::kAll, "reordered", kNumber, "reordered", 9, true,
     [](Cells& c, const auto& l) { c.number(l.direction.reordered); }},
    {In::kData, "duplicated", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.number(l.direction.duplicated()); }},
    {In::kData, "resent_needless", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.number(l.direction.resent_for(ResendCause::kNeedless)); }},
    {In::kData, "resent_lost_between", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.number(l.direction.resent_for(ResendCause::kLostBetween)); }},
    {In::kData, "resent_lost_before", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.number(l.direction.resent_for(ResendCause::kLostBefore)); }},
    {In::kData, "resent_lost_after", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.number(l.direction.resent_for(ResendCause::kLostAfter)); }},
    {In::kData, "resent_unknown", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.number(l.direction.resent_for(ResendCause::kUnknown)); }},
    {In::kData, "zero_windows", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { c.number(l.direction.zero_windows); }},
    {In::kAll, "delay_min_ns", kNumber, "delay", 11, true,
     [](Cells& c, const auto& l) { put_span(c, l.direction.delay.least()); }},
    {In::kAll, "delay_p50_ns", kNumber, "median", 11, true,
     [](Cells& c, const auto& l) { put_span(c, l.direction.delay.percentile(50)); }},
    {In::kData, "delay_p90_ns", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { put_span(c, l.direction.delay.percentile(90)); }},
    {In::kData, "delay_p99_ns", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { put_span(c, l.direction.delay.percentile(99)); }},
    {In::kAll, "delay_max_ns", kNumber, "greatest", 11, true,
     [](Cells& c, const auto& l) { put_span(c, l.direction.delay.greatest()); }},
});

void put_sum(Cells& c, const ExchangeTotals& exchanges, std::int64_t (*sum_of)(const Shares&)) {
  exchanges.has_times() ? put_span(c, sum_of(exchanges.shares)) : c.none();
}

/// What a slice says of both directions stands in the line of either.
constexpr auto kSliceColumns = std::to_array<LineColumn<DirectionLine>>({
    {In::kAll, "time", kString, "time", 11, false,
     [](Cells& c, const auto& l) { c.time(TimestampNs{l.totals.start_ns}); }},
    {In::kData, "start_ns", kNumber, "", 0, true, [](Cells& c, const auto& l) { put_span(c, l.since_ns); }},
    {In::kData, "duration_ns", kNumber, "", 0, true, [](Cells& c, const auto& l) { put_span(c, l.duration_ns); }},
    {In::kText, "slice", kString, "slice", 24, false,
     [](Cells& c, const auto& l) { c.text(short_verdict(l.totals.verdict)); }},
    {In::kData, "slice_verdict", kString, "", 0, false,
     [](Cells& c, const auto& l) { c.text(analysis::compare::to_text(l.totals.verdict.party)); }},
    {In::kData, "slice_reason", kString, "", 0, false,
     [](Cells& c, const auto& l) { c.text(analysis::compare::to_text(l.totals.verdict.reason)); }},
    {In::kAll, "round_trip_p50_ns", kNumber, "round trip", 11, true,
     [](Cells& c, const auto& l) { put_span(c, l.totals.round_trip.percentile(50)); }},
    {In::kAll, "network_ns", kNumber, "network", 11, true,
     [](Cells& c, const auto& l) { put_sum(c, l.totals.exchanges, network_of); }},
    {In::kAll, "far_ns", kNumber, "far", 11, true,
     [](Cells& c, const auto& l) { put_sum(c, l.totals.exchanges, far_of); }},
    {In::kAll, "near_ns", kNumber, "near", 11, true,
     [](Cells& c, const auto& l) { put_sum(c, l.totals.exchanges, near_of); }},
    {In::kAll, "beyond_ns", kNumber, "beyond", 11, true,
     [](Cells& c, const auto& l) { put_sum(c, l.totals.exchanges, beyond_of); }},
});

constexpr auto kLossColumns = std::to_array<LineColumn<ListedAbsent>>({
    {In::kAll, "direction", kString, "direction", 11, false,
     [](Cells& c, const auto& l) { c.text(report::to_text(l.absent.direction)); }},
    {In::kAll, "class", kString, "class", 7, false,
     [](Cells& c, const auto& l) { c.text(analysis::compare::to_text(l.absent.what)); }},
    {In::kAll, "seen_at", kString, "seen at", 7, false,
     [](Cells& c, const auto& l) { c.text(l.absent.seen_at == kNear ? "near" : "far"); }},
    {In::kAll, "frame", kNumber, "frame", 8, true, [](Cells& c, const auto& l) { c.number(l.frame); }},
    {In::kAll, "time", kString, "time", 11, false, [](Cells& c, const auto& l) { c.time(TimestampNs{l.time_ns}); }},
    {In::kAll, "near_stream", kNumber, "near", 6, true, [](Cells& c, const auto& l) { c.number(l.stream[kNear]); }},
    {In::kAll, "far_stream", kNumber, "far", 6, true, [](Cells& c, const auto& l) { c.number(l.stream[kFar]); }},
    {In::kAll, "seq", kNumber, "seq (raw)", 10, true, [](Cells& c, const auto& l) { c.number(l.seq); }},
    {In::kData, "ip_id", kNumber, "", 0, true, [](Cells& c, const auto& l) { c.number(l.ip_id); }},
    {In::kData, "flags", kNumber, "", 0, true, [](Cells& c, const auto& l) { c.number(l.flags); }},
    {In::kAll, "payload_bytes", kNumber, "bytes", 6, true, [](Cells& c, const auto& l) { c.number(l.payload); }},
    {In::kAll, "proof", kString, "proof", 20, false,
     [](Cells& c, const auto& l) { c.text(analysis::compare::to_text(l.absent.proof)); }},
    {In::kAll, "proof_near_frame", kNumber, "near frame", 10, true,
     [](Cells& c, const auto& l) { c.frame(l.proof_frame[kNear]); }},
    {In::kAll, "proof_far_frame", kNumber, "far frame", 10, true,
     [](Cells& c, const auto& l) { c.frame(l.proof_frame[kFar]); }},
});

/// Nothing of an exchange whose stamps go backwards.
void put_time(Cells& c, const ListedExchange& l, std::int64_t ns) {
  l.exchange.is_timed() ? put_span(c, ns) : c.none();
}
void put_measured(Cells& c, const ListedExchange& l, std::int64_t ns) {
  l.exchange.is_measured ? put_time(c, l, ns) : c.none();
}
template <Share kShare>
void put_share(Cells& c, const ListedExchange& l) {
  put_time(c, l, of(l.exchange.shares, kShare));
}

constexpr auto kExchangeColumns = std::to_array<LineColumn<ListedExchange>>({
    {In::kAll, "near_stream", kNumber, "near", 6, true, [](Cells& c, const auto& l) { c.number(l.stream[kNear]); }},
    {In::kAll, "far_stream", kNumber, "far", 6, true, [](Cells& c, const auto& l) { c.number(l.stream[kFar]); }},
    {In::kAll, "kind", kString, "kind", 9, false,
     [](Cells& c, const auto& l) { c.text(analysis::compare::to_text(l.exchange.kind)); }},
    {In::kAll, "time", kString, "time", 11, false,
     [](Cells& c, const auto& l) { c.time(TimestampNs{l.exchange.start_ns}); }},
    {In::kAll, "request_near_frame", kNumber, "request", 8, true,
     [](Cells& c, const auto& l) { c.frame(l.request_frame[kNear]); }},
    {In::kAll, "answer_near_frame", kNumber, "answer", 8, true,
     [](Cells& c, const auto& l) { c.frame(l.answer_frame[kNear]); }},
    {In::kAll, "request_far_frame", kNumber, "far requ.", 9, true,
     [](Cells& c, const auto& l) { c.frame(l.request_frame[kFar]); }},
    {In::kAll, "answer_far_frame", kNumber, "far answ.", 9, true,
     [](Cells& c, const auto& l) { c.frame(l.answer_frame[kFar]); }},
    {In::kAll, "network_ns", kNumber, "network", 11, true,
     [](Cells& c, const auto& l) { put_measured(c, l, l.exchange.network_ns); }},
    {In::kAll, "host_ns", kNumber, "host", 11, true,
     [](Cells& c, const auto& l) { put_measured(c, l, l.exchange.host_ns); }},
    {In::kData, "first_frame", kNumber, "", 0, true, [](Cells& c, const auto& l) { c.number(l.ends[0]); }},
    {In::kData, "last_frame", kNumber, "", 0, true, [](Cells& c, const auto& l) { c.number(l.ends[1]); }},
    {In::kData, "client_point", kString, "", 0, false,
     [](Cells& c, const auto& l) { c.text(l.client_point == kNear ? "near" : "far"); }},
    {In::kAll, "total_ns", kNumber, "total", 11, true,
     [](Cells& c, const auto& l) { put_time(c, l, l.exchange.total_ns); }},
    {In::kText, "total_network_ns", kNumber, "in network", 11, true,
     [](Cells& c, const auto& l) { put_time(c, l, network_of(l.exchange.shares)); }},
    {In::kText, "total_far_ns", kNumber, "far", 11, true,
     [](Cells& c, const auto& l) { put_time(c, l, far_of(l.exchange.shares)); }},
    {In::kText, "total_near_ns", kNumber, "near", 11, true,
     [](Cells& c, const auto& l) { put_time(c, l, near_of(l.exchange.shares)); }},
    {In::kText, "total_beyond_ns", kNumber, "beyond", 11, true,
     [](Cells& c, const auto& l) { put_time(c, l, beyond_of(l.exchange.shares)); }},
    {In::kData, "transit_ns", kNumber, "", 0, true, put_share<Share::kTransit>},
    {In::kData, "recovery_ns", kNumber, "", 0, true, put_share<Share::kRecovery>},
    {In::kData, "far_think_ns", kNumber, "", 0, true, put_share<Share::kFarThink>},
    {In::kData, "far_zero_window_ns", kNumber, "", 0, true, put_share<Share::kFarZeroWindow>},
    {In::kData, "far_delayed_ack_ns", kNumber, "", 0, true, put_share<Share::kFarDelayedAck>},
    {In::kData, "near_think_ns", kNumber, "", 0, true, put_share<Share::kNearThink>},
    {In::kData, "near_zero_window_ns", kNumber, "", 0, true, put_share<Share::kNearZeroWindow>},
    {In::kData, "near_delayed_ack_ns", kNumber, "", 0, true, put_share<Share::kNearDelayedAck>},
    {In::kData, "beyond_near_ns", kNumber, "", 0, true, put_share<Share::kBeyondNear>},
    {In::kData, "beyond_far_ns", kNumber, "", 0, true, put_share<Share::kBeyondFar>},
});

/// A pair, or a connection of one file.
struct ConnectionLine {
  const MatchedPair* pair = nullptr;
  const OnlyOne* only = nullptr;
  unsigned point = kNear;  ///< that `only` is of

  [[nodiscard]] bool is_at(unsigned at) const { return pair != nullptr || point == at; }
  [[nodiscard]] std::uint64_t stream(unsigned at) const { return pair != nullptr ? pair->stream[at] : only->stream; }
  [[nodiscard]] std::uint64_t segments(unsigned at) const {
    return pair != nullptr ? pair->segments[at] : only->segments;
  }
  [[nodiscard]] const Endpoint& client(unsigned at) const { return pair != nullptr ? pair->client[at] : only->client; }
  [[nodiscard]] const Endpoint& server(unsigned at) const { return pair != nullptr ? pair->server[at] : only->server; }
};

template <unsigned kAt, auto kMember>
void put_endpoint(Cells& c, const ConnectionLine& l) {
  l.is_at(kAt) ? c.text(to_text((l.*kMember)(kAt))) : c.none();
}
template <unsigned kAt, auto kMember>
void put_count(Cells& c, const ConnectionLine& l) {
  l.is_at(kAt) ? c.number((l.*kMember)(kAt)) : c.none();
}

constexpr auto kConnectionColumns = std::to_array<LineColumn<ConnectionLine>>({
    {In::kAll, "where", kString, "where", 9, false,
     [](Cells& c, const auto& l) {
       c.text(l.pair != nullptr ? "both" : (l.point == kNear ? "only_near" : "only_far"));
     }},
    {In::kAll, "by", kString, "by or why", 17, false,
     [](Cells& c, const auto& l) {
       c.text(l.pair != nullptr ? analysis::compare::to_text(l.pair->pair.by)
                                : analysis::compare::to_text(l.only->reason));
     }},
    {In::kAll, "near_stream", kNumber, "near", 6, true, put_count<kNear, &ConnectionLine::stream>},
    {In::kAll, "far_stream", kNumber, "far", 6, true, put_count<kFar, &ConnectionLine::stream>},
    {In::kAll, "client_near", kString, "client at near", 21, false, put_endpoint<kNear, &ConnectionLine::client>},
    {In::kAll, "server_near", kString, "server at near", 21, false, put_endpoint<kNear, &ConnectionLine::server>},
    {In::kAll, "client_far", kString, "client at far", 21, false, put_endpoint<kFar, &ConnectionLine::client>},
    {In::kAll, "server_far", kString, "server at far", 21, false, put_endpoint<kFar, &ConnectionLine::server>},
    {In::kAll, "segments_near", kNumber, "near", 8, true, put_count<kNear, &ConnectionLine::segments>},
    {In::kAll, "segments_far", kNumber, "far", 8, true, put_count<kFar, &ConnectionLine::segments>},
    {In::kAll, "matched", kNumber, "matched", 8, true,
     [](Cells& c, const auto& l) { l.pair != nullptr ? c.number(l.pair->matched) : c.none(); }},
    {In::kData, "seq_shift_client", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { l.pair != nullptr ? c.number(l.pair->shift[0]) : c.none(); }},
    {In::kData, "seq_shift_server", kNumber, "", 0, true,
     [](Cells& c, const auto& l) { l.pair != nullptr ? c.number(l.pair->shift[1]) : c.none(); }},
    {In::kData, "client_is_far", ValueKind::kBoolean, "", 0, false,
     [](Cells& c, const auto& l) { l.pair != nullptr ? c.text(l.pair->client_is_far ? "1" : "0") : c.none(); }},
});

/// Writes rows until enough are there.
class TableWriter {
 public:
  TableWriter(BufferedWriter& out, const Comparison& comparison, const CompareTableOptions& options,
              std::string_view command)
      : out_(out), options_(options), command_(command), start_{comparison.overlap.first_ns} {}

  template <class... Lines, std::size_t... kCounts>
  void begin(const std::array<LineColumn<Lines>, kCounts>&... lists) {
    std::vector<Column> columns;
    (add_columns<Lines>(columns, lists, is_text()), ...);
    renderer_ =
        make_renderer(out_, {options_.format, options_.fields, command_, {}, std::move(columns), options_.files});
    renderer_->begin();
  }
  template <class Line, class... Lists>
  void put(const Line& line, const Lists&... lists) {
    if (rows_ == options_.rows || out_.done()) return;
    row_.clear();
    Cells cells(row_, is_text(), options_.time, start_, line_before_);
    (put_cells(cells, line, lists), ...);
    renderer_->row(row_);
    ++rows_;
  }
  void end() { renderer_->end(); }

 private:
  [[nodiscard]] bool is_text() const { return options_.format == OutputFormat::kText; }
  template <class Line, class List>
  void put_cells(Cells& cells, const Line& line, const List& list) const {
    for (const auto& c : list) {
      if (is_in(c.in, is_text())) c.put(cells, line);
    }
  }

  BufferedWriter& out_;
  const CompareTableOptions& options_;
  std::string_view command_;
  TimestampNs start_;
  std::optional<TimestampNs> line_before_;
  std::unique_ptr<Renderer> renderer_;
  std::uint64_t rows_ = 0;
  Row row_;
};

constexpr std::array kDirections = {Direction::kNearToFar, Direction::kFarToNear};

void put_directions(TableWriter& table, const Comparison& c) {
  table.begin(kDirectionColumns);
  if (c.summary) {
    const SliceTotals& all = c.summary->all();
    for (const Direction d : kDirections) {
      table.put(DirectionLine{all, all.directions[index_of(d)], d, 0, 0}, kDirectionColumns);
    }
  }
}

void put_slices(TableWriter& table, const Comparison& c) {
  table.begin(kSliceColumns, kDirectionColumns);
  if (!c.summary) return;
  for (const SliceTotals& slice : c.summary->slices()) {
    for (const Direction d : kDirections) {
      const DirectionLine line{slice, slice.directions[index_of(d)], d,
                               (TimestampNs{slice.start_ns} - TimestampNs{c.overlap.first_ns}).value,
                               c.summary->slice_ns()};
      table.put(line, kSliceColumns, kDirectionColumns);
    }
  }
}

void put_connections(TableWriter& table, const Comparison& c) {
  table.begin(kConnectionColumns);
  for (const MatchedPair& pair : c.pairs) table.put(ConnectionLine{&pair, nullptr, kNear}, kConnectionColumns);
  for (const unsigned point : {kNear, kFar}) {
    for (const OnlyOne& only : c.only[point]) table.put(ConnectionLine{nullptr, &only, point}, kConnectionColumns);
  }
}

}  // namespace

void put_compare_table(BufferedWriter& out, CompareView view, const Comparison& c, const CompareTableOptions& options,
                       std::string_view command) {
  TableWriter table(out, c, options, command);
  switch (view) {
    case CompareView::kSummary:
      put_directions(table, c);
      break;
    case CompareView::kLosses:
      table.begin(kLossColumns);
      if (!c.summary) break;
      for (const ListedAbsent& listed : c.summary->absent()) table.put(listed, kLossColumns);
      break;
    case CompareView::kExchanges:
      table.begin(kExchangeColumns);
      if (!c.summary) break;
      for (const ListedExchange& listed : c.summary->exchanges()) table.put(listed, kExchangeColumns);
      break;
    case CompareView::kConnections:
      put_connections(table, c);
      break;
    case CompareView::kSlices:
      put_slices(table, c);
      break;
  }
  table.end();
}

}  // namespace pcapsule::report
