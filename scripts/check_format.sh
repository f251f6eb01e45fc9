#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Is every source file as clang-format would write it? Exit status 77 (skipped) without clang-format.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v clang-format >/dev/null || { echo "clang-format is not installed"; exit 77; }
find common extractor analyzer tests \( -name '*.cc' -o -name '*.h' \) -print0 | xargs -0 clang-format --dry-run -Werror
