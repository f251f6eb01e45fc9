// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/open_capture.h"

#include <pcap/pcap.h>

#include <utility>

#include "extractor/capture/capture_stream.h"
#include "extractor/capture/decompress.h"
#include "extractor/capture/pcap_source.h"
#include "extractor/capture/pcapng_source.h"

namespace pcapsule::capture {

Result<std::unique_ptr<FrameSource>> open_capture(const OpenOptions& options) {
  const std::string name = display_name(options.shown.empty() ? options.path.path : options.shown);
  auto stream = CaptureStream::open(options.path, name);
  if (!stream) return stream.error();
  const auto open = (*stream)->format() == CaptureFormat::kPcapng ? open_pcapng : open_pcap;
  return open(name, std::move(*stream), options.bpf_filter);
}

std::string capture_library_versions() {
  return std::string(::pcap_lib_version()) + ", " + decompression_library_versions();
}

}  // namespace pcapsule::capture
