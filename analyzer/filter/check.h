// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <variant>

#include "analyzer/filter/ast.h"
#include "analyzer/filter/plan.h"

namespace pcapsule::filter {

/// Resolves names and types. The fault points at the part that does not fit.
std::variant<plan::Plan, Fault> check(const ast::Condition& condition);

}  // namespace pcapsule::filter
