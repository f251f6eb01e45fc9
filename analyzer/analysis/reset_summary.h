// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "analyzer/analysis/in_progress.h"
#include "analyzer/analysis/reset.h"
#include "common/net/ip_address.h"

namespace pcapsule::analysis {

/// How many RSTs of what sort.
struct ResetCounts {
  std::uint64_t by_client = 0;  ///< that ended a connection
  std::uint64_t by_server = 0;
  std::uint64_t premature = 0;  ///< of these two
  std::uint64_t refused = 0;
  std::uint64_t late = 0;
  std::uint64_t suspect = 0;
  std::uint64_t odd_ttl = 0;  ///< of all

  void add(const Reset& reset);
  [[nodiscard]] std::uint64_t all() const { return by_client + by_server + refused + late + suspect; }
  /// That ended something.
  [[nodiscard]] std::uint64_t ends() const { return by_client + by_server + refused; }
};

/// The RSTs of the connections of one client.
struct ClientResets {
  IpAddress client;
  ResetCounts counts;
  /// Most other connections that were established or in their handshake at a RST
  /// that ended one, and the first such RST; meaningless without counts.ends().
  std::uint64_t greatest_others = 0;
  std::uint64_t greatest_frame = 0;
};

/// Sums RSTs up by the address of the client.
class ResetGroups {
 public:
  /// `others`: at that instant; counts for those that ended a connection. Calls in file order.
  void add(const IpAddress& client, const Reset& reset, const OtherConnections& others);

  /// Clients with the most ends first, ties by address.
  [[nodiscard]] std::vector<ClientResets> summarise() const;

 private:
  std::map<IpAddress, ClientResets> groups_;
};

}  // namespace pcapsule::analysis
