// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/report_json.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "common/text/escape.h"
#include "common/text/time_text.h"
#include "extractor/decode/decode_outcome.h"

namespace pcapsule::cli {

namespace {

constexpr int kSchemaVersion = 1;

std::string json_string(std::string_view text) {
  std::string json;
  text::append_json_string(json, text);
  return json;
}

std::string json_text_or_null(std::string_view text) { return text.empty() ? "null" : json_string(text); }

std::string json_time(TimestampNs time) {
  std::string seconds;
  text::append_epoch_seconds(seconds, time);
  return json_string(seconds);
}

/// Collects `"key": value` pairs; the values are JSON already.
class JsonObject {
 public:
  JsonObject& add(std::string_view key, const std::string& value) {
    text_ += text_.empty() ? "{" : ", ";
    text_ += json_string(key) + ": " + value;
    return *this;
  }
  JsonObject& add(std::string_view key, std::uint64_t value) { return add(key, std::to_string(value)); }
  [[nodiscard]] std::string text() const { return text_.empty() ? "{}" : text_ + "}"; }

 private:
  std::string text_;
};

std::string json_moment(const std::optional<pipeline::RecordedMoment>& moment) {
  if (!moment) return "null";
  return JsonObject().add("frame", moment->frame).add("time", json_time(moment->time)).text();
}

std::uint64_t count_of(const std::vector<record::NamedCount>& counts, std::string_view name) {
  for (const auto& [key, count] : counts) {
    if (key == name) return count;
  }
  return 0;
}

/// Every reason there is, with 0 where it did not occur: a script need not tell
/// "none" from "not known".
std::string json_skipped(const std::vector<record::NamedCount>& outcomes) {
  JsonObject object;
  for (std::size_t i = 0; i < decode::kOutcomes; ++i) {
    const auto outcome = static_cast<decode::Outcome>(i);
    if (outcome == decode::Outcome::kSegment) continue;
    object.add(decode::to_text(outcome), count_of(outcomes, decode::to_text(outcome)));
  }
  for (const char* name : {"not_chosen", "filtered_out", "no_packet"}) object.add(name, count_of(outcomes, name));
  return object.text();
}

std::string json_counts(const std::vector<record::NamedCount>& counts) {
  JsonObject object;
  for (const auto& [name, count] : counts) object.add(name, count);
  return object.text();
}

std::string_view to_text(Outcome::Status status) {
  switch (status) {
    case Outcome::Status::kExtracted:
      return "extracted";
    case Outcome::Status::kCurrent:
      return "current";
    case Outcome::Status::kFailed:
      break;
  }
  return "failed";
}

void add_recorded(JsonObject& object, const cache::Recorded& recorded) {
  object.add("packets", recorded.frames).add("segments", recorded.segments);
  object.add("connections", recorded.connections);
  object.add("skipped", json_skipped(recorded.outcomes));
  object.add("ether_types", json_counts(recorded.ether_types));
  object.add("ip_protocols", json_counts(recorded.ip_protocols));
  object.add("backward_stamps", recorded.backward_stamps);
  const record::CaptureInfo* first = nullptr;
  const record::CaptureInfo* last = nullptr;
  std::uint64_t bytes = 0;
  std::string damage;
  for (const record::CaptureInfo& entry : recorded.captures) {
    bytes += entry.bytes;
    if (damage.empty()) damage = entry.damage;
    if (entry.frames == 0) continue;
    if (first == nullptr) first = &entry;
    last = &entry;
  }
  object.add("first_packet_time", first != nullptr ? json_time(first->first_frame_time) : "null");
  object.add("last_packet_time", last != nullptr ? json_time(last->last_frame_time) : "null");
  object.add("capture_bytes", bytes).add("record_bytes", recorded.file_bytes);
  object.add("damage", json_text_or_null(damage));
  object.add("filter", json_text_or_null(recorded.options.filter));
  object.add("client", json_text_or_null(recorded.options.client));
  object.add("server", json_text_or_null(recorded.options.server));
}

void add_nothing_recorded(JsonObject& object) {
  for (const char* key : {"packets", "segments", "connections", "skipped", "ether_types", "ip_protocols",
                          "backward_stamps", "first_packet_time", "last_packet_time", "capture_bytes", "record_bytes",
                          "damage", "filter", "client", "server"}) {
    object.add(key, "null");
  }
}

std::string json_comments(const std::vector<std::string>& comments) {
  std::string list;
  for (const std::string& comment : comments) list += (list.empty() ? "" : ", ") + json_string(comment);
  return "[" + list + "]";
}

std::string json_interfaces(const std::vector<record::InterfaceInfo>& interfaces) {
  std::string list;
  for (const record::InterfaceInfo& interface : interfaces) {
    JsonObject object;
    object.add("name", json_text_or_null(interface.name)).add("link_type", std::uint64_t{interface.link_type});
    object.add("snaplen", interface.snaplen_bytes == 0 ? "null" : std::to_string(interface.snaplen_bytes));
    object.add("comment", json_text_or_null(interface.comment));
    list += (list.empty() ? "" : ", ") + object.text();
  }
  return "[" + list + "]";
}

/// In the order in which they were read.
std::string json_captures(const std::vector<record::CaptureInfo>& captures) {
  std::string list;
  for (const record::CaptureInfo& entry : captures) {
    JsonObject object;
    object.add("name", json_string(entry.name)).add("bytes", entry.bytes);
    object.add("first_packet", entry.first_frame).add("packets", entry.frames);
    object.add("first_packet_time", entry.frames > 0 ? json_time(entry.first_frame_time) : "null");
    object.add("last_packet_time", entry.frames > 0 ? json_time(entry.last_frame_time) : "null");
    object.add("damage", json_text_or_null(entry.damage));
    object.add("comments", json_comments(entry.comments)).add("interfaces", json_interfaces(entry.interfaces));
    list += (list.empty() ? "" : ", ") + object.text();
  }
  return "[" + list + "]";
}

std::string json_duration(DurationNs span) { return std::to_string(span.value); }

}  // namespace

std::string json_line(const Job& job, const Outcome& outcome) {
  JsonObject object;
  object.add("schema_version", kSchemaVersion);
  object.add("capture", job.captures.size() == 1 ? json_string(job.captures.front().path) : "null");
  object.add("record_file", json_string(job.output));
  object.add("status", json_string(to_text(outcome.status)));
  object.add("exit_status", static_cast<std::uint64_t>(outcome.exit_code));
  object.add("error", json_text_or_null(outcome.error));
  if (outcome.recorded) {
    add_recorded(object, *outcome.recorded);
  } else {
    add_nothing_recorded(object);
  }
  const auto& summary = outcome.summary;
  object.add("first_segment", summary ? json_moment(summary->first) : "null");
  object.add("last_segment", summary ? json_moment(summary->last) : "null");
  object.add("read_ns", summary ? json_duration(summary->read_time) : "null");
  object.add("finish_ns", summary ? json_duration(summary->finish_time) : "null");
  object.add("captures", outcome.recorded ? json_captures(outcome.recorded->captures) : "null");
  return object.text() + "\n";
}

}  // namespace pcapsule::cli
