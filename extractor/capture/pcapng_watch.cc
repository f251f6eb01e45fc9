// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/pcapng_watch.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace pcapsule::capture {
namespace {

// Of every block its type, its length and 4 bytes more, which each has: the first
// of its body, or of the length that is repeated at its end.
constexpr std::size_t kHeadBytes = 12;
constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr std::size_t kTrailerBytes = 4;
constexpr std::size_t kInterfaceFixedBytes = 16;       // type, length, link type, reserved, snaplen
constexpr std::size_t kMaxInterfaceBytes = 64 * 1024;  // options beyond are not looked at

enum BlockType : std::uint32_t {
  kSectionHeader = 0x0a0d0d0a,  // the same in both byte orders
  kInterfaceDescription = 1,
  kPacket = 2,
  kSimplePacket = 3,
  kEnhancedPacket = 6,
};

// Found by experiment with tshark 4.0: each of these gets a frame number.
bool wireshark_numbers(std::uint32_t type) {
  constexpr std::uint32_t kJournal = 9, kCustom = 0xbad, kCustomNoCopy = 0x4000'0bad;
  constexpr std::uint32_t kSysdig = 0x204, kSysdig2 = 0x216, kSysdig2Large = 0x221;
  return type == kJournal || type == kCustom || type == kCustomNoCopy || type == kSysdig || type == kSysdig2 ||
         type == kSysdig2Large;
}

/// Whether stamps of this if_tsresol are whole microseconds: 10^-n with n <= 6,
/// or whole seconds.
bool whole_microseconds(std::uint8_t resolution) { return resolution <= 6 || resolution == 0x80; }

}  // namespace

std::uint16_t PcapngWatch::u16(std::size_t at) const {
  const std::uint16_t big = load_be16(&held_[at]);
  return big_endian_ ? big : static_cast<std::uint16_t>((big >> 8) | (big << 8));
}

std::uint32_t PcapngWatch::u32(std::size_t at) const {
  if (big_endian_) return load_be32(&held_[at]);
  return std::uint32_t{u16(at)} | (std::uint32_t{u16(at + 2)} << 16);
}

void PcapngWatch::feed(ByteView bytes) {
  // Here, and not when the last is taken: libpcap asks for more in the middle of a packet that was seen already.
  packets_.erase(packets_.begin(), packets_.begin() + static_cast<std::ptrdiff_t>(next_packet_));
  next_packet_ = 0;
  while (!bytes.empty() && !lost_) {
    if (skip_bytes_ > 0) {
      const auto passed = static_cast<std::size_t>(std::min<std::uint64_t>(skip_bytes_, bytes.size()));
      skip_bytes_ -= passed;
      bytes = bytes.subspan(passed);
      continue;
    }
    const ByteView part = bytes.first(std::min(bytes.size(), wanted_bytes_ - held_.size()));
    held_.insert(held_.end(), part.begin(), part.end());
    bytes = bytes.subspan(part.size());
    if (held_.size() < wanted_bytes_) continue;
    if (wanted_bytes_ == kHeadBytes) {
      begin_block();
    } else {
      end_interface();
    }
  }
}

void PcapngWatch::begin_block() {
  if (load_be32(held_.data()) == kSectionHeader) begin_section();
  const std::uint32_t type = u32(0);
  const std::uint32_t length = u32(4);
  if (lost_ || length < kHeadBytes || length % 4 != 0) {
    lost_ = true;
    return;
  }
  if (type == kInterfaceDescription && length > kHeadBytes) {
    // One byte more than a head at least, so that feed() can tell the two apart.
    wanted_bytes_ = std::min<std::size_t>(length, kMaxInterfaceBytes);
    return;
  }
  if (type == kEnhancedPacket) add_packet(u32(8));
  if (type == kPacket) add_packet(u16(8));
  if (type == kSimplePacket) add_packet(0);
  if (wireshark_numbers(type)) ++numbered_blocks_;
  skip_bytes_ = length - kHeadBytes;
  held_.clear();
}

void PcapngWatch::begin_section() {
  const bool big_endian = load_be32(&held_[8]) == kByteOrderMagic;
  byte_order_changed_ = byte_order_changed_ || (any_section_ && big_endian != big_endian_);
  big_endian_ = big_endian;
  any_section_ = true;
  lost_ = u32(8) != kByteOrderMagic;
  section_interfaces_.clear();
}

void PcapngWatch::end_interface() {
  add_interface(parse_interface());
  skip_bytes_ = u32(4) - held_.size();
  held_.clear();
  wanted_bytes_ = kHeadBytes;
}

CaptureInterface PcapngWatch::parse_interface() {
  constexpr std::size_t kOptionHeadBytes = 4;
  constexpr unsigned kEnd = 0, kName = 2, kTimeResolution = 9;
  CaptureInterface found;
  if (held_.size() < kInterfaceFixedBytes + kTrailerBytes) return found;
  found.link_type = static_cast<LinkType>(u16(8));
  found.snaplen_bytes = u32(12);
  const std::size_t options_end = std::min<std::size_t>(held_.size(), u32(4) - kTrailerBytes);
  for (std::size_t at = kInterfaceFixedBytes; at + kOptionHeadBytes <= options_end;) {
    const unsigned code = u16(at);
    const std::size_t bytes = u16(at + 2);
    at += kOptionHeadBytes;
    if (code == kEnd || bytes > options_end - at) break;
    const ByteView value = ByteView(held_).subspan(at, bytes);
    if (code == kName)
      found.name.assign(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(std::min(bytes, kMaxNameBytes)));
    if (code == kTimeResolution && bytes == 1 && !whole_microseconds(value[0])) microseconds_suffice_ = false;
    at += (bytes + 3) / 4 * 4;
  }
  return found;
}

void PcapngWatch::add_interface(const CaptureInterface& found) {
  const std::size_t place = section_interfaces_.size();
  if (place >= kMaxInterfaces) return;
  const auto next = static_cast<std::uint32_t>(interfaces_.size());
  if (next >= kMaxInterfaces) {
    section_interfaces_.push_back(kMaxInterfaces - 1);
    return;
  }
  const auto [known, is_new] =
      known_interfaces_.try_emplace({place, found.link_type, found.snaplen_bytes, found.name}, next);
  if (is_new) interfaces_.push_back(found);
  section_interfaces_.push_back(known->second);
}

void PcapngWatch::add_packet(std::uint32_t interface_in_section) {
  Packet packet;
  packet.numbered_blocks_before = std::exchange(numbered_blocks_, 0);
  if (!section_interfaces_.empty()) {
    const std::size_t id = std::min<std::size_t>(interface_in_section, section_interfaces_.size() - 1);
    packet.interface = section_interfaces_[id];
  }
  packets_.push_back(packet);
}

PcapngWatch::Packet PcapngWatch::take_packet() {
  if (next_packet_ == packets_.size()) return {};
  return packets_[next_packet_++];
}

}  // namespace pcapsule::capture
