// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "common/base/result.h"
#include "common/bytes/byte_cursor.h"
#include "common/io/scoped_fd.h"

namespace pcapsule::io {

/// The right to make one output, held until destroyed or until the process
/// dies, however it dies. It spares a second run the same work; that no reader
/// ever sees half a file is OutputFile's doing and does not depend on the lock.
///
/// The lock is a bound name in Linux' abstract socket space, made from device
/// and inode of the folder and the file's name. So nothing is left on disk, not
/// even after SIGKILL, which no lock file can promise; and the folder itself
/// stays unlocked, which `flock FOLDER extractor ...` in a cron line needs. Processes
/// on other hosts or in another network namespace do not see each other's
/// locks: they do the work twice, and the last one's file stays.
class OutputLock {
 public:
  enum class WhenBusy { kWait, kFail };

  /// Removes what a run of this output left that was killed at its very end (see OutputFile).
  /// Error kBusy when another run holds it and `when_busy` says not to wait.
  /// Where the system forbids local sockets the lock is granted unheld.
  /// REQUIRES: this process does not hold it already, or it waits for itself.
  static Result<OutputLock> acquire(const std::string& output_path, WhenBusy when_busy);

 private:
  explicit OutputLock(ScopedFd socket) : socket_(std::move(socket)) {}

  ScopedFd socket_;
};

/// A file that appears whole or not at all: written under no name, or a
/// temporary one, in the folder of the output, then renamed. Who is killed between giving it the temporary name and
/// renaming it leaves `.NAME.tmp0`, which OutputLock and the next OutputFile of this output remove.
///
/// The name given is what is replaced. If it is a symbolic link, the link is
/// replaced and what it points to stays as it is: following links would let
/// whoever may write to the folder choose which of our files we overwrite. Pipes,
/// devices and folders are refused. The new file has the mode that umask gives,
/// not that of a file it replaces.
class OutputFile {
 public:
  /// kNamed: as on a file system that has no unnamed files (O_TMPFILE). There it has the temporary name all the time.
  enum class Temporary { kUnnamed, kNamed };

  /// Whether create() and commit() would refuse `path` for its name or for what is there. For who has much to do
  /// before.
  static Result<void> check(const std::string& path);

  static Result<OutputFile> create(const std::string& path, Temporary temporary = Temporary::kUnnamed);

  OutputFile(OutputFile&& other) noexcept = default;
  OutputFile& operator=(OutputFile&&) = delete;
  /// Discards what was written, unless committed.
  ~OutputFile();

  /// Appends all of `bytes`, unbuffered: meant for pieces of 64 KiB or more.
  Result<void> write(ByteView bytes);

  /// Brings the bytes to the disk, gives them the output's name, and brings the
  /// folder to the disk. After an error the output is what it was before, or,
  /// if only the last step failed, whole and new.
  /// REQUIRES: called at most once; no write() after it.
  Result<void> commit();

 private:
  OutputFile(std::string path, std::string name, ScopedFd folder)
      : path_(std::move(path)), name_(std::move(name)), folder_(std::move(folder)) {}

  Result<void> open_temporary();
  Result<void> create_named_temporary();
  Result<void> link_unnamed();
  void start_writing_back();
  Error failure(const char* what) const;
  [[nodiscard]] Error names_are_taken() const;

  std::string path_;  ///< as the user gave it
  std::string name_;  ///< its last component, relative to folder_
  ScopedFd folder_;
  ScopedFd file_;
  std::uint64_t handed_bytes_ = 0;    ///< written and on their way to the disk
  std::uint64_t unsynced_bytes_ = 0;  ///< written behind those
  std::string temporary_;             ///< empty: the file has no name (yet), or its final one
};

}  // namespace pcapsule::io
