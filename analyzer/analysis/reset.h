// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "analyzer/read/connection.h"

/// RSTs and what they did, from the connection table alone (S41, S42).
namespace pcapsule::analysis {

enum class ResetKind : std::uint8_t {
  kAbort,    ///< ended the connection
  kRefused,  ///< answered the SYN, and so ended the attempt
  kLate,     ///< came after the connection had ended: by the ACK of the second FIN, or by another RST
  kSuspect,  ///< its receiver need not accept it: it ended nothing
};
std::string_view to_text(ResetKind kind);

struct Reset {
  ResetKind kind = ResetKind::kSuspect;
  bool by_client = false;
  read::Moment at;
  bool before_fin = false;  ///< the other side had sent no FIN
  /// What the client [0] and the server [1] had sent by then and the other side had not acknowledged, SYN and
  /// FIN not counted. nullopt: the capture does not show enough to tell.
  std::array<std::optional<std::uint32_t>, 2> outstanding_bytes;
  /// Of kAbort: before the other side's FIN, or with data outstanding; nullopt: of
  /// another kind, or it depends on what is not known.
  std::optional<bool> premature;
  std::uint8_t ttl = 0;
  /// Lies the TTL outside the range of the same side's other segments? nullopt: it sent no other.
  std::optional<bool> odd_ttl;

  /// Did it end the connection?
  [[nodiscard]] bool is_end() const { return kind == ResetKind::kAbort || kind == ResetKind::kRefused; }
};

/// The RSTs that the table holds, in file order: the first of each side, and the
/// first that its receiver had to accept.
std::vector<Reset> resets_of(const read::Connection& connection);

/// The one that ended the connection, else the first; nullopt: there is none.
std::optional<Reset> main_reset(const read::Connection& connection);

}  // namespace pcapsule::analysis
