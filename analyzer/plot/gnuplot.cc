// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/gnuplot.h"

#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/io/os_error.h"
#include "common/io/scoped_fd.h"

namespace pcapsule::plot {

namespace {

using io::ScopedFd;

/// A picture takes less than a second; a gnuplot that is lost in one must not hold up a batch for ever.
constexpr rlim_t kGreatestSeconds = 60;             ///< of processor time
constexpr std::size_t kGreatestDetails = 12;        ///< lines
constexpr std::size_t kGreatestDetailBytes = 4096;  ///< of all of them

Error failure(const char* what) { return io::os_error("gnuplot", what, errno); }

/// A file in memory, for the script and what gnuplot answers: unlike with pipes, neither side ever waits for the other.
Result<ScopedFd> memory_file(const char* name) {
  ScopedFd fd(::memfd_create(name, MFD_CLOEXEC));
  if (!fd.valid()) return failure("cannot make a file in memory");
  return fd;
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return failure("cannot hand over the script");
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::lseek(fd, 0, SEEK_SET) != 0) return failure("cannot hand over the script");
  return {};
}

Result<std::string> read_all(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return failure("cannot read what it drew");
  std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t used = 0;
  while (used < bytes.size()) {
    const ssize_t got = ::pread(fd, bytes.data() + used, bytes.size() - used, static_cast<off_t>(used));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("cannot read what it drew");
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  bytes.resize(used);
  return bytes;
}

/// Ours, but for what would change the drawing.
class Environment {
 public:
  Environment() {
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
      const std::string_view text(*entry);
      if (!text.starts_with("LC_") && !text.starts_with("LANG") && !text.starts_with("GNUTERM") &&
          !text.starts_with("GNUPLOT")) {
        entries_.push_back(*entry);
      }
    }
    entries_.push_back(locale_.data());
    entries_.push_back(nullptr);
  }
  [[nodiscard]] char* const* get() { return entries_.data(); }

 private:
  std::string locale_ = "LC_ALL=C.UTF-8";
  std::vector<char*> entries_;
};

/// The attributes of a process to be started, freed at the end.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    // This program ignores some signals; a child would inherit that.
    sigset_t defaults;
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGPIPE);
    ::sigaddset(&defaults, SIGXFSZ);
    ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  void become(const ScopedFd& from, int to) { ::posix_spawn_file_actions_adddup2(&actions_, from.get(), to); }
  /// 0 or an errno.
  int start(pid_t& child) {
    std::string program = "gnuplot";
    std::string no_settings = "--default-settings";
    std::array<char*, 3> arguments = {program.data(), no_settings.data(), nullptr};
    Environment environment;
    return ::posix_spawnp(&child, program.c_str(), &actions_, &attributes_, arguments.data(), environment.get());
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

Error not_started(int error) {
  if (error == ENOENT) {
    return {ErrorCode::kIo,
            "gnuplot, which draws the pictures, is not installed: install Debian's package gnuplot-nox; or print the "
            "points with -T csv"};
  }
  return io::os_error("gnuplot", "cannot be started", error);
}

/// What gnuplot said, its first lines.
std::vector<std::string> details_of(std::string_view said) {
  std::vector<std::string> lines;
  said = said.substr(0, kGreatestDetailBytes);
  while (!said.empty() && lines.size() < kGreatestDetails) {
    const std::string_view line = said.substr(0, said.find('\n'));
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) lines.emplace_back(line);
    said.remove_prefix(std::min(line.size() + 1, said.size()));
  }
  return lines;
}

bool is_picture(std::string_view bytes, Canvas canvas) {
  switch (canvas) {
    case Canvas::kSvg:
      return bytes.starts_with("<?xml") && bytes.find("<svg") != std::string_view::npos &&
             bytes.ends_with("</svg>\n\n");
    case Canvas::kPng:
      return bytes.starts_with("\x89PNG\r\n\x1a\n") && bytes.find("IEND") != std::string_view::npos;
    case Canvas::kText:
      return !bytes.empty();
  }
  return false;
}

/// Of a process that runs: the spawn has no attribute for it.
void limit_time(pid_t child) {
  const rlimit limit = {kGreatestSeconds, kGreatestSeconds + 1};
  (void)::prlimit(child, RLIMIT_CPU, &limit, nullptr);
}

/// Until it ends, or `patience` does: then it is killed, and false. Kernels before 5.3 cannot wait for a while.
Result<bool> wait_for(pid_t child, std::chrono::milliseconds patience, int& status) {
  bool ended = true;
  if (const ScopedFd handle(static_cast<int>(::syscall(SYS_pidfd_open, child, 0))); handle.valid()) {
    const auto give_up = std::chrono::steady_clock::now() + patience;
    pollfd end = {handle.get(), POLLIN, 0};
    int found = 0;
    do {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(give_up - std::chrono::steady_clock::now());
      found = ::poll(&end, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    } while (found < 0 && errno == EINTR);
    ended = found != 0;
    if (!ended) ::kill(child, SIGKILL);
  }
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return failure("cannot wait for it");
  }
  return ended;
}

std::string ending_of(int status) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
    return "was ended after " + std::to_string(kGreatestSeconds) + " s of processor time";
  }
  if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
  return "failed with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Result<std::string> run_gnuplot(const std::string& script, Canvas canvas, std::chrono::milliseconds patience) {
  auto input = memory_file("script");
  if (!input) return input.error();
  auto drawn = memory_file("picture");
  if (!drawn) return drawn.error();
  auto messages = memory_file("messages");
  if (!messages) return messages.error();
  if (auto written = write_all(input->get(), script); !written) return written.error();

  SpawnPlan plan;
  plan.become(*input, STDIN_FILENO);
  plan.become(*drawn, STDOUT_FILENO);
  plan.become(*messages, STDERR_FILENO);
  pid_t child = 0;
  if (const int error = plan.start(child); error != 0) return not_started(error);
  limit_time(child);
  int status = 0;
  const auto ended = wait_for(child, patience, status);
  if (!ended) return ended.error();
  if (!*ended) {
    return Error{ErrorCode::kIo,
                 "gnuplot did not end within " + std::to_string(patience.count() / 1000) + " s, and was killed"};
  }

  auto picture = read_all(drawn->get());
  if (!picture) return picture.error();
  const bool done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (done && is_picture(*picture, canvas)) return std::move(*picture);
  const auto said = read_all(messages->get());
  if (!said) return said.error();
  return Error{ErrorCode::kIo, "gnuplot " + (done ? std::string("drew no picture") : ending_of(status)),
               details_of(*said)};
}

}  // namespace pcapsule::plot
