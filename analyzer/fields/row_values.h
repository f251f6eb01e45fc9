// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/fields/evaluate.h"

/// The values of single rows. What Wireshark leaves empty was seen with tshark
/// 4.0.17: after the header length of a malformed header it prints nothing more
/// (W8.7), and of a segment of unknown length neither tcp.len nor tcp.nxtseq.
namespace pcapsule::fields {

template <std::uint16_t kFlag>
void flag(const Strip& strip, Cells& out) {
  header<[](const Strip& s, std::size_t i) { return Value{word(s, i).has(kFlag) ? 1U : 0U}; }>(strip, out);
}

/// An address or endpoint: 2 * slot + side.
inline Value end_of(const Strip& s, std::size_t i, unsigned side) { return Value{s.slot(i)} * 2 + side; }
inline bool is_version(const Strip& s, std::size_t i, IpVersion version) {
  return s.facts(i).connection.side[0].endpoint.address.version == version;
}

enum class Ends { kSource, kDestination, kBoth };

template <IpVersion kVersion, Ends kEnds>
void address(const Strip& strip, Cells& out) {
  several<[](const Strip& s, std::size_t i, Cells& cells) {
    if (!is_version(s, i, kVersion)) return;
    if (kEnds != Ends::kDestination) cells.add(end_of(s, i, s.side(i)));
    if (kEnds != Ends::kSource) cells.add(end_of(s, i, s.side(i) ^ 1U));
  }>(strip, out);
}

template <IpVersion kVersion, auto kGet>
void of_version(const Strip& strip, Cells& out) {
  some<[](const Strip& s, std::size_t i) {
    return is_version(s, i, kVersion) ? Maybe(kGet(s.chunk(), s.row(i))) : Maybe();
  }>(strip, out);
}

Value source_port(const Strip& s, std::size_t i);
Value destination_port(const Strip& s, std::size_t i);
void ports(const Strip& s, std::size_t i, Cells& out);
void vlan_ids(const Strip& s, std::size_t i, Cells& out);

Value frame_time(const Strip& s, std::size_t i);
Value frame_time_relative(const Strip& s, std::size_t i);
void frame_time_delta(const Strip& s, Cells& out);
/// Of headers of which less than the fixed 20 bytes are available Wireshark prints no times (W4.8).
Maybe tcp_time_relative(const Strip& s, std::size_t i);
Maybe tcp_time_delta(const Strip& s, std::size_t i);

Value tcp_seq(const Strip& s, std::size_t i);
Value tcp_ack(const Strip& s, std::size_t i);
Maybe tcp_len(const Strip& s, std::size_t i);
Maybe tcp_nxtseq(const Strip& s, std::size_t i);
Value tcp_window_size(const Strip& s, std::size_t i);
Maybe tcp_scale_factor(const Strip& s, std::size_t i);
Value tcp_completeness(const Strip& s, std::size_t i);
Value tcp_flags_str(const Strip& s, std::size_t i);

// Options, as often as they are in the header. Need kOptions, kOddities and kCut.
void mss_values(const Strip& s, std::size_t i, Cells& out);
void shift_values(const Strip& s, std::size_t i, Cells& out);
void sack_permitted(const Strip& s, std::size_t i, Cells& out);
/// SACK edges relative to the base of the other direction, modulo 2^32, as Wireshark prints them.
void sack_left_edges(const Strip& s, std::size_t i, Cells& out);
void sack_right_edges(const Strip& s, std::size_t i, Cells& out);

template <auto kColumn>
void timestamp(const Strip& strip, Cells& out) {
  some<[](const Strip& s, std::size_t i) {
    const bool present = (s.chunk().marks[s.row(i)] & format::mark::kHasTimestamps) != 0;
    return present && !malformed(s, i) ? Maybe((s.chunk().*kColumn)[s.row(i)]) : Maybe();
  }>(strip, out);
}

template <auto kNumber>
void relative(const Strip& strip, Cells& out) {
  some<[](const Strip& s, std::size_t i) {
    const auto& number = s.context.relative[s.row(i)].*kNumber;
    return number && !malformed(s, i) ? Maybe(bits(*number)) : Maybe();
  }>(strip, out);
}

/// The capture that a frame came from, by index.
Maybe capture(const Strip& s, std::size_t i);
/// Its number in there.
Maybe capture_frame(const Strip& s, std::size_t i);

template <bool kClient>
void role(const Strip& strip, Cells& out) {
  each<[](const Strip& s, std::size_t i) { return end_of(s, i, s.facts(i).connection.client ^ (kClient ? 0U : 1U)); }>(
      strip, out);
}

/// The number that stands for a tcp.flags.str: the flags, and whether AE, CWR and
/// ECE are a counter in it (W8.6).
constexpr Value flag_letters_value(std::uint16_t flags, bool counts) { return Value{flags} | (counts ? 0x10000U : 0U); }

/// The number that stands for an option as captured: up to 7 bytes, and how many in the highest byte.
inline Value option_bytes_value(ByteView option) {
  constexpr std::size_t kGreatest = 7;
  const std::size_t count = std::min(option.size(), kGreatest);
  Value value = Value{count} << 56;
  for (std::size_t i = 0; i < count; ++i) value |= Value{option[i]} << (8 * (kGreatest - 1 - i));
  return value;
}

}  // namespace pcapsule::fields
