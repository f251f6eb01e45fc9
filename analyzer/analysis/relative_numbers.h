// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "analyzer/read/connection.h"
#include "common/net/tcp_flags.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::analysis {

/// The sequence bases of both directions at one row (S18); [0] is endpoint A.
struct Bases {
  std::array<std::uint32_t, 2> base{};
  std::array<bool, 2> known{};
};

/// The bases as first set; later changes stand in SegmentChunk::rebase_row.
Bases first_bases(const read::Connection& connection);

/// The numbers of one TCP header as sent, and who sent it.
struct RawNumbers {
  unsigned side = 0;
  TcpWord word;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint8_t oddities = 0;

  [[nodiscard]] constexpr bool length_known() const { return (oddities & oddity::kLengthUnknown) == 0; }
};

/// What Wireshark prints as tcp.seq and tcp.ack: modulo 2^32, raw where the
/// length is unknown, and the raw ack without the ACK flag (S20). The row itself
/// sets every base that it needs, so the bases as first set serve all rows.
constexpr std::uint32_t wireshark_seq(const Bases& bases, const RawNumbers& row) {
  return row.length_known() ? row.seq - bases.base[row.side] : row.seq;
}
constexpr std::uint32_t wireshark_ack(const Bases& bases, const RawNumbers& row) {
  const bool relative = row.length_known() && row.word.has(tcp_flag::kAck);
  return relative ? row.ack - bases.base[row.side ^ 1U] : row.ack;
}

/// Relative numbers that do not wrap (S19): negative before the base, beyond 2^32
/// in long streams. nullopt: the base was never set; `ack` also without the ACK flag.
struct RelativeNumbers {
  std::optional<std::int64_t> seq;
  std::optional<std::int64_t> ack;
};

/// Unwraps the numbers of one connection, fed row by row in file order.
class RelativeTracker {
 public:
  explicit RelativeTracker(const Bases& bases);

  /// A SYN-ACK sets the base of its sender anew, to its own seq (S12). Call before feeding that row.
  void rebase(unsigned side, std::uint32_t base);

  RelativeNumbers feed(const RawNumbers& row);

 private:
  /// One direction's stream. `position` is where it was last seen, relative to the
  /// base: the reference from which the next 32-bit number is unwrapped.
  struct Stream {
    std::uint32_t base = 0;
    bool known = false;
    std::int64_t position = 0;

    [[nodiscard]] std::optional<std::int64_t> unwrap(std::uint32_t raw) const;
  };

  std::array<Stream, 2> stream_;
};

}  // namespace pcapsule::analysis
