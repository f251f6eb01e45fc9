// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/summary.h"

#include "common/text/escape.h"
#include "common/text/time_text.h"
#include "extractor/capture/capture_input.h"

namespace pcapsule::cli {

namespace {

std::string moment_line(const char* which, bool one_connection, const pipeline::RecordedMoment& moment) {
  std::string line = which;
  line += one_connection ? " packet in connection: Packet #" : " packet in capture: Packet #";
  line += std::to_string(moment.frame) + " ";
  text::append_local_time(line, moment.time, false);
  return line + "\n";
}

/// A ring buffer may have thousands.
constexpr std::size_t kMaxCapturesShown = 20;

/// `  ring_2.pcap: packets 121 to 240`, in the order in which they were read.
std::string captures_text(const std::vector<record::CaptureInfo>& captures) {
  std::string text;
  for (std::size_t i = 0; i < captures.size() && i < kMaxCapturesShown; ++i) {
    const record::CaptureInfo& capture = captures[i];
    text += "  " + shown_name(capture.name) + ": ";
    text += capture.frames == 0 ? "no packets"
                                : "packets " + std::to_string(capture.first_frame) + " to " +
                                      std::to_string(capture.first_frame + capture.frames - 1);
    text += "\n";
  }
  if (captures.size() > kMaxCapturesShown) {
    text += "  and " + std::to_string(captures.size() - kMaxCapturesShown) + " more; `analyzer info` lists them\n";
  }
  return text;
}

}  // namespace

std::string shown_name(const std::string& path) { return text::escape_for_terminal(capture::display_name(path)); }

std::string shown_captures(const Job& job) {
  return job.captures.size() == 1 ? shown_name(job.captures.front().path)
                                  : std::to_string(job.captures.size()) + " captures";
}

std::string begin_text(const Job& job) {
  return "Processing " + shown_captures(job) + (job.captures.size() == 1 ? "...\n" : " as one...\n");
}

std::string end_text(const Job& job, const pipeline::ExtractSummary& summary, const cache::Recorded& recorded) {
  const bool merged = job.captures.size() > 1;
  std::string text = shown_captures(job) + (merged ? " contain " : " contains ") + std::to_string(summary.frames) +
                     " packets (" + std::to_string(summary.segments) + " interesting)\n";
  if (merged) text += captures_text(recorded.captures);
  const bool one_connection = summary.connections == 1;
  if (summary.first) text += moment_line("First", one_connection, *summary.first);
  if (summary.last) text += moment_line(" Last", one_connection, *summary.last);
  return text + "Writing " + text::escape_for_terminal(job.output) + "...done.\n";
}

}  // namespace pcapsule::cli
