// SPDX-License-Identifier: Apache-2.0
// A record file from a stranger who knows how to compute checksums, and every analysis behind it.
#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "common/container/container.h"
#include "tests/fuzz/in_memory.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/target.h"

using namespace pcapsule;

namespace {

/// The command lines, without the file.
const std::vector<std::vector<std::string>>& commands() {
  static const std::vector<std::vector<std::string>> all = {
      {"info", "-T", "json"},
      {"packets"},
      {"packets", "-s", "1", "--after", "+0.1", "-c", "9"},
      {"packets", "-Y", "tcp.time_delta > 0.001 || tcp.options.sack_le", "-T", "ndjson"},
      {"packets", "-T", "csv", "-e", "pcapsule.seq", "-e", "tcp.completeness", "-e", "tcp.flags.str"},
      {"packets", "-Y", "tcp.analysis.flags", "-T", "fields", "-e", "tcp.analysis.bytes_in_flight"},
      {"plot", "-s", "0", "--kind", "time-sequence", "-T", "csv"},
      {"plot", "-s", "0", "--kind", "rtt", "-T", "csv"},
      {"packets", "-Y", "pcapsule.cause", "-T", "fields", "-e", "pcapsule.duplicate"},
      {"losses", "--all"},
      {"losses", "--segments", "-T", "ndjson"},
      {"connections", "--sort", "bytes", "--top", "5"},
      {"handshakes", "--by", "server"},
      {"handshakes", "--first", "--slower-than", "1ms", "--wireshark-filter"},
      {"resets", "--others"},
      {"windows", "--all"},
      {"windows", "--trend"},
      {"compare", "-T", "json"},
      {"compare", "--slices"},
  };
  return all;
}

/// How many commands a file with a fault is given, of those that its bytes choose: libFuzzer gets through more files
/// so. A replay runs them all.
#ifdef PCAPSULE_FUZZ
constexpr std::size_t kOfFaulty = 5;
#else
constexpr std::size_t kOfFaulty = std::numeric_limits<std::size_t>::max();
#endif

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> bytes(data, data + size);
  fuzz::repair_checksums(bytes);
  const fuzz::MemoryFile file(bytes);
  const bool good = fuzz::analyze({"verify", file.path()}) == ExitCode::kDone;
  const std::size_t count = good ? commands().size() : std::min(kOfFaulty, commands().size());
  const std::size_t first = good ? 0 : container::checksum(bytes) % commands().size();
  for (std::size_t k = 0; k < count; ++k) {
    std::vector<std::string> command = commands()[(first + k) % commands().size()];
    command.push_back(file.path());
    if (command.front() == "compare") command.push_back(file.path());
    fuzz::analyze(command);
  }
  return 0;
}
