// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/time.h"
#include "common/format/record_layout.h"
#include "common/net/endpoint.h"

namespace pcapsule::record {

/// A moment of a connection: the frame to look up in Wireshark, and its stamp.
struct Moment {
  std::uint64_t frame = 0;
  TimestampNs time;
};

/// One side of a connection. [0] is endpoint A, which sent the first row.
struct Side {
  Endpoint endpoint;
  std::uint64_t segments = 0;
  std::uint64_t payload_bytes = 0;  ///< of segments whose length is known
  std::uint64_t wire_bytes = 0;     ///< of the frames that carried them
  std::uint32_t base = 0;           ///< S18, as first set; meaningless with kNone
  format::BaseSource base_source = format::BaseSource::kNone;
  std::uint8_t offers = 0;       ///< format::offer_state
  std::uint16_t mss_bytes = 0;   ///< valid where the MSS was offered
  std::uint8_t shift = 0;        ///< as sent; valid where the window scale was offered
  std::uint8_t ttl_least = 255;  ///< of segments without RST; least > greatest: none
  std::uint8_t ttl_greatest = 0;
  std::optional<Moment> fin;  ///< its first FIN
  bool fin_acked = false;

  [[nodiscard]] format::OfferState window_scale() const {
    return format::offer_state(offers, format::Offer::kWindowScale);
  }
};

/// A RST and what was known at that moment (S42).
struct ResetEvent {
  Moment at;
  std::uint8_t marks = 0;  ///< format::reset_mark
  std::uint16_t tcp_word = 0;
  std::uint8_t ttl = 0;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::array<std::uint32_t, 2> sent_end{};
  std::array<std::uint32_t, 2> acked{};
  std::array<std::uint16_t, 2> window{};
};

/// One row of the connection table as a value. `client`, Side::fin_acked and whether
/// an event exists say again what `marks` and `seen` say; who makes one sets both.
struct Connection {
  std::uint32_t number = 0;  ///< tcp.stream
  std::array<Side, 2> side;
  std::uint8_t client = 0;  ///< index into `side` (S15)
  format::RoleEvidence evidence = format::RoleEvidence::kUnknown;
  std::uint8_t marks = 0;  ///< format::connection_mark
  std::uint64_t first_row = 0;
  std::uint64_t last_row = 0;
  std::uint32_t last_chunk = 0;  ///< segment chunk of last_row
  Moment first;
  Moment last;
  std::uint32_t other_rows = 0;                ///< rows that are no segments
  std::optional<std::uint16_t> encapsulation;  ///< of the first row: index into the catalog's; absent: not recorded
  std::uint16_t seen = 0;                      ///< format::seen
  std::uint16_t syns = 0;
  std::uint16_t syn_acks = 0;
  std::uint16_t retries = 0;
  std::uint16_t syn_payload_bytes = 0;
  std::optional<Moment> first_syn;
  std::optional<Moment> last_syn;      ///< last pure SYN before the SYN-ACK; equals first_syn unless repeated
  std::optional<Moment> syn_ack;       ///< first that answers the SYN
  std::optional<Moment> last_syn_ack;  ///< last before the completing ACK; equals syn_ack unless repeated
  // Copies at the tap (S40): how many of `syns` and `syn_acks` are some, and the last ones that are none.
  std::uint16_t syn_copies = 0;
  std::uint16_t syn_ack_copies = 0;
  std::optional<Moment> last_own_syn;      ///< equals last_syn where that is no copy
  std::optional<Moment> last_own_syn_ack;  ///< equals last_syn_ack where that is no copy
  std::optional<Moment> handshake_ack;
  std::optional<Moment> close_ack;
  std::optional<std::uint32_t> previous;  ///< connection whose endpoints this one reuses
  std::uint64_t history = 0;
  std::uint8_t completeness = 0;
  std::uint8_t completeness_first_row = 0;
  std::vector<ResetEvent> resets;

  [[nodiscard]] bool has_mark(std::uint8_t mark) const { return (marks & mark) != 0; }
  [[nodiscard]] std::uint64_t segments() const { return side[0].segments + side[1].segments; }
  [[nodiscard]] std::uint64_t rows() const { return segments() + other_rows; }
  /// Without copies at the tap.
  [[nodiscard]] std::uint16_t own_syns() const { return static_cast<std::uint16_t>(syns - syn_copies); }
  [[nodiscard]] std::uint16_t own_syn_acks() const { return static_cast<std::uint16_t>(syn_acks - syn_ack_copies); }
  [[nodiscard]] const Side& client_side() const { return side[client]; }
  [[nodiscard]] const Side& server_side() const { return side[client ^ 1U]; }
};

}  // namespace pcapsule::record
