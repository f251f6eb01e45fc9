// SPDX-License-Identifier: Apache-2.0
#include "common/io/output_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "common/io/os_error.h"
#include "tests/unit/common_io_text/temporary_folder.h"

namespace pcapsule::io::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Temporary = OutputFile::Temporary;

Result<void> write_whole(const std::string& path, std::string_view text, Temporary temporary) {
  auto file = OutputFile::create(path, temporary);
  if (!file) return file.error();
  if (auto written = file->write(bytes_of(text)); !written) return written;
  return file->commit();
}

/// Both ways to keep the bytes until commit.
class OutputFileBothWays : public testing::TestWithParam<Temporary> {};

INSTANTIATE_TEST_SUITE_P(Ways, OutputFileBothWays, testing::Values(Temporary::kUnnamed, Temporary::kNamed),
                         [](const auto& row) { return row.param == Temporary::kNamed ? "Named" : "Unnamed"; });

TEST_P(OutputFileBothWays, AppearsAtCommitAndNotBefore) {
  const TemporaryFolder folder;
  auto file = OutputFile::create(folder / "x.fb", GetParam());
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_TRUE(file->write(bytes_of("hello, ")));
  ASSERT_TRUE(file->write(bytes_of("world")));
  EXPECT_FALSE(std::filesystem::exists(folder / "x.fb"));
  const auto committed = file->commit();
  ASSERT_TRUE(committed) << committed.error().message;
  EXPECT_EQ(content(folder / "x.fb"), "hello, world");
  EXPECT_THAT(folder.names(), ElementsAre("x.fb"));
}

TEST_P(OutputFileBothWays, DestructorDiscards) {
  const TemporaryFolder folder;
  put(folder / "x.fb", "old");
  {
    auto file = OutputFile::create(folder / "x.fb", GetParam());
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write(bytes_of("new")));
  }
  EXPECT_EQ(content(folder / "x.fb"), "old");
  EXPECT_THAT(folder.names(), ElementsAre("x.fb"));
}

TEST_P(OutputFileBothWays, ReplacesAnExistingFile) {
  const TemporaryFolder folder;
  put(folder / "x.fb", "old");
  const auto written = write_whole(folder / "x.fb", "new", GetParam());
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(content(folder / "x.fb"), "new");
  EXPECT_THAT(folder.names(), ElementsAre("x.fb"));
}

TEST_P(OutputFileBothWays, ReadersOfTheOldFileKeepIt) {
  const TemporaryFolder folder;
  put(folder / "x.fb", "old");
  std::ifstream reader(folder / "x.fb");
  ASSERT_TRUE(write_whole(folder / "x.fb", "new", GetParam()));
  std::string text;
  reader >> text;
  EXPECT_EQ(text, "old");
}

TEST_P(OutputFileBothWays, ModeFollowsUmask) {
  const TemporaryFolder folder;
  const mode_t before = ::umask(027);
  ASSERT_TRUE(write_whole(folder / "x.fb", "x", GetParam()));
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat((folder / "x.fb").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640U);
}

TEST_P(OutputFileBothWays, ReplacesALinkAndNotItsTarget) {
  const TemporaryFolder folder;
  put(folder / "precious", "keep me");
  std::filesystem::create_symlink("precious", folder / "x.fb");
  ASSERT_TRUE(write_whole(folder / "x.fb", "new", GetParam()));
  EXPECT_EQ(content(folder / "precious"), "keep me");
  EXPECT_FALSE(std::filesystem::is_symlink(folder / "x.fb"));
  EXPECT_EQ(content(folder / "x.fb"), "new");
}

TEST_P(OutputFileBothWays, LinkToNowhereIsReplacedToo) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink("nowhere", folder / "x.fb");
  ASSERT_TRUE(write_whole(folder / "x.fb", "new", GetParam()));
  EXPECT_THAT(folder.names(), ElementsAre("x.fb"));
}

TEST_P(OutputFileBothWays, LinkPlantedUnderTheTemporaryNameIsNotFollowed) {
  const TemporaryFolder folder;
  put(folder / "precious", "keep me");
  put(folder / "x.fb", "old");
  std::filesystem::create_symlink("precious", folder / ".x.fb.tmp0");
  ASSERT_TRUE(write_whole(folder / "x.fb", "new", GetParam()));
  EXPECT_EQ(content(folder / "precious"), "keep me");
  EXPECT_EQ(content(folder / "x.fb"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / ".x.fb.tmp0"));
}

TEST_P(OutputFileBothWays, AbandonedTemporaryFileIsRemoved) {
  const TemporaryFolder folder;
  put(folder / "x.fb", "old");
  put(folder / ".x.fb.tmp0", "left by a run that was killed between link and rename");
  ASSERT_TRUE(write_whole(folder / "x.fb", "new", GetParam()));
  EXPECT_THAT(folder.names(), ElementsAre("x.fb"));
}

