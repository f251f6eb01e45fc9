// SPDX-License-Identifier: Apache-2.0
#include "common/io/output_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <thread>

#include "common/io/os_error.h"

namespace pcapsule::io {
namespace {

constexpr std::chrono::milliseconds kLockPollInterval{50};
constexpr unsigned kForeseeableNames = 4;  // of temporary files: enough for the runs that there are at a time
constexpr unsigned kMaxTemporaryNames = 100;
constexpr std::uint64_t kWriteBackBytes = std::uint64_t{8} << 20;
constexpr std::size_t kMaxNameBytesInTemporary = 200;  // of the 255 that a name may have
constexpr mode_t kMode = 0666;                         // less umask, which the kernel applies

struct Target {
  ScopedFd folder;
  std::string name;
};

/// Opens the folder of `path`, so that what follows happens in that very folder
/// even if it is renamed meanwhile.
Result<Target> locate(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (name.empty() || name == "." || name == "..") {
    return Error{ErrorCode::kIo, path + ": cannot write: this names a folder, expected the name of a file"};
  }
  ScopedFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return os_error(path, "cannot open its folder", errno);
  return Target{std::move(fd), std::move(name)};
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::string lock_name(const struct stat& folder, std::string_view name) {
  std::string text = "pcapsule-output";
  for (const std::uint64_t part : {std::uint64_t{folder.st_dev}, std::uint64_t{folder.st_ino}, fnv1a(name)}) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), part, 16).ptr;
    text.append(1, '/').append(digits.data(), end);
  }
  return text;
}

/// 0, or errno.
int bind_abstract(int socket, const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  static_assert(sizeof(address.sun_path) > 1 + 15 + 3 * 17, "sun_path[0] stays 0: abstract; then the lock's name");
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  // The socket interface takes every family's address through this one type.
  return ::bind(socket, reinterpret_cast<const sockaddr*>(&address), length) == 0 ? 0 : errno;
}

/// Is it a link to a file that this process has open, as /dev/stdout is?
bool is_link_to_descriptor(int folder, const std::string& name) {
  std::array<char, 6> target{};
  const ssize_t bytes = ::readlinkat(folder, name.c_str(), target.data(), target.size());
  return bytes > 0 && std::string_view(target.data(), static_cast<std::size_t>(bytes)) == "/proc/";
}

/// A record file replaces regular files, and links to them, only: a rename over /dev/null or /dev/stdout would
/// take the device away from everybody.
Result<void> check_replaceable(const std::string& path, int folder, const std::string& name) {
  if (is_link_to_descriptor(folder, name)) {
    return Error{ErrorCode::kIo,
                 path + ": cannot write: this is a link into /proc, expected the name of a regular file"};
  }
  struct stat status {};
  if (::fstatat(folder, name.c_str(), &status, 0) != 0) {
    if (errno == ENAMETOOLONG) return os_error(path, "cannot write", errno);
    return {};  // absent, or a link to nowhere
  }
  if (S_ISREG(status.st_mode)) return {};
  return Error{ErrorCode::kIo, path + ": cannot write: this is " +
                                   (S_ISDIR(status.st_mode) ? "a folder" : "a pipe or a device") +
                                   ", expected the name of a regular file"};
}

/// The first are the same for every run, so that the next one finds what a killed one left. The others nobody can
/// take beforehand, to keep the output from being replaced.
std::string temporary_name(const std::string& name, unsigned attempt) {
  std::uint64_t number = attempt;
  if (attempt >= kForeseeableNames) (void)!::getrandom(&number, sizeof number, 0);
  return "." + name.substr(0, kMaxNameBytesInTemporary) + ".tmp" + std::to_string(number);
}

