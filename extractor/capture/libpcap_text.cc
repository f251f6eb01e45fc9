// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/libpcap_text.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace pcapsule::capture {
namespace {

constexpr std::size_t kShownTypes = 4;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// What editcap -T calls it; only for advice.
std::string_view editcap_name(LinkType type) {
  switch (type) {
    case LinkType::kEthernet:
      return "ether";
    case LinkType::kRaw:
      return "rawip";
    case LinkType::kLinuxSll:
      return "linux-sll";
    case LinkType::kNull:
      return "null";
    default:
      return "TYPE";
  }
}

constexpr std::string_view kMakePcap = "make it a pcap: editcap -F pcap IN OUT.pcap";

/// What to do about interfaces that differ: a pcap holds several snapshot
/// lengths, but only one link type.
std::string remedy_for(const std::vector<CaptureInterface>& interfaces) {
  const bool same_type = std::all_of(interfaces.begin(), interfaces.end(), [&](const CaptureInterface& interface) {
    return interface.link_type == interfaces.front().link_type;
  });
  if (same_type) return std::string(kMakePcap);
  return "take out each interface N of link type TYPE: tshark -r IN -Y 'frame.interface_id == N' -w N.pcapng && "
         "editcap -F pcap -T TYPE N.pcapng N.pcap (TYPE: " +
         std::string(editcap_name(interfaces.front().link_type)) + " for interface 0)";
}

std::string mixed_link_types(const std::vector<CaptureInterface>& interfaces) {
  std::vector<LinkType> types;
  for (const CaptureInterface& interface : interfaces) {
    if (std::find(types.begin(), types.end(), interface.link_type) == types.end()) types.push_back(interface.link_type);
  }
  // libpcap compares raw IP's number in the file with its own number for it, so two such interfaces differ.
  if (types.size() < 2) return "several interfaces of this link type in one pcapng are not read";
  std::string text = "its interfaces have different link types (";
  for (std::size_t i = 0; i < types.size() && i < kShownTypes; ++i) {
    text.append(i == 0 ? "" : ", ").append(to_text(types[i]));
  }
  return text.append(types.size() > kShownTypes ? ", …), which is not read" : "), which is not read");
}

}  // namespace

std::optional<std::string> refusal_of(std::string_view reason, const PcapngWatch& watch) {
  if (contains(reason, "different from the type of the first interface")) {
    return mixed_link_types(watch.interfaces()).append("; ").append(remedy_for(watch.interfaces()));
  }
  if (contains(reason, "different from the snapshot length of the first interface")) {
    return "its interfaces have different snapshot lengths, which is not read; " + remedy_for(watch.interfaces());
  }
  if (watch.byte_order_changed()) {
    return "its sections have different byte orders, which is not read; " + remedy_for(watch.interfaces());
  }
  if (contains(reason, "savefile version") || contains(reason, "major version number") ||
      contains(reason, "archaic pcap savefile")) {
    return std::string(reason).append("; convert it with a current Wireshark: editcap -F pcap IN OUT.pcap");
  }
  return std::nullopt;
}

bool says_truncated(std::string_view reason) { return contains(reason, "truncated"); }

bool says_no_interfaces(std::string_view reason) { return contains(reason, "has no Interface Description Blocks"); }

}  // namespace pcapsule::capture
