// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/random_seed.h"

#include <cstdint>
#include <random>

namespace pcapsule::analyzer_cli {

hash::HashSeed random_seed() {
  std::random_device device;
  const auto word = [&device] { return (std::uint64_t{device()} << 32) | device(); };
  return {word(), word()};
}

}  // namespace pcapsule::analyzer_cli
