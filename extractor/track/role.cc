// SPDX-License-Identifier: Apache-2.0
// S15: who is the client of a connection.
#include <algorithm>
#include <array>
#include <vector>

#include "extractor/track/connection_tracker.h"

namespace pcapsule::track {

using format::RoleEvidence;

namespace {

/// Ports above 1023 under which servers are commonly found.
constexpr std::array<std::uint16_t, 24> kRegisteredServerPorts = {1080, 1194, 1433, 1521, 1723, 1883, 2049, 2181,
                                                                  2375, 3128, 3306, 3389, 5060, 5222, 5432, 5672,
                                                                  5900, 6379, 8080, 8443, 8883, 9092, 9200, 27017};

bool is_well_known(std::uint16_t port) {
  return port < 1024 || std::binary_search(kRegisteredServerPorts.begin(), kRegisteredServerPorts.end(), port);
}

/// A set of endpoints by hash, 8 bytes each: as many servers as connections are
/// possible. The seed is fixed so that equal captures give equal record files; a
/// collision could at worst turn one guess.
class EndpointSet {
 public:
  void add(const Endpoint& endpoint) { hashes_.push_back(hash_endpoints({}, endpoint, Endpoint{})); }
  void finish() {
    std::sort(hashes_.begin(), hashes_.end());
    hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
  }
  [[nodiscard]] bool has(const Endpoint& endpoint) const {
    return std::binary_search(hashes_.begin(), hashes_.end(), hash_endpoints({}, endpoint, Endpoint{}));
  }

 private:
  std::vector<std::uint64_t> hashes_;
};

struct Role {
  Side client;
  RoleEvidence evidence;
};

Role guess(const Endpoint& a, const Endpoint& b, const EndpointSet& servers) {
  const bool a_serves = servers.has(a);
  const bool b_serves = servers.has(b);
  if (a_serves != b_serves) return {a_serves ? kB : kA, RoleEvidence::kServerElsewhere};
  const bool a_known = is_well_known(a.port);
  const bool b_known = is_well_known(b.port);
  if (a_known != b_known) return {a_known ? kB : kA, RoleEvidence::kWellKnownPort};
  if (a.port != b.port) return {a.port < b.port ? kB : kA, RoleEvidence::kLowerPort};
  return {kA, RoleEvidence::kFirstSender};
}

/// The side that sent the SYN-ACK, where no SYN was captured.
Side syn_ack_sender(const ConnectionRecord& record) {
  return record.direction[kA].base_source == format::BaseSource::kSynAck ? kA : kB;
}

void assign(ConnectionRecord& record, Role role) {
  record.evidence = role.evidence;
  if (role.client == kB) record.marks |= format::connection_mark::kClientIsB;
}

}  // namespace

void ConnectionTracker::decide_roles() {
  EndpointSet servers;
  bool any_guess = false;
  for (std::uint32_t number = 0; number < connections(); ++number) {
    ConnectionRecord& connection = record(number);
    if ((connection.seen & format::seen::kSyn) != 0) {
      assign(connection, {static_cast<Side>(connection.syn_side), RoleEvidence::kSyn});
    } else if ((connection.seen & format::seen::kSynAckWithoutSyn) != 0) {
      assign(connection, {other(syn_ack_sender(connection)), RoleEvidence::kSynAck});
    } else {
      any_guess = true;
    }
  }
  if (!any_guess) return;
  for (std::uint32_t number = 0; number < connections(); ++number) {
    const ConnectionRecord& connection = record(number);
    if (format::is_guess(connection.evidence)) continue;
    servers.add(endpoint(connection, (connection.marks & format::connection_mark::kClientIsB) != 0 ? kA : kB));
  }
  servers.finish();
  for (std::uint32_t number = 0; number < connections(); ++number) {
    ConnectionRecord& connection = record(number);
    if (connection.evidence != RoleEvidence::kUnknown) continue;
    assign(connection, guess(endpoint(connection, kA), endpoint(connection, kB), servers));
  }
}

}  // namespace pcapsule::track