TEST(OutputFile, RefusesWhatIsNoRegularFile) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("/dev/null", folder / "link");
  const auto message = [](const std::string& path) {
    const auto file = OutputFile::create(path);
    return file ? std::string("created") : file.error().message;
  };
  EXPECT_THAT(message(folder.path()), HasSubstr("this is a folder"));
  EXPECT_THAT(message(folder.path() + "/"), HasSubstr("names a folder"));
  EXPECT_THAT(message(folder / "pipe"), HasSubstr("a pipe or a device"));
  EXPECT_THAT(message(folder / "link"), HasSubstr("a pipe or a device"));
  EXPECT_THAT(message("/dev/null"), HasSubstr("a pipe or a device"));
  // As /dev/stdout is. What the descriptor leads to may be a regular file, and the link would be replaced.
  const ScopedFd open(::open((folder / "redirected").c_str(), O_CREAT | O_WRONLY, 0600));
  std::filesystem::create_symlink("/proc/self/fd/" + std::to_string(open.get()), folder / "stdout");
  EXPECT_THAT(message(folder / "stdout"), HasSubstr("a link into /proc"));
  EXPECT_THAT(message(folder / "absent/x.fb"), HasSubstr("cannot open its folder: No such file or directory"));
  EXPECT_THAT(message(""), HasSubstr("names a folder"));
}

TEST_P(OutputFileBothWays, WhatBecameNoRegularFileMeanwhileIsLeftAlone) {
  const TemporaryFolder folder;
  auto file = OutputFile::create(folder / "x.fb", GetParam());
  ASSERT_TRUE(file);
  ASSERT_EQ(::mkfifo((folder / "x.fb").c_str(), 0600), 0);
  const auto committed = file->commit();
  ASSERT_FALSE(committed);
  EXPECT_THAT(committed.error().message, HasSubstr("a pipe or a device"));
  EXPECT_TRUE(std::filesystem::is_fifo(folder / "x.fb"));
}

TEST_P(OutputFileBothWays, TakenTemporaryNamesAreNoObstacle) {
  const TemporaryFolder folder;
  put(folder / "x.fb", "old");
  for (int i = 0; i < 100; ++i) std::filesystem::create_directory(folder / (".x.fb.tmp" + std::to_string(i)));
  const auto written = write_whole(folder / "x.fb", "new", GetParam());
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(content(folder / "x.fb"), "new");
  EXPECT_EQ(folder.names().size(), 101U) << "nothing is left of its own";
}

TEST(OutputFile, ReadOnlyFolderIsNamed) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const TemporaryFolder folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  const auto file = OutputFile::create(folder / "x.fb");
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().message, HasSubstr("x.fb: cannot create a file in its folder: Permission denied"));
}

TEST_P(OutputFileBothWays, FailedWriteSaysWhatToDoAndKeepsTheOldFile) {
  const TemporaryFolder folder;
  put(folder / "x.fb", "old");
  auto file = OutputFile::create(folder / "x.fb", GetParam());
  ASSERT_TRUE(file);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{1000, before.rlim_max};
  const auto old_handler = ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = file->write(bytes_of(std::string(5000, 'x')));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kIo);
  EXPECT_THAT(written.error().message, HasSubstr("x.fb: cannot write: File too large; raise the limit"));
  EXPECT_EQ(content(folder / "x.fb"), "old");
}

// No test can fill a disk everywhere: the text alone.
TEST(OsError, FullDiskSaysWhatToDo) {
  EXPECT_EQ(os_error("x.fb", "cannot write", ENOSPC).message,
            "x.fb: cannot write: No space left on device; free some space there, or write to another folder");
}

TEST(OutputFile, KilledWriterLeavesNothing) {
  const TemporaryFolder folder;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = OutputLock::acquire(folder / "x.fb", OutputLock::WhenBusy::kFail);
    auto file = OutputFile::create(folder / "x.fb");
    if (lock && file && file->write(bytes_of("half"))) (void)!::write(ready[1], "x", 1);
    for (;;) ::pause();
  }
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
  EXPECT_THAT(folder.names(), IsEmpty());
  EXPECT_TRUE(OutputLock::acquire(folder / "x.fb", OutputLock::WhenBusy::kFail)) << "the lock died with it";
}

TEST(OutputFile, NamedTemporaryOfALivingWriterIsLeftAlone) {
  const TemporaryFolder folder;
  auto first = OutputFile::create(folder / "x.fb", Temporary::kNamed);
  auto second = OutputFile::create(folder / "x.fb", Temporary::kNamed);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_THAT(folder.names(), ElementsAre(".x.fb.tmp0", ".x.fb.tmp1"));
  ASSERT_TRUE(first->write(bytes_of("first")));
  ASSERT_TRUE(second->write(bytes_of("second")));
  ASSERT_TRUE(second->commit());
  EXPECT_EQ(content(folder / "x.fb"), "second");
  ASSERT_TRUE(first->commit());
  EXPECT_EQ(content(folder / "x.fb"), "first");
  EXPECT_THAT(folder.names(), ElementsAre("x.fb"));
}

TEST_P(OutputFileBothWays, LongestNameIsPossible) {
  const TemporaryFolder folder;
  const std::string name(255, 'n');
  put(folder / name, "old");
  const auto written = write_whole(folder / name, "new", GetParam());
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(content(folder / name), "new");
}

TEST_P(OutputFileBothWays, NameWithoutFolderMeansTheCurrentOne) {
  const TemporaryFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  auto file = OutputFile::create("x.fb", GetParam());
  std::filesystem::current_path(before);  // the folder was opened at once
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->commit());
  EXPECT_THAT(folder.names(), ElementsAre("x.fb"));
}

}  // namespace
}  // namespace pcapsule::io::test
