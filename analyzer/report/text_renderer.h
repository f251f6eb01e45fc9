// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "analyzer/report/renderer.h"

namespace pcapsule::report {

/// A table for people: a line of headings, aligned columns, totals at the end. The
/// widths are fixed, so that rows can be printed as they come.
std::unique_ptr<Renderer> make_text_renderer(BufferedWriter& out, TableSpec spec);

}  // namespace pcapsule::report
