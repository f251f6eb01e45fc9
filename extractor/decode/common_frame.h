// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/decode_frame.h"

namespace pcapsule::decode {

/// A short cut for what most frames are: Ethernet, IPv4 or IPv6 without options or fragments, a TCP header captured
/// whole, and lengths that agree. Appends just what the walk over the headers (decode_by_walk) would, at a third of its
/// cost. False: anything else, nothing appended; the walk decides.
bool append_common_frame(const RawFrame& frame, SegmentBatch& batch);

}  // namespace pcapsule::decode
