// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/hash/seeded.h"

namespace pcapsule::analyzer_cli {

/// Another one each time, for the hashes over what strangers sent.
hash::HashSeed random_seed();

}  // namespace pcapsule::analyzer_cli
