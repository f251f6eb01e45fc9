// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "analyzer/analysis/compare/segment.h"
#include "analyzer/read/connection.h"
#include "common/format/record_layout.h"
#include "common/net/endpoint.h"

namespace pcapsule::analysis::compare {

/// How a connection of one file was found in the other (S45).
enum class MatchedBy : std::uint8_t {
  kAddresses,  ///< addresses, ports and sequence numbers
  kNumbers,    ///< the initial sequence numbers of both sides: the addresses were translated
  kShift,      ///< addresses and contents; the sequence numbers were moved by a constant
  kContents,   ///< timestamps, lengths and numbers of its first segments
};
std::string_view to_text(MatchedBy by);

/// Two entries of the connection tables that are one connection.
struct ConnectionPair {
  std::uint64_t near_entry = 0;
  std::uint64_t far_entry = 0;
  MatchedBy by = MatchedBy::kAddresses;
  bool crossed = false;                  ///< endpoint A of the near file is endpoint B of the far one
  std::array<std::uint32_t, 2> shift{};  ///< far less near sequence number, by endpoint of the near file
};

/// Why a connection of one file was not found in the other.
enum class OnlyReason : std::uint8_t {
  kOutsideOverlap,   ///< the other capture had not begun, or was over
  kOtherNumbers,     ///< the same addresses and ports, other sequence numbers
  kNotSeen,          ///< neither its addresses nor its numbers
  kNoCommonSegment,  ///< a connection with its numbers, but none of its segments
};
std::string_view to_text(OnlyReason reason);

/// What the connection table says that tells connections apart: a fraction of its row, since all
/// of both files are held at once.
struct ConnectionKey {
  struct Side {
    Endpoint endpoint;
    std::uint32_t base = 0;
    std::uint64_t payload_bytes = 0;
    format::BaseSource base_source = format::BaseSource::kNone;
    std::uint8_t window_scale = 0;  ///< whether it was offered, and how much
  };
  std::uint64_t entry = 0;
  std::array<Side, 2> side;
  std::uint8_t client = 0;
  bool client_known = false;  ///< by SYN or SYN-ACK (S15)

  static ConnectionKey from(std::uint64_t entry, const read::Connection& connection);
};

/// Matches connections by what the tables say. Linear, but for connections that reuse
/// ports: those of one pair of endpoints are compared with each other.
class ConnectionMatcher {
 public:
  ConnectionMatcher(std::vector<ConnectionKey> near, std::vector<ConnectionKey> far);

  /// By addresses and numbers, then by numbers alone.
  void match_by_table();

  /// Entries that match_by_table() left over, ascending.
  [[nodiscard]] std::vector<std::uint64_t> near_left() const { return near_.left(); }
  [[nodiscard]] std::vector<std::uint64_t> far_left() const { return far_.left(); }

  /// Matches what is left by its first segments, raw as captured: `near_heads` of near_left(),
  /// `far_heads` of far_left(), in that order.
  void match_by_heads(const std::vector<TapRows>& near_heads, const std::vector<TapRows>& far_heads);

  /// By ascending near entry.
  [[nodiscard]] const std::vector<ConnectionPair>& pairs() const { return pairs_; }

  /// Does the other file have a connection with its endpoints?
  [[nodiscard]] bool near_has_namesake(std::uint64_t entry) const;
  [[nodiscard]] bool far_has_namesake(std::uint64_t entry) const;

 private:
  struct File {
    std::vector<ConnectionKey> keys;  ///< ascending entries
    std::vector<std::uint8_t> taken;
    std::vector<std::uint32_t> by_endpoints;  ///< places in `keys`

    void add(std::vector<ConnectionKey> of);
    /// Places of the keys with those endpoints, ascending.
    [[nodiscard]] std::span<const std::uint32_t> namesakes(const ConnectionKey& of) const;
    [[nodiscard]] std::size_t place_of(std::uint64_t entry) const;
    [[nodiscard]] std::vector<std::uint64_t> left() const;
  };
  void match_addresses();
  void match_numbers();
  void pair(std::size_t near, std::size_t far, MatchedBy by, bool crossed, std::array<std::uint32_t, 2> shift);

  File near_;
  File far_;
  std::vector<ConnectionPair> pairs_;
};

}  // namespace pcapsule::analysis::compare
