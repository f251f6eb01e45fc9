// SPDX-License-Identifier: Apache-2.0
#include "common/io/mapped_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "common/io/mapping_guard.h"
#include "common/io/regular_file.h"
#include "common/io/rewrite_watch.h"
#include "common/io/scoped_fd.h"
#include "tests/unit/common_io_text/temporary_folder.h"

namespace pcapsule::io::test {
namespace {

using testing::HasSubstr;

TEST(MappedFile, YieldsTheBytes) {
  const TemporaryFolder folder;
  put(folder / "x", "hello");
  auto file = MappedFile::open(folder / "x");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->size_bytes(), 5U);
  const ByteView before = file->bytes();
  const MappedFile moved = std::move(*file);
  EXPECT_EQ(std::string(before.begin(), before.end()), "hello") << "a move leaves the bytes where they are";
  EXPECT_EQ(moved.bytes().data(), before.data());
}

TEST(MappedFile, WillNeedIgnoresWhatIsBeyondTheFile) {
  const TemporaryFolder folder;
  put(folder / "x", std::string(10'000, 'x'));
  const auto file = MappedFile::open(folder / "x");
  ASSERT_TRUE(file);
  constexpr auto kGreatest = std::numeric_limits<std::uint64_t>::max();
  file->will_need(0, kGreatest);
  file->will_need(5000, 1);
  file->will_need(9999, kGreatest);
  file->will_need(kGreatest, kGreatest);
  file->will_need(0, 0);
}

TEST(MappedFile, RefusesWhatIsNoFileWithBytes) {
  const TemporaryFolder folder;
  put(folder / "empty", "");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const auto message = [](const std::string& path) {
    const auto file = MappedFile::open(path);
    return file ? std::string("opened") : file.error().message;
  };
  EXPECT_THAT(message(folder / "empty"), HasSubstr("empty (0 bytes)"));
  EXPECT_THAT(message(folder / "pipe"), HasSubstr("is a pipe or a device"));
  EXPECT_THAT(message("/dev/null"), HasSubstr("is a pipe or a device"));
  EXPECT_THAT(message(folder.path()), HasSubstr("is a folder"));
  EXPECT_THAT(message(folder / "absent"), HasSubstr("absent: cannot open: No such file or directory"));
}

/// Maps a file of two pages, truncates it to one, and reads the second.
void read_what_is_gone(const std::string& path) {
  constexpr std::size_t kPageBytes = 1 << 16;  // as the largest that Linux has
  put(path, std::string(2 * kPageBytes, 'x'));
  auto file = MappedFile::open(path);
  const MappedFile moved = std::move(*file);
  std::filesystem::resize_file(path, kPageBytes);
  const volatile std::uint8_t* bytes = moved.bytes().data();
  std::exit(bytes[0] == 'x' && bytes[kPageBytes] == 'x' ? 0 : 2);
}

TEST(MappedFileDeathTest, ATruncatedFileIsNamed) {
  const TemporaryFolder folder;
  const auto guarded = [&] {
    guard_mappings([](const std::string& message) { return "program: " + message + "\n"; });
    read_what_is_gone(folder / "x");
  };
  EXPECT_EXIT(guarded(), testing::ExitedWithCode(1), "program: .*/x: a part of it could not be read any more");
}

TEST(MappedFileDeathTest, WhatIsNoMappingKills) {
  const auto foreign = [] {
    guard_mappings([](const std::string& message) { return message; });
    std::raise(SIGBUS);
  };
  EXPECT_EXIT(foreign(), testing::KilledBySignal(SIGBUS), "");
}

TEST(RegularFile, ALinkToATerminalDoesNotMakeItTheControllingOne) {
  const TemporaryFolder folder;
  const ScopedFd terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!terminal.valid() || ::grantpt(terminal.get()) != 0 || ::unlockpt(terminal.get()) != 0) {
    GTEST_SKIP() << "there are no pseudoterminals";
  }
  std::filesystem::create_symlink(::ptsname(terminal.get()), folder / "x");
  const pid_t child = ::fork();
  if (child == 0) {
    ::setsid();
    const auto file = RegularFile::open(folder / "x");
    ::_exit(file || ::open("/dev/tty", O_RDWR | O_CLOEXEC) >= 0 ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(RegularFile, FollowsALinkToAFile) {
  const TemporaryFolder folder;
  put(folder / "x", "hello");
  std::filesystem::create_symlink("x", folder / "link");
  EXPECT_TRUE(RegularFile::open(folder / "link"));
}

TEST(RegularFile, ReadsAtAnyPlaceAndSaysWhenTheFileHasShrunk) {
  const TemporaryFolder folder;
  put(folder / "x", "hello");
  const auto file = RegularFile::open(folder / "x");
  ASSERT_TRUE(file) << file.error().message;
  std::array<std::uint8_t, 3> bytes{};
  ASSERT_TRUE(file->read_at(2, bytes));
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "llo");
  std::filesystem::resize_file(folder / "x", 4);
  const auto read = file->read_at(2, bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(read.error().message, HasSubstr("x: the file was truncated while it was read"));
}

/// Names of the files that count as rewritten after `change` of a mapped file of three bytes.
std::vector<std::string> rewritten_by(const std::function<void(const std::string& path)>& change, bool still_mapped) {
  const TemporaryFolder folder;
  const std::string path = folder / "x";
  put(path, "one");
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // stamps of files are as coarse as the kernel's clock
  std::optional<MappedFile> file = std::move(*MappedFile::open(path));
  const auto before = rewritten_files();
  change(path);
  if (!still_mapped) file.reset();
  auto names = rewritten_files();
  std::erase_if(names, [&](const std::string& name) { return std::ranges::find(before, name) != before.end(); });
  for (std::string& name : names) name.erase(0, path.size() - 1);
  return names;
}

TEST(RewriteWatch, TellsWritingFromReplacing) {
  struct Case {
    const char* name;
    std::function<void(const std::string& path)> change;
    bool is_rewritten;
  };
  const auto put_in_place = [](const std::string& path) { std::fstream(path, std::ios::in | std::ios::out) << "two"; };
  const auto replace = [](const std::string& path) {
    put(path + "2", "another");
    std::filesystem::rename(path + "2", path);
  };
  const Case cases[] = {
      {"nothing", [](const std::string&) {}, false},
      {"written to", put_in_place, true},
      {"made longer", [](const std::string& path) { put(path, "longer"); }, true},
      {"replaced by rename", replace, false},
      {"removed", [](const std::string& path) { std::filesystem::remove(path); }, false},
      {"written to, then replaced",
       [&](const std::string& path) {
         put_in_place(path);
         replace(path);
       },
       true},
      {"written to, and the time of that set back",
       [&](const std::string& path) {
         const auto time = std::filesystem::last_write_time(path);
         put_in_place(path);
         std::filesystem::last_write_time(path, time);
       },
       true},
  };
  for (const Case& one : cases) {
    for (const bool still_mapped : {true, false}) {
      const std::vector<std::string> expected(one.is_rewritten ? 1 : 0, "x");
      EXPECT_EQ(rewritten_by(one.change, still_mapped), expected) << one.name;
    }
  }
}

}  // namespace
}  // namespace pcapsule::io::test
