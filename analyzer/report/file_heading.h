// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "analyzer/report/buffered_writer.h"

namespace pcapsule::report {

/// `==> x.fb <==`, the line that tells the files of text output apart.
void put_file_heading(BufferedWriter& out, std::string_view path);

}  // namespace pcapsule::report
