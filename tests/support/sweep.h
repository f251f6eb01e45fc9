// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace pcapsule::test {

/// Of a sweep over the bytes or lengths of a file, which step it takes: with sanitizers every third, in a form in which
/// all takes ten times as long and other forms say whether the answers are right.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PCAPSULE_HAS_SANITIZERS
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(PCAPSULE_HAS_SANITIZERS)
inline constexpr std::size_t kSweepStep = 3;
#else
inline constexpr std::size_t kSweepStep = 1;
#endif

}  // namespace pcapsule::test
