// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzer/filter/plan.h"

namespace pcapsule::filter {

/// Clears the bits behind the prefix; all where there is none.
std::string masked(std::string bytes, std::optional<unsigned> prefix_bits);

/// Takes the members that are no ranges out of `members`, and puts them in order: a set of twenty thousand addresses
/// is searched once for each address of a file.
std::vector<plan::BytesGroup> grouped(std::vector<plan::BytesMember>& members);

}  // namespace pcapsule::filter
