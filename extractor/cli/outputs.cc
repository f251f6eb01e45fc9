// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/outputs.h"

#include <sys/stat.h>

#include <array>
#include <map>
#include <set>
#include <utility>

#include "extractor/capture/capture_stream.h"

namespace pcapsule::cli {

namespace {

constexpr std::array<std::string_view, 3> kCompressionEndings = {".gz", ".zst", ".lz4"};
constexpr std::array<std::string_view, 4> kCaptureEndings = {".pcap", ".pcapng", ".cap", ".dmp"};

template <std::size_t N>
std::string_view without_one_of(const std::array<std::string_view, N>& endings, std::string_view name) {
  for (const std::string_view ending : endings) {
    if (name.size() > ending.size() && name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  }
  return name;
}

std::pair<std::string, std::string> split_path(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return {"", path};
  return {path.substr(0, slash + 1), path.substr(slash + 1)};
}

using FileId = std::pair<dev_t, ino_t>;

std::optional<FileId> file_id(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileId{status.st_dev, status.st_ino};
}

/// What two names have in common when they mean one place, though the file need
/// not exist yet: the identity of the folder, and the name in it.
std::string place_of(const std::string& path) {
  const auto [folder, name] = split_path(path);
  const auto id = file_id(folder.empty() ? "." : folder);
  if (!id) return path;
  return std::to_string(id->first) + ":" + std::to_string(id->second) + "/" + name;
}

Error usage_error(const std::string& what) { return {ErrorCode::kUsage, what + "; nothing was written"}; }

Result<void> check_collisions(const std::vector<Job>& jobs) {
  std::map<std::string, const Job*> by_place;
  for (const Job& job : jobs) {
    const auto [other, is_new] = by_place.emplace(place_of(job.output), &job);
    if (is_new) continue;
    return usage_error(other->second->captures.front().path + " and " + job.captures.front().path +
                       " would both become " + job.output + "; extract one of them in a run of its own, with -o");
  }
  return {};
}

/// Every frame of it would be there twice.
Result<void> check_repetitions(const Job& job) {
  std::map<FileId, const std::string*> by_id;
  for (const auto& [capture, kind] : job.captures) {
    const auto id = file_id(capture);
    if (capture == "-" || !id) continue;
    const auto [other, is_new] = by_id.emplace(*id, &capture);
    if (!is_new)
      return usage_error(*other->second + " and " + capture +
                         " are the same file: each of its packets would count twice");
  }
  return {};
}

/// What must not be overwritten: a record file can be made again, a capture cannot.
class Captures {
 public:
  explicit Captures(const std::vector<Job>& jobs) {
    for (const Job& job : jobs) {
      for (const auto& [capture, kind] : job.captures) {
        if (capture == "-") continue;
        places_.insert(place_of(capture));
        if (const auto id = file_id(capture)) files_.insert(*id);
      }
    }
  }

  /// Why `output` must not be written. Of a symbolic link only its own name counts: it is replaced, not followed.
  [[nodiscard]] std::optional<std::string> fault_of(const std::string& output) const {
    struct stat status {};
    const bool is_file = ::lstat(output.c_str(), &status) == 0 && S_ISREG(status.st_mode);
    if (places_.contains(place_of(output)) || (is_file && files_.contains({status.st_dev, status.st_ino}))) {
      return output + " is one of the captures and would be overwritten";
    }
    // Not one of ours, but somebody's.
    const auto is_capture = is_file ? capture::looks_like_capture(output) : false;
    if (is_capture && *is_capture) return output + " is a capture and would be overwritten";
    return std::nullopt;
  }

 private:
  std::set<std::string> places_;
  std::set<FileId> files_;
};

}  // namespace

std::string record_name(std::string_view capture_name) {
  return std::string(without_one_of(kCaptureEndings, without_one_of(kCompressionEndings, capture_name))) + ".fb";
}

std::string record_path(const std::string& capture, const std::optional<std::string>& out,
                        const std::optional<std::string>& out_dir) {
  if (out) return *out;
  const auto [folder, name] = split_path(capture);
  if (!out_dir) return folder + record_name(name);
  return *out_dir + (out_dir->ends_with('/') ? "" : "/") + record_name(name);
}

Result<std::vector<Error>> check_outputs(std::vector<Job>& jobs) {
  if (auto checked = check_collisions(jobs); !checked) return checked.error();
  for (const Job& job : jobs) {
    if (auto checked = check_repetitions(job); !checked) return checked.error();
  }
  const Captures captures(jobs);
  std::vector<Error> failures;
  std::vector<Job> good;
  for (Job& job : jobs) {
    const auto fault = captures.fault_of(job.output);
    if (!fault) {
      good.push_back(std::move(job));
    } else if (job.named) {
      return usage_error(*fault + "; name another record file");
    } else {
      failures.push_back({ErrorCode::kIo, job.captures.front().path + ": not extracted: " + *fault +
                                              "; move it, or extract this one in a run of its own, with -o"});
    }
  }
  jobs = std::move(good);
  return failures;
}

}  // namespace pcapsule::cli
