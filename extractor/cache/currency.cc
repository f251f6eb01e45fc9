// SPDX-License-Identifier: Apache-2.0
#include "extractor/cache/currency.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <new>
#include <tuple>
#include <utility>

#include "common/format/record_layout.h"
#include "common/io/modified_time.h"
#include "extractor/capture/capture_input.h"

namespace pcapsule::cache {

namespace {

struct CaptureFile {
  capture::CapturePath path;
  std::string name;  ///< without folders
  std::uint64_t bytes = 0;
  std::int64_t mtime_ns = 0;
};

/// nullopt: not there, or not a regular file. Size and time of a pipe say nothing
/// about what comes out of it.
std::optional<CaptureFile> capture_file(const capture::CapturePath& capture) {
  const std::string& path = capture.path;
  struct stat status {};
  if (path == "-" || ::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return CaptureFile{capture, path.substr(path.find_last_of('/') + 1), static_cast<std::uint64_t>(status.st_size),
                     io::modified_time(status).value};
}

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

Verdict compare_content(const capture::CapturePath& path, const record::CaptureInfo& entry) {
  const auto fingerprint = capture::fingerprint_of(path);
  if (!fingerprint) return {Cause::kNotComparable, "cannot be compared: " + fingerprint.error().message};
  if (*fingerprint == capture::Fingerprint{entry.fingerprint_low, entry.fingerprint_high}) {
    return {Cause::kSameContent, ""};
  }
  return {Cause::kContent,
          "was made from other bytes: the capture " + entry.name + " has changed without changing its size"};
}

/// The order of both lists before they are held against each other.
template <class T>
void sort_by_name(std::vector<T>& captures) {
  std::stable_sort(captures.begin(), captures.end(), [](const T& a, const T& b) {
    return std::tie(a.name, a.bytes, a.mtime_ns) < std::tie(b.name, b.bytes, b.mtime_ns);
  });
}

Verdict compare_names(const std::vector<record::CaptureInfo>& entries, const std::vector<CaptureFile>& captures) {
  if (entries.size() != captures.size()) {
    return {Cause::kOtherCapture, "was made from " + std::to_string(entries.size()) +
                                      (entries.size() == 1 ? " capture" : " captures") + ", now there " +
                                      (captures.size() == 1 ? "is " : "are ") + std::to_string(captures.size())};
  }
  for (std::size_t i = 0; i < captures.size(); ++i) {
    if (entries[i].name == captures[i].name) continue;
    return {Cause::kOtherCapture, "was made from another capture: " + entries[i].name};
  }
  return {Cause::kUnchanged, ""};
}

Verdict compare_sizes(const std::vector<record::CaptureInfo>& entries, const std::vector<CaptureFile>& captures) {
  for (std::size_t i = 0; i < captures.size(); ++i) {
    if (entries[i].bytes == captures[i].bytes) continue;
    return {Cause::kSize, "was made from " + std::to_string(entries[i].bytes) + " bytes of " + entries[i].name +
                              ", which has " + std::to_string(captures[i].bytes)};
  }
  return {Cause::kUnchanged, ""};
}

/// Of equal sizes. Only here captures are read.
Verdict compare_times(const std::vector<record::CaptureInfo>& entries, const std::vector<CaptureFile>& captures) {
  Verdict verdict{Cause::kUnchanged, ""};
  for (std::size_t i = 0; i < captures.size(); ++i) {
    if (entries[i].mtime_ns == captures[i].mtime_ns) continue;
    verdict = compare_content(captures[i].path, entries[i]);
    if (verdict.cause != Cause::kSameContent) break;
  }
  return verdict;
}

/// From the cheap questions to the dear one.
Verdict judge(const Recorded& recorded, std::vector<CaptureFile> captures, const record::RecordOptions& options) {
  if (recorded.format_version != format::kFormatVersion) {
    return {Cause::kFormatVersion, "has format version " + std::to_string(recorded.format_version) +
                                       ", this program writes " + std::to_string(format::kFormatVersion)};
  }
  if (!recorded.subset.empty()) return {Cause::kOptions, "is a subset: " + recorded.subset.front()};
  if (recorded.options != options) return {Cause::kOptions, difference(recorded.options, options)};
  std::vector<record::CaptureInfo> entries = recorded.captures;
  sort_by_name(entries);
  sort_by_name(captures);
  for (const auto compare : {compare_names, compare_sizes}) {
    if (Verdict verdict = compare(entries, captures); verdict.cause != Cause::kUnchanged) return verdict;
  }
  return compare_times(entries, captures);
}

}  // namespace

Currency check_currency(const std::vector<capture::CapturePath>& captures, const std::string& record_path,
                        const record::RecordOptions& options) {
  struct stat status {};
  if (::stat(record_path.c_str(), &status) != 0) return {Cause::kNoRecord, "does not exist yet", std::nullopt};
  std::vector<CaptureFile> files;
  for (const capture::CapturePath& capture : captures) {
    auto file = capture_file(capture);
    if (!file) return {Cause::kNotComparable, "cannot be compared: the capture is no file", std::nullopt};
    files.push_back(std::move(*file));
  }
  try {
    auto recorded = read_recorded(record_path);
    if (!recorded) return {Cause::kUnreadable, "cannot be used: " + recorded.error().message, std::nullopt};
    Verdict verdict = judge(*recorded, std::move(files), options);
    return {verdict.cause, std::move(verdict.why), std::move(*recorded)};
  } catch (const std::bad_alloc&) {  // an old file that is too large says nothing of what is to be extracted
    return {Cause::kUnreadable, "cannot be used: out of memory", std::nullopt};
  }
}

}  // namespace pcapsule::cache
