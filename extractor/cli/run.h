// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "common/base/exit_code.h"
#include "common/base/time.h"

namespace pcapsule::cli {

/// Where the program reads and writes: data on `out`, everything else on `err`.
struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;
};

/// Those of the process. Call it before any file is opened.
Streams standard_streams();

/// The whole program for one command line, without the program's name. `now` is
/// what --min-age counts from.
ExitCode run(const std::vector<std::string>& arguments, const Streams& streams, TimestampNs now);

/// Says on `err` why the program stops before its time. The message is escaped here.
void print_error(std::ostream& err, const std::string& message);

}  // namespace pcapsule::cli
