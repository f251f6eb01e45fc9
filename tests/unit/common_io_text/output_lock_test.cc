// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "common/io/output_file.h"
#include "tests/unit/common_io_text/temporary_folder.h"

namespace pcapsule::io::test {
namespace {

using WhenBusy = OutputLock::WhenBusy;

/// Another process that holds the lock of `path` until told to let go.
class Holder {
 public:
  explicit Holder(const std::string& path) {
    EXPECT_EQ(::pipe(ready_), 0);
    EXPECT_EQ(::pipe(release_), 0);
    child_ = ::fork();
    if (child_ != 0) {
      char byte = 0;
      EXPECT_EQ(::read(ready_[0], &byte, 1), 1);
      return;
    }
    {
      const auto lock = OutputLock::acquire(path, WhenBusy::kWait);
      char byte = lock ? 'y' : 'n';
      (void)!::write(ready_[1], &byte, 1);
      (void)!::read(release_[0], &byte, 1);
    }
    ::_exit(0);
  }
  ~Holder() {
    EXPECT_EQ(::waitpid(child_, nullptr, 0), child_);
    for (const int fd : {ready_[0], ready_[1], release_[0], release_[1]}) ::close(fd);
  }
  void let_go() { EXPECT_EQ(::write(release_[1], "x", 1), 1); }

 private:
  pid_t child_ = 0;
  int ready_[2] = {};
  int release_[2] = {};
};

TEST(OutputLock, SecondRunIsTurnedAwayOrWaits) {
  const TemporaryFolder folder;
  const std::string path = folder / "x.fb";
  Holder holder(path);
  const auto busy = OutputLock::acquire(path, WhenBusy::kFail);
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().code, ErrorCode::kBusy);
  EXPECT_THAT(busy.error().message, testing::HasSubstr("x.fb: busy"));
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(120));
    holder.let_go();
  });
  const auto start = std::chrono::steady_clock::now();
  const auto waited = OutputLock::acquire(path, WhenBusy::kWait);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(100));
  EXPECT_TRUE(waited);
  later.join();
}

TEST(OutputLock, IsOfOneOutputByAnyOfItsNames) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "sub");
  Holder holder(folder / "x.fb");
  EXPECT_FALSE(OutputLock::acquire(folder / "./x.fb", WhenBusy::kFail));
  EXPECT_FALSE(OutputLock::acquire(folder / "sub/../x.fb", WhenBusy::kFail));
  EXPECT_TRUE(OutputLock::acquire(folder / "y.fb", WhenBusy::kFail));
  EXPECT_TRUE(OutputLock::acquire(folder / "sub/x.fb", WhenBusy::kFail));
  holder.let_go();
}

TEST(OutputLock, LeavesNothingAndIsReusable) {
  const TemporaryFolder folder;
  for (int round = 0; round < 3; ++round) {
    const auto lock = OutputLock::acquire(folder / "x.fb", WhenBusy::kFail);
    EXPECT_TRUE(lock);
    EXPECT_THAT(folder.names(), testing::IsEmpty());
  }
}

TEST(OutputLock, RemovesWhatAKilledRunLeftAndNothingElse) {
  const TemporaryFolder folder;
  put(folder / ".x.fb.tmp0", "linked, and not renamed");
  put(folder / ".y.fb.tmp0", "of another output");
  const auto lock = OutputLock::acquire(folder / "x.fb", WhenBusy::kFail);
  EXPECT_TRUE(lock);
  EXPECT_THAT(folder.names(), testing::ElementsAre(".y.fb.tmp0"));
  const auto writer = OutputFile::create(folder / "z.fb", OutputFile::Temporary::kNamed);
  EXPECT_TRUE(OutputLock::acquire(folder / "z.fb", WhenBusy::kFail));
  EXPECT_THAT(folder.names(), testing::ElementsAre(".y.fb.tmp0", ".z.fb.tmp0")) << "its writer lives";
}

TEST(OutputLock, FolderLockedByTheCallerIsNoObstacle) {
  const TemporaryFolder folder;
  const ScopedFd fd(::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(fd.get(), LOCK_EX), 0);  // flock FOLDER extractor ...
  EXPECT_TRUE(OutputLock::acquire(folder / "x.fb", WhenBusy::kFail));
}

}  // namespace
}  // namespace pcapsule::io::test
