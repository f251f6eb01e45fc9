// SPDX-License-Identifier: Apache-2.0
#include "extractor/cache/currency.h"

#include <sys/stat.h>

#include <cstdint>

#include "common/base/time.h"
#include "common/format/record_layout.h"
#include "extractor/capture/capture_input.h"

namespace pcapsule::cache {

namespace {

struct FileFacts {
  std::uint64_t bytes = 0;
  std::int64_t mtime_ns = 0;
};

/// nullopt: not there, or not a regular file. Size and time of a pipe say nothing
/// about what comes out of it.
std::optional<FileFacts> facts_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return FileFacts{static_cast<std::uint64_t>(status.st_size),
                   std::int64_t{status.st_mtim.tv_sec} * kNsPerSecond + status.st_mtim.tv_nsec};
}

std::string name_without_folders(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

std::string quoted(const std::string& option) { return option.empty() ? "none" : "'" + option + "'"; }

/// Names the first option that differs.
std::string difference(const record::RecordOptions& recorded, const record::RecordOptions& wanted) {
  const auto say = [](const char* option, const std::string& had, const std::string& has) {
    return std::string("was made with another ") + option + ": " + quoted(had) + ", now " + quoted(has);
  };
  if (recorded.filter != wanted.filter) return say("filter", recorded.filter, wanted.filter);
  if (recorded.client != wanted.client) return say("client", recorded.client, wanted.client);
  return say("server", recorded.server, wanted.server);
}

struct Verdict {
  Cause cause;
  std::string why;
};

Verdict compare_content(const std::string& capture_path, const record::CaptureInfo& entry) {
  const auto fingerprint = capture::fingerprint_of(capture_path);
  if (!fingerprint) return {Cause::kNotComparable, "cannot be compared: " + fingerprint.error().message};
  if (*fingerprint == capture::Fingerprint{entry.fingerprint_low, entry.fingerprint_high}) {
    return {Cause::kSameContent, ""};
  }
  return {Cause::kContent, "was made from other bytes: the capture has changed without changing its size"};
}

/// From the cheap questions to the dear one.
Verdict judge(const Recorded& recorded, const std::string& capture_path, const FileFacts& capture,
              const record::RecordOptions& options) {
  if (recorded.format_version != format::kFormatVersion) {
    return {Cause::kFormatVersion, "has format version " + std::to_string(recorded.format_version) +
                                       ", this program writes " + std::to_string(format::kFormatVersion)};
  }
  if (!recorded.subset.empty()) return {Cause::kOptions, "is a subset: " + recorded.subset.front()};
  if (recorded.options != options) return {Cause::kOptions, difference(recorded.options, options)};
  if (recorded.captures.size() != 1) {
    return {Cause::kOtherCapture, "was made from " + std::to_string(recorded.captures.size()) + " captures"};
  }
  const record::CaptureInfo& entry = recorded.captures.front();
  if (entry.name != name_without_folders(capture_path)) {
    return {Cause::kOtherCapture, "was made from another capture: " + entry.name};
  }
  if (entry.bytes != capture.bytes) {
    return {Cause::kSize, "was made from " + std::to_string(entry.bytes) + " bytes, the capture has " +
                              std::to_string(capture.bytes)};
  }
  if (entry.mtime_ns == capture.mtime_ns) return {Cause::kUnchanged, ""};
  return compare_content(capture_path, entry);
}

}  // namespace

Currency check_currency(const std::string& capture_path, const std::string& record_path,
                        const record::RecordOptions& options) {
  struct stat status {};
  if (::stat(record_path.c_str(), &status) != 0) return {Cause::kNoRecord, "does not exist yet", std::nullopt};
  const auto capture = capture_path == "-" ? std::nullopt : facts_of(capture_path);
  if (!capture) return {Cause::kNotComparable, "cannot be compared: the capture is no file", std::nullopt};
  auto recorded = read_recorded(record_path);
  if (!recorded) return {Cause::kUnreadable, "cannot be used: " + recorded.error().message, std::nullopt};
  Verdict verdict = judge(*recorded, capture_path, *capture, options);
  return {verdict.cause, std::move(verdict.why), std::move(*recorded)};
}

}  // namespace pcapsule::cache
