// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/write/connection_columns.h"

namespace pcapsule::write {

/// Repeated and late handshake segments, as sparse columns.
struct EventList {
  VectorOffset<std::uint16_t> entry;
  VectorOffset<std::uint8_t> kind;
  VectorOffset<std::uint64_t> frame;
  VectorOffset<std::int64_t> time;

  EventList(ConnectionColumns& table, const track::ConnectionTracker& tracker);

  void add_to(TableBuilder& table) const;
};

/// The kept RSTs, as sparse columns.
struct ResetList {
  VectorOffset<std::uint16_t> entry, tcp_word, a_window, b_window;
  VectorOffset<std::uint8_t> marks, ttl;
  VectorOffset<std::uint64_t> frame;
  VectorOffset<std::int64_t> time;
  VectorOffset<std::uint32_t> seq, ack, a_sent_end, b_sent_end, a_acked, b_acked;

  ResetList(ConnectionColumns& table, const track::ConnectionTracker& tracker);

  void add_to(TableBuilder& table) const;
};

}  // namespace pcapsule::write
