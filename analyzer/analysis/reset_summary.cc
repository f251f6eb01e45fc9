// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/reset_summary.h"

#include <algorithm>

namespace pcapsule::analysis {

void ResetCounts::add(const Reset& reset) {
  if (reset.odd_ttl.value_or(false)) ++odd_ttl;
  if (reset.premature.value_or(false)) ++premature;
  switch (reset.kind) {
    case ResetKind::kAbort:
      ++(reset.by_client ? by_client : by_server);
      return;
    case ResetKind::kRefused:
      ++refused;
      return;
    case ResetKind::kLate:
      ++late;
      return;
    case ResetKind::kSuspect:
      ++suspect;
      return;
  }
}

void ResetGroups::add(const IpAddress& client, const Reset& reset, const OtherConnections& others) {
  ClientResets& group = groups_[client];
  group.client = client;
  const bool first = group.counts.ends() == 0;
  group.counts.add(reset);
  if (!reset.is_end()) return;
  const std::uint64_t certain = others.of(Progress::kEstablished) + others.of(Progress::kHandshake);
  if (!first && certain <= group.greatest_others) return;
  group.greatest_others = certain;
  group.greatest_frame = reset.at.frame;
}

std::vector<ClientResets> ResetGroups::summarise() const {
  std::vector<ClientResets> out;
  out.reserve(groups_.size());
  for (const auto& [client, group] : groups_) out.push_back(group);
  std::ranges::stable_sort(out, std::ranges::greater(), [](const ClientResets& group) { return group.counts.ends(); });
  return out;
}

}  // namespace pcapsule::analysis
