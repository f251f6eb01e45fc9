// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/typing.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace pcapsule::filter {

namespace {

/// Fields of Wireshark's names that are narrower than 32 bits: constants are held
/// against the width, and len() tells it.
constexpr auto kNarrow = std::to_array<std::pair<std::string_view, unsigned>>({
    {"ip.ttl", 8},
    {"ip.id", 16},
    {"ip.dsfield.ecn", 8},
    {"ipv6.hlim", 8},
    {"vlan.id", 16},
    {"tcp.srcport", 16},
    {"tcp.dstport", 16},
    {"tcp.port", 16},
    {"tcp.hdr_len", 8},
    {"tcp.flags", 16},
    {"tcp.completeness", 8},
    {"tcp.window_size_value", 16},
    {"tcp.options.mss_val", 16},
    {"tcp.options.wscale.shift", 8},
});

/// 32 bits in Wireshark, but here they go on counting.
constexpr auto kWide = std::to_array<std::string_view>({"frame.number"});

constexpr std::string_view kPayload = "a record file holds no payload";
constexpr std::string_view kHeaders = "a record file does not hold that part of the headers";
constexpr std::string_view kLink = "a record file does not hold the link layer";
constexpr std::string_view kProtocol = "a record file holds TCP segments only";
constexpr std::string_view kAnalysis = "that part of Wireshark's analysis is not computed";

/// Names, or with a dot at the end everything below.
constexpr auto kNotRecorded = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"tcp.payload", kPayload},
    {"tcp.segment_data", kPayload},
    {"tcp.segment", kPayload},
    {"tcp.segments", kPayload},
    {"tcp.data", kPayload},
    {"tcp.reassembled.", kPayload},
    {"tcp.pdu.", kPayload},
    {"tcp.analysis.push_bytes_sent", kAnalysis},
    {"tcp.analysis.tfo_syn", kAnalysis},
    {"tcp.analysis.tfo_ack", kAnalysis},
    {"tcp.analysis.tfo_ignored", kAnalysis},
    {"tcp.checksum", kHeaders},
    {"tcp.checksum.", kHeaders},
    {"tcp.urgent_pointer", kHeaders},
    {"tcp.options", kHeaders},
    {"ip.version", kHeaders},
    {"ip.hdr_len", kHeaders},
    {"ip.len", kHeaders},
    {"ip.proto", kHeaders},
    {"ip.flags", kHeaders},
    {"ip.flags.", kHeaders},
    {"ip.frag_offset", kHeaders},
    {"ip.checksum", kHeaders},
    {"ip.checksum.", kHeaders},
    {"ip.dsfield", kHeaders},
    {"ip.dsfield.dscp", kHeaders},
    {"ip.host", kHeaders},
    {"ip.src_host", kHeaders},
    {"ip.dst_host", kHeaders},
    {"ip.geoip.", kHeaders},
    {"ipv6.version", kHeaders},
    {"ipv6.plen", kHeaders},
    {"ipv6.nxt", kHeaders},
    {"ipv6.flow", kHeaders},
    {"ipv6.tclass", kHeaders},
    {"ipv6.tclass.", kHeaders},
    {"ipv6.host", kHeaders},
    {"ipv6.src_host", kHeaders},
    {"ipv6.dst_host", kHeaders},
    {"frame.protocols", kHeaders},
    {"frame.interface_id", kHeaders},
    {"frame.interface_name", kHeaders},
    {"frame.comment", kHeaders},
    {"frame.encap_type", kHeaders},
    {"vlan.priority", kHeaders},
    {"vlan.etype", kHeaders},
    {"vlan.dei", kHeaders},
});

