// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "analyzer/cli/command.h"
#include "common/base/exit_code.h"

namespace pcapsule::analyzer_cli {

/// What a command that looks for something does with what it finds: for cron, and
/// for Wireshark. The same for every such command.
class FindingOptions {
 public:
  void add_to(OptionGroups::Group& group);

  /// kUsage: both --fail-if-any and --fail-if-none.
  [[nodiscard]] Result<void> check() const;

  [[nodiscard]] bool wants_filters() const { return filters_; }
  /// Does the status depend on what is found?
  [[nodiscard]] bool wants_status() const { return fail_if_any_ || fail_if_none_; }

  /// The status of a run that would be `status` and found `findings`.
  [[nodiscard]] ExitCode settle(ExitCode status, std::uint64_t findings) const;

 private:
  bool fail_if_any_ = false;
  bool fail_if_none_ = false;
  bool filters_ = false;
};

}  // namespace pcapsule::analyzer_cli
