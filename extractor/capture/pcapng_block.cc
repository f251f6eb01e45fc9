// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/pcapng_block.h"

#include <algorithm>

#include "extractor/capture/dlt.h"

namespace pcapsule::capture::pcapng {
namespace {

/// Walks the options of a block: code, length, value padded to 4 bytes.
class OptionWalk {
 public:
  OptionWalk(ByteView options, Loader load) : rest_(options), load_(load) {}

  /// False at the end: end-of-options, no bytes left, or broken().
  bool next() {
    constexpr std::size_t kHeadBytes = 4;
    constexpr std::uint16_t kEnd = 0;
    if (rest_.size() < kHeadBytes) return false;
    code_ = load_.u16(rest_.data());
    const std::size_t bytes = load_.u16(rest_.data() + 2);
    rest_ = rest_.subspan(kHeadBytes);
    broken_ = bytes > rest_.size();
    if (code_ == kEnd || broken_) return false;
    value_ = rest_.first(bytes);
    rest_ = rest_.subspan(std::min((bytes + 3) / 4 * 4, rest_.size()));
    return true;
  }

  [[nodiscard]] std::uint16_t code() const { return code_; }
  [[nodiscard]] ByteView value() const { return value_; }
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  ByteView rest_;
  Loader load_;
  std::uint16_t code_ = 0;
  ByteView value_;
  bool broken_ = false;
};

constexpr std::uint16_t kComment = 1;

std::string text_of(ByteView value, std::size_t max_bytes) {
  const ByteView kept = value.first(std::min(value.size(), max_bytes));
  return {kept.begin(), kept.end()};
}

void append_line(std::string& text, ByteView value) {
  if (!text.empty()) text.push_back('\n');
  text += text_of(value, kMaxCommentBytes);
  text.resize(std::min(text.size(), kMaxCommentBytes));
}

constexpr std::uint32_t kCustom = 0xbad;
constexpr std::uint32_t kCustomNoCopy = 0x4000'0bad;

}  // namespace

std::uint32_t least_bytes(std::uint32_t block_type) {
  constexpr std::uint32_t kEnterpriseNumberBytes = 4;
  const bool is_custom = block_type == kCustom || block_type == kCustomNoCopy;
  return kMinBlockBytes + (is_custom ? kEnterpriseNumberBytes : 0);
}

bool takes_a_frame_number(std::uint32_t block_type) {
  constexpr std::uint32_t kJournal = 9;
  constexpr std::uint32_t kSysdig = 0x204, kSysdig2 = 0x216, kSysdig2Large = 0x221;
  return block_type == kJournal || block_type == kCustom || block_type == kCustomNoCopy || block_type == kSysdig ||
         block_type == kSysdig2 || block_type == kSysdig2Large;
}

std::optional<SectionHeader> parse_section_header(ByteView body, Loader load) {
  constexpr std::size_t kFixedBytes = 16;  // magic, versions, section length
  if (body.size() < kFixedBytes) return std::nullopt;
  SectionHeader header;
  header.major = load.u16(body.data() + 4);
  header.minor = load.u16(body.data() + 6);
  OptionWalk options(body.subspan(kFixedBytes), load);
  while (options.next() && header.comments.size() < kMaxComments) {
    if (options.code() == kComment) header.comments.push_back(text_of(options.value(), kMaxCommentBytes));
  }
  return header;
}

std::optional<InterfaceDescription> parse_interface(ByteView body, Loader load) {
  constexpr std::size_t kFixedBytes = 8;  // link type, reserved, snaplen
  constexpr std::uint16_t kName = 2, kDescription = 3, kResolution = 9, kOffset = 14;
  constexpr std::uint8_t kMicroseconds = 6;
  if (body.size() < kFixedBytes) return std::nullopt;
  InterfaceDescription found;
  // Old files hold DLT numbers in its place, as old pcap files do.
  found.interface.link_type = link_type_of_dlt(load.u16(body.data()));
  found.interface.snaplen_bytes = load.u32(body.data() + 4);
  std::string description;
  std::optional<std::uint8_t> resolution;
  std::optional<std::int64_t> offset_seconds;
  OptionWalk options(body.subspan(kFixedBytes), load);
  while (options.next()) {
    const ByteView value = options.value();
    if (options.code() == kComment) append_line(found.interface.comment, value);
    if (options.code() == kName && found.interface.name.empty()) found.interface.name = text_of(value, kMaxNameBytes);
    if (options.code() == kDescription && description.empty()) description = text_of(value, kMaxNameBytes);
    if (options.code() == kResolution && value.size() == 1 && !resolution) resolution = value[0];
    if (options.code() == kOffset && value.size() == 8 && !offset_seconds) {
      offset_seconds = static_cast<std::int64_t>(load.u64(value.data()));
    }
  }
  if (options.broken()) return std::nullopt;
  if (found.interface.name.empty()) found.interface.name = std::move(description);
  found.stamps = StampScale(resolution.value_or(kMicroseconds), offset_seconds.value_or(0));
  return found;
}

std::optional<Packet> parse_packet(std::uint32_t block_type, ByteView body, Loader load) {
  constexpr std::size_t kFixedBytes = 20;  // interface, stamp in two halves, captured and wire length
  constexpr std::size_t kSimpleFixedBytes = 4;
  const std::uint8_t* const at = body.data();
  Packet packet;
  switch (block_type) {
    case kEnhancedPacket:
    case kPacket:
      if (body.size() < kFixedBytes) return std::nullopt;
      packet.interface_in_section = block_type == kPacket ? load.u16(at) : load.u32(at);
      packet.stamp = (std::uint64_t{load.u32(at + 4)} << 32) | load.u32(at + 8);
      packet.captured_bytes = load.u32(at + 12);
      packet.wire_bytes = load.u32(at + 16);
      packet.bytes = body.subspan(kFixedBytes);
      return packet;
    case kSimplePacket:
      if (body.size() < kSimpleFixedBytes) return std::nullopt;
      packet.wire_bytes = load.u32(at);
      packet.captured_bytes = packet.wire_bytes;
      packet.bytes = body.subspan(kSimpleFixedBytes);
      return packet;
    default:
      return std::nullopt;
  }
}

}  // namespace pcapsule::capture::pcapng
