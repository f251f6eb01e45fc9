// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/labels/segment_labels.h"

#include <array>

namespace pcapsule::analysis {

const char* name_of(Label label) {
  constexpr std::array<const char*, kLabels> kNames = {"retransmission",
                                                       "fast_retransmission",
                                                       "spurious_retransmission",
                                                       "out_of_order",
                                                       "duplicate_ack",
                                                       "lost_segment",
                                                       "ack_lost_segment",
                                                       "zero_window",
                                                       "zero_window_probe",
                                                       "zero_window_probe_ack",
                                                       "window_update",
                                                       "window_full",
                                                       "keep_alive",
                                                       "keep_alive_ack",
                                                       "reused_ports"};
  return kNames[static_cast<std::size_t>(label)];
}

}  // namespace pcapsule::analysis
