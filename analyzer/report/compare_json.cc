// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/compare_json.h"

#include "analyzer/report/json_renderer.h"
#include "analyzer/report/json_text.h"
#include "common/text/escape.h"

namespace pcapsule::report {

namespace {

using namespace analysis::compare;
using compare::Comparison;

constexpr std::array kDirections = {Direction::kNearToFar, Direction::kFarToNear};

void put_verdict(JsonText& json, const Verdict& verdict) {
  json.member("verdict", to_text(verdict.party));
  json.member("reason", to_text(verdict.reason));
}

void put_quantiles(JsonText& json, const std::string& prefix, const Sampler& samples) {
  json.member(prefix + "min_ns", samples.least());
  for (const std::size_t percent : {50U, 90U, 99U}) {
    json.member(prefix + "p" + std::to_string(percent) + "_ns", samples.percentile(percent));
  }
  json.member(prefix + "max_ns", samples.greatest());
}

void put_direction(JsonText& json, const DirectionTotals& d, Direction direction) {
  json.begin_object();
  json.member("direction", to_text(direction));
  put_verdict(json, d.verdict);
  json.member("segments", d.segments);
  json.member("bytes", d.bytes);
  json.member("matched", d.matched);
  json.member("ambiguous", d.ambiguous);
  json.member("resegmented", d.resegmented);
  json.member("lost", d.lost);
  json.member("lost_bytes", d.lost_bytes);
  json.member("missed_at_first", d.missed[0]);
  json.member("missed_at_second", d.missed[1]);
  json.member("unknown", d.unknown);
  json.member("reordered", d.reordered);
  json.member("duplicated", d.duplicated());
  json.member("duplicates_at_first", d.duplicates[0]);
  json.member("duplicates_at_second", d.duplicates[1]);
  json.key("retransmissions");
  json.begin_object();
  for (const ResendCause cause : {ResendCause::kNeedless, ResendCause::kLostBetween, ResendCause::kLostBefore,
                                  ResendCause::kLostAfter, ResendCause::kUnknown}) {
    json.member(to_text(cause), d.resent_for(cause));
  }
  json.end_object();
  json.member("zero_windows", d.zero_windows);
  put_quantiles(json, "delay_", d.delay);
  json.end_object();
}

void put_shares(JsonText& json, const ExchangeTotals& e) {
  const Shares& s = e.shares;
  const auto put = [&](std::string_view name, std::int64_t ns) {
    json.member(name, e.has_times() ? std::optional(ns) : std::nullopt);
  };
  json.begin_object();
  json.member("count", e.count);
  json.member("untimed", e.untimed);
  put("total_ns", e.total_ns);
  put("network_ns", network_of(s));
  put("transit_ns", of(s, Share::kTransit));
  put("recovery_ns", of(s, Share::kRecovery));
  put("far_ns", far_of(s));
  put("far_think_ns", of(s, Share::kFarThink));
  put("far_zero_window_ns", of(s, Share::kFarZeroWindow));
  put("far_delayed_ack_ns", of(s, Share::kFarDelayedAck));
  put("near_ns", near_of(s));
  put("near_think_ns", of(s, Share::kNearThink));
  put("near_zero_window_ns", of(s, Share::kNearZeroWindow));
  put("near_delayed_ack_ns", of(s, Share::kNearDelayedAck));
  put("beyond_ns", beyond_of(s));
  for (const std::size_t percent : {50U, 90U}) {
    const std::string suffix = "_p" + std::to_string(percent) + "_ns";
    json.member("network" + suffix, e.network.percentile(percent));
    json.member("far" + suffix, e.far.percentile(percent));
    json.member("near" + suffix, e.near.percentile(percent));
  }
  json.end_object();
}

void put_totals(JsonText& json, const SliceTotals& totals) {
  json.key("round_trip");
  json.begin_object();
  json.member("count", totals.round_trip.count());
  put_quantiles(json, "", totals.round_trip);
  json.end_object();
  json.key("directions");
  json.begin_list();
  for (const Direction d : kDirections) put_direction(json, totals.directions[index_of(d)], d);
  json.end_list();
  json.key("exchanges");
  put_shares(json, totals.exchanges);
}

void put_tap(JsonText& json, const Comparison& c, const CompareNames& names, unsigned point) {
  json.begin_object();
  json.member("file", names.file[point]);
  json.key("first");
  json.stamp(c.frame.captured[point].first_ns);
  json.key("last");
  json.stamp(c.frame.captured[point].last_ns);
  json.member("duplicates", c.duplicates[point]);
  json.end_object();
}

void put_coverage(JsonText& json, const Comparison& c) {
  json.begin_object();
  const bool overlaps = c.overlap.last_ns >= c.overlap.first_ns;
  json.member("overlap_ns", overlaps ? c.overlap.length_ns() : 0);
  for (const unsigned point : {kNear, kFar}) {
    const Span& span = c.frame.captured[point];
    json.member(point == kNear ? "near_ns" : "far_ns", span.length_ns());
  }
  json.key("first");
  overlaps ? json.stamp(c.overlap.first_ns) : json.null();
  json.key("last");
  overlaps ? json.stamp(c.overlap.last_ns) : json.null();
  json.member("segments_near", c.segments_within[kNear]);
  json.member("segments_far", c.segments_within[kFar]);
  json.end_object();
}

void put_counts(JsonText& json, const Comparison& c) {
  json.begin_object();
  json.member("matched", c.pairs.size());
  for (const MatchedBy by : {MatchedBy::kAddresses, MatchedBy::kNumbers, MatchedBy::kShift, MatchedBy::kContents}) {
    std::uint64_t count = 0;
    for (const auto& pair : c.pairs) count += pair.pair.by == by;
    json.member("by_" + std::string(to_text(by)), count);
  }
  json.member("only_near", c.only[kNear].size());
  json.member("only_far", c.only[kFar].size());
  json.end_object();
}

void put_pair(JsonText& json, const compare::MatchedPair& pair) {
  json.begin_object();
  json.member("near_stream", pair.stream[kNear]);
  json.member("far_stream", pair.stream[kFar]);
  json.member("by", to_text(pair.pair.by));
  json.member("client_near", to_text(pair.client[kNear]));
  json.member("server_near", to_text(pair.server[kNear]));
  json.member("client_far", to_text(pair.client[kFar]));
  json.member("server_far", to_text(pair.server[kFar]));
  json.member("client_is_far", pair.client_is_far);
  json.member("seq_shift_client", pair.shift[0]);
  json.member("seq_shift_server", pair.shift[1]);
  json.member("segments_near", pair.segments[kNear]);
  json.member("segments_far", pair.segments[kFar]);
  json.member("matched", pair.matched);
  json.end_object();
}

void put_only(JsonText& json, const compare::OnlyOne& only) {
  json.begin_object();
  json.member("stream", only.stream);
  json.member("client", to_text(only.client));
  json.member("server", to_text(only.server));
  json.member("segments", only.segments);
  json.member("reason", to_text(only.reason));
  json.end_object();
}

void put_clock(JsonText& json, const std::optional<ClockModel>& clock) {
  if (!clock) return json.null();
  json.begin_object();
  json.member("offset_ns", clock->offset_ns);
  json.member("offset_uncertainty_ns", clock->offset_bound_ns);
  json.member("offset_noise_ns", clock->offset_noise_ns);
  json.key("drift_ppm");
  clock->drift_known ? json.decimal(clock->drift * 1e6) : json.null();
  json.key("drift_uncertainty_ppm");
  clock->drift_known ? json.decimal(clock->drift_noise * 1e6) : json.null();
  json.member("round_trip_min_ns", clock->round_trip_least_ns);
  json.end_object();
}

std::optional<std::uint64_t> frame_or_none(std::uint64_t frame) {
  return frame == 0 ? std::nullopt : std::optional(frame);
}

void put_absent(JsonText& json, const ListedAbsent& listed) {
  json.begin_object();
  json.member("direction", to_text(listed.absent.direction));
  json.member("class", to_text(listed.absent.what));
  json.member("seen_at", listed.absent.seen_at == kNear ? "near" : "far");
  json.member("near_stream", listed.stream[kNear]);
  json.member("far_stream", listed.stream[kFar]);
  json.member("frame", listed.frame);
  json.key("time");
  json.stamp(listed.time_ns);
  json.member("seq", listed.seq);
  json.member("ip_id", listed.ip_id);
  json.member("flags", listed.flags);
  json.member("payload_bytes", listed.payload);
  json.member("proof", to_text(listed.absent.proof));
  json.member("proof_near_frame", frame_or_none(listed.proof_frame[kNear]));
  json.member("proof_far_frame", frame_or_none(listed.proof_frame[kFar]));
  json.end_object();
}

void put_evidence(JsonText& json, const Evidence& evidence) {
  json.begin_object();
  json.member("what", evidence.what);
  json.member("direction", to_text(evidence.direction));
  json.member("near_stream", evidence.stream[kNear]);
  json.member("far_stream", evidence.stream[kFar]);
  json.member("near_frame", frame_or_none(evidence.frame[kNear]));
  json.member("far_frame", frame_or_none(evidence.frame[kFar]));
  json.key("amount_ns");
  evidence.amount_ns == 0 ? json.null() : json.number(evidence.amount_ns);
  json.end_object();
}

void put_slice(JsonText& json, const Comparison& c, const SliceTotals& slice) {
  json.begin_object();
  json.key("start");
  json.stamp(slice.start_ns);
  json.member("start_ns", (TimestampNs{slice.start_ns} - TimestampNs{c.overlap.first_ns}).value);
  json.member("duration_ns", c.summary->slice_ns());
  put_verdict(json, slice.verdict);
  put_totals(json, slice);
  json.end_object();
}

template <class List, class Put>
void put_list(JsonText& json, std::string_view name, const List& list, Put put) {
  json.key(name);
  json.begin_list();
  for (const auto& element : list) put(json, element);
  json.end_list();
}

}  // namespace

void put_compare_json(BufferedWriter& out, const Comparison& c, const CompareNames& names,
                      const std::vector<std::string>& files) {
  JsonText json(out);
  json.begin_object();
  json.member("schema_version", kJsonSchemaVersion);
  json.member("command", "compare");
  put_list(json, "files", files, [](JsonText& j, const std::string& file) { j.text(file); });
  json.member("swapped", c.swapped);
  put_verdict(json, verdict_of(c));
  json.member("sentence", sentence_of(c));
  put_list(json, "evidence", c.summary ? c.summary->evidence() : std::vector<Evidence>(), put_evidence);
  for (const unsigned point : {kNear, kFar}) {
    json.key(point == kNear ? "near" : "far");
    put_tap(json, c, names, point);
  }
  json.key("coverage");
  put_coverage(json, c);
  json.key("connections");
  put_counts(json, c);
  json.key("clock");
  put_clock(json, c.frame.clock);
  if (c.summary) {
    put_totals(json, c.summary->all());
    put_list(json, "losses", c.summary->absent(), put_absent);
    json.member("not_listed", c.summary->not_listed());
    put_list(json, "slices", c.summary->slices(),
             [&](JsonText& j, const SliceTotals& slice) { put_slice(j, c, slice); });
  }
  put_list(json, "pairs", c.pairs, put_pair);
  put_list(json, "only_near", c.only[kNear], put_only);
  put_list(json, "only_far", c.only[kFar], put_only);
  json.end_object();
  out.put('\n');
}

}  // namespace pcapsule::report
