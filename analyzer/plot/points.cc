// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/points.h"

#include <array>

namespace pcapsule::plot {

namespace {

// Dark blue and orange: far apart in lightness as well as in hue; red only for what went wrong.
constexpr std::string_view kClient = "#00558b";
constexpr std::string_view kServer = "#e07b00";
constexpr std::string_view kPaleClient = "#6db6e3";
constexpr std::string_view kGreen = "#007f5f";
constexpr std::string_view kPurple = "#a0559b";
constexpr std::string_view kRed = "#c00000";
constexpr std::string_view kBlack = "#000000";
constexpr std::string_view kGrey = "#808080";

constexpr std::array<SeriesSpec, kSeries> kSpecs = {{
    {"client_window_edge", "edge of the client's window", Style::kSteps, Unit::kBytes, kGrey, 1},
    {"server_window_edge", "edge of the server's window", Style::kSteps, Unit::kBytes, kGrey, 1},
    {"client_window", "client's window", Style::kSteps, Unit::kBytes, kClient, 1.5},
    {"server_window", "server's window", Style::kSteps, Unit::kBytes, kServer, 1.5},
    {"client_ack", "acknowledged by the client", Style::kSteps, Unit::kBytes, kServer, 2},
    {"server_ack", "acknowledged by the server", Style::kSteps, Unit::kBytes, kServer, 2},
    {"client_data", "client's data", Style::kRanges, Unit::kBytes, kClient, 2.5},
    {"server_data", "server's data", Style::kRanges, Unit::kBytes, kClient, 2.5},
    {"client_throughput", "client to server", Style::kSteps, Unit::kBitsPerSecond, kClient, 2},
    {"server_throughput", "server to client", Style::kSteps, Unit::kBitsPerSecond, kServer, 2},
    {"client_goodput", "client to server, new bytes only", Style::kSteps, Unit::kBitsPerSecond, kPaleClient, 1},
    {"server_goodput", "server to client, new bytes only", Style::kSteps, Unit::kBitsPerSecond, kBlack, 1},
    {"client_rtt", "client's data until the server's ACK", Style::kDots, Unit::kNanoseconds, kClient, 0.6, 7},
    {"server_rtt", "server's data until the client's ACK", Style::kDots, Unit::kNanoseconds, kServer, 0.6, 6},
    {"syn_to_syn_ack_first", "first SYN to SYN-ACK", Style::kDots, Unit::kNanoseconds, kClient, 0.6, 7, 1},
    {"syn_to_syn_ack_last", "last SYN to SYN-ACK", Style::kDots, Unit::kNanoseconds, kServer, 0.6, 5, 2},
    {"syn_ack_to_ack", "SYN-ACK to ACK", Style::kDots, Unit::kNanoseconds, kGreen, 0.6, 9, 3},
    {"handshake_total", "first SYN to ACK", Style::kDots, Unit::kNanoseconds, kPurple, 0.6, 13, 4},
    {"dip", "dip below half of the rolling median", Style::kMarks, Unit::kBytes, kBlack, 1.5, 10},
    {"zero_window", "zero window", Style::kMarks, Unit::kBytes, kRed, 1.5, 2},
    {"retransmission", "retransmission", Style::kMarks, Unit::kBytes, kRed, 1, 8},
    {"delay_near_to_far", "delay from near to far", Style::kDots, Unit::kNanoseconds, kClient, 0.4, 7},
    {"delay_far_to_near", "delay from far to near", Style::kDots, Unit::kNanoseconds, kServer, 0.4, 7},
    {"near_zero_window", "near side's window shut", Style::kMarks, Unit::kNanoseconds, kPurple, 1.5, 4},
    {"far_zero_window", "far side's window shut", Style::kMarks, Unit::kNanoseconds, kPurple, 1.5, 10},
    {"resent_near_to_far", "sent again from near to far", Style::kMarks, Unit::kNanoseconds, kBlack, 1.2, 8},
    {"resent_far_to_near", "sent again from far to near", Style::kMarks, Unit::kNanoseconds, kBlack, 1.2, 10},
    {"lost_near_to_far", "lost from near to far", Style::kMarks, Unit::kNanoseconds, kRed, 1.8, 2},
    {"lost_far_to_near", "lost from far to near", Style::kMarks, Unit::kNanoseconds, kRed, 1.8, 1},
}};

}  // namespace

const SeriesSpec& spec_of(SeriesId id) { return kSpecs[static_cast<std::size_t>(id)]; }

std::string_view to_text(Unit unit) {
  switch (unit) {
    case Unit::kBytes:
      return "bytes";
    case Unit::kBitsPerSecond:
      return "bits_per_s";
    case Unit::kNanoseconds:
    case Unit::kClock:
      return "ns";
    case Unit::kShare:
      return "share";
  }
  return "";
}

}  // namespace pcapsule::plot
