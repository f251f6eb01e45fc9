// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/libpcap_text.h"

namespace pcapsule::capture {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

std::optional<std::string> refusal_of(std::string_view reason) {
  if (contains(reason, "savefile version") || contains(reason, "major version number") ||
      contains(reason, "archaic pcap savefile")) {
    return std::string(reason).append("; convert it with a current Wireshark: editcap -F pcap IN OUT.pcap");
  }
  return std::nullopt;
}

bool says_truncated(std::string_view reason) { return contains(reason, "truncated"); }

bool says_out_of_memory(std::string_view reason) {
  return contains(reason, "out of memory") || contains(reason, "Cannot allocate memory");
}

}  // namespace pcapsule::capture
