// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "analyzer/cli/program.h"
#include "analyzer/cli/record_loop.h"
#include "common/base/exit_code.h"

int main(int argc, char** argv) {
  using pcapsule::ExitCode;
  namespace cli = pcapsule::analyzer_cli;
  // A closed pipe and the limit of `ulimit -f` become errors of write(), which are handled.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  // Where the parent ignores it, gnuplot could not be waited for.
  std::signal(SIGCHLD, SIG_DFL);
  const char* const too_little =
      "out of memory; raise the limit, or choose fewer connections with -s, --client or --server";
  ExitCode status = ExitCode::kFailed;
  try {
    cli::claim_standard_descriptors();
    cli::guard_mapped_files();
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    status = cli::run(arguments);
  } catch (const cli::OutOfMemory& fault) {
    cli::print_error(fault.file + ": " + too_little);
  } catch (const std::bad_alloc&) {
    cli::print_error(too_little);
  } catch (const std::exception& fault) {
    cli::print_error(std::string("unexpected failure: ") + fault.what());
  }
  return static_cast<int>(status);
}
