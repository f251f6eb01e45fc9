// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/capture_magic.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace pcapsule::capture {
namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t kPcapngBlockType = 0x0a0d0d0a;
constexpr std::uint32_t kPcapMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kPcapNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kPcapKuznetsov = 0xa1b2cd34;
constexpr std::uint32_t kZstdMagic = 0xfd2fb528;
constexpr std::uint32_t kLz4Magic = 0x184d2204;
constexpr std::uint32_t kSkippableMagic = 0x184d2a50;  // the last 4 bits are free
constexpr std::size_t kShownBytes = 4;

std::uint32_t swapped(std::uint32_t value) {
  return (value >> 24) | ((value >> 8) & 0xff00) | ((value << 8) & 0xff'0000) | (value << 24);
}

std::uint32_t load_le32(ByteView bytes) { return swapped(load_be32(bytes.data())); }

bool begins_with(ByteView head, std::string_view magic) {
  return head.size() >= magic.size() &&
         std::equal(magic.begin(), magic.end(), head.begin(),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

/// Endace ERF has no magic number: 8 bytes of time, then a type below 48 (top bit:
/// extension headers), flags, the record's length and the frame's.
bool looks_like_erf(ByteView head) {
  if (head.size() < 16) return false;
  const unsigned type = head[8] & 0x7fU;
  const unsigned record_bytes = load_be16(&head[10]);
  const unsigned wire_bytes = load_be16(&head[14]);
  const std::uint32_t seconds = load_le32(head.subspan(4));
  return type >= 1 && type <= 48 && record_bytes >= 16 && wire_bytes > 0 && wire_bytes <= 65'000 &&
         seconds > 600'000'000;  // 1989: older than the format
}

struct Foreign {
  std::string_view magic;
  std::string_view what;
  std::string_view remedy;
};

constexpr std::string_view kConvert = "convert it: editcap -F pcapng IN OUT.pcapng";

constexpr std::array kForeign = {
    Foreign{"PCAPSULE"sv, "a record file already, not a capture", "ask it: analyzer info FILE"},
    Foreign{"snoop\0\0\0"sv, "a snoop capture, not pcap or pcapng", kConvert},
    Foreign{"GMBU"sv, "a Network Monitor capture, not pcap or pcapng", kConvert},
    Foreign{"RTSS"sv, "a Network Monitor capture, not pcap or pcapng", kConvert},
    Foreign{"TRSNIFF data"sv, "a Sniffer capture, not pcap or pcapng", kConvert},
    Foreign{"XCP\0"sv, "a NetXRay capture, not pcap or pcapng", kConvert},
    Foreign{"\x1c\x00\x01\xab"sv, "an Ixia capture, not pcap or pcapng", kConvert},
    Foreign{"\x1c\x00\x01\xac"sv, "an Ixia capture, not pcap or pcapng", kConvert},
    Foreign{"\xfd\x37zXZ\0"sv, "xz data, which is not read", "decompress it first: unxz FILE"},
    Foreign{"BZh"sv, "bzip2 data, which is not read", "decompress it first: bunzip2 FILE"},
    Foreign{"PK\x03\x04"sv, "a zip archive", "unpack it first: unzip FILE"},
    Foreign{"7z\xbc\xaf\x27\x1c"sv, "a 7z archive", "unpack it first: 7z x FILE"},
    Foreign{"\x02\x21\x4c\x18"sv, "LZ4 data in the legacy format, which is not read",
            "decompress it first: unlz4 FILE"},
};

}  // namespace

std::uint64_t skippable_bytes(ByteView head) {
  std::uint64_t bytes = 0;
  while (head.size() >= 8 && (load_le32(head) & 0xffff'fff0U) == kSkippableMagic) {
    const std::uint64_t frame_bytes = std::uint64_t{8} + load_le32(head.subspan(4));
    bytes += frame_bytes;
    head = head.subspan(static_cast<std::size_t>(std::min<std::uint64_t>(frame_bytes, head.size())));
  }
  return bytes;
}

Compression compression_of(ByteView head) {
  head = head.subspan(static_cast<std::size_t>(std::min<std::uint64_t>(skippable_bytes(head), head.size())));
  if (begins_with(head, "\x1f\x8b\x08"sv)) return Compression::kGzip;
  if (head.size() < 4) return Compression::kNone;
  if (load_le32(head) == kZstdMagic) return Compression::kZstd;
  if (load_le32(head) == kLz4Magic) return Compression::kLz4;
  return Compression::kNone;
}

const char* name_of(Compression compression) {
  switch (compression) {
    case Compression::kGzip:
      return "gzip";
    case Compression::kZstd:
      return "zstd";
    case Compression::kLz4:
      return "LZ4";
    case Compression::kNone:
      break;
  }
  return "uncompressed";
}

std::optional<CaptureFormat> capture_format_of(ByteView head) {
  if (head.size() < 4) return std::nullopt;
  const std::uint32_t magic = load_be32(head.data());
  if (magic == kPcapngBlockType) {
    // These four bytes are also two line ends: a text file may begin so.
    constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
    if (head.size() < 12) return CaptureFormat::kPcapng;
    const std::uint32_t order = load_be32(&head[8]);
    if (order == kByteOrderMagic || order == swapped(kByteOrderMagic)) return CaptureFormat::kPcapng;
    return std::nullopt;
  }
  for (const std::uint32_t known : {kPcapMicroseconds, kPcapNanoseconds, kPcapKuznetsov}) {
    if (magic == known || magic == swapped(known)) return CaptureFormat::kPcap;
  }
  return std::nullopt;
}

bool has_nanosecond_magic(ByteView head) {
  const std::uint32_t magic = load_be32(head.data());
  return magic == kPcapNanoseconds || magic == swapped(kPcapNanoseconds);
}

std::string describe_other_content(ByteView head) {
  for (const Foreign& foreign : kForeign) {
    if (!begins_with(head, foreign.magic)) continue;
    return std::string(foreign.what).append("; ").append(foreign.remedy);
  }
  std::string text = "not a pcap or pcapng capture (first bytes";
  for (const std::uint8_t byte : head.first(std::min(head.size(), kShownBytes))) {
    constexpr std::string_view kHexDigits = "0123456789abcdef";
    text.append(1, ' ').append(1, kHexDigits[byte >> 4]).append(1, kHexDigits[byte & 0xf]);
  }
  text.push_back(')');
  if (looks_like_erf(head)) text.append("; if it is an Endace ERF file, ").append(kConvert);
  return text;
}

}  // namespace pcapsule::capture
