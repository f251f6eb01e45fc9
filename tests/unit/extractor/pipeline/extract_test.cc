// SPDX-License-Identifier: Apache-2.0
#include "extractor/pipeline/extract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "tests/unit/extractor/cli/capture_folder.h"

namespace pcapsule::pipeline {
namespace {

using test::CaptureFolder;
using testing::HasSubstr;
using testing::StartsWith;

/// Client and server change their places in the choice: every row is kept until the roles are known, and then none,
/// which takes a second pass.
ExtractRequest two_passes(const std::string& capture, const std::string& output) {
  ExtractRequest request;
  request.captures = {capture};
  request.output = output;
  request.client = parse_endpoint_pattern("192.0.2.2");
  return request;
}

/// So many connections of one SYN each.
test::Bytes syns(std::size_t connections) {
  test::PcapFile file;
  for (std::size_t i = 0; i < connections; ++i) {
    test::TcpPacket packet;
    packet.from("192.0.2.1:" + std::to_string(1000 + i)).syn();
    file.frame(packet.frame()).after({1'000'000});
  }
  return file.bytes();
}

TEST(Extract, AChoiceOfRolesTakesASecondPass) {
  const CaptureFolder folder;
  const std::string capture = folder.write("x.pcap", syns(9));
  ExtractRequest request = two_passes(capture, folder / "x.fb");
  std::size_t passes = 0;
  request.progress = [&passes](std::uint64_t frames) { passes += frames == 9; };
  const auto summary = extract(request);
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(passes, 2U);
  EXPECT_EQ(summary->frames, 9U);
  EXPECT_EQ(summary->segments, 0U);
}

TEST(Extract, ACaptureThatChangesBetweenTwoPassesIsRefused) {
  struct Case {
    const char* rule;
    test::Bytes later;
  };
  const Case cases[] = {
      {"fewer connections", syns(1)},
      {"more connections", syns(20)},
      {"other segments", CaptureFolder::capture_bytes(9)},
      {"none", syns(0)},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.rule);
    const CaptureFolder folder;
    const std::string capture = folder.write("x.pcap", syns(9));
    ExtractRequest request = two_passes(capture, folder / "x.fb");
    bool changed = false;
    request.progress = [&](std::uint64_t frames) {
      if (frames != 9 || changed) return;
      changed = true;
      folder.write("x.pcap", c.later);
    };
    const auto summary = extract(request);
    ASSERT_FALSE(summary);
    EXPECT_EQ(summary.error().code, ErrorCode::kIo);
    EXPECT_THAT(summary.error().message, StartsWith(capture + ": changed while it was read"));
    EXPECT_FALSE(std::filesystem::exists(folder / "x.fb"));
  }
}

/// Somebody who writes into a named pipe, once.
class PipeWriter {
 public:
  PipeWriter(const std::string& path, const test::Bytes& bytes)
      : thread_([path, bytes] {
          std::ofstream pipe(path, std::ios::binary);
          for (const std::uint8_t byte : bytes) pipe.put(static_cast<char>(byte));
        }) {}
  ~PipeWriter() { thread_.join(); }

 private:
  std::thread thread_;
};

TEST(Extract, APipeIsReadOnceForTwoPasses) {
  const CaptureFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const PipeWriter writer(folder / "pipe", syns(9));
  const auto summary = extract(two_passes(folder / "pipe", folder / "x.fb"));
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->frames, 9U);
}

TEST(Extract, PipesAreReadOnceForAMerge) {
  const CaptureFolder folder;
  ExtractRequest request;
  request.output = folder / "x.fb";
  for (const char* name : {"a", "b"}) {
    ASSERT_EQ(::mkfifo((folder / name).c_str(), 0600), 0);
    request.captures.push_back(folder / name);
  }
  const PipeWriter a(folder / "a", syns(9));
  const PipeWriter b(folder / "b", syns(4));
  const auto summary = extract(request);
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->segments, 13U);
}

TEST(Extract, AnOutputThatCannotBeIsRefusedBeforeAnythingIsRead) {
  const CaptureFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);  // which nobody writes into
  for (const std::string& output : {std::string("/dev/null"), folder / std::string(256, 'n'), folder.path()}) {
    ExtractRequest one;
    one.captures = {folder / "pipe"};
    one.output = output;
    const auto summary = extract(one);
    ASSERT_FALSE(summary);
    EXPECT_THAT(summary.error().message, StartsWith(output + ": cannot write: "));
    EXPECT_EQ(extract(two_passes(folder / "pipe", output)).error().message, summary.error().message);
  }
}

TEST(Extract, APipeInThePlaceOfAFoundCaptureIsNotWaitedFor) {
  const CaptureFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const capture::CapturePath found(folder / "pipe", capture::InputKind::kRegularFile);
  ExtractRequest one;
  ExtractRequest twice = two_passes("", "");
  ExtractRequest merged;
  one.captures = twice.captures = {found};
  merged.captures = {folder.capture("a.pcap"), found};
  for (ExtractRequest& request : {std::ref(one), std::ref(twice), std::ref(merged)}) {
    request.output = folder / "x.fb";
    const auto summary = extract(request);
    ASSERT_FALSE(summary);
    EXPECT_THAT(summary.error().message, StartsWith(folder / "pipe" + ": is a pipe or a device, expected a regular"));
  }
}

TEST(Extract, APipeWithNoCaptureIsCalledByItsName) {
  const CaptureFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const PipeWriter writer(folder / "pipe", {'g', 'a', 'r', 'b', 'a', 'g', 'e'});
  const auto summary = extract(two_passes(folder / "pipe", folder / "x.fb"));
  ASSERT_FALSE(summary);
  EXPECT_THAT(summary.error().message, HasSubstr(folder / "pipe" + ": not a pcap"));
}

}  // namespace
}  // namespace pcapsule::pipeline
