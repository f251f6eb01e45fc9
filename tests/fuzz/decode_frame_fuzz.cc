// SPDX-License-Identifier: Apache-2.0
// One frame of any link type: two bytes choose the type and the wire length, the rest are what was captured.
#include "extractor/decode/decode_frame.h"

#include "common/bytes/byte_cursor.h"
#include "tests/fuzz/target.h"

using namespace pcapsule;

namespace {

constexpr std::size_t kChoiceBytes = 3;

/// What no frame may break, whatever is in it.
void check(const decode::Segment& segment, const decode::SegmentBatch& batch, std::size_t captured) {
  fuzz::require(segment.options == decode::kNoOptions || segment.options < batch.options.size(), "options exist");
  fuzz::require(segment.carrier < batch.carriers.size(), "the carrier exists");
  fuzz::require(segment.captured_bytes == captured, "the captured length is that of the frame");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kChoiceBytes) return 0;
  const ByteView bytes(data + kChoiceBytes, size - kChoiceBytes);
  decode::RawFrame frame;
  frame.number = 1;
  frame.link_type = static_cast<LinkType>(load_be16(data));
  frame.wire_bytes = static_cast<std::uint32_t>(bytes.size() + data[2]);
  frame.bytes = bytes;
  decode::SegmentBatch batch;
  static decode::DecodeCounts counts;  // half a megabyte
  const decode::Outcome outcome = decode::decode_frame(frame, batch, counts);
  fuzz::require((outcome == decode::Outcome::kSegment) <= !batch.segments.empty(), "a segment is a row");
  for (const decode::Segment& segment : batch.segments) check(segment, batch, bytes.size());
  decode::SegmentBatch walked;
  fuzz::require(decode::decode_by_walk(frame, walked, counts) == outcome && walked.segments == batch.segments &&
                    walked.carriers == batch.carriers && walked.options == batch.options,
                "the short cut and the walk agree");
  return 0;
}
