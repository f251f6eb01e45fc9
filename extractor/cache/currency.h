// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "extractor/cache/recorded.h"
#include "extractor/capture/capture_path.h"

namespace pcapsule::cache {

/// Why a record file is current or is not.
enum class Cause {
  kUnchanged,      ///< current: size and mtime of each capture are those recorded
  kSameContent,    ///< current: only mtime differs, the fingerprint does not
  kNoRecord,       ///< there is no record file yet
  kUnreadable,     ///< it is no record file, damaged, of a later format, or takes more memory than there is
  kFormatVersion,  ///< it is of an earlier format version
  kOptions,        ///< it was made with other options, or is a subset of a record file
  kOtherCapture,   ///< it was made from another capture, or from more or fewer
  kSize,           ///< the capture has another size
  kContent,        ///< the capture has the same size and other bytes
  kNotComparable,  ///< standard input, a pipe, or a capture that cannot be read
};

struct Currency {
  Cause cause = Cause::kNoRecord;
  /// For people: what of the record file does not fit, as the end of a sentence that
  /// begins with the file's name. Empty when it is current.
  std::string why;
  /// Set when the record file could be read, current or not.
  std::optional<Recorded> recorded;

  [[nodiscard]] bool current() const { return cause == Cause::kUnchanged || cause == Cause::kSameContent; }
};

/// Whether `record_path` is what extracting `captures` with `options` would
/// yield, in whatever order they are given: their first frames decide it. Reads a capture
/// only when its mtime alone differs. A record file of a damaged
/// capture is as current as any other: reading the same bytes again would find the
/// same damage.
Currency check_currency(const std::vector<capture::CapturePath>& captures, const std::string& record_path,
                        const record::RecordOptions& options);

}  // namespace pcapsule::cache
