// SPDX-License-Identifier: Apache-2.0
#include "tests/support/packet_builder.h"

#include <stdexcept>
#include <string>

#include "tests/support/encapsulation.h"

namespace pcapsule::test {
namespace {

constexpr std::uint8_t kTcp = 6;

Endpoint parse(std::string_view text) {
  const auto pattern = parse_endpoint_pattern(text);
  if (!pattern || !pattern->port) throw std::invalid_argument("not ADDR:PORT: " + std::string(text));
  return {pattern->address, *pattern->port};
}

void add_address(ByteBuffer& out, const IpAddress& address) {
  if (address.version == IpVersion::kV4) {
    out.be32(static_cast<std::uint32_t>(address.low));
  } else {
    out.be64(address.high).be64(address.low);
  }
}

void put_be16(Bytes& bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

}  // namespace

std::uint16_t internet_checksum(ByteView bytes) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? std::uint32_t{bytes[i]} << 8 : bytes[i];
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

TcpPacket& TcpPacket::from(std::string_view endpoint) { return set(source_, parse(endpoint)); }
TcpPacket& TcpPacket::to(std::string_view endpoint) { return set(destination_, parse(endpoint)); }

TcpPacket& TcpPacket::options(const Bytes& raw) {
  options_.insert(options_.end(), raw.begin(), raw.end());
  return *this;
}

TcpPacket& TcpPacket::mss(std::uint16_t bytes) { return options(ByteBuffer().u8(2).u8(4).be16(bytes).take()); }
TcpPacket& TcpPacket::window_scale(std::uint8_t shift) { return options({1, 3, 3, shift}); }
TcpPacket& TcpPacket::sack_permitted() { return options({1, 1, 4, 2}); }

TcpPacket& TcpPacket::timestamps(std::uint32_t value, std::uint32_t echo) {
  return options(ByteBuffer().be32(0x0101080a).be32(value).be32(echo).take());
}

TcpPacket& TcpPacket::sack(std::initializer_list<std::pair<std::uint32_t, std::uint32_t>> blocks) {
  ByteBuffer option;
  option.be16(0x0101).u8(5).u8(static_cast<std::uint32_t>(2 + 8 * blocks.size()));
  for (const auto& [left, right] : blocks) option.be32(left).be32(right);
  return options(option.take());
}

TcpPacket& TcpPacket::fragment(std::uint16_t offset_units, bool more) {
  return set(fragment_, static_cast<std::uint16_t>(offset_units | (more ? 0x2000 : 0)));
}

Bytes TcpPacket::segment() const {
  Bytes padded = options_;
  while (padded.size() % 4 != 0) padded.push_back(0);
  const std::uint32_t words = data_offset_.value_or(static_cast<std::uint8_t>(5 + padded.size() / 4));
  ByteBuffer out;
  out.be16(source_.port).be16(destination_.port).be32(seq_).be32(ack_);
  out.be16((words << 12) | flags_).be16(window_).be16(checksum_.value_or(0)).be16(0).add(padded).add(payload_);
  Bytes segment = out.take();
  if (checksum_) return segment;

  ByteBuffer pseudo;  // RFC 9293 section 3.1
  add_address(pseudo, source_.address);
  add_address(pseudo, destination_.address);
  pseudo.be32(static_cast<std::uint32_t>(segment.size())).be32(kTcp).add(segment);
  put_be16(segment, 16, internet_checksum(pseudo.take()));
  return segment;
}

Bytes TcpPacket::packet() const { return packet_around(kTcp, segment()); }

Bytes TcpPacket::frame() const { return ethernet(packet()); }

Bytes TcpPacket::packet_around(std::uint8_t protocol, const Bytes& payload) const {
  const bool is_v4 = source_.address.version == IpVersion::kV4;
  return is_v4 ? ipv4_around(protocol, payload) : ipv6_around(protocol, payload);
}

Bytes TcpPacket::ipv4_around(std::uint8_t protocol, const Bytes& payload) const {
  const std::size_t header_bytes = 20 + ip_options_.size();
  ByteBuffer out;
  out.u8(static_cast<std::uint32_t>(0x40 | (header_bytes / 4))).u8(dscp_ecn_);
  out.be16(ip_length_.value_or(static_cast<std::uint16_t>(header_bytes + payload.size())));
  out.be16(ip_id_).be16(fragment_).u8(ttl_).u8(protocol).be16(0);
  add_address(out, source_.address);
  add_address(out, destination_.address);
  Bytes packet = out.add(ip_options_).take();
  put_be16(packet, 10, internet_checksum(packet));
  return join(std::move(packet), payload);
}

Bytes TcpPacket::ipv6_around(std::uint8_t protocol, const Bytes& payload) const {
  ByteBuffer out;
  out.be32((6u << 28) | (std::uint32_t{dscp_ecn_} << 20));
  out.be16(ip_length_.value_or(static_cast<std::uint16_t>(payload.size()))).u8(protocol).u8(ttl_);
  add_address(out, source_.address);
  add_address(out, destination_.address);
  return out.add(payload).take();
}

}  // namespace pcapsule::test
