// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/report_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pcapsule::cli {
namespace {

using testing::HasSubstr;

/// The keys of the outermost object, in order. Good for JSON without braces or quotes in strings.
std::vector<std::string> keys(std::string_view json) {
  std::vector<std::string> found;
  int depth = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '{') ++depth;
    if (json[i] == '}') --depth;
    if (json[i] != '"') continue;
    const std::size_t end = json.find('"', i + 1);
    if (depth == 1 && json.substr(end + 1, 2) == ": ") found.emplace_back(json.substr(i + 1, end - i - 1));
    i = end;
  }
  return found;
}

TEST(JsonLine, FailedCaptureHasNullsAndTheReason) {
  Outcome outcome;
  outcome.error = "a\"b: cannot open";
  EXPECT_EQ(json_line({{"a\"b"}, "c\n.fb"}, outcome),
            "{\"schema_version\": 1, \"capture\": \"a\\\"b\", \"record_file\": \"c\\n.fb\", \"status\": \"failed\", "
            "\"exit_status\": 1, \"error\": \"a\\\"b: cannot open\", \"packets\": null, \"segments\": null, "
            "\"connections\": null, \"skipped\": null, \"ether_types\": null, \"ip_protocols\": null, "
            "\"backward_stamps\": null, \"first_packet_time\": null, \"last_packet_time\": null, "
            "\"capture_bytes\": null, \"record_bytes\": null, \"damage\": null, \"filter\": null, \"client\": null, "
            "\"server\": null, \"first_segment\": null, \"last_segment\": null, \"read_ns\": null, "
            "\"finish_ns\": null, \"captures\": null}\n");
}

Outcome current_outcome() {
  Outcome outcome;
  outcome.status = Outcome::Status::kCurrent;
  outcome.exit_code = ExitCode::kInputLost;
  cache::Recorded recorded;
  recorded.frames = 10;
  recorded.segments = 7;
  recorded.outcomes = {{"segment", 7}, {"not_tcp", 2}, {"filtered_out", 1}};
  recorded.ip_protocols = {{"17", 2}};
  recorded.options.filter = "tcp or udp";
  record::CaptureInfo capture;
  capture.frames = 10;
  capture.first_frame_time = {1'538'000'462'883'718'124};
  capture.last_frame_time = {-1'500'000'000};
  capture.damage = "after frame 10: cut";
  recorded.captures.push_back(capture);
  outcome.recorded = recorded;
  return outcome;
}

TEST(JsonLine, HasCountsPerReasonTimesAndDamage) {
  const std::string json = json_line({{"x.pcap"}, "x.fb"}, current_outcome());
  EXPECT_THAT(json, HasSubstr("\"status\": \"current\", \"exit_status\": 3, \"error\": null, \"packets\": 10, "));
  EXPECT_THAT(json, HasSubstr("\"not_tcp\": 2"));
  EXPECT_THAT(json, HasSubstr("\"not_ip\": 0"));
  EXPECT_THAT(json, HasSubstr("\"not_chosen\": 0, \"filtered_out\": 1, \"no_packet\": 0}"));
  EXPECT_THAT(json, HasSubstr("\"ether_types\": {}, \"ip_protocols\": {\"17\": 2}"));
  EXPECT_THAT(json, HasSubstr("\"first_packet_time\": \"1538000462.883718124\", "
                              "\"last_packet_time\": \"-1.500000000\""));
  EXPECT_THAT(json, HasSubstr("\"damage\": \"after frame 10: cut\", \"filter\": \"tcp or udp\", \"client\": null"));
  EXPECT_THAT(json, HasSubstr("\"first_segment\": null"));
}

TEST(JsonLine, ExtractedCaptureHasSegmentsAndDurations) {
  Outcome outcome = current_outcome();
  outcome.status = Outcome::Status::kExtracted;
  pipeline::ExtractSummary summary;
  summary.first = {3, {1'000'000'001}};
  summary.read_time = {5};
  outcome.summary = summary;
  const std::string json = json_line({{"x.pcap"}, "x.fb"}, outcome);
  EXPECT_THAT(json, HasSubstr("\"first_segment\": {\"frame\": 3, \"time\": \"1.000000001\"}, \"last_segment\": null"));
  EXPECT_THAT(json, HasSubstr("\"read_ns\": 5, \"finish_ns\": 0, \"captures\": [{\"name\": "));
}

TEST(JsonLine, HasTheSameKeysWhateverTheStatus) {
  const std::vector<std::string> failed = keys(json_line({{"x"}, "y"}, {}));
  EXPECT_EQ(failed.size(), 26U);
  EXPECT_EQ(keys(json_line({{"x"}, "y"}, current_outcome())), failed);
}

TEST(JsonLine, MergedCapturesAreListedInTheirOrder) {
  Outcome outcome = current_outcome();
  record::CaptureInfo second;
  second.name = "r_2";
  second.bytes = 5;
  second.first_frame = 11;
  second.frames = 2;
  second.last_frame_time = {7'000'000'000};
  outcome.recorded->captures[0].name = "r_1";
  outcome.recorded->captures[0].comments = {"a\x1b", "b"};
  outcome.recorded->captures[0].interfaces = {{"eth0", 1, 96, "c"}, {"", 101, 0, ""}};
  outcome.recorded->captures[0].bytes = 100;
  outcome.recorded->captures.push_back(second);
  outcome.recorded->captures.push_back({});
  const std::string json = json_line({{"x/r_1", "x/r_2", "x/r_3"}, "x.fb"}, outcome);
  EXPECT_THAT(json, HasSubstr("\"capture\": null, \"record_file\": \"x.fb\""));
  EXPECT_THAT(json, HasSubstr("\"last_packet_time\": \"7.000000000\", \"capture_bytes\": 105"));
  EXPECT_THAT(json,
              HasSubstr("\"damage\": \"after frame 10: cut\", \"comments\": [\"a\\u001b\", \"b\"], \"interfaces\": "
                        "[{\"name\": \"eth0\", \"link_type\": 1, \"snaplen\": 96, \"comment\": \"c\"}, "
                        "{\"name\": null, \"link_type\": 101, \"snaplen\": null, \"comment\": null}]}, {\"name\": "
                        "\"r_2\", \"bytes\": 5, "
                        "\"first_packet\": 11, \"packets\": 2, \"first_packet_time\": \"0.000000000\", "
                        "\"last_packet_time\": \"7.000000000\", \"damage\": null, \"comments\": [], \"interfaces\": "
                        "[]}, {\"name\": \"\", "));
}

TEST(JsonLine, EmptyCaptureHasNoTimes) {
  Outcome outcome;
  outcome.recorded = cache::Recorded();
  outcome.recorded->captures.resize(1);
  EXPECT_THAT(json_line({{"x"}, "y"}, outcome), HasSubstr("\"first_packet_time\": null, \"last_packet_time\": null"));
}

}  // namespace
}  // namespace pcapsule::cli
