// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/tcp.h"

#include <algorithm>
#include <type_traits>

#include "extractor/decode/tcp_options.h"

namespace pcapsule::decode {
namespace {

constexpr std::size_t kLeastHeaderBytes = 20;
constexpr std::size_t kNeededHeaderBytes = 16;  // S5, S12: as far as the window
constexpr std::size_t kChecksumEndBytes = 18;
constexpr std::size_t kTimestampsHeaderBytes = 32;  // header with kAlignedTimestamps and nothing else
/// NOP, NOP, kind 8, length 10: how every common stack sends timestamps (RFC 7323 appendix A).
constexpr std::uint32_t kAlignedTimestamps = 0x0101080a;

/// Yields to `emplace_back` what `make` makes, built in place. Plain
/// `emplace_back()` zeroes a Segment before it initialises it, which takes longer
/// than the rest of decoding.
template <class Make>
struct InPlace {
  Make make;
  operator std::invoke_result_t<Make>() const { return make(); }  // NOLINT(google-explicit-constructor)
};
template <class Make>
InPlace(Make) -> InPlace<Make>;

/// All but what depends on how much of the header there is.
/// REQUIRES: kNeededHeaderBytes in `bytes`, the TCP header.
Segment make_segment(const Walk& walk, const RawFrame& frame, const std::uint8_t* bytes) {
  LayerStack layers = walk.layers;
  push(layers, Layer::kTcp);
  // Every field is named, so that the compiler need not zero the segment first.
  return {
      .frame_number = frame.number,
      .time = frame.time,
      .previous_time = frame.previous_time,
      .source = {walk.source, load_be16(bytes)},
      .destination = {walk.destination, load_be16(bytes + 2)},
      .seq = load_be32(bytes + 4),
      .ack = load_be32(bytes + 8),
      .payload_bytes = 0,
      .captured_bytes = static_cast<std::uint32_t>(frame.bytes.size()),
      .wire_bytes = frame.wire_bytes,
      .interface = frame.interface,
      .options = kNoOptions,
      .ts_value = 0,
      .ts_echo = 0,
      .word = TcpWord{load_be16(bytes + 12)},
      .window = load_be16(bytes + 14),
      .checksum = 0,
      .ip_id = walk.ip_id,
      .ttl = walk.ttl,
      .dscp_ecn = walk.dscp_ecn,
      .oddities = 0,
      .header_available = 0,
      .vlan_tags = walk.vlan_tags,
      .has_timestamps = false,
      .vlan = walk.vlan,
      .layers = layers,
  };
}

/// Oddities of a header of `header_bytes`, of which `available_bytes` can be read.
std::uint8_t header_oddities(const Walk& walk, std::size_t header_bytes, std::size_t available_bytes) {
  unsigned oddities = walk.oddities;
  if (walk.quoted_by != 0) {
    // A quote ends early by its nature, so its IP length is not odd.
    oddities = (oddities & oddity::kFirstFragment) | oddity::kQuoted;
  }
  if (header_bytes < kLeastHeaderBytes) oddities |= oddity::kBadDataOffset;
  if (available_bytes < std::max(header_bytes, kLeastHeaderBytes)) oddities |= oddity::kHeaderCut;
  if (walk.rest.wire_bytes() < header_bytes && (oddities & oddity::kLengthUnknown) == 0) oddities |= oddity::kShort;
  return static_cast<std::uint8_t>(oddities);
}

/// `options` is what is available of the option area of `area_bytes`.
void copy_options(Segment& segment, ByteView options, std::size_t area_bytes, SegmentBatch& batch) {
  if (options.size() == kTimestampsHeaderBytes - kLeastHeaderBytes && area_bytes == options.size() &&
      load_be32(options.data()) == kAlignedTimestamps) {
    segment.has_timestamps = true;
    segment.ts_value = load_be32(options.data() + 4);
    segment.ts_echo = load_be32(options.data() + 8);
    return;
  }
  segment.options = static_cast<std::uint32_t>(batch.options.size());
  TcpOptions& read = batch.options.emplace_back();
  read_tcp_options(options, area_bytes, read);
  segment.has_timestamps = read.timestamps == OptionState::kPresent;
  segment.ts_value = read.ts_value;
  segment.ts_echo = read.ts_echo;
  if (read.broken) segment.oddities |= oddity::kOptionsBroken;
}

}  // namespace

Outcome append_tcp(const Walk& walk, const RawFrame& frame, SegmentBatch& batch) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kNeededHeaderBytes) return Outcome::kTcpHeaderCut;
  Segment& segment = batch.segments.emplace_back(InPlace{[&] { return make_segment(walk, frame, bytes.data()); }});
  const std::size_t header_bytes = segment.word.header_bytes();
  const std::size_t whole_bytes = std::max(header_bytes, kLeastHeaderBytes);
  const std::size_t available_bytes = std::min(bytes.size(), whole_bytes);
  const std::size_t granted_bytes = walk.rest.wire_bytes();  // what the IP packet holds
  segment.oddities = header_oddities(walk, header_bytes, available_bytes);
  segment.payload_bytes = static_cast<std::uint32_t>(granted_bytes - std::min(granted_bytes, header_bytes));
  segment.header_available = static_cast<std::uint8_t>(available_bytes);
  if (bytes.size() >= kChecksumEndBytes) segment.checksum = load_be16(bytes.data() + 16);
  if (header_bytes > kLeastHeaderBytes) {
    const ByteView options = bytes.first(available_bytes).subspan(std::min(available_bytes, kLeastHeaderBytes));
    copy_options(segment, options, header_bytes - kLeastHeaderBytes, batch);
  }
  if (walk.quoted_by != 0) return Outcome::kQuotedTcp;
  return (segment.oddities & oddity::kNoSegment) != 0 ? Outcome::kMalformedTcp : Outcome::kSegment;
}

}  // namespace pcapsule::decode
