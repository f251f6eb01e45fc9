// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/tcp.h"

#include <algorithm>

#include "extractor/decode/make_segment.h"
#include "extractor/decode/tcp_options.h"

namespace pcapsule::decode {
namespace {

constexpr std::size_t kLeastHeaderBytes = 20;
constexpr std::size_t kNeededHeaderBytes = 16;  // S5, S12: as far as the window
constexpr std::size_t kChecksumEndBytes = 18;
constexpr std::size_t kTimestampsHeaderBytes = 32;  // header with kAlignedTimestamps and nothing else
/// NOP, NOP, kind 8, length 10: how every common stack sends timestamps (RFC 7323 appendix A).
constexpr std::uint32_t kAlignedTimestamps = 0x0101080a;

std::uint32_t carrier_of(const Walk& walk, const RawFrame& frame, SegmentBatch& batch) {
  Carrier carrier{walk.layers, walk.vlan, frame.interface, walk.vlan_tags};
  push(carrier.layers, Layer::kTcp);
  return batch.index_of(carrier);
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

}  // namespace

void read_options(Segment& segment, ByteView available, std::size_t area_bytes, SegmentBatch& batch) {
  if (available.size() == kTimestampsHeaderBytes - kLeastHeaderBytes && area_bytes == available.size() &&
      load_be32(available.data()) == kAlignedTimestamps) {
    segment.has_timestamps = true;
    segment.ts_value = load_be32(available.data() + 4);
    segment.ts_echo = load_be32(available.data() + 8);
    return;
  }
  segment.options = static_cast<std::uint32_t>(batch.options.size());
  TcpOptions& read = batch.options.emplace_back();
  read_tcp_options(available, area_bytes, read);
  segment.has_timestamps = read.timestamps == OptionState::kPresent;
  segment.ts_value = read.ts_value;
  segment.ts_echo = read.ts_echo;
  if (read.broken) segment.oddities |= oddity::kOptionsBroken;
}

Outcome append_tcp(const Walk& walk, const RawFrame& frame, SegmentBatch& batch) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kNeededHeaderBytes) return Outcome::kTcpHeaderCut;
  const std::uint32_t carrier = carrier_of(walk, frame, batch);
  const IpFacts ip{walk.source, walk.destination, walk.ip_id, walk.ttl, walk.dscp_ecn};
  Segment& segment =
      batch.segments.emplace_back(InPlace{[&] { return make_segment(ip, frame, carrier, bytes.data()); }});
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
    read_options(segment, options, header_bytes - kLeastHeaderBytes, batch);
  }
  if (walk.quoted_by != 0) return Outcome::kQuotedTcp;
  return (segment.oddities & oddity::kNoSegment) != 0 ? Outcome::kMalformedTcp : Outcome::kSegment;
}

}  // namespace pcapsule::decode
