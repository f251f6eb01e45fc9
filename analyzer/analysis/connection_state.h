// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/read/connection.h"

/// How a connection began and ended, from its entry in the connection table alone.
namespace pcapsule::analysis {

/// What is known of the three segments of the handshake (S31 to S33).
enum class HandshakeOutcome : std::uint8_t {
  kNotCaptured,  ///< neither SYN nor SYN-ACK: the capture began later
  kComplete,     ///< SYN, SYN-ACK and the ACK that completes it
  kPartial,      ///< one of the three is not in the capture
  kUnanswered,   ///< SYNs, and nothing from the other side
  kRefused,      ///< the SYN was answered by a RST
  kReset,        ///< a RST came between SYN-ACK and ACK
};
inline constexpr std::size_t kHandshakeOutcomes = 6;
std::string_view to_text(HandshakeOutcome outcome);

/// The first event that ended the connection (S41).
enum class EndKind : std::uint8_t {
  kOpen,           ///< none in the capture
  kFinBoth,        ///< FIN both ways, both acknowledged
  kFinUnacked,     ///< FIN both ways, not both acknowledged
  kFinByClient,    ///< only the client's FIN
  kFinByServer,    ///< only the server's FIN
  kResetByClient,  ///< a RST that its receiver had to accept (S42)
  kResetByServer,
  kRefused,     ///< the RST answered the SYN
  kUnanswered,  ///< SYNs, and nothing from the other side
};
std::string_view to_text(EndKind kind);

struct ConnectionEnd {
  EndKind kind = EndKind::kOpen;
  std::optional<read::Moment> at;  ///< of the ACK of the second FIN, the lone FIN, or the RST
};

ConnectionEnd end_of(const read::Connection& connection);
HandshakeOutcome handshake_outcome(const read::Connection& connection);

/// Zeek's conn_state: `SF`, `S0`, `REJ`, … The originator is the client. A side
/// whose SYN or SYN-ACK was not captured counts as Zeek's partial one, and only a
/// RST that its receiver had to accept counts as one.
enum class ConnState : std::uint8_t {
  kOther,
  kS0,
  kS1,
  kS2,
  kS3,
  kSF,
  kREJ,
  kRSTO,
  kRSTR,
  kRSTOS0,
  kRSTRH,
  kSH,
  kSHR,
};
std::string_view to_text(ConnState state);
ConnState conn_state(const read::Connection& connection);

/// Characters that put_history() writes at most.
inline constexpr std::size_t kGreatestHistory = format::kHistoryEntries;

/// Zeek's history, first occurrences only: S SYN, H SYN-ACK, A pure ACK, D data,
/// F FIN, R RST, W zero window, T data sent again; the client's in upper case. Writes
/// to `out` and yields its end. `history`: read::Connection::history, `client`: the side that is the client.
char* put_history(char* out, std::uint64_t history, unsigned client);

}  // namespace pcapsule::analysis
