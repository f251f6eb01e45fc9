// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

#include "common/net/endpoint.h"
#include "common/net/tcp_flags.h"
#include "tests/support/byte_buffer.h"

namespace pcapsule::test {

/// Builds one TCP packet in memory, with correct lengths and checksums unless told otherwise:
///
///     TcpPacket().syn().mss(1460).window_scale(7).frame()
///
/// is a SYN from 192.0.2.1:40000 to 192.0.2.2:80 in an Ethernet frame. IPv6
/// addresses make an IPv6 packet.
class TcpPacket {
 public:
  /// Endpoints as `ADDR:PORT` or `[ADDR]:PORT`.
  TcpPacket& from(std::string_view endpoint);
  TcpPacket& to(std::string_view endpoint);
  /// The same, turned round: an answer.
  TcpPacket& reversed() {
    std::swap(source_, destination_);
    return *this;
  }

  TcpPacket& seq(std::uint32_t value) { return set(seq_, value); }
  /// Sets the field and the ACK flag.
  TcpPacket& ack(std::uint32_t value) { return set(ack_, value).flag(tcp_flag::kAck); }
  /// The field alone.
  TcpPacket& ack_field(std::uint32_t value) { return set(ack_, value); }
  TcpPacket& syn() { return flag(tcp_flag::kSyn); }
  TcpPacket& fin() { return flag(tcp_flag::kFin); }
  TcpPacket& rst() { return flag(tcp_flag::kRst); }
  TcpPacket& psh() { return flag(tcp_flag::kPsh); }
  TcpPacket& flag(std::uint16_t bits) { return set(flags_, static_cast<std::uint16_t>(flags_ | bits)); }
  TcpPacket& window(std::uint16_t value) { return set(window_, value); }
  TcpPacket& payload(std::size_t bytes) { return set(payload_, Bytes(bytes, 'x')); }
  TcpPacket& payload(Bytes bytes) { return set(payload_, std::move(bytes)); }

  // Options in the order of the calls, padded with zeros to whole 4 bytes.
  TcpPacket& mss(std::uint16_t bytes);
  TcpPacket& window_scale(std::uint8_t shift);
  TcpPacket& sack_permitted();
  /// With the two NOPs that every common stack puts before it.
  TcpPacket& timestamps(std::uint32_t value, std::uint32_t echo);
  /// Half-open blocks, with two NOPs before.
  TcpPacket& sack(std::initializer_list<std::pair<std::uint32_t, std::uint32_t>> blocks);
  TcpPacket& nop() { return options({1}); }
  TcpPacket& options(const Bytes& raw);

  // IP.
  TcpPacket& ttl(std::uint8_t hops) { return set(ttl_, hops); }
  TcpPacket& dscp_ecn(std::uint8_t value) { return set(dscp_ecn_, value); }
  TcpPacket& ip_id(std::uint16_t value) { return set(ip_id_, value); }
  /// IPv4 options, whole 4 bytes.
  TcpPacket& ip_options(Bytes raw) { return set(ip_options_, std::move(raw)); }
  /// IPv4 fragment: offset in units of 8 bytes. The payload stays whole.
  TcpPacket& fragment(std::uint16_t offset_units, bool more);

  // What the headers claim, right or wrong.
  TcpPacket& data_offset(std::uint8_t words) { return set(data_offset_, words); }
  /// Total length (IPv4) or payload length (IPv6).
  TcpPacket& ip_length(std::uint16_t bytes) { return set(ip_length_, bytes); }
  TcpPacket& checksum(std::uint16_t value) { return set(checksum_, value); }

  /// The TCP header and payload.
  [[nodiscard]] Bytes segment() const;
  /// The IP packet.
  [[nodiscard]] Bytes packet() const;
  /// The packet in an Ethernet frame, not padded.
  [[nodiscard]] Bytes frame() const;
  /// An IP packet with the addresses and IP fields of this one around `payload`.
  [[nodiscard]] Bytes packet_around(std::uint8_t protocol, const Bytes& payload) const;

 private:
  template <class Field, class Value>
  TcpPacket& set(Field& field, Value&& value) {
    field = std::forward<Value>(value);
    return *this;
  }
  [[nodiscard]] Bytes ipv4_around(std::uint8_t protocol, const Bytes& payload) const;
  [[nodiscard]] Bytes ipv6_around(std::uint8_t protocol, const Bytes& payload) const;

  Endpoint source_{IpAddress::v4(0xc0000201), 40000};
  Endpoint destination_{IpAddress::v4(0xc0000202), 80};
  std::uint32_t seq_ = 1000;
  std::uint32_t ack_ = 0;
  std::uint16_t flags_ = 0;
  std::uint16_t window_ = 65535;
  Bytes options_;
  Bytes payload_;
  std::uint8_t ttl_ = 64;
  std::uint8_t dscp_ecn_ = 0;
  std::uint16_t ip_id_ = 0x1234;
  std::uint16_t fragment_ = 0x4000;  // don't fragment
  Bytes ip_options_;
  std::optional<std::uint8_t> data_offset_;
  std::optional<std::uint16_t> ip_length_;
  std::optional<std::uint16_t> checksum_;
};

/// The Internet checksum (RFC 1071) of `bytes`.
std::uint16_t internet_checksum(ByteView bytes);

}  // namespace pcapsule::test
