// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/time.h"
#include "common/bytes/byte_cursor.h"
#include "common/net/link_type.h"
#include "extractor/decode/decode_outcome.h"
#include "extractor/decode/segment.h"

namespace pcapsule::decode {

/// A frame as the decode room sees it: bytes, and what the capture says of them.
struct RawFrame {
  std::uint64_t number = 0;
  TimestampNs time;
  TimestampNs previous_time;
  LinkType link_type = LinkType::kEthernet;
  std::uint32_t wire_bytes = 0;
  std::uint32_t interface = 0;
  ByteView bytes;  ///< captured bytes; the input is any octet sequence, cut anywhere
};

/// Appends to `batch` the TCP header that `frame` carries, if any, and counts
/// the outcome in `counts`. Reads no byte outside `frame.bytes`; allocates only
/// when a vector of `batch` has to grow.
Outcome decode_frame(const RawFrame& frame, SegmentBatch& batch, DecodeCounts& counts);

/// The same, header by header also for the frames that decode_frame takes a short cut for: what it is held against.
Outcome decode_by_walk(const RawFrame& frame, SegmentBatch& batch, DecodeCounts& counts);

/// Can frames of this link type be decoded?
bool reads(LinkType type);

/// The link types that can, for messages: `Ethernet (1), PPP (9), …`.
std::string readable_link_types();

}  // namespace pcapsule::decode
