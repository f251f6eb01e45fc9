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

}  // namespace

std::string shown_name(const std::string& path) { return text::escape_for_terminal(capture::display_name(path)); }

std::string begin_text(const Job& job) { return "Processing " + shown_name(job.capture) + "...\n"; }

std::string end_text(const Job& job, const pipeline::ExtractSummary& summary) {
  std::string text = shown_name(job.capture) + " contains " + std::to_string(summary.frames) + " packets (" +
                     std::to_string(summary.segments) + " interesting)\n";
  const bool one_connection = summary.connections == 1;
  if (summary.first) text += moment_line("First", one_connection, *summary.first);
  if (summary.last) text += moment_line(" Last", one_connection, *summary.last);
  return text + "Writing " + text::escape_for_terminal(job.output) + "...done.\n";
}

}  // namespace pcapsule::cli