/// Removes a temporary file whose writer is dead: only the living hold a lock
/// on theirs.
void remove_abandoned(int folder, const std::string& temporary) {
  const ScopedFd fd(::openat(folder, temporary.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd.valid()) return;
  struct stat opened {};
  struct stat named {};
  if (::fstat(fd.get(), &opened) != 0 || !S_ISREG(opened.st_mode) || opened.st_uid != ::geteuid()) return;
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return;
  // The name may belong to a newer file by now.
  if (::fstatat(folder, temporary.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (named.st_dev != opened.st_dev || named.st_ino != opened.st_ino) return;
  (void)::unlinkat(folder, temporary.c_str(), 0);
}

bool synced(int fd) {
  while (::fsync(fd) != 0) {
    if (errno == EINTR) continue;
    return errno == EINVAL || errno == ENOTSUP;  // some file systems cannot sync a folder, and need not
  }
  return true;
}

}  // namespace

Result<OutputLock> OutputLock::acquire(const std::string& output_path, WhenBusy when_busy) {
  const auto target = locate(output_path);
  if (!target) return target.error();
  struct stat folder {};
  if (::fstat(target->folder.get(), &folder) != 0) return os_error(output_path, "cannot read its folder", errno);
  ScopedFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const std::string name = lock_name(folder, target->name);
  while (socket.valid() && bind_abstract(socket.get(), name) == EADDRINUSE) {
    if (when_busy == WhenBusy::kFail) {
      return Error{ErrorCode::kBusy,
                   output_path + ": busy: another run is writing it; wait for it, or run again without --no-wait"};
    }
    std::this_thread::sleep_for(kLockPollInterval);
  }
  // Also for who finds the output current, and writes nothing.
  remove_abandoned(target->folder.get(), temporary_name(target->name, 0));
  return OutputLock(std::move(socket));
}

Result<void> OutputFile::check(const std::string& path) {
  const auto target = locate(path);
  if (!target) return target.error();
  return check_replaceable(path, target->folder.get(), target->name);
}

Result<OutputFile> OutputFile::create(const std::string& path, Temporary temporary) {
  auto target = locate(path);
  if (!target) return target.error();
  if (auto replaceable = check_replaceable(path, target->folder.get(), target->name); !replaceable) {
    return replaceable.error();
  }
  OutputFile file(path, std::move(target->name), std::move(target->folder));
  auto opened = temporary == Temporary::kUnnamed ? file.open_temporary() : file.create_named_temporary();
  if (!opened) return opened.error();
  return file;
}

OutputFile::~OutputFile() {
  if (!temporary_.empty() && folder_.valid()) ::unlinkat(folder_.get(), temporary_.c_str(), 0);
}

Error OutputFile::failure(const char* what) const { return os_error(path_, what, errno); }

/// An unnamed file where the file system has them: it vanishes with the process.
Result<void> OutputFile::open_temporary() {
  file_.reset(::openat(folder_.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, kMode));
  if (!file_.valid()) {
    if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT) return create_named_temporary();
    return failure("cannot create a file in its folder");
  }
  // It gets its name through /proc, which a bare chroot does not have.
  const std::string link = "/proc/self/fd/" + std::to_string(file_.get());
  if (::access(link.c_str(), F_OK) != 0) return create_named_temporary();
  (void)::flock(file_.get(), LOCK_EX | LOCK_NB);  // nobody else can have it; see remove_abandoned
  return {};
}

Result<void> OutputFile::create_named_temporary() {
  for (unsigned attempt = 0; attempt < kMaxTemporaryNames; ++attempt) {
    const std::string temporary = temporary_name(name_, attempt);
    remove_abandoned(folder_.get(), temporary);
    // O_EXCL: a link that somebody planted under this name is not followed.
    file_.reset(
        ::openat(folder_.get(), temporary.c_str(), O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, kMode));
    if (!file_.valid()) {
      if (errno == EEXIST) continue;
      return failure("cannot create a file in its folder");
    }
    // Between creation and lock another run may have taken it for abandoned.
    struct stat status {};
    const bool mine = ::flock(file_.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
    if (!mine || ::fstat(file_.get(), &status) != 0 || status.st_nlink == 0) continue;
    temporary_ = temporary;
    return {};
  }
  return names_are_taken();
}

Error OutputFile::names_are_taken() const {
  return {ErrorCode::kIo, path_ + ": cannot write: all temporary names are taken; remove " + temporary_name(name_, 0) +
                              " and its like from its folder"};
}

Result<void> OutputFile::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return failure("cannot write");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    unsynced_bytes_ += static_cast<std::uint64_t>(written);
  }
  if (unsynced_bytes_ >= kWriteBackBytes) start_writing_back();
  return {};
}

/// So that commit() waits for the last bytes only. A hint: where it fails, commit() does all of it.
void OutputFile::start_writing_back() {
  (void)::sync_file_range(file_.get(), static_cast<off64_t>(handed_bytes_), static_cast<off64_t>(unsynced_bytes_),
                          SYNC_FILE_RANGE_WRITE);
  handed_bytes_ += unsynced_bytes_;
  unsynced_bytes_ = 0;
}

/// Gives the unnamed file the output's name at once if nothing is there, else a
/// temporary one, since only rename can replace.
Result<void> OutputFile::link_unnamed() {
  const std::string from = "/proc/self/fd/" + std::to_string(file_.get());
  const auto link_as = [&](const std::string& name) {
    return ::linkat(AT_FDCWD, from.c_str(), folder_.get(), name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  };
  if (link_as(name_)) return {};
  for (unsigned attempt = 0; errno == EEXIST && attempt < kMaxTemporaryNames; ++attempt) {
    const std::string temporary = temporary_name(name_, attempt);
    remove_abandoned(folder_.get(), temporary);
    if (link_as(temporary)) {
      temporary_ = temporary;
      return {};
    }
  }
  return errno == EEXIST ? names_are_taken() : failure("cannot give the finished file a name");
}

Result<void> OutputFile::commit() {
  // Again: in the meantime somebody may have made something else under this name.
  if (auto replaceable = check_replaceable(path_, folder_.get(), name_); !replaceable) return replaceable;
  // Before the rename: a crash must not leave the new name with old or no bytes.
  if (!synced(file_.get())) return failure("cannot bring the bytes to the disk");
  if (temporary_.empty()) {
    if (auto linked = link_unnamed(); !linked) return linked;
  }
  if (!temporary_.empty()) {
    if (::renameat(folder_.get(), temporary_.c_str(), folder_.get(), name_.c_str()) != 0) {
      return failure("cannot replace the file");
    }
    temporary_.clear();
  }
  if (!synced(folder_.get())) return failure("cannot bring its folder to the disk");
  return {};
}

}  // namespace pcapsule::io
