// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/file_heading.h"

#include "common/text/escape.h"

namespace pcapsule::report {

void put_file_heading(BufferedWriter& out, std::string_view path) {
  out.append("==> ");
  out.append(text::escape_for_terminal(path));
  out.append(" <==\n");
}

}  // namespace pcapsule::report
