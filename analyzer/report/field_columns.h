// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "analyzer/fields/field.h"
#include "analyzer/report/renderer.h"

namespace pcapsule::report {

using FieldList = std::vector<const fields::Field*>;

/// Fields as the columns of a table. Absolute times and what is not a decimal
/// number are text in JSON: a double has not the digits of a time in nanoseconds.
std::vector<Column> columns_of(const FieldList& list);

}  // namespace pcapsule::report
