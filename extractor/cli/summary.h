// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "extractor/cache/recorded.h"
#include "extractor/cli/outputs.h"
#include "extractor/pipeline/extract.h"

/// The lines on standard output, to the letter of the script that this program replaces.
namespace pcapsule::cli {

/// The name of a capture or record file as people are shown it, escaped.
std::string shown_name(const std::string& path);

/// What messages on a job begin with, escaped: the capture's name, or `3 captures`.
std::string shown_captures(const Job& job);

/// `Processing example-01.pcap...`, before the work begins.
std::string begin_text(const Job& job);

/// What follows once it is done: counts, merged captures with their packet numbers, first and last segment in
/// local time (left out when nothing was recorded), and the record file.
std::string end_text(const Job& job, const pipeline::ExtractSummary& summary, const cache::Recorded& recorded);

}  // namespace pcapsule::cli
