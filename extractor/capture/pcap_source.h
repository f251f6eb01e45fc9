// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "extractor/capture/capture_stream.h"
#include "extractor/capture/frame_source.h"

namespace pcapsule::capture {

/// Reads a classic pcap file through libpcap. `name` is for messages.
/// REQUIRES: stream->format() is kPcap. Errors as open_capture().
Result<std::unique_ptr<FrameSource>> open_pcap(const std::string& name, std::unique_ptr<CaptureStream> stream,
                                               const std::optional<std::string>& bpf_filter);

}  // namespace pcapsule::capture
