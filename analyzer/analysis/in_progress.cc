// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/in_progress.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>
#include <utility>

#include "analyzer/analysis/connection_state.h"

namespace pcapsule::analysis {

namespace {

/// The frame from which on the connection counts as established.
std::optional<std::uint64_t> established_frame(const read::Connection& connection, const ConnectionTotals& totals) {
  if (connection.handshake_ack) return connection.handshake_ack->frame;
  const bool syn = (connection.seen & format::seen::kSyn) != 0;
  if (!syn && !connection.syn_ack) return totals.first.frame;  // the capture began later
  // A server with data for the client was established: the capture lacks the ACK.
  if (connection.server_side().payload_bytes == 0) return std::nullopt;
  return connection.syn_ack ? connection.syn_ack->frame : totals.first.frame;
}

/// A moment at which a connection goes from one state to another; nullopt: it is not in progress.
struct Transition {
  std::uint64_t frame = 0;  ///< holds from it on
  std::size_t life = 0;
  std::optional<Progress> from;
  std::optional<Progress> to;
};

/// The frame after `frame`.
std::uint64_t after(std::uint64_t frame) { return frame + (frame < std::numeric_limits<std::uint64_t>::max() ? 1 : 0); }

void add_transitions(std::vector<Transition>& out, std::size_t index, const ConnectionLife& life) {
  const std::uint64_t end = std::max(life.end_frame, life.first_frame);
  const bool at_once = life.established_frame && *life.established_frame <= life.first_frame;
  Progress progress = at_once ? Progress::kEstablished : Progress::kHandshake;
  out.push_back({life.first_frame, index, std::nullopt, progress});
  if (!at_once && life.established_frame && *life.established_frame <= end) {
    out.push_back({*life.established_frame, index, progress, Progress::kEstablished});
    progress = Progress::kEstablished;
  }
  const auto rest = life.closed ? std::nullopt : std::optional(Progress::kUncertain);
  out.push_back({after(end), index, progress, rest});
}

/// Goes through the capture once and knows at every frame what is in progress.
class Sweep {
 public:
  Sweep(std::span<const ConnectionLife> lives, std::span<const Instant> instants, std::size_t list_at_most)
      : lives_(lives), list_at_most_(list_at_most) {
    number_pairs(instants);
    for (std::size_t i = 0; i < lives.size(); ++i) {
      pair_of_life_.push_back(pair_of(lives[i].client, lives[i].server));
      add_transitions(transitions_, i, lives[i]);
    }
    std::ranges::sort(transitions_, [](const Transition& a, const Transition& b) {
      return std::pair(a.frame, a.life) < std::pair(b.frame, b.life);
    });
  }

  /// REQUIRES: calls by ascending frame.
  OtherConnections at(const Instant& instant) {
    for (; next_ < transitions_.size() && transitions_[next_].frame <= instant.frame; ++next_) {
      apply(transitions_[next_]);
    }
    const std::uint32_t pair = pair_of(instant.client, instant.server);
    OtherConnections others;
    for (std::size_t kind = 0; kind < kProgressKinds; ++kind) {
      others.count[kind] = of_client_[client_of_pair_[pair]][kind] - of_pair_[pair][kind];
      list(others, static_cast<Progress>(kind), pair);
    }
    return others;
  }

 private:
  using Counts = std::array<std::uint64_t, kProgressKinds>;
  using Pair = std::pair<IpAddress, IpAddress>;  ///< client and server

  /// Pairs get numbers by client, then by server.
  void number_pairs(std::span<const Instant> instants) {
    for (const ConnectionLife& life : lives_) pairs_.emplace_back(life.client, life.server);
    for (const Instant& instant : instants) pairs_.emplace_back(instant.client, instant.server);
    std::ranges::sort(pairs_);
    pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const bool same_client = i > 0 && pairs_[i].first == pairs_[i - 1].first;
      client_of_pair_.push_back(i == 0 ? 0 : client_of_pair_.back() + (same_client ? 0 : 1));
    }
    of_pair_.resize(pairs_.size());
    of_client_.resize(pairs_.empty() ? 0 : client_of_pair_.back() + std::size_t{1});
  }

