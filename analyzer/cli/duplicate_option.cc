// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/duplicate_option.h"

#include <boost/program_options.hpp>

namespace pcapsule::analyzer_cli {

void add_keep_duplicates_to(OptionGroups::Group& group, bool& keep) {
  group.add_options()("keep-duplicates", boost::program_options::bool_switch(&keep),
                      "take second copies at the tap for segments of their own (default: leave them out)");
}

}  // namespace pcapsule::analyzer_cli
