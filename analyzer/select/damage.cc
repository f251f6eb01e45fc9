// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/damage.h"

#include <algorithm>
#include <string>
#include <utility>

namespace pcapsule::select {

void DamageList::note(Error error) {
  ++times_;
  if (errors_.size() > kGreatestMessages) return;
  if (std::ranges::find(errors_, error.message, &Error::message) != errors_.end()) return;
  if (errors_.size() == kGreatestMessages) {
    error = {ErrorCode::kCorrupt, "there is more damage than these " + std::to_string(kGreatestMessages) + " messages"};
  }
  errors_.push_back(std::move(error));
}

void DamageList::note(std::uint32_t chunk, Error error) {
  if (chunks_.insert(chunk).second) {
    note(std::move(error));
  } else {
    ++times_;
  }
}

void DamageList::add(const DamageList& more) {
  for (const Error& error : more) note(error);
}

}  // namespace pcapsule::select
