// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/decode_frame.h"
#include "extractor/decode/walk.h"

namespace pcapsule::decode {

/// Appends the TCP header (RFC 9293 section 3.1) at the end of `walk` to `batch`.
/// Yields kTcpHeaderCut, and appends nothing, when fewer than 16 bytes of it are available.
Outcome append_tcp(const Walk& walk, const RawFrame& frame, SegmentBatch& batch);

/// Puts the options into `segment`, or into `batch` for it where they are more than timestamps in their usual place.
/// `available` is what can be read of the option area of `area_bytes` behind the fixed header.
void read_options(Segment& segment, ByteView available, std::size_t area_bytes, SegmentBatch& batch);

}  // namespace pcapsule::decode