constexpr auto kPayloadProtocols = std::to_array<std::string_view>({
    "amqp",      "bgp",   "cassandra", "cql",    "data",     "data-text-lines",
    "dcerpc",    "dhcp",  "diameter",  "dnp3",   "dns",      "ftp",
    "ftp-data",  "gquic", "grpc",      "gssapi", "http",     "http2",
    "http3",     "imap",  "irc",       "iscsi",  "json",     "kafka",
    "kerberos",  "ldap",  "ldp",       "media",  "memcache", "mime_multipart",
    "modbus",    "mongo", "mqtt",      "mysql",  "nbss",     "nfs",
    "ntlmssp",   "oran",  "pgsql",     "pop",    "protobuf", "quic",
    "rdp",       "redis", "rpc",       "rtmpt",  "rtsp",     "s7comm",
    "sip",       "smb",   "smb2",      "smtp",   "socks",    "ssh",
    "ssl",       "tds",   "telnet",    "tls",    "tpkt",     "urlencoded-form",
    "websocket", "x11",   "xml",
});

constexpr auto kLinkProtocols =
    std::to_array<std::string_view>({"eth", "sll", "llc", "ppp", "pppoes", "mpls", "wlan", "radiotap", "lldp", "stp",
                                     "cdp", "ieee8021ad", "null", "fr", "chdlc", "fddi", "tr"});

constexpr auto kOtherProtocols = std::to_array<std::string_view>(
    {"udp",    "icmp", "icmpv6", "arp",  "sctp", "igmp", "gre",   "esp", "ah",   "vxlan",
     "geneve", "gtp",  "l2tp",   "ospf", "rtp",  "rtcp", "dccp",  "pim", "vrrp", "hsrp",
     "ntp",    "snmp", "syslog", "nbns", "mdns", "ssdp", "bootp", "tftp"});

template <std::size_t N>
bool has(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::kUnsigned:
    case Kind::kSigned:
      return "a number";
    case Kind::kBoolean:
      return "True or False";
    case Kind::kLabel:
      return "a label";
    case Kind::kTime:
      return "a time";
    case Kind::kDuration:
      return "a number of seconds";
    case Kind::kIpv4:
      return "an IPv4 address";
    case Kind::kIpv6:
      return "an IPv6 address";
    case Kind::kText:
      return "a text";
    case Kind::kBytes:
      return "a sequence of bytes";
  }
  return "a value";
}

FieldType type_of(const fields::Field& field) {
  using T = fields::FieldType;
  const bool own = field.name.starts_with("pcapsule.") || has(kWide, field.name);
  const auto* const narrow = std::ranges::find(kNarrow, field.name, &std::pair<std::string_view, unsigned>::first);
  FieldType type;
  type.bits = own ? 64 : (narrow != kNarrow.end() ? narrow->second : 32);
  type.several = field.repeats;
  switch (field.type) {
    case T::kUnsigned:
      type.kind = Kind::kUnsigned;
      break;
    case T::kSigned:
      type.kind = Kind::kSigned;
      break;
    case T::kBoolean:
      type.kind = Kind::kBoolean;
      break;
    case T::kLabel:
      type.kind = Kind::kLabel;
      type.bits = 0;
      break;
    case T::kTime:  // the epoch as seconds, which Wireshark has as a duration
      type.kind = field.format == fields::Format::kSeconds ? Kind::kDuration : Kind::kTime;
      break;
    case T::kDuration:
      type.kind = Kind::kDuration;
      break;
    case T::kAddress:
      type.kind = field.name.starts_with("ipv6.") ? Kind::kIpv6 : Kind::kIpv4;
      break;
    case T::kEndpoint:
    case T::kText:
      type.kind = Kind::kText;
      break;
  }
  return type;
}

std::optional<std::string_view> reason_not_recorded(std::string_view name) {
  for (const auto& [entry, reason] : kNotRecorded) {
    if (name == entry || (entry.ends_with('.') && name.starts_with(entry))) return reason;
  }
  const std::string_view protocol = name.substr(0, name.find('.'));
  if (has(kPayloadProtocols, protocol)) return kPayload;
  if (has(kLinkProtocols, protocol)) return kLink;
  if (has(kOtherProtocols, protocol)) return kProtocol;
  return std::nullopt;
}

}  // namespace pcapsule::filter
