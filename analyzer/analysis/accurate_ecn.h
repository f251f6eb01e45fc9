// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/analysis/window_scale.h"
#include "common/bytes/byte_cursor.h"
#include "common/net/tcp_flags.h"

namespace pcapsule::analysis {

/// Has a connection agreed on Accurate ECN, as Wireshark tells it (W8.6)? Then
/// the flags AE, CWR and ECE of its later segments are a counter, and
/// tcp.flags.str prints them as a digit. Fed with the rows of one connection in file order.
class AccurateEcnReplay {
 public:
  /// True: the three flags of a row without SYN are a counter, given the rows fed so far.
  [[nodiscard]] bool counts() const { return (syn_asks_ && syn_ack_agrees_) || has_option_; }

  /// Wireshark looks at the flags of every row, also of malformed ones, and at
  /// the options of those whose fixed header is whole.
  void feed(const OptionRow& row);

 private:
  bool syn_asks_ = false;
  bool syn_ack_agrees_ = false;
  bool has_option_ = false;
};

}  // namespace pcapsule::analysis
