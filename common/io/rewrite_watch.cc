// SPDX-License-Identifier: Apache-2.0
#include "common/io/rewrite_watch.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace pcapsule::io {

namespace {

/// Commands open and close files where they need them; what became of these is asked once, before the answer counts.
struct Register {
  std::mutex mutex;
  std::vector<const RewriteWatch*> watches;
  std::vector<std::string> rewritten;  ///< of watches that ended
};

Register& all() {
  static Register the_register;
  return the_register;
}

bool is_same(const struct timespec& a, const struct timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

void add_once(std::vector<std::string>& paths, const std::string& path) {
  if (std::ranges::find(paths, path) == paths.end()) paths.push_back(path);
}

}  // namespace

RewriteWatch::RewriteWatch(std::string path, ScopedFd fd, const struct stat& status)
    : path_(std::move(path)), fd_(std::move(fd)), before_(status) {
  const std::lock_guard lock(all().mutex);
  all().watches.push_back(this);
}

RewriteWatch::~RewriteWatch() {
  const bool rewritten = was_rewritten();
  const std::lock_guard lock(all().mutex);
  std::erase(all().watches, this);
  if (rewritten) add_once(all().rewritten, path_);
}

bool RewriteWatch::was_rewritten() const {
  struct stat now {};
  if (::fstat(fd_.get(), &now) != 0) return false;
  if (now.st_size != before_.st_size || !is_same(now.st_mtim, before_.st_mtim)) return true;
  // A link more or less, such as when another file takes its place, changes this time too.
  return !is_same(now.st_ctim, before_.st_ctim) && now.st_nlink == before_.st_nlink;
}

std::vector<std::string> rewritten_files() {
  const std::lock_guard lock(all().mutex);
  std::vector<std::string> paths = all().rewritten;
  for (const RewriteWatch* watch : all().watches) {
    if (watch->was_rewritten()) add_once(paths, watch->path());
  }
  return paths;
}

}  // namespace pcapsule::io
