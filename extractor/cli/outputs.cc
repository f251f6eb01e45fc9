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

Result<void> check_outputs(const std::vector<Job>& jobs) {
  if (auto checked = check_collisions(jobs); !checked) return checked;
  std::set<std::string> capture_places;
  std::set<FileId> captures;
  for (const Job& job : jobs) {
    if (auto checked = check_repetitions(job); !checked) return checked;
    for (const auto& [capture, kind] : job.captures) {
      if (capture == "-") continue;
      capture_places.insert(place_of(capture));
      if (const auto id = file_id(capture)) captures.insert(*id);
    }
  }
  for (const Job& job : jobs) {
    const auto id = file_id(job.output);
    if (capture_places.contains(place_of(job.output)) || (id && captures.contains(*id))) {
      return usage_error(job.output + " is one of the captures and would be overwritten; name another record file");
    }
    // Not one of ours, but somebody's: a record file can be made again, a capture cannot.
    const auto is_capture = id ? capture::looks_like_capture(job.output) : false;
    if (is_capture && *is_capture) {
      return usage_error(job.output + " is a capture and would be overwritten; name another record file");
    }
  }
  return {};
}

}  // namespace pcapsule::cli
