// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace pcapsule {

/// Exit statuses of both programs, and the only place that defines them.
enum class ExitCode : int {
  kDone = 0,       ///< done; an empty result is a result
  kFailed = 1,     ///< unreadable, not a capture, disk full, …
  kUsage = 2,      ///< wrong usage
  kInputLost = 3,  ///< done, but bytes of the input were lost
  kFinding = 10,   ///< done, and there was (or was not) what --fail-if-any (--fail-if-none) asks for
};

/// The status of a run over several inputs: 1 wins over 3 over 10 over 0.
constexpr ExitCode worse_of(ExitCode a, ExitCode b) {
  const auto rank = [](ExitCode code) {
    switch (code) {
      case ExitCode::kDone:
        return 0;
      case ExitCode::kFinding:
        return 1;
      case ExitCode::kInputLost:
        return 2;
      case ExitCode::kFailed:
        return 3;
      case ExitCode::kUsage:
        return 4;
    }
    return 4;
  };
  return rank(a) >= rank(b) ? a : b;
}

}  // namespace pcapsule
