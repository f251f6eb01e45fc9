// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analyzer/analysis/connection_totals.h"
#include "analyzer/read/connection.h"
#include "common/net/ip_address.h"

/// Which connections were in progress at the instant of a frame (S43).
namespace pcapsule::analysis {

enum class Progress : std::uint8_t {
  kEstablished,
  kHandshake,  ///< not established yet
  kUncertain,  ///< no close is in the capture, and no segment from then on
};
inline constexpr std::size_t kProgressKinds = 3;
std::string_view to_text(Progress progress);

/// When a connection was what, by frame numbers.
struct ConnectionLife {
  std::uint64_t entry = 0;  ///< of the connection table
  IpAddress client;
  IpAddress server;
  std::uint64_t first_frame = 0;
  std::optional<std::uint64_t> established_frame;  ///< nullopt: never, as far as the capture shows
  std::uint64_t end_frame = 0;                     ///< what ended it, else its last segment
  bool closed = false;                             ///< something ended it, or there were FINs both ways
};

/// `totals`: of that connection, with its exact first and last frame.
ConnectionLife life_of(std::uint64_t entry, const read::Connection& connection, const ConnectionTotals& totals);

/// The instant of a frame, as a connection of `client` to `server` sees it.
struct Instant {
  IpAddress client;
  IpAddress server;
  std::uint64_t frame = 0;
};

/// Connections of the same client to other servers.
struct OtherConnections {
  struct Listed {
    std::uint64_t entry = 0;
    Progress progress = Progress::kEstablished;
  };
  std::array<std::uint64_t, kProgressKinds> count{};  ///< by Progress
  std::vector<Listed> listed;  ///< established first, then by address of the server, then by entry

  [[nodiscard]] std::uint64_t of(Progress progress) const { return count[static_cast<std::size_t>(progress)]; }
  [[nodiscard]] std::uint64_t all() const { return count[0] + count[1] + count[2]; }
};

/// For each instant, in the order given, the other connections in progress; lists at
/// most `list_at_most` of them. O((n + m) log (n + m)) for n lives and m instants,
/// and O(list_at_most) more an instant.
std::vector<OtherConnections> others_in_progress(std::span<const ConnectionLife> lives,
                                                 std::span<const Instant> instants, std::size_t list_at_most);

}  // namespace pcapsule::analysis
