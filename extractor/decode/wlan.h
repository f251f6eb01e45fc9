// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

/// What a capture header says about the IEEE 802.11 frame behind it.
struct WlanFraming {
  bool has_frame_check = false;  ///< the last 4 bytes of the frame are its frame check sequence
  bool is_padded = false;        ///< the MAC header is padded to whole 4 bytes, as Atheros hardware does
  bool is_swapped = false;       ///< the bytes of the frame control are swapped, as in CAPWAP
};

/// IEEE 802.11 (clause 9.2): data frames lead to LLC, those of an A-MSDU one after the other. Encrypted frames and
/// fragments end the walk.
Header read_wlan(Walk& walk, const WlanFraming& framing);

/// One frame of an A-MSDU (clause 9.3.2.2); what follows it becomes the walk's continuation.
Header read_aggregated(Walk& walk);

}  // namespace pcapsule::decode
