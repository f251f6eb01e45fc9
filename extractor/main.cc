// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <csignal>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <vector>

#include "common/base/exit_code.h"
#include "common/base/time.h"
#include "extractor/cli/run.h"

namespace {

pcapsule::TimestampNs wall_clock() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count()};
}

}  // namespace

int main(int argc, char** argv) {
  using pcapsule::ExitCode;
  // A closed pipe and the limit of `ulimit -f` become errors of write(), which are handled.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  ExitCode status = ExitCode::kFailed;
  try {
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    status = pcapsule::cli::run(arguments, pcapsule::cli::standard_streams(), wall_clock());
  } catch (const std::bad_alloc&) {
    pcapsule::cli::print_error(std::cerr, "out of memory; raise the limit, or choose less with --filter");
  } catch (const std::exception& fault) {
    pcapsule::cli::print_error(std::cerr, std::string("unexpected failure: ") + fault.what());
  }
  return static_cast<int>(status);
}
