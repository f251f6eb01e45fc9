// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "common/base/result.h"

namespace pcapsule::select {

/// What of a record file a query left out because it is damaged, in the words in which a user is told. A file may be
/// damaged everywhere: of more than kGreatestMessages the rest is one more message, that there is more.
class DamageList {
 public:
  static constexpr std::size_t kGreatestMessages = 200;

  /// Once, however often it is met.
  void note(Error error);
  /// Of segment chunk `chunk`: only the first that is noted of it.
  void note(std::uint32_t chunk, Error error);
  void add(const DamageList& more);

  /// Was something noted of this chunk?
  [[nodiscard]] bool has(std::uint32_t chunk) const { return chunks_.contains(chunk); }

  /// How often damage was met, known or not: whoever compares it with before sees whether something was left out since.
  [[nodiscard]] std::uint64_t times() const { return times_; }

  [[nodiscard]] bool empty() const { return errors_.empty(); }
  [[nodiscard]] std::size_t size() const { return errors_.size(); }
  [[nodiscard]] const Error& front() const { return errors_.front(); }
  [[nodiscard]] const Error& operator[](std::size_t i) const { return errors_[i]; }
  [[nodiscard]] auto begin() const { return errors_.begin(); }
  [[nodiscard]] auto end() const { return errors_.end(); }

 private:
  std::vector<Error> errors_;
  std::unordered_set<std::uint32_t> chunks_;
  std::uint64_t times_ = 0;
};

}  // namespace pcapsule::select
