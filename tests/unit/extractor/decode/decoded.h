// SPDX-License-Identifier: Apache-2.0
#pragma once

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
  /// The options of the row: empty ones for a row without an entry.
  [[nodiscard]] TcpOptions options() const {
    return row().options == kNoOptions ? TcpOptions{} : batch.options.at(row().options);
  }
  [[nodiscard]] std::string layers() const { return has_row() ? to_text(row().layers) : std::string(); }
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

/// For gtest messages.
inline void PrintTo(Outcome outcome, std::ostream* out) { *out << to_text(outcome); }

}  // namespace pcapsule::decode
