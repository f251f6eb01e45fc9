// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/inputs.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <set>

#include "common/base/overflow.h"
#include "common/io/modified_time.h"
#include "common/io/os_error.h"
#include "extractor/capture/capture_stream.h"

namespace pcapsule::cli {

namespace {

constexpr const char* kStandardInput = "-";

Error usage_error(const std::string& what) { return {ErrorCode::kUsage, what + "; see `extractor --help`"}; }

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::optional<TimestampNs> modified_at(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return io::modified_time(status);
}

/// True when the capture changed so recently that it may still grow. A stamp
/// shortly in the future counts too: the clock of a file server differs a little.
bool is_too_young(const std::string& capture, const Options& options, TimestampNs now) {
  if (!options.min_age_s || capture == kStandardInput) return false;
  const auto modified = modified_at(capture);
  const std::int64_t min_age_ns = *options.min_age_s * kNsPerSecond;
  return modified && now < TimestampNs{saturating_add(modified->value, min_age_ns)} &&
         *modified < TimestampNs{saturating_add(now.value, min_age_ns)};
}

std::string too_young_note(const std::string& capture, const Options& options) {
  return capture + ": left out: it changed within the last " + std::to_string(*options.min_age_s) +
         " s and may still grow";
}

/// Follows one command line; collects failures, since the rest is tried all the same.
class Expansion {
 public:
  Expansion(const Options& options, std::istream& standard_input, TimestampNs now)
      : options_(options), standard_input_(standard_input), now_(now) {}

  std::vector<capture::CapturePath> expand(Plan& plan) {
    std::vector<capture::CapturePath> captures;
    for (const std::string& name : options_.captures) add(name, captures, plan);
    if (options_.files_from) add_list(*options_.files_from, captures, plan);
    return captures;
  }

 private:
  void add(const std::string& name, std::vector<capture::CapturePath>& captures, Plan& plan) {
    if (name != kStandardInput && is_folder(name)) {
      add_folder(name, captures, plan);
    } else {
      captures.push_back(name);
    }
  }

  /// The captures in a folder, by content: record files, logs and further folders
  /// are left out without a word.
  void add_folder(const std::string& folder, std::vector<capture::CapturePath>& captures, Plan& plan) {
    std::vector<std::string> names;
    std::error_code fault;
    std::filesystem::directory_iterator entry(folder, fault);
    while (!fault && entry != std::filesystem::directory_iterator()) {
      names.push_back(entry->path().filename().string());
      entry.increment(fault);
    }
    if (fault) {
      plan.failures.push_back(io::os_error(folder, "cannot read the folder", fault.value()));
      return;
    }
    std::sort(names.begin(), names.end());
    const std::string prefix = folder.ends_with('/') ? folder : folder + "/";
    std::size_t found = 0;
    for (const std::string& name : names) {
      const auto is_capture = capture::looks_like_capture(prefix + name);
      if (!is_capture) add_unread(prefix + name, is_capture.error(), plan);
      if (is_capture && !*is_capture) continue;
      if (is_capture) captures.emplace_back(prefix + name, capture::InputKind::kRegularFile);
      ++found;
    }
    if (found == 0) plan.notes.push_back(folder + ": no capture in this folder");
  }

  /// What may be a capture is not passed over in silence. The first bytes of one that is being written may be all
  /// there is of it yet.
  void add_unread(const std::string& name, const Error& error, Plan& plan) const {
    if (is_too_young(name, options_, now_)) {
      plan.notes.push_back(too_young_note(name, options_));
    } else {
      plan.failures.push_back(error);
    }
  }

  void add_list(const std::string& list, std::vector<capture::CapturePath>& captures, Plan& plan) {
    if (list == kStandardInput) {
      add_lines(standard_input_, "standard input", captures, plan);
      return;
    }
    std::ifstream file;
    if (!is_folder(list)) file.open(list);
    if (!file.is_open()) {
      plan.failures.push_back(io::os_error(list, "cannot read the list of captures", is_folder(list) ? EISDIR : errno));
      return;
    }
    add_lines(file, list, captures, plan);
  }

  /// A list whose names are not separated by line ends is refused as a whole: no name of it can be relied on.
  void add_lines(std::istream& lines, const std::string& list, std::vector<capture::CapturePath>& captures,
                 Plan& plan) {
    std::vector<std::string> names;
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line); ++number) {
      if (line.find('\0') != std::string::npos) {
        plan.failures.push_back({ErrorCode::kIo, list + ": line " + std::to_string(number) +
                                                     " has a NUL byte: names are separated by line ends, not NUL; no "
                                                     "capture of this list was read"});
        return;
      }
      if (!line.empty()) names.push_back(line);
    }
    for (const std::string& name : names) add(name, captures, plan);
    // std::cin takes a failure to read for the end; the C stream that it reads from does not.
    if (lines.bad() || (&lines == &std::cin && std::ferror(stdin) != 0))
      plan.failures.push_back({ErrorCode::kIo, list + ": cannot read the list of captures to its end"});
  }

  const Options& options_;
  std::istream& standard_input_;
  TimestampNs now_;
};

Result<void> check_standard_input(const Options& options, const std::vector<capture::CapturePath>& captures) {
  const auto uses = std::count(captures.begin(), captures.end(), capture::CapturePath(kStandardInput));
  if (uses == 0) return {};
  if (uses > 1) return usage_error("standard input (-) is given twice, but can be read only once");
  if (options.files_from == kStandardInput) {
    return usage_error("standard input cannot be both a capture (-) and the list of --files-from");
  }
  if (!options.out) return usage_error("a capture from standard input (-) needs a name for its record file: -o FILE");
  return {};
}

void add_job(const capture::CapturePath& capture, bool named, const Options& options, Plan& plan) {
  if (options.merge && !plan.jobs.empty()) {
    plan.jobs.front().captures.push_back(capture);
  } else {
    plan.jobs.push_back({{capture}, record_path(capture.path, options.out, options.out_dir), named || options.out});
  }
}

}  // namespace

Result<Plan> plan_inputs(const Options& options, std::istream& standard_input, TimestampNs now) {
  Plan plan;
  const std::vector<capture::CapturePath> captures = Expansion(options, standard_input, now).expand(plan);
  if (options.out && captures.size() > 1 && !options.merge) {
    return usage_error("-o names one record file, but there are " + std::to_string(captures.size()) +
                       " captures: use --out-dir, or --merge if they are one trace");
  }
  if (auto checked = check_standard_input(options, captures); !checked) return checked.error();
  if (options.out_dir && !is_folder(*options.out_dir)) {
    return Error{ErrorCode::kIo, *options.out_dir + ": the folder of --out-dir is not there; make it first"};
  }
  const std::set<std::string> named(options.captures.begin(), options.captures.end());
  for (const capture::CapturePath& capture : captures) {
    if (is_too_young(capture.path, options, now)) {
      plan.notes.push_back(too_young_note(capture.path, options));
    } else {
      add_job(capture, named.contains(capture.path), options, plan);
    }
  }
  // A trace without some of its captures would look as if packets had been lost.
  if (options.merge && !plan.failures.empty()) plan.jobs.clear();
  const auto overwriting = check_outputs(plan.jobs);
  if (!overwriting) return overwriting.error();
  plan.failures.insert(plan.failures.end(), overwriting->begin(), overwriting->end());
  return plan;
}

}  // namespace pcapsule::cli
