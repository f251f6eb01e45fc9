// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/finding_options.h"

#include <boost/program_options.hpp>

namespace pcapsule::analyzer_cli {

namespace po = boost::program_options;

void FindingOptions::add_to(OptionGroups::Group& group) {
  group.add_options()  //
      ("wireshark-filter", po::bool_switch(&filters_),
       "add to each finding a display filter that shows it in Wireshark")                      //
      ("fail-if-any", po::bool_switch(&fail_if_any_), "exit status 10 if anything was found")  //
      ("fail-if-none", po::bool_switch(&fail_if_none_), "exit status 10 if nothing was found");
}

Result<void> FindingOptions::check() const {
  if (!fail_if_any_ || !fail_if_none_) return {};
  return Error{ErrorCode::kUsage, "--fail-if-any and --fail-if-none: one of them always holds; choose"};
}

ExitCode FindingOptions::settle(ExitCode status, std::uint64_t findings) const {
  const bool fails = (fail_if_any_ && findings > 0) || (fail_if_none_ && findings == 0);
  return fails ? worse_of(status, ExitCode::kFinding) : status;
}

}  // namespace pcapsule::analyzer_cli
