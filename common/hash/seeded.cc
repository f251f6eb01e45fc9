// SPDX-License-Identifier: Apache-2.0
#include "common/hash/seeded.h"

#include <random>

namespace pcapsule::hash {

const HashSeed& process_seed() {
  static const HashSeed seed = [] {
    std::random_device device;
    const auto word = [&device] { return (std::uint64_t{device()} << 32) | device(); };
    return HashSeed{word(), word()};
  }();
  return seed;
}

}  // namespace pcapsule::hash
