// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "extractor/capture/capture_path.h"
#include "extractor/capture/frame_source.h"

namespace pcapsule::capture {

struct OpenOptions {
  CapturePath path;
  std::optional<std::string> bpf_filter;  ///< sets Frame::wanted; without it every frame is wanted
  std::string shown = {};                 ///< the path for messages, where it is another; empty: it is not
};

/// Opens a pcap or pcapng capture, plain or compressed, recognised by content.
/// A capture without frames is one. An interface with a link type that nothing
/// can decode is no error here.
///
/// Errors: kIo; kNotACapture; kCorrupt: damaged before its first frame;
/// kUnsupported: a version that is not read; kUsage: the filter compiles for no link type of the capture.
Result<std::unique_ptr<FrameSource>> open_capture(const OpenOptions& options);

/// `libpcap version 1.10.3 …, zlib 1.2.13, …`, for --version.
std::string capture_library_versions();

}  // namespace pcapsule::capture
