// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "analyzer/plot/script.h"
#include "common/base/result.h"

namespace pcapsule::plot {

/// Has gnuplot, found in PATH, run `script`; what it draws. Without a shell, without the user's settings of
/// gnuplot, and with nothing from the script in its arguments or environment.
/// kIo: there is no gnuplot, which the message says how to install; it failed, with what it said as
/// details; it was ended after a minute of processor time, or after `patience`; or what it drew is none of `canvas`.
Result<std::string> run_gnuplot(const std::string& script, Canvas canvas,
                                std::chrono::milliseconds patience = std::chrono::minutes(10));

}  // namespace pcapsule::plot
