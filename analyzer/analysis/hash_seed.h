// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/hash/seeded.h"

namespace pcapsule::analysis {

namespace detail {
inline hash::HashSeed process_hash_seed;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
}

/// The seed of hashes over what strangers sent, of the whole process. No result depends on it, only the time that
/// chosen segments can take: so that nobody can choose them, the program, which has a source of chance, sets it.
inline const hash::HashSeed& hash_seed() { return detail::process_hash_seed; }

/// Once, before a file is read and before there are other threads. A constant until then.
inline void set_hash_seed(const hash::HashSeed& seed) { detail::process_hash_seed = seed; }

}  // namespace pcapsule::analysis
