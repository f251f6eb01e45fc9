// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/skipped.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/text/escape.h"
#include "extractor/decode/decode_outcome.h"

namespace pcapsule::cli {

namespace {

using KindName = std::pair<std::string_view, std::string_view>;

// The kinds that fill captures without TCP; any other shows its number alone.
constexpr std::array<KindName, 12> kEtherTypes = {{
    {"0x0000", "no EtherType: LLC without SNAP, link management"},
    {"0x0806", "ARP"},
    {"0x22f0", "AVTP"},
    {"0x8035", "RARP"},
    {"0x8863", "PPPoE discovery"},
    {"0x8899", "Realtek"},
    {"0x88b5", "local experiment"},
    {"0x88cc", "LLDP"},
    {"0x88e5", "MACsec"},
    {"0x888e", "EAPOL"},
    {"0x88f7", "PTP"},
    {"0x9000", "loopback test"},
}};
constexpr std::array<KindName, 13> kIpProtocols = {{
    {"1", "ICMP"},
    {"2", "IGMP"},
    {"4", "IPv4 in IP"},
    {"17", "UDP"},
    {"41", "IPv6 in IP"},
    {"47", "GRE"},
    {"50", "ESP"},
    {"51", "AH"},
    {"58", "ICMPv6"},
    {"89", "OSPF"},
    {"103", "PIM"},
    {"112", "VRRP"},
    {"132", "SCTP"},
}};

/// A capture with hostile headers has thousands of kinds.
constexpr std::size_t kMaxKindsShown = 20;

template <std::size_t N>
std::string kind_text(const std::array<KindName, N>& names, const std::string& number) {
  for (const auto& [known, name] : names) {
    if (known == number) return std::string(name) + " (" + number + ")";
  }
  return text::escape_for_terminal(number);
}

/// `: 156 UDP (17), 130 ICMP (1)`, the most frequent first.
template <std::size_t N>
std::string kinds_text(const std::array<KindName, N>& names, std::vector<record::NamedCount> kinds) {
  std::stable_sort(kinds.begin(), kinds.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  std::string text;
  std::uint64_t rest = 0;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (i >= kMaxKindsShown) {
      rest += kinds[i].count;
      continue;
    }
    text += (i == 0 ? ": " : ", ") + std::to_string(kinds[i].count) + " " + kind_text(names, kinds[i].name);
  }
  if (rest > 0) {
    text += " and " + std::to_string(rest) + " of " + std::to_string(kinds.size() - kMaxKindsShown) + " further kinds";
  }
  return text;
}

std::string chosen_text(const record::RecordOptions& options) {
  std::string text;
  if (!options.client.empty()) text += " --client " + options.client;
  if (!options.server.empty()) text += " --server " + options.server;
  return text::escape_for_terminal(text);
}

std::string reason_text(const std::string& name, const cache::Recorded& recorded) {
  if (name == "filtered_out") {
    return "left out by the filter '" + text::escape_for_terminal(recorded.options.filter) + "'";
  }
  if (name == "no_packet") return "numbered as Wireshark does, but blocks without a packet";
  if (name == "not_chosen") return "of connections that are not those of" + chosen_text(recorded.options);
  for (std::size_t i = 0; i < decode::kOutcomes; ++i) {
    const auto outcome = static_cast<decode::Outcome>(i);
    if (decode::to_text(outcome) != name) continue;
    std::string text(decode::description(outcome));
    if (outcome == decode::Outcome::kNotIp) text += kinds_text(kEtherTypes, recorded.ether_types);
    if (outcome == decode::Outcome::kNotTcp) text += kinds_text(kIpProtocols, recorded.ip_protocols);
    return text;
  }
  return text::escape_for_terminal(name);
}

std::uint64_t count_of(const cache::Recorded& recorded, std::string_view name) {
  for (const auto& [outcome, count] : recorded.outcomes) {
    if (outcome == name) return count;
  }
  return 0;
}

std::string filter_advice(const record::RecordOptions& options) {
  const std::string filter = text::escape_for_terminal(options.filter);
  if (filter.find("vlan") != std::string::npos) return "";  // whoever wrote it knows
  return "  All of them have a VLAN tag, which a filter without the word `vlan` does not see; try\n"
         "  -f '(" +
         filter + ") or (vlan and (" + filter + "))'\n";
}

/// The warning of rule S6, and what is behind an empty record otherwise.
std::string nothing_recorded_text(std::string_view name, const cache::Recorded& recorded, bool all_tagged) {
  const std::string begin = std::string(name) + ": WARNING: 0 segments: ";
  if (recorded.frames == 0) return begin + "the capture holds no packets\n";
  const std::uint64_t filtered_out = count_of(recorded, "filtered_out");
  if (filtered_out == recorded.frames) {
    return begin + "the filter left out every packet\n" + (all_tagged ? filter_advice(recorded.options) : "");
  }
  if (count_of(recorded, "not_chosen") > 0) {
    return begin + "no connection fits" + chosen_text(recorded.options) + "\n";
  }
  const std::string looked_at = std::to_string(recorded.frames - filtered_out);
  return begin + "no TCP segment in the " + looked_at + " packets" +
         (filtered_out > 0 ? " that the filter let through\n" : "\n");
}

}  // namespace

std::string skipped_text(std::string_view name, const cache::Recorded& recorded, bool all_tagged) {
  std::string text;
  if (recorded.segments == 0) text += nothing_recorded_text(name, recorded, all_tagged);
  // Not the segments: a frame may hold several (802.11 A-MSDU).
  const std::uint64_t taken = count_of(recorded, decode::to_text(decode::Outcome::kSegment));
  if (recorded.frames <= taken) return text;
  const std::string skipped = std::to_string(recorded.frames - taken);
  text += std::string(name) + ": skipped " + skipped + " of " + std::to_string(recorded.frames) + " packets:\n";
  for (const auto& [outcome, count] : recorded.outcomes) {
    if (outcome == decode::to_text(decode::Outcome::kSegment) || count == 0) continue;
    const std::string number = std::to_string(count);
    text += "  " + std::string(skipped.size() - std::min(skipped.size(), number.size()), ' ') + number + "  " +
            reason_text(outcome, recorded) + "\n";
  }
  return text;
}

std::string backward_text(std::string_view name, const cache::Recorded& recorded) {
  if (recorded.backward_stamps == 0) return "";
  return std::string(name) + ": " + std::to_string(recorded.backward_stamps) +
         (recorded.backward_stamps == 1 ? " packet has" : " packets have") +
         " an earlier time stamp than the packet before\n";
}

std::string clamped_text(std::string_view name, std::uint64_t clamped_stamps) {
  if (clamped_stamps == 0) return "";
  return std::string(name) + ": WARNING: " + std::to_string(clamped_stamps) +
         (clamped_stamps == 1 ? " packet has" : " packets have") +
         " a time stamp before 1677 or after 2262; it was set to the nearest that 64 bits of nanoseconds hold\n";
}

std::string unstamped_text(std::string_view name, std::uint64_t frames_without_stamp) {
  if (frames_without_stamp == 0) return "";
  return std::string(name) + ": WARNING: " + std::to_string(frames_without_stamp) +
         (frames_without_stamp == 1 ? " packet has" : " packets have") +
         " no time stamp in the capture (Simple Packet Blocks); the record has the beginning of 1970 in its place\n";
}

}  // namespace pcapsule::cli
