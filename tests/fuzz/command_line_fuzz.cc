// SPDX-License-Identifier: Apache-2.0
// Command lines, arguments apart by line ends: the first byte chooses the program. What names a place is left out, so
// that nothing is read or written but in a folder of its own.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "extractor/cli/options.h"
#include "tests/fuzz/in_memory.h"
#include "tests/fuzz/target.h"

using namespace pcapsule;

namespace {

std::vector<std::string> arguments_of(const std::string& lines) {
  std::vector<std::string> arguments;
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', begin), lines.size());
    const std::string argument = lines.substr(begin, end - begin);
    if (argument.find('/') == std::string::npos && argument.find('\0') == std::string::npos) {
      arguments.push_back(argument);
    }
    begin = end + 1;
  }
  return arguments;
}

/// Enters an empty folder that nobody writes to.
bool enter_empty_folder() {
  std::string folder = "/tmp/pcapsule-fuzz-XXXXXX";
  const bool entered = ::mkdtemp(folder.data()) != nullptr && ::chdir(folder.c_str()) == 0;
  return entered && ::rmdir(folder.c_str()) == 0;  // gone: no file can be made in it, not even by root
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool entered = enter_empty_folder();
  fuzz::require(entered, "there is an empty folder");
  if (size == 0) return 0;
  const auto arguments = arguments_of({reinterpret_cast<const char*>(data) + 1, size - 1});
  if (data[0] % 2 == 0) {
    (void)cli::parse_options(arguments);
  } else {
    fuzz::analyze(arguments);
  }
  return 0;
}
