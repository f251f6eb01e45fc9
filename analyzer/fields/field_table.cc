// SPDX-License-Identifier: Apache-2.0
// The one table of fields. What Wireshark leaves empty was seen with tshark
// 4.0.17: after the header length of a malformed header it prints nothing more
// (W8.7), and of a segment of unknown length neither tcp.len nor
// tcp.nxtseq.
#include <algorithm>
#include <array>
#include <optional>

#include "analyzer/fields/field.h"

namespace pcapsule::fields {

namespace {

using read::ColumnSet;
using C = read::SegmentColumn;

using Value = std::uint64_t;
using Maybe = std::optional<std::uint64_t>;

constexpr Value bits(std::int64_t value) { return static_cast<Value>(value); }

/// Evaluates a field that every row has.
template <auto kGet>
void each(const Strip& strip, Cells& out) {
  Value* const values = out.one_each();
  for (std::size_t i = 0; i < strip.rows.size(); ++i) values[i] = kGet(strip, i);
}

/// A field that some rows have.
template <auto kGet>
void some(const Strip& strip, Cells& out) {
  out.begin();
  for (std::size_t i = 0; i < strip.rows.size(); ++i) {
    if (const Maybe value = kGet(strip, i)) out.add(*value);
    out.end_row();
  }
}

/// A field with several values a row, which `kAdd` adds.
template <auto kAdd>
void several(const Strip& strip, Cells& out) {
  out.begin();
  for (std::size_t i = 0; i < strip.rows.size(); ++i) {
    kAdd(strip, i, out);
    out.end_row();
  }
}

std::uint8_t oddities(const Strip& s, std::size_t i) { return s.chunk().oddities[s.row(i)]; }
bool malformed(const Strip& s, std::size_t i) { return (oddities(s, i) & oddity::kBadDataOffset) != 0; }
bool length_known(const Strip& s, std::size_t i) { return (oddities(s, i) & oddity::kLengthUnknown) == 0; }
TcpWord word(const Strip& s, std::size_t i) { return {s.chunk().tcp_word[s.row(i)]}; }

/// A field of the header beyond its length: every row but the malformed. Needs kOddities.
template <auto kGet>
void header(const Strip& strip, Cells& out) {
  const auto& column = strip.chunk().oddities;
  if (column.is_constant() && (column.all & oddity::kBadDataOffset) == 0) return each<kGet>(strip, out);
  some<[](const Strip& s, std::size_t i) { return malformed(s, i) ? Maybe() : Maybe(kGet(s, i)); }>(strip, out);
}

template <std::uint16_t kFlag>
void flag(const Strip& strip, Cells& out) {
  header<[](const Strip& s, std::size_t i) { return Value{word(s, i).has(kFlag) ? 1U : 0U}; }>(strip, out);
}

/// An address or endpoint: 2 * slot + side.
Value end_of(const Strip& s, std::size_t i, unsigned side) { return Value{s.slot(i)} * 2 + side; }
bool is_version(const Strip& s, std::size_t i, IpVersion version) {
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

Value port(const Strip& s, std::size_t i, unsigned side) { return s.facts(i).connection.side[side].endpoint.port; }
Value source_port(const Strip& s, std::size_t i) { return port(s, i, s.side(i)); }
Value destination_port(const Strip& s, std::size_t i) { return port(s, i, s.side(i) ^ 1U); }

template <IpVersion kVersion, auto kGet>
void of_version(const Strip& strip, Cells& out) {
  some<[](const Strip& s, std::size_t i) {
    return is_version(s, i, kVersion) ? Maybe(kGet(s.chunk(), s.row(i))) : Maybe();
  }>(strip, out);
}

analysis::RawNumbers raw_numbers(const Strip& s, std::size_t i) {
  const std::size_t row = s.row(i);
  return {s.side(i), word(s, i), s.chunk().seq[row], s.chunk().ack[row], oddities(s, i)};
}

analysis::Bases bases(const Strip& s, std::size_t i) { return s.facts(i).bases_at(s.chunk().first_row + s.row(i)); }

Value tcp_seq(const Strip& s, std::size_t i) { return analysis::wireshark_seq(bases(s, i), raw_numbers(s, i)); }
Value tcp_ack(const Strip& s, std::size_t i) { return analysis::wireshark_ack(bases(s, i), raw_numbers(s, i)); }

Maybe tcp_len(const Strip& s, std::size_t i) {
  return length_known(s, i) ? Maybe(s.chunk().payload[s.row(i)]) : Maybe();
}

Maybe tcp_nxtseq(const Strip& s, std::size_t i) {
  if (!length_known(s, i) || malformed(s, i)) return std::nullopt;
  const std::uint32_t control = word(s, i).has(tcp_flag::kSyn | tcp_flag::kFin) ? 1 : 0;
  return static_cast<std::uint32_t>(tcp_seq(s, i)) + s.chunk().payload[s.row(i)] + control;
}

std::int8_t shift(const Strip& s, std::size_t i) {
  const auto& facts = s.facts(i);
  const std::size_t row = s.row(i);
  const analysis::ShiftPair shifts =
      facts.shifts ? facts.shifts->before(s.chunk().frame[row]) : s.context.replayed_shifts[row];
  return shifts[s.side(i)];
}

Value tcp_window_size(const Strip& s, std::size_t i) {
  return analysis::wireshark_window(shift(s, i), word(s, i), s.chunk().window[s.row(i)], length_known(s, i));
}

Maybe tcp_scale_factor(const Strip& s, std::size_t i) {
  if (malformed(s, i) || word(s, i).has(tcp_flag::kSyn)) return std::nullopt;
  const std::int8_t value = shift(s, i);
  return bits(value < 0 ? value : std::int64_t{1} << value);
}

Value frame_time_delta(const Strip& s, std::size_t i) { return bits(s.chunk().since_frame_before(s.row(i)).value); }

void vlan_ids(const Strip& s, std::size_t i, Cells& out) {
  const std::size_t row = s.row(i);
  const std::size_t tags = std::min<std::size_t>(s.chunk().vlan_tags[row], s.chunk().vlan.size());
  for (std::size_t tag = 0; tag < tags; ++tag) out.add(s.chunk().vlan[tag][row] & 0xfffU);
}

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

template <bool kClient>
void role(const Strip& strip, Cells& out) {
  each<[](const Strip& s, std::size_t i) { return end_of(s, i, s.facts(i).connection.client ^ (kClient ? 0U : 1U)); }>(
      strip, out);
}

constexpr ColumnSet kSender = {C::kConnection, C::kMarks};
constexpr ColumnSet kFlagColumns = {C::kTcpWord, C::kOddities};
constexpr ColumnSet kNumberColumns = kSender | ColumnSet{C::kTcpWord, C::kOddities, C::kSeq, C::kAck};
constexpr ColumnSet kShiftColumns =
    kSender | ColumnSet{C::kFrame, C::kTcpWord, C::kOddities, C::kOptions, C::kCut, C::kWindow};
constexpr Needs kBaseNeeds = kConnections | kBases;
constexpr Needs kShiftNeeds = kConnections | kShifts;
constexpr Needs kRelativeNeeds = kConnections | kBases | kRelative;

using T = FieldType;
using F = Format;

// clang-format off
constexpr auto kFields = std::to_array<Field>({
    {"frame.number", T::kUnsigned, F::kDecimal, "Frame number, from 1, over all frames of the capture", {C::kFrame}, kNothing,
     each<[](const Strip& s, std::size_t i) { return s.chunk().frame[s.row(i)]; }>},
    {"frame.time_epoch", T::kTime, F::kSeconds, "Capture time, seconds since 1970-01-01 UTC", {C::kTime}, kNothing,
     each<[](const Strip& s, std::size_t i) { return bits(s.chunk().time[s.row(i)].value); }>},
    {"frame.time_relative", T::kDuration, F::kSeconds, "Seconds since the first frame of the capture", {C::kTime}, kNothing,
     each<[](const Strip& s, std::size_t i) { return bits((s.chunk().time[s.row(i)] - s.context.catalog->first_frame_time).value); }>},
    {"frame.time_delta", T::kDuration, F::kSeconds, "Seconds since the frame before, of any kind", {C::kTime, C::kPrevious}, kNothing,
     each<frame_time_delta>},
    {"frame.len", T::kUnsigned, F::kDecimal, "Bytes of the frame on the wire", {C::kOverhead, C::kTcpWord, C::kPayload}, kNothing,
     each<[](const Strip& s, std::size_t i) { return Value{s.chunk().wire_bytes(s.row(i))}; }>},
    {"frame.cap_len", T::kUnsigned, F::kDecimal, "Bytes of the frame that were captured", {C::kCaptured}, kNothing,
     each<[](const Strip& s, std::size_t i) { return Value{s.chunk().captured_bytes(s.row(i))}; }>},

    {"ip.src", T::kAddress, F::kAddress, "IPv4 source address", kSender, kConnections, address<IpVersion::kV4, Ends::kSource>},
    {"ip.dst", T::kAddress, F::kAddress, "IPv4 destination address", kSender, kConnections, address<IpVersion::kV4, Ends::kDestination>},
    {"ip.addr", T::kAddress, F::kAddress, "IPv4 source and destination address", kSender, kConnections, address<IpVersion::kV4, Ends::kBoth>},
    {"ip.ttl", T::kUnsigned, F::kDecimal, "IPv4 time to live", kSender | ColumnSet{C::kTtl}, kConnections,
     of_version<IpVersion::kV4, [](const read::SegmentChunk& c, std::size_t row) { return Value{c.ttl[row]}; }>},
    {"ip.id", T::kUnsigned, F::kHex4, "IPv4 identification", kSender | ColumnSet{C::kIpId}, kConnections,
     of_version<IpVersion::kV4, [](const read::SegmentChunk& c, std::size_t row) { return Value{c.ip_id[row]}; }>},
    {"ip.dsfield.ecn", T::kUnsigned, F::kDecimal, "IPv4 ECN bits", kSender | ColumnSet{C::kDscpEcn}, kConnections,
     of_version<IpVersion::kV4, [](const read::SegmentChunk& c, std::size_t row) { return Value{c.dscp_ecn[row] & 3U}; }>},
    {"ipv6.src", T::kAddress, F::kAddress, "IPv6 source address", kSender, kConnections, address<IpVersion::kV6, Ends::kSource>},
    {"ipv6.dst", T::kAddress, F::kAddress, "IPv6 destination address", kSender, kConnections, address<IpVersion::kV6, Ends::kDestination>},
    {"ipv6.addr", T::kAddress, F::kAddress, "IPv6 source and destination address", kSender, kConnections, address<IpVersion::kV6, Ends::kBoth>},
    {"ipv6.hlim", T::kUnsigned, F::kDecimal, "IPv6 hop limit", kSender | ColumnSet{C::kTtl}, kConnections,
     of_version<IpVersion::kV6, [](const read::SegmentChunk& c, std::size_t row) { return Value{c.ttl[row]}; }>},
    {"vlan.id", T::kUnsigned, F::kDecimal, "VLAN ids, outermost first", {C::kVlan}, kNothing, several<vlan_ids>},

    {"tcp.stream", T::kUnsigned, F::kDecimal, "Connection number, from 0", {C::kConnection}, kNothing,
     each<[](const Strip& s, std::size_t i) { return Value{s.chunk().connection[s.row(i)]}; }>},
    {"tcp.srcport", T::kUnsigned, F::kDecimal, "Source port", kSender, kConnections, each<source_port>},
    {"tcp.dstport", T::kUnsigned, F::kDecimal, "Destination port", kSender, kConnections, each<destination_port>},
    {"tcp.port", T::kUnsigned, F::kDecimal, "Source and destination port", kSender, kConnections,
     several<[](const Strip& s, std::size_t i, Cells& out) { out.add(source_port(s, i)); out.add(destination_port(s, i)); }>},
    {"tcp.len", T::kUnsigned, F::kDecimal, "Payload bytes on the wire; empty where unknown", {C::kPayload, C::kOddities}, kNothing, some<tcp_len>},
    {"tcp.hdr_len", T::kUnsigned, F::kDecimal, "Bytes of the TCP header", {C::kTcpWord}, kNothing,
     each<[](const Strip& s, std::size_t i) { return Value{word(s, i).header_bytes()}; }>},
    {"tcp.seq", T::kUnsigned, F::kDecimal, "Sequence number relative to the base, modulo 2^32", kNumberColumns, kBaseNeeds, each<tcp_seq>},
    {"tcp.seq_raw", T::kUnsigned, F::kDecimal, "Sequence number as sent", {C::kSeq}, kNothing,
     each<[](const Strip& s, std::size_t i) { return Value{s.chunk().seq[s.row(i)]}; }>},
    {"tcp.nxtseq", T::kUnsigned, F::kDecimal, "tcp.seq plus payload, SYN and FIN", kNumberColumns | ColumnSet{C::kPayload}, kBaseNeeds, some<tcp_nxtseq>},
    {"tcp.ack", T::kUnsigned, F::kDecimal, "Acknowledgment number relative to the base, modulo 2^32", kNumberColumns, kBaseNeeds, header<tcp_ack>},
    {"tcp.ack_raw", T::kUnsigned, F::kDecimal, "Acknowledgment number as sent", {C::kAck, C::kOddities}, kNothing,
     header<[](const Strip& s, std::size_t i) { return Value{s.chunk().ack[s.row(i)]}; }>},
    {"tcp.flags", T::kUnsigned, F::kHex4, "The twelve flag bits", kFlagColumns, kNothing,
     header<[](const Strip& s, std::size_t i) { return Value{word(s, i).flags()}; }>},
    {"tcp.flags.ae", T::kBoolean, F::kDecimal, "Accurate ECN (formerly nonce)", kFlagColumns, kNothing, flag<tcp_flag::kAe>},
    {"tcp.flags.cwr", T::kBoolean, F::kDecimal, "Congestion window reduced", kFlagColumns, kNothing, flag<tcp_flag::kCwr>},
    {"tcp.flags.ece", T::kBoolean, F::kDecimal, "ECN echo", kFlagColumns, kNothing, flag<tcp_flag::kEce>},
    {"tcp.flags.urg", T::kBoolean, F::kDecimal, "Urgent", kFlagColumns, kNothing, flag<tcp_flag::kUrg>},
    {"tcp.flags.ack", T::kBoolean, F::kDecimal, "Acknowledgment", kFlagColumns, kNothing, flag<tcp_flag::kAck>},
    {"tcp.flags.push", T::kBoolean, F::kDecimal, "Push", kFlagColumns, kNothing, flag<tcp_flag::kPsh>},
    {"tcp.flags.reset", T::kBoolean, F::kDecimal, "Reset", kFlagColumns, kNothing, flag<tcp_flag::kRst>},
    {"tcp.flags.syn", T::kBoolean, F::kDecimal, "Syn", kFlagColumns, kNothing, flag<tcp_flag::kSyn>},
    {"tcp.flags.fin", T::kBoolean, F::kDecimal, "Fin", kFlagColumns, kNothing, flag<tcp_flag::kFin>},
    {"tcp.window_size_value", T::kUnsigned, F::kDecimal, "Window field as sent", {C::kWindow, C::kOddities}, kNothing,
     header<[](const Strip& s, std::size_t i) { return Value{s.chunk().window[s.row(i)]}; }>},
    {"tcp.window_size", T::kUnsigned, F::kDecimal, "Window, scaled as far as the options so far tell", kShiftColumns, kShiftNeeds, header<tcp_window_size>},
    {"tcp.window_size_scalefactor", T::kSigned, F::kDecimal, "Window factor; -1 unknown, -2 no scaling used", kShiftColumns, kShiftNeeds, some<tcp_scale_factor>},
    {"tcp.options.timestamp.tsval", T::kUnsigned, F::kDecimal, "Timestamp value", {C::kTimestamps, C::kMarks, C::kOddities}, kNothing,
     timestamp<&read::SegmentChunk::ts_value>},
    {"tcp.options.timestamp.tsecr", T::kUnsigned, F::kDecimal, "Timestamp echo reply", {C::kTimestamps, C::kMarks, C::kOddities}, kNothing,
     timestamp<&read::SegmentChunk::ts_echo>},

    {"pcapsule.direction", T::kText, F::kDirection, "c2s: the client sent it; s2c: the server", kSender, kConnections,
     each<[](const Strip& s, std::size_t i) { return Value{s.side(i) ^ s.facts(i).connection.client}; }>},
    {"pcapsule.client", T::kEndpoint, F::kEndpoint, "Endpoint of the client", kSender, kConnections, role<true>},
    {"pcapsule.server", T::kEndpoint, F::kEndpoint, "Endpoint of the server", kSender, kConnections, role<false>},
    {"pcapsule.seq", T::kSigned, F::kDecimal, "Relative sequence number that does not wrap; negative before the base", kNumberColumns, kRelativeNeeds,
     relative<&analysis::RelativeNumbers::seq>},
    {"pcapsule.ack", T::kSigned, F::kDecimal, "Relative acknowledgment number that does not wrap; empty without the ACK flag", kNumberColumns, kRelativeNeeds,
     relative<&analysis::RelativeNumbers::ack>},
    {"pcapsule.window_scale", T::kText, F::kScaleState, "What is known of window scaling: both, none, one_sided, unknown", kSender, kConnections,
     each<[](const Strip& s, std::size_t i) { return Value{static_cast<std::uint8_t>(s.facts(i).scale.state)}; }>},
    {"pcapsule.file", T::kText, F::kFileName, "Name of the record file", {}, kNothing, each<[](const Strip&, std::size_t) { return Value{0}; }>},
});
// clang-format on

}  // namespace

std::span<const Field> all_fields() { return kFields; }

}  // namespace pcapsule::fields
