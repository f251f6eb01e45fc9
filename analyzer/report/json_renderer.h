// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "analyzer/report/renderer.h"

namespace pcapsule::report {

/// Version of the JSON below: a changed meaning makes another one, new keys do not.
inline constexpr int kJsonSchemaVersion = 1;

/// kJson: one object with schema_version, command, files, rows, and totals where
/// the command has them. kNdjson: one row a line, nothing else. A row is an object;
/// a value that is unknown or absent is null, a column that may repeat is a list.
std::unique_ptr<Renderer> make_json_renderer(BufferedWriter& out, TableSpec spec);

}  // namespace pcapsule::report
