// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/decode_frame.h"
#include "extractor/decode/walk.h"

namespace pcapsule::decode {

/// Appends the TCP header (RFC 9293 section 3.1) at the end of `walk` to `batch`.
/// Yields kTcpHeaderCut, and appends nothing, when fewer than 16 bytes of it are available.
Outcome append_tcp(const Walk& walk, const RawFrame& frame, SegmentBatch& batch);

}  // namespace pcapsule::decode
