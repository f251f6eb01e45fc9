// SPDX-License-Identifier: Apache-2.0
// The one table of fields.
#include <algorithm>
#include <array>

#include "analyzer/fields/connection_values.h"
#include "analyzer/fields/field.h"
#include "analyzer/fields/label_values.h"
#include "analyzer/fields/reset_values.h"
#include "analyzer/fields/row_values.h"

namespace pcapsule::fields {

namespace {

using read::ColumnSet;
using C = read::SegmentColumn;

constexpr ColumnSet kSender = {C::kConnection, C::kMarks};
constexpr ColumnSet kFlagColumns = {C::kTcpWord, C::kOddities};
constexpr ColumnSet kNumberColumns = kSender | ColumnSet{C::kTcpWord, C::kOddities, C::kSeq, C::kAck};
constexpr ColumnSet kOptionColumns = {C::kOptions, C::kOddities, C::kCut};
constexpr ColumnSet kShiftColumns = kSender | kOptionColumns | ColumnSet{C::kFrame, C::kTcpWord, C::kWindow};
constexpr ColumnSet kSackColumns = kSender | ColumnSet{C::kSack, C::kOddities};
constexpr ColumnSet kTimeColumns = {C::kConnection, C::kTime, C::kOddities, C::kCut};
constexpr ColumnSet kEntry = {C::kConnection};
constexpr Needs kBaseNeeds = kConnections | kBases;
constexpr Needs kShiftNeeds = kConnections | kShifts;
constexpr Needs kRelativeNeeds = kConnections | kBases | kRelative;
constexpr Needs kTotalNeeds = kConnections | kTotals;
constexpr Needs kLabelNeeds = kConnections | kLabels;
constexpr Needs kMeasureNeeds = kLabelNeeds | kMeasures;

using T = FieldType;
using F = Format;
using analysis::Label;
using analysis::Leg;
using analysis::SegmentLabels;

using Chunk = read::SegmentChunk;

/// What a column of the chunk holds of the row.
template <auto kColumn>
Value of_column(const Strip& s, std::size_t i) {
  return Value{(s.chunk().*kColumn)[s.row(i)]};
}

constexpr Field row_field(std::string_view name, T type, F format, std::string_view description, ColumnSet columns,
                          Needs needs, void (*evaluate)(const Strip&, Cells&)) {
  return {name, type, format, description, columns, needs, evaluate, nullptr, false};
}

/// A row may have several of them.
constexpr Field repeated_field(std::string_view name, T type, F format, std::string_view description, ColumnSet columns,
                               Needs needs, void (*evaluate)(const Strip&, Cells&)) {
  return {name, type, format, description, columns, needs, evaluate, nullptr, true};
}

/// A label of Wireshark's analysis.
template <analysis::Label kLabel>
constexpr Field label_field(std::string_view name, std::string_view description) {
  return row_field(name, T::kLabel, F::kDecimal, description, kEntry, kLabelNeeds, label<kLabel>);
}

/// A field of rows that connections have too.
constexpr Field shared_field(std::string_view name, T type, F format, std::string_view description, ColumnSet columns,
                             Needs needs, void (*evaluate)(const Strip&, Cells&),
                             Maybe (*of_connection)(const ConnectionEntry&)) {
  return {name, type, format, description, columns, needs, evaluate, of_connection, false};
}

/// A field of the connection, the same for all of its rows.
template <auto kGet>
constexpr Field connection_field(std::string_view name, T type, F format, std::string_view description,
                                 Needs needs = kConnections) {
  return {name, type, format, description, kEntry, needs, of_row<kGet>, kGet, false};
}

// clang-format off
constexpr auto kFields = std::to_array<Field>({
    row_field("frame.number", T::kUnsigned, F::kDecimal, "Frame number, from 1, over all frames of the capture", {C::kFrame}, kNothing, each<of_column<&Chunk::frame>>),
    row_field("frame.time", T::kTime, F::kDateTime, "Capture time in the zone of TZ", {C::kTime}, kNothing, each<frame_time>),
    row_field("frame.time_epoch", T::kTime, F::kSeconds, "Capture time, seconds since 1970-01-01 UTC", {C::kTime}, kNothing, each<frame_time>),
    row_field("frame.time_relative", T::kDuration, F::kSeconds, "Seconds since the first frame of the capture", {C::kTime}, kNothing, each<frame_time_relative>),
    row_field("frame.time_delta", T::kDuration, F::kSeconds, "Seconds since the frame before, of any kind", {C::kTime, C::kPrevious}, kNothing,
     frame_time_delta),
    row_field("frame.len", T::kUnsigned, F::kDecimal, "Bytes of the frame on the wire", {C::kOverhead, C::kTcpWord, C::kPayload}, kNothing,
     each<[](const Strip& s, std::size_t i) { return Value{s.chunk().wire_bytes(s.row(i))}; }>),
    row_field("frame.cap_len", T::kUnsigned, F::kDecimal, "Bytes of the frame that were captured", {C::kCaptured}, kNothing,
     each<[](const Strip& s, std::size_t i) { return Value{s.chunk().captured_bytes(s.row(i))}; }>),

    row_field("ip.src", T::kAddress, F::kAddress, "IPv4 source address", kSender, kConnections, address<IpVersion::kV4, Ends::kSource>),
    row_field("ip.dst", T::kAddress, F::kAddress, "IPv4 destination address", kSender, kConnections, address<IpVersion::kV4, Ends::kDestination>),
    repeated_field("ip.addr", T::kAddress, F::kAddress, "IPv4 source and destination address", kSender, kConnections, address<IpVersion::kV4, Ends::kBoth>),
    row_field("ip.ttl", T::kUnsigned, F::kDecimal, "IPv4 time to live", kSender | ColumnSet{C::kTtl}, kConnections,
     of_version<IpVersion::kV4, [](const read::SegmentChunk& c, std::size_t row) { return Value{c.ttl[row]}; }>),
    row_field("ip.id", T::kUnsigned, F::kHex4, "IPv4 identification", kSender | ColumnSet{C::kIpId}, kConnections,
     of_version<IpVersion::kV4, [](const read::SegmentChunk& c, std::size_t row) { return Value{c.ip_id[row]}; }>),
    row_field("ip.dsfield.ecn", T::kUnsigned, F::kDecimal, "IPv4 ECN bits", kSender | ColumnSet{C::kDscpEcn}, kConnections,
     of_version<IpVersion::kV4, [](const read::SegmentChunk& c, std::size_t row) { return Value{c.dscp_ecn[row] & 3U}; }>),
    row_field("ipv6.src", T::kAddress, F::kAddress, "IPv6 source address", kSender, kConnections, address<IpVersion::kV6, Ends::kSource>),
    row_field("ipv6.dst", T::kAddress, F::kAddress, "IPv6 destination address", kSender, kConnections, address<IpVersion::kV6, Ends::kDestination>),
    repeated_field("ipv6.addr", T::kAddress, F::kAddress, "IPv6 source and destination address", kSender, kConnections, address<IpVersion::kV6, Ends::kBoth>),
    row_field("ipv6.hlim", T::kUnsigned, F::kDecimal, "IPv6 hop limit", kSender | ColumnSet{C::kTtl}, kConnections,
     of_version<IpVersion::kV6, [](const read::SegmentChunk& c, std::size_t row) { return Value{c.ttl[row]}; }>),
    repeated_field("vlan.id", T::kUnsigned, F::kDecimal, "VLAN ids, outermost first; not those of service tags (802.1ad)", {C::kVlan, C::kEncapsulation}, kNothing, several<vlan_ids>),

    shared_field("tcp.stream", T::kUnsigned, F::kDecimal, "Connection number, from 0", {C::kConnection}, kNothing,
     each<of_column<&Chunk::connection>>, connection_number),
    row_field("tcp.srcport", T::kUnsigned, F::kDecimal, "Source port", kSender, kConnections, each<source_port>),
    row_field("tcp.dstport", T::kUnsigned, F::kDecimal, "Destination port", kSender, kConnections, each<destination_port>),
    repeated_field("tcp.port", T::kUnsigned, F::kDecimal, "Source and destination port", kSender, kConnections,
     several<ports>),
    row_field("tcp.len", T::kUnsigned, F::kDecimal, "Payload bytes on the wire; empty where unknown", {C::kPayload, C::kOddities}, kNothing, some<tcp_len>),
    row_field("tcp.hdr_len", T::kUnsigned, F::kDecimal, "Bytes of the TCP header", {C::kTcpWord}, kNothing,
     each<[](const Strip& s, std::size_t i) { return Value{word(s, i).header_bytes()}; }>),
    row_field("tcp.seq", T::kUnsigned, F::kDecimal, "Sequence number relative to the base, modulo 2^32", kNumberColumns, kBaseNeeds, each<tcp_seq>),
    row_field("tcp.seq_raw", T::kUnsigned, F::kDecimal, "Sequence number as sent", {C::kSeq}, kNothing, each<of_column<&Chunk::seq>>),
    row_field("tcp.nxtseq", T::kUnsigned, F::kDecimal, "tcp.seq plus payload, SYN and FIN", kNumberColumns | ColumnSet{C::kPayload}, kBaseNeeds, some<tcp_nxtseq>),
    row_field("tcp.ack", T::kUnsigned, F::kDecimal, "Acknowledgment number relative to the base, modulo 2^32", kNumberColumns, kBaseNeeds, header<tcp_ack>),
    row_field("tcp.ack_raw", T::kUnsigned, F::kDecimal, "Acknowledgment number as sent", {C::kAck, C::kOddities}, kNothing, header<of_column<&Chunk::ack>>),
    row_field("tcp.flags", T::kUnsigned, F::kHex4, "The twelve flag bits", kFlagColumns, kNothing,
     header<[](const Strip& s, std::size_t i) { return Value{word(s, i).flags()}; }>),
    row_field("tcp.flags.str", T::kText, F::kFlagLetters, "The flags as letters; AE, CWR and ECE as a digit where they count", kFlagColumns | kEntry,
     kConnections | kAccurateEcn, header<tcp_flags_str>),
    row_field("tcp.flags.ae", T::kBoolean, F::kDecimal, "Accurate ECN (formerly nonce)", kFlagColumns, kNothing, flag<tcp_flag::kAe>),
    row_field("tcp.flags.cwr", T::kBoolean, F::kDecimal, "Congestion window reduced", kFlagColumns, kNothing, flag<tcp_flag::kCwr>),
    row_field("tcp.flags.ece", T::kBoolean, F::kDecimal, "ECN echo", kFlagColumns, kNothing, flag<tcp_flag::kEce>),
    row_field("tcp.flags.urg", T::kBoolean, F::kDecimal, "Urgent", kFlagColumns, kNothing, flag<tcp_flag::kUrg>),
    row_field("tcp.flags.ack", T::kBoolean, F::kDecimal, "Acknowledgment", kFlagColumns, kNothing, flag<tcp_flag::kAck>),
    row_field("tcp.flags.push", T::kBoolean, F::kDecimal, "Push", kFlagColumns, kNothing, flag<tcp_flag::kPsh>),
    row_field("tcp.flags.reset", T::kBoolean, F::kDecimal, "Reset", kFlagColumns, kNothing, flag<tcp_flag::kRst>),
    row_field("tcp.flags.syn", T::kBoolean, F::kDecimal, "Syn", kFlagColumns, kNothing, flag<tcp_flag::kSyn>),
    row_field("tcp.flags.fin", T::kBoolean, F::kDecimal, "Fin", kFlagColumns, kNothing, flag<tcp_flag::kFin>),
    row_field("tcp.window_size_value", T::kUnsigned, F::kDecimal, "Window field as sent", {C::kWindow, C::kOddities}, kNothing, header<of_column<&Chunk::window>>),
    row_field("tcp.window_size", T::kUnsigned, F::kDecimal, "Window, scaled as far as the options so far tell", kShiftColumns, kShiftNeeds, header<tcp_window_size>),
    row_field("tcp.window_size_scalefactor", T::kSigned, F::kDecimal, "Window factor; -1 unknown, -2 no scaling used", kShiftColumns, kShiftNeeds, some<tcp_scale_factor>),
    repeated_field("tcp.options.mss_val", T::kUnsigned, F::kDecimal, "Maximum segment size option", kOptionColumns, kNothing, several<mss_values>),
    repeated_field("tcp.options.wscale.shift", T::kUnsigned, F::kDecimal, "Shift of the window scale option, as sent", kOptionColumns, kNothing, several<shift_values>),
    repeated_field("tcp.options.sack_perm", T::kText, F::kOptionBytes, "The SACK permitted option, in hexadecimal", kOptionColumns, kNothing, several<sack_permitted>),
    repeated_field("tcp.options.sack_le", T::kUnsigned, F::kDecimal, "Left edges of SACK blocks, relative to the base", kSackColumns, kBaseNeeds, several<sack_left_edges>),
    repeated_field("tcp.options.sack_re", T::kUnsigned, F::kDecimal, "Right edges of SACK blocks, relative to the base", kSackColumns, kBaseNeeds, several<sack_right_edges>),
    row_field("tcp.options.timestamp.tsval", T::kUnsigned, F::kDecimal, "Timestamp value", {C::kTimestamps, C::kMarks, C::kOddities}, kNothing,
     timestamp<&read::SegmentChunk::ts_value>),
    row_field("tcp.options.timestamp.tsecr", T::kUnsigned, F::kDecimal, "Timestamp echo reply", {C::kTimestamps, C::kMarks, C::kOddities}, kNothing,
     timestamp<&read::SegmentChunk::ts_echo>),

    row_field("tcp.time_relative", T::kDuration, F::kSeconds, "Seconds since the first frame of the connection", kTimeColumns, kConnections,
     some<tcp_time_relative>),
    row_field("tcp.time_delta", T::kDuration, F::kSeconds, "Seconds since the connection's frame before", kTimeColumns, kConnections | kRowBefore,
     some<tcp_time_delta>),
    shared_field("tcp.completeness", T::kUnsigned, F::kDecimal, "What of a whole conversation was seen: 1 SYN, 2 SYN-ACK, 4 ACK, 8 data, 16 FIN, 32 RST",
     kEntry, kConnections, each<tcp_completeness>, connection_completeness),

    row_field("tcp.analysis", T::kLabel, F::kDecimal, "Wireshark's analysis has something on the segment", kEntry, kMeasureNeeds, some<has_analysis>),
    row_field("tcp.analysis.flags", T::kLabel, F::kDecimal, "It has one of the labels below", kEntry, kLabelNeeds, some<has_any_label>),
    label_field<Label::kRetransmission>("tcp.analysis.retransmission", "Sent again; also set with the next two"),
    label_field<Label::kFastRetransmission>("tcp.analysis.fast_retransmission", "Sent again within 20 ms of a second duplicate ACK"),
    label_field<Label::kSpuriousRetransmission>("tcp.analysis.spurious_retransmission", "Sent again though acknowledged"),
    label_field<Label::kOutOfOrder>("tcp.analysis.out_of_order", "Behind the sender's highest segment by less than the initial RTT"),
    repeated_field("tcp.analysis.duplicate_ack", T::kLabel, F::kDecimal, "Repeats an acknowledgment; two values, as in Wireshark", kEntry, kLabelNeeds, several<duplicate_ack>),
    row_field("tcp.analysis.duplicate_ack_num", T::kUnsigned, F::kDecimal, "How often by now, from 1", kEntry, kMeasureNeeds, label_number<&SegmentLabels::duplicate_ack_number>),
    row_field("tcp.analysis.duplicate_ack_frame", T::kUnsigned, F::kDecimal, "The frame whose acknowledgment it repeats", kEntry, kMeasureNeeds, some<duplicate_ack_frame>),
    label_field<Label::kLostSegment>("tcp.analysis.lost_segment", "Bytes before it were not captured"),
    label_field<Label::kAckLostSegment>("tcp.analysis.ack_lost_segment", "It acknowledges bytes that were not captured"),
    label_field<Label::kZeroWindow>("tcp.analysis.zero_window", "Window 0, without SYN, FIN and RST"),
    label_field<Label::kZeroWindowProbe>("tcp.analysis.zero_window_probe", "One byte against a zero window"),
    label_field<Label::kZeroWindowProbeAck>("tcp.analysis.zero_window_probe_ack", "Answers one: the window is still 0"),
    label_field<Label::kWindowUpdate>("tcp.analysis.window_update", "Only the window changed"),
    label_field<Label::kWindowFull>("tcp.analysis.window_full", "Ends at the receiver's window"),
    label_field<Label::kKeepAlive>("tcp.analysis.keep_alive", "At most one byte, one before the next"),
    label_field<Label::kKeepAliveAck>("tcp.analysis.keep_alive_ack", "Answers one"),
    label_field<Label::kReusedPorts>("tcp.analysis.reused_ports", "A SYN or SYN-ACK begins anew on ports that were in use"),
    row_field("tcp.analysis.acks_frame", T::kUnsigned, F::kDecimal, "The frame that it acknowledges exactly", kEntry, kMeasureNeeds, label_number<&SegmentLabels::acked_frame>),
    row_field("tcp.analysis.ack_rtt", T::kDuration, F::kSeconds, "Seconds since that frame, copies sent again included", kEntry, kMeasureNeeds, label_time<&SegmentLabels::ack_rtt>),
    row_field("tcp.analysis.initial_rtt", T::kDuration, F::kSeconds, "Seconds from the last SYN to the first ACK, once known", kEntry, kMeasureNeeds, label_time<&SegmentLabels::initial_rtt>),
    row_field("tcp.analysis.bytes_in_flight", T::kUnsigned, F::kDecimal, "Unacknowledged bytes of the sender, this segment included", kEntry, kMeasureNeeds, label_number<&SegmentLabels::bytes_in_flight>),
    row_field("tcp.analysis.rto", T::kDuration, F::kSeconds, "Of a retransmission: seconds since the oldest unacknowledged segment", kEntry, kMeasureNeeds, label_time<&SegmentLabels::rto>),
    row_field("tcp.analysis.rto_frame", T::kUnsigned, F::kDecimal, "The frame of that segment", kEntry, kMeasureNeeds, label_number<&SegmentLabels::rto_frame>),

    row_field("pcapsule.direction", T::kText, F::kDirection, "c2s: the client sent it; s2c: the server", kSender, kConnections,
     each<[](const Strip& s, std::size_t i) { return Value{s.side(i) ^ s.facts(i).connection.client}; }>),
    row_field("pcapsule.seq", T::kSigned, F::kDecimal, "Relative sequence number that does not wrap; negative before the base", kNumberColumns, kRelativeNeeds,
     relative<&analysis::RelativeNumbers::seq>),
    row_field("pcapsule.ack", T::kSigned, F::kDecimal, "Relative acknowledgment number that does not wrap; empty without the ACK flag", kNumberColumns, kRelativeNeeds,
     relative<&analysis::RelativeNumbers::ack>),
    row_field("pcapsule.duplicate", T::kBoolean, F::kDecimal, "1: a second copy of a segment at the capture port; else empty", kEntry, kConnections | kDuplicates,
     some<[](const Strip& s, std::size_t i) { return s.context.copy_of[s.row(i)] != 0 ? Maybe(1) : Maybe(); }>),
    row_field("pcapsule.duplicate_of", T::kUnsigned, F::kDecimal, "Of such a copy: the frame that came first", kEntry, kConnections | kDuplicates,
     some<[](const Strip& s, std::size_t i) { const Value of = s.context.copy_of[s.row(i)]; return of != 0 ? Maybe(of) : Maybe(); }>),
    row_field("pcapsule.cause", T::kText, F::kCause,
     "Why it was sent again or came late: lost before the tap, lost after the tap, needless, reordered, duplicate at the tap, undecided", kEntry, kConnections | kCauses,
     some<[](const Strip& s, std::size_t i) { const std::uint8_t cause = s.context.causes[s.row(i)]; return cause != 0 ? Maybe(cause - 1U) : Maybe(); }>),
    row_field("pcapsule.capture", T::kText, F::kCapture, "Name of the capture that the frame came from", {C::kFrame}, kNothing, some<capture>),
    row_field("pcapsule.capture_frame", T::kUnsigned, F::kDecimal, "Number of the frame in that capture", {C::kFrame}, kNothing, some<capture_frame>),
    row_field("pcapsule.file", T::kText, F::kFileName, "Name of the record file", {}, kNothing, each<[](const Strip&, std::size_t) { return Value{0}; }>),

    shared_field("pcapsule.client", T::kEndpoint, F::kEndpoint, "Endpoint of the client", kSender, kConnections, role<true>, connection_role<true>),
    shared_field("pcapsule.server", T::kEndpoint, F::kEndpoint, "Endpoint of the server", kSender, kConnections, role<false>, connection_role<false>),
    connection_field<connection_evidence>("pcapsule.role", T::kText, F::kEvidence,
     "How the client is known: syn, syn_ack; or guessed by server_elsewhere, well_known_port, lower_port, first_sender"),
    connection_field<connection_start>("pcapsule.start", T::kTime, F::kSeconds, "Capture time of the connection's first frame", kTotalNeeds),
    connection_field<connection_duration>("pcapsule.duration_ns", T::kSigned, F::kDecimal, "From the first frame of the connection to its last, in ns", kTotalNeeds),
    connection_field<connection_first_frame>("pcapsule.first_frame", T::kUnsigned, F::kDecimal, "Number of the connection's first frame", kTotalNeeds),
    connection_field<connection_last_frame>("pcapsule.last_frame", T::kUnsigned, F::kDecimal, "Number of the connection's last frame", kTotalNeeds),
    connection_field<connection_frames<Way::kBoth>>("pcapsule.frames", T::kUnsigned, F::kDecimal, "Frames of the connection", kTotalNeeds),
    connection_field<connection_frames<Way::kFromClient>>("pcapsule.client_frames", T::kUnsigned, F::kDecimal, "Frames that the client sent", kTotalNeeds),
    connection_field<connection_frames<Way::kFromServer>>("pcapsule.server_frames", T::kUnsigned, F::kDecimal, "Frames that the server sent", kTotalNeeds),
    connection_field<connection_bytes<Way::kBoth>>("pcapsule.bytes", T::kUnsigned, F::kDecimal, "Bytes of the connection's frames on the wire", kTotalNeeds),
    connection_field<connection_bytes<Way::kFromClient>>("pcapsule.client_bytes", T::kUnsigned, F::kDecimal, "Bytes of the client's frames on the wire", kTotalNeeds),
    connection_field<connection_bytes<Way::kFromServer>>("pcapsule.server_bytes", T::kUnsigned, F::kDecimal, "Bytes of the server's frames on the wire", kTotalNeeds),
    connection_field<connection_payload_bytes<Way::kBoth>>("pcapsule.payload_bytes", T::kUnsigned, F::kDecimal,
     "Payload bytes of the connection, what was sent again included; segments of unknown length left out"),
    connection_field<connection_payload_bytes<Way::kFromClient>>("pcapsule.client_payload_bytes", T::kUnsigned, F::kDecimal, "Payload bytes that the client sent"),
    connection_field<connection_payload_bytes<Way::kFromServer>>("pcapsule.server_payload_bytes", T::kUnsigned, F::kDecimal, "Payload bytes that the server sent"),
    connection_field<connection_handshake>("pcapsule.handshake", T::kText, F::kHandshake,
     "complete, partial, unanswered, refused, reset, or not_captured"),
    connection_field<handshake_leg<Leg::kSynToSynAckFirst>>("pcapsule.syn_to_syn_ack_first_ns", T::kSigned, F::kDecimal, "From the first SYN to the SYN-ACK, in ns: what the user felt"),
    connection_field<handshake_leg<Leg::kSynToSynAckLast>>("pcapsule.syn_to_syn_ack_last_ns", T::kSigned, F::kDecimal, "From the last SYN before it to the SYN-ACK, in ns: capture point to server and back"),
    connection_field<handshake_leg<Leg::kSynAckToAck>>("pcapsule.syn_ack_to_ack_ns", T::kSigned, F::kDecimal, "From the last SYN-ACK to the ACK that completes, in ns: capture point to client and back"),
    connection_field<handshake_leg<Leg::kTotal>>("pcapsule.handshake_total_ns", T::kSigned, F::kDecimal, "From the first SYN to the ACK that completes, in ns"),
    connection_field<handshake_leg_missing<Leg::kSynToSynAckFirst>>("pcapsule.syn_to_syn_ack_first_missing", T::kText, F::kNoLeg, "Why it has no number: no_syn, no_syn_ack, no_ack, reset, refused, clock"),
    connection_field<handshake_leg_missing<Leg::kSynToSynAckLast>>("pcapsule.syn_to_syn_ack_last_missing", T::kText, F::kNoLeg, "Why it has no number: no_syn, no_syn_ack, no_ack, reset, refused, clock"),
    connection_field<handshake_leg_missing<Leg::kSynAckToAck>>("pcapsule.syn_ack_to_ack_missing", T::kText, F::kNoLeg, "Why it has no number: no_syn, no_syn_ack, no_ack, reset, refused, clock"),
    connection_field<handshake_leg_missing<Leg::kTotal>>("pcapsule.handshake_total_missing", T::kText, F::kNoLeg, "Why it has no number: no_syn, no_syn_ack, no_ack, reset, refused, clock"),
    connection_field<connection_capture_point>("pcapsule.capture_point", T::kText, F::kCapturePoint, "Where the capture was taken, by the legs: near_client, mid_path, near_server, unknown"),
    connection_field<connection_syns>("pcapsule.syns", T::kUnsigned, F::kDecimal, "SYNs of the client"),
    connection_field<connection_syn_acks>("pcapsule.syn_acks", T::kUnsigned, F::kDecimal, "SYN-ACKs"),
    connection_field<connection_syn_frame>("pcapsule.syn_frame", T::kUnsigned, F::kDecimal, "Frame of the first SYN"),
    connection_field<connection_syn_ack_frame>("pcapsule.syn_ack_frame", T::kUnsigned, F::kDecimal, "Frame of the SYN-ACK"),
    connection_field<connection_handshake_ack_frame>("pcapsule.handshake_ack_frame", T::kUnsigned, F::kDecimal, "Frame of the ACK that completes the handshake"),
    connection_field<connection_end>("pcapsule.end", T::kText, F::kEnd,
     "What ended the connection: fin_both, fin_unacked, fin_client, fin_server, reset_client, reset_server, refused, unanswered, or open"),
    connection_field<connection_conn_state>("pcapsule.conn_state", T::kText, F::kConnState, "Zeek's conn_state: SF, S0, S1, S2, S3, REJ, RSTO, RSTR, RSTOS0, RSTRH, SH, SHR, OTH"),
    connection_field<connection_history>("pcapsule.history", T::kText, F::kHistory, "Zeek's history, first occurrences: S H A D F R W T, the client's in upper case"),
    shared_field("pcapsule.encapsulation", T::kText, F::kEncapsulation, "The headers from the link layer to TCP: of the frame; of a connection: of its first", {C::kEncapsulation}, kNothing,
     each<of_column<&Chunk::encapsulation>>, connection_encapsulation),
    connection_field<of_reset<reset_kind>>("pcapsule.reset", T::kText, F::kResetKind,
     "The RST that ended the connection, else its first: abort, refused (answered the SYN), late (after the end), suspect (out of window: ended nothing)"),
    connection_field<of_reset<reset_by>>("pcapsule.reset_by", T::kText, F::kSide, "Who sent it: client, server"),
    connection_field<of_reset<reset_frame>>("pcapsule.reset_frame", T::kUnsigned, F::kDecimal, "Its frame"),
    connection_field<of_reset<reset_time>>("pcapsule.reset_time", T::kTime, F::kSeconds, "Its capture time"),
    connection_field<of_reset<reset_premature>>("pcapsule.reset_premature", T::kBoolean, F::kDecimal,
     "Of an abort: before the other side's FIN, or with data outstanding"),
    connection_field<of_reset<reset_before_fin>>("pcapsule.reset_before_fin", T::kBoolean, F::kDecimal, "The other side had sent no FIN; empty of a refusal"),
    connection_field<of_reset<reset_outstanding<0>>>("pcapsule.reset_client_outstanding_bytes", T::kUnsigned, F::kDecimal,
     "Bytes that the client had sent by then and the server had not acknowledged; empty where unknown"),
    connection_field<of_reset<reset_outstanding<1>>>("pcapsule.reset_server_outstanding_bytes", T::kUnsigned, F::kDecimal,
     "Bytes that the server had sent by then and the client had not acknowledged; empty where unknown"),
    connection_field<of_reset<reset_ttl>>("pcapsule.reset_ttl", T::kUnsigned, F::kDecimal, "Its TTL or hop limit"),
    connection_field<of_reset<reset_ttl_odd>>("pcapsule.reset_ttl_odd", T::kBoolean, F::kDecimal,
     "Its TTL lies outside the range of the same side's other segments: likely a middlebox sent it"),
    connection_field<connection_scale>("pcapsule.window_scale", T::kText, F::kScaleState, "What is known of window scaling: both, none, one_sided, unknown"),
});
// clang-format on

}  // namespace

std::span<const Field> all_fields() { return kFields; }

}  // namespace pcapsule::fields