  [[nodiscard]] std::uint32_t pair_of(const IpAddress& client, const IpAddress& server) const {
    return static_cast<std::uint32_t>(std::ranges::lower_bound(pairs_, Pair(client, server)) - pairs_.begin());
  }

  void apply(const Transition& transition) {
    const std::uint32_t pair = pair_of_life_[transition.life];
    const std::pair<std::uint32_t, std::uint64_t> key = {pair, lives_[transition.life].entry};
    if (transition.from) {
      const auto kind = static_cast<std::size_t>(*transition.from);
      --of_pair_[pair][kind];
      --of_client_[client_of_pair_[pair]][kind];
      if (list_at_most_ > 0) running_[kind].erase(key);
    }
    if (transition.to) {
      const auto kind = static_cast<std::size_t>(*transition.to);
      ++of_pair_[pair][kind];
      ++of_client_[client_of_pair_[pair]][kind];
      if (list_at_most_ > 0) running_[kind].insert(key);
    }
  }

  /// Steps over those to the same server as one, however many they are.
  void list(OtherConnections& others, Progress progress, std::uint32_t pair) const {
    const auto& running = running_[static_cast<std::size_t>(progress)];
    const std::uint32_t client = client_of_pair_[pair];
    const auto first = std::ranges::lower_bound(client_of_pair_, client) - client_of_pair_.begin();
    auto at = running.lower_bound({static_cast<std::uint32_t>(first), 0});
    while (others.listed.size() < list_at_most_ && at != running.end() && client_of_pair_[at->first] == client) {
      if (at->first == pair) {
        at = running.lower_bound({pair + 1, 0});
        continue;
      }
      others.listed.push_back({at->second, progress});
      ++at;
    }
  }

  std::span<const ConnectionLife> lives_;
  std::size_t list_at_most_;
  std::vector<Pair> pairs_;
  std::vector<std::uint32_t> client_of_pair_;  ///< clients are numbered too
  std::vector<std::uint32_t> pair_of_life_;
  std::vector<Transition> transitions_;
  std::size_t next_ = 0;
  std::vector<Counts> of_pair_;
  std::vector<Counts> of_client_;
  /// By Progress: pair and entry of what is in progress; kept only for lists.
  std::array<std::set<std::pair<std::uint32_t, std::uint64_t>>, kProgressKinds> running_;
};

}  // namespace

std::string_view to_text(Progress progress) {
  constexpr std::array<std::string_view, kProgressKinds> kNames = {"established", "handshake", "uncertain"};
  return kNames[static_cast<std::size_t>(progress)];
}

ConnectionLife life_of(std::uint64_t entry, const read::Connection& connection, const ConnectionTotals& totals) {
  ConnectionLife life;
  life.entry = entry;
  life.client = connection.client_side().endpoint.address;
  life.server = connection.server_side().endpoint.address;
  life.first_frame = totals.first.frame;
  life.established_frame = established_frame(connection, totals);
  life.end_frame = totals.last.frame;
  const ConnectionEnd end = end_of(connection);
  switch (end.kind) {
    case EndKind::kFinBoth:
    case EndKind::kResetByClient:
    case EndKind::kResetByServer:
    case EndKind::kRefused:
      life.end_frame = end.at->frame;
      life.closed = true;
      break;
    case EndKind::kFinUnacked:
      life.closed = true;
      break;
    case EndKind::kOpen:
    case EndKind::kFinByClient:
    case EndKind::kFinByServer:
    case EndKind::kUnanswered:
      break;
  }
  return life;
}

std::vector<OtherConnections> others_in_progress(std::span<const ConnectionLife> lives,
                                                 std::span<const Instant> instants, std::size_t list_at_most) {
  std::vector<std::size_t> order(instants.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return instants[i].frame; });
  Sweep sweep(lives, instants, list_at_most);
  std::vector<OtherConnections> out(instants.size());
  for (const std::size_t i : order) out[i] = sweep.at(instants[i]);
  return out;
}

}  // namespace pcapsule::analysis
