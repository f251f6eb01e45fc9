// SPDX-License-Identifier: Apache-2.0
#include "analyzer/verify/table_facts.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace pcapsule::verify {

namespace {

using read::Connection;
using read::Moment;
using read::ResetEvent;
using read::Side;

bool is_same(const Moment& a, const Moment& b) { return a.frame == b.frame && a.time == b.time; }

bool is_same(const std::optional<Moment>& a, const std::optional<Moment>& b) {
  return a.has_value() == b.has_value() && (!a || is_same(*a, *b));
}

bool is_same(const ResetEvent& a, const ResetEvent& b) {
  return is_same(a.at, b.at) && a.marks == b.marks && a.tcp_word == b.tcp_word && a.ttl == b.ttl && a.seq == b.seq &&
         a.ack == b.ack && a.sent_end == b.sent_end && a.acked == b.acked && a.window == b.window;
}

template <class Row>
struct Fact {
  const char* name;
  bool (*is_same)(const Row& a, const Row& b);
};

constexpr auto kFacts = std::to_array<Fact<Connection>>({
    {"the first row", [](const auto& a, const auto& b) { return is_same(a.first, b.first); }},
    {"the last row", [](const auto& a, const auto& b) { return is_same(a.last, b.last); }},
    {"the rows that are no segments", [](const auto& a, const auto& b) { return a.other_rows == b.other_rows; }},
    {"the events that were seen", [](const auto& a, const auto& b) { return a.seen == b.seen; }},
    {"the first SYN", [](const auto& a, const auto& b) { return is_same(a.first_syn, b.first_syn); }},
    {"the last SYN",
     [](const auto& a, const auto& b) {
       return is_same(a.last_syn, b.last_syn) && is_same(a.last_own_syn, b.last_own_syn);
     }},
    {"the SYN-ACK", [](const auto& a, const auto& b) { return is_same(a.syn_ack, b.syn_ack); }},
    {"the last SYN-ACK",
     [](const auto& a, const auto& b) {
       return is_same(a.last_syn_ack, b.last_syn_ack) && is_same(a.last_own_syn_ack, b.last_own_syn_ack);
     }},
    {"the ACK of the handshake",
     [](const auto& a, const auto& b) { return is_same(a.handshake_ack, b.handshake_ack); }},
    {"the ACK of the close", [](const auto& a, const auto& b) { return is_same(a.close_ack, b.close_ack); }},
    {"the number of SYNs", [](const auto& a, const auto& b) { return a.syns == b.syns && a.syn_copies == b.syn_copies; }},
    {"the number of SYN-ACKs",
     [](const auto& a, const auto& b) { return a.syn_acks == b.syn_acks && a.syn_ack_copies == b.syn_ack_copies; }},
    {"the number of retries", [](const auto& a, const auto& b) { return a.retries == b.retries; }},
    {"the payload of the SYN", [](const auto& a, const auto& b) { return a.syn_payload_bytes == b.syn_payload_bytes; }},
    {"the connection before", [](const auto& a, const auto& b) { return a.previous == b.previous; }},
    {"the history", [](const auto& a, const auto& b) { return a.history == b.history; }},
    {"the completeness",
     [](const auto& a, const auto& b) {
       return a.completeness == b.completeness && a.completeness_first_row == b.completeness_first_row;
     }},
    {"the resets",
     [](const auto& a, const auto& b) {
       return std::ranges::equal(a.resets, b.resets, [](const auto& x, const auto& y) { return is_same(x, y); });
     }},
    {"the marks",
     [](const auto& a, const auto& b) {
       return ((a.marks ^ b.marks) & ~unsigned{format::connection_mark::kClientIsB}) == 0;
     }},
});

constexpr Fact<Connection> kRoles = {
    "the roles", [](const auto& a, const auto& b) { return a.client == b.client && a.evidence == b.evidence; }};

constexpr auto kSideFacts = std::to_array<Fact<Side>>({
    {"the address", [](const auto& a, const auto& b) { return a.endpoint == b.endpoint; }},
    {"the number of segments", [](const auto& a, const auto& b) { return a.segments == b.segments; }},
    {"the bytes of payload", [](const auto& a, const auto& b) { return a.payload_bytes == b.payload_bytes; }},
    {"the bytes on the wire", [](const auto& a, const auto& b) { return a.wire_bytes == b.wire_bytes; }},
    {"the sequence base",
     [](const auto& a, const auto& b) { return a.base == b.base && a.base_source == b.base_source; }},
    {"the options of the SYN",
     [](const auto& a, const auto& b) {
       return a.offers == b.offers && a.mss_bytes == b.mss_bytes && a.shift == b.shift;
     }},
    {"the TTLs",
     [](const auto& a, const auto& b) { return a.ttl_least == b.ttl_least && a.ttl_greatest == b.ttl_greatest; }},
    {"the FIN", [](const auto& a, const auto& b) { return is_same(a.fin, b.fin) && a.fin_acked == b.fin_acked; }},
});

/// `a, b and c`; of more than these only the first.
std::string enumerated(const std::vector<std::string>& names) {
  constexpr std::size_t kGreatestNamed = 3;
  const std::size_t named = std::min(names.size(), kGreatestNamed);
  std::string text;
  for (std::size_t i = 0; i < named; ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return names.size() > named ? text + " and more" : text;
}

}  // namespace

std::string differing_facts(const Connection& one, const Connection& other, bool with_roles) {
  std::vector<std::string> names;
  for (const auto& fact : kFacts) {
    if (!fact.is_same(one, other)) names.emplace_back(fact.name);
  }
  for (std::size_t side = 0; side < one.side.size(); ++side) {
    for (const auto& fact : kSideFacts) {
      if (fact.is_same(one.side[side], other.side[side])) continue;
      names.push_back(fact.name + std::string(side == 0 ? " of endpoint A" : " of endpoint B"));
    }
  }
  if (with_roles && !kRoles.is_same(one, other)) names.emplace_back(kRoles.name);
  return enumerated(names);
}

}  // namespace pcapsule::verify
