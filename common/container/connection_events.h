// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/container/connection_columns.h"

/// The columns of a connection chunk that say what happened when. Each class builds
/// its vectors, and adds them to the table later.
namespace pcapsule::container {

struct EventColumns {
  Counter frame;
  Spans time;
};

/// The events that most connections have.
class EventVectors {
 public:
  explicit EventVectors(ConnectionColumns& columns);
  void add_to(ConnectionTable& table) const;

 private:
  EventColumns syn_ack_, handshake_ack_, a_fin_, b_fin_, close_ack_;
};

class HistoryVectors {
 public:
  explicit HistoryVectors(ConnectionColumns& columns);
  void add_to(ConnectionTable& table) const;

 private:
  Plain<std::uint32_t> previous_connection_;
  Plain<std::uint64_t> history_;
  Plain<std::uint8_t> completeness_, completeness_first_row_;
  Plain<std::uint16_t> encapsulation_, syn_copies_, syn_ack_copies_;
};

/// Repeated and late handshake segments, as sparse columns.
class EventList {
 public:
  explicit EventList(ConnectionColumns& columns);
  void add_to(ConnectionTable& table) const;

 private:
  VectorOffset<std::uint16_t> entry_;
  VectorOffset<std::uint8_t> kind_;
  VectorOffset<std::uint64_t> frame_;
  VectorOffset<std::int64_t> time_;
};

/// The kept RSTs, as sparse columns.
class ResetList {
 public:
  explicit ResetList(ConnectionColumns& columns);
  void add_to(ConnectionTable& table) const;

 private:
  VectorOffset<std::uint16_t> entry_;
  VectorOffset<std::uint8_t> marks_;
  VectorOffset<std::uint64_t> frame_;
  VectorOffset<std::int64_t> time_;
  VectorOffset<std::uint16_t> tcp_word_;
  VectorOffset<std::uint8_t> ttl_;
  VectorOffset<std::uint32_t> seq_, ack_, a_sent_end_, b_sent_end_, a_acked_, b_acked_;
  VectorOffset<std::uint16_t> a_window_, b_window_;
};

}  // namespace pcapsule::container
