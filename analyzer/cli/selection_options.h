// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analyzer/cli/command.h"
#include "analyzer/select/selection.h"

namespace pcapsule::analyzer_cli {

/// Which connections and rows: the same for every command.
class SelectionOptions {
 public:
  void add_to(OptionGroups::Group& group);

  /// kUsage: a value that makes no sense.
  [[nodiscard]] Result<select::SelectionSpec> spec() const;

 private:
  std::vector<std::string> filter_;  ///< at most one, as those below streams_: empty means not given
  std::vector<std::string> streams_;
  std::vector<std::string> client_;
  std::vector<std::string> server_;
  std::vector<std::string> after_;
  std::vector<std::string> before_;
};

}  // namespace pcapsule::analyzer_cli
