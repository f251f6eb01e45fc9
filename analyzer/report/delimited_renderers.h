// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "analyzer/report/renderer.h"

namespace pcapsule::report {

/// As `tshark -T fields` prints: the values of the columns, and with header=y their
/// names first. A cell without a value is empty, without quotes.
std::unique_ptr<Renderer> make_fields_renderer(BufferedWriter& out, TableSpec spec);

/// CSV by RFC 4180: a header, lines end in CR LF, quotes where a value needs them.
/// Several values of a cell are joined by commas.
std::unique_ptr<Renderer> make_csv_renderer(BufferedWriter& out, TableSpec spec);

}  // namespace pcapsule::report
