// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/segment.h"
#include "extractor/track/connection_record.h"

namespace pcapsule::track {

/// Wireshark's tcp.completeness, and what the first row adds to it when the file
/// is swept a second time. `is_new`: this header created the connection;
/// `reused`: by taking over the endpoints of an earlier one.
void update_completeness(ConnectionRecord& record, const decode::Segment& segment, bool is_new, bool reused);

/// Runs Wireshark's state of window scaling (each side: unknown, unused, shift)
/// only to find out whether it follows from the first SYN and SYN-ACK, as nearly
/// always. Where it does not, the connection is marked kScaleIrregular, and a
/// reader has to replay the options of its rows.
void update_scale_state(ConnectionRecord& record, Side side, const decode::Segment& segment,
                        const decode::TcpOptions* options);

}  // namespace pcapsule::track
