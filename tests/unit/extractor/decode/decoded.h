// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "extractor/decode/decode_frame.h"
#include "extractor/decode/layer_stack.h"
#include "tests/support/byte_buffer.h"
#include "tests/support/encapsulation.h"
#include "tests/support/packet_builder.h"

namespace pcapsule::decode {

using test::Bytes;
using test::TcpPacket;

/// One decoded frame, as the tests of this room look at it.
struct Decoded {
  Outcome outcome = Outcome::kSegment;
  SegmentBatch batch;
  std::unique_ptr<DecodeCounts> counts = std::make_unique<DecodeCounts>();

  [[nodiscard]] bool has_row() const { return batch.segments.size() == 1; }
  /// REQUIRES: has_row().
  [[nodiscard]] const Segment& row() const { return batch.segments.at(0); }
  [[nodiscard]] const Carrier& carrier() const { return batch.carrier_of(row()); }
  /// The options of the row: empty ones for a row without an entry.
  [[nodiscard]] TcpOptions options() const {
    return row().options == kNoOptions ? TcpOptions{} : batch.options.at(row().options);
  }
  [[nodiscard]] std::string layers() const { return has_row() ? to_text(carrier().layers) : std::string(); }
};

/// Decodes `bytes` as captured of a frame of `wire_bytes` (0: of this length).
inline Decoded decode(const Bytes& bytes, LinkType link_type = LinkType::kEthernet, std::size_t wire_bytes = 0) {
  RawFrame frame;
  frame.number = 1;
  frame.link_type = link_type;
  frame.wire_bytes = static_cast<std::uint32_t>(wire_bytes == 0 ? bytes.size() : wire_bytes);
  frame.bytes = bytes;
  Decoded decoded;
  decoded.outcome = decode_frame(frame, decoded.batch, *decoded.counts);
  return decoded;
}

/// Decodes the first `captured_bytes` of `bytes`, as snaplen leaves them: a copy of
/// just that length, so that the sanitizer sees any read beyond it.
inline Decoded decode_cut(const Bytes& bytes, std::size_t captured_bytes, LinkType link_type = LinkType::kEthernet) {
  const auto captured = static_cast<std::ptrdiff_t>(std::min(captured_bytes, bytes.size()));
  return decode(Bytes(bytes.begin(), bytes.begin() + captured), link_type, bytes.size());
}

/// A frame around the 25 bytes of a TCP header without options and 5 bytes of payload, `trailer_bytes` behind it.
struct Encapsulated {
  const char* name;
  LinkType link_type;
  Bytes frame;
  const char* layers;
  std::size_t trailer_bytes = 0;
};

/// The segment must be found whole, and at every snapshot length that shows 16 bytes of its header; at shorter ones
/// the frame must be counted.
inline void expect_segment_in(const Encapsulated& encapsulated) {
  constexpr std::size_t kSegmentBytes = 25, kNeededBytes = 16;
  const Decoded whole = decode(encapsulated.frame, encapsulated.link_type);
  ASSERT_EQ(to_text(whole.outcome), to_text(Outcome::kSegment));
  EXPECT_EQ(whole.layers(), encapsulated.layers);
  EXPECT_EQ(whole.row().payload_bytes, 5u);
  EXPECT_EQ(whole.row().oddities, 0);
  EXPECT_EQ(whole.row().source().port, 40000);
  const std::size_t needed = encapsulated.frame.size() - encapsulated.trailer_bytes - kSegmentBytes + kNeededBytes;
  for (std::size_t captured = 0; captured <= encapsulated.frame.size(); ++captured) {
    const Decoded cut = decode_cut(encapsulated.frame, captured, encapsulated.link_type);
    EXPECT_EQ(cut.outcome == Outcome::kSegment, captured >= needed) << captured;
    EXPECT_EQ(cut.has_row(), captured >= needed) << captured;
    EXPECT_EQ(cut.counts->count(cut.outcome), 1u) << captured;
  }
}

/// For gtest messages.
inline void PrintTo(Outcome outcome, std::ostream* out) { *out << to_text(outcome); }

}  // namespace pcapsule::decode
