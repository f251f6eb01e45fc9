// SPDX-License-Identifier: Apache-2.0
#include "tests/support/encapsulation.h"

namespace pcapsule::test {
namespace {

std::uint32_t ether_type_of(const Bytes& payload, std::uint32_t ether_type) {
  if (ether_type != kByVersion) return ether_type;
  return !payload.empty() && payload[0] >> 4 == 6 ? 0x86dd : 0x0800;
}

ByteBuffer ethernet_addresses() {
  ByteBuffer out;
  out.be16(0x0200).be32(2).be16(0x0200).be32(1);  // locally administered
  return out;
}

std::uint32_t length_or(int length, std::size_t own) {
  return length < 0 ? static_cast<std::uint32_t>(own) : static_cast<std::uint32_t>(length);
}

}  // namespace

Bytes ethernet(const Bytes& payload, std::uint32_t ether_type) {
  return ethernet_addresses().be16(ether_type_of(payload, ether_type)).add(payload).take();
}

Bytes ethernet_llc(const Bytes& llc, int length) {
  return ethernet_addresses().be16(length_or(length, llc.size())).add(llc).take();
}

Bytes vlan_tag(std::uint32_t tag_control, const Bytes& payload, std::uint32_t ether_type) {
  return ByteBuffer().be16(tag_control).be16(ether_type_of(payload, ether_type)).add(payload).take();
}

Bytes llc_snap(const Bytes& payload, std::uint32_t organisation, std::uint32_t ether_type) {
  ByteBuffer out;
  out.u8(0xaa).u8(0xaa).u8(0x03).u8(organisation >> 16).be16(organisation);
  return out.be16(ether_type_of(payload, ether_type)).add(payload).take();
}

Bytes mpls_label(std::uint32_t label, bool bottom, const Bytes& payload) {
  return ByteBuffer().be32((label << 12) | (bottom ? 0x100u : 0u) | 64u).add(payload).take();
}

Bytes pppoe(const Bytes& payload, int length) {
  const bool is_v6 = !payload.empty() && payload[0] >> 4 == 6;
  ByteBuffer out;
  out.u8(0x11).u8(0).be16(7).be16(length_or(length, payload.size() + 2));
  return out.be16(is_v6 ? 0x0057 : 0x0021).add(payload).take();
}

Bytes linux_cooked(const Bytes& payload, std::uint32_t protocol, std::uint32_t device_type) {
  ByteBuffer out;
  out.be16(0).be16(device_type).be16(6).be16(0x0200).be32(1).be16(0);
  return out.be16(ether_type_of(payload, protocol)).add(payload).take();
}

Bytes linux_cooked2(const Bytes& payload, std::uint32_t protocol, std::uint32_t device_type) {
  ByteBuffer out;
  out.be16(ether_type_of(payload, protocol)).be16(0).be32(3).be16(device_type).u8(0).u8(6);
  return out.be16(0x0200).be32(1).be16(0).add(payload).take();
}

Bytes icmp(std::uint32_t type, std::uint32_t code, const Bytes& quote) {
  return ByteBuffer().u8(type).u8(code).be16(0).be32(0).add(quote).take();
}

Bytes ipv6_extension(std::uint8_t next_header, Bytes body, const Bytes& payload) {
  while ((body.size() + 2) % 8 != 0) body.push_back(0);
  const auto units = static_cast<std::uint32_t>((body.size() + 2) / 8 - 1);
  return ByteBuffer().u8(next_header).u8(units).add(body).add(payload).take();
}

Bytes ipv6_fragment(std::uint8_t next_header, std::uint32_t offset_units, bool more, const Bytes& payload) {
  ByteBuffer out;
  out.u8(next_header).u8(0).be16((offset_units << 3) | (more ? 1u : 0u)).be32(0x1234);
  return out.add(payload).take();
}

Bytes authentication(std::uint8_t next_header, std::size_t check_value_bytes, const Bytes& payload) {
  const auto units = static_cast<std::uint32_t>((12 + check_value_bytes) / 4 - 2);
  ByteBuffer out;
  out.u8(next_header).u8(units).be16(0).be32(0x100).be32(1);
  return out.fill(check_value_bytes).add(payload).take();
}

Bytes join(Bytes before, const Bytes& after) {
  before.insert(before.end(), after.begin(), after.end());
  return before;
}

}  // namespace pcapsule::test
