// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace pcapsule::analysis {

/// The token of a Multipath TCP key: the first 32 bits of its SHA-1 in version 0
/// (RFC 6824 section 3.2), of its SHA-256 in version 1 (RFC 8684 section 3.2). It
/// names a connection; nothing is kept secret with it here.
std::uint32_t token_of_key_v0(std::uint64_t key);
std::uint32_t token_of_key_v1(std::uint64_t key);

}  // namespace pcapsule::analysis
