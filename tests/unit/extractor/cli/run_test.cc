// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <sstream>
#include <streambuf>

#include "common/io/output_file.h"
#include "tests/unit/extractor/cli/capture_folder.h"

namespace pcapsule::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr TimestampNs kNow{1'800'000'000 * kNsPerSecond};

class Run : public testing::Test {
 protected:
  ExitCode run(const std::vector<std::string>& arguments) {
    std::istringstream in(standard_input_);
    std::ostringstream out;
    std::ostringstream err;
    const ExitCode code = cli::run(arguments, {in, out, err, false}, kNow);
    out_ = out.str();
    err_ = err.str();
    return code;
  }
  std::string cut_capture(const char* name) {
    auto bytes = test::CaptureFolder::capture_bytes(3);
    bytes.resize(bytes.size() - 10);
    return folder_.write(name, bytes);
  }

  test::CaptureFolder folder_;
  std::string standard_input_;
  std::string out_;
  std::string err_;
};

TEST_F(Run, ExtractsThenFindsTheRecordFileCurrent) {
  const std::string capture = folder_.capture("x.pcap");
  EXPECT_EQ(run({capture}), ExitCode::kDone);
  EXPECT_THAT(out_, StartsWith("Processing " + capture + "...\n" + capture + " contains 2 packets (2 interesting)\n"));
  EXPECT_EQ(err_, "");
  const std::string first = test::contents(folder_ / "x.fb");
  EXPECT_EQ(run({capture}), ExitCode::kDone);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(err_, "record file is current: " + folder_ / "x.fb" + "\n");
  EXPECT_EQ(run({"--force", capture}), ExitCode::kDone);
  EXPECT_THAT(out_, HasSubstr("Writing "));
  EXPECT_EQ(test::contents(folder_ / "x.fb"), first) << "the same capture, options and version: the same bytes";
}

TEST_F(Run, QuietSaysNothingWhenAllIsWell) {
  const std::string capture = folder_.capture("x.pcap");
  EXPECT_EQ(run({"-q", capture}), ExitCode::kDone);
  EXPECT_EQ(out_ + err_, "");
  EXPECT_EQ(run({"-q", capture}), ExitCode::kDone);
  EXPECT_EQ(out_ + err_, "");
}

TEST_F(Run, VerboseSaysWhyTheRecordFileIsNotCurrent) {
  const std::string capture = folder_.capture("x.pcap");
  run({"-v", capture});
  EXPECT_THAT(err_, HasSubstr("x.fb does not exist yet: extracting"));
  run({"-v", "-f", "tcp", capture});
  EXPECT_THAT(err_, HasSubstr("x.fb was made with another filter: none, now 'tcp': extracting"));
}

TEST_F(Run, TriesAllCapturesAndFailureWinsOverLoss) {
  folder_.capture("good.pcap");
  cut_capture("cut.pcap");
  EXPECT_EQ(run({folder_ / "none.pcap", folder_ / "cut.pcap", folder_ / "good.pcap"}), ExitCode::kFailed);
  EXPECT_THAT(err_, HasSubstr("extractor: " + folder_ / "none.pcap" + ": cannot open"));
  EXPECT_THAT(out_, Not(HasSubstr("none.pcap")));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "cut.fb"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "good.fb"));
  EXPECT_EQ(run({folder_ / "cut.pcap", folder_ / "good.pcap"}), ExitCode::kInputLost);
}

TEST_F(Run, DamageIsSaidAgainWhenTheRecordFileIsCurrentAlsoQuietly) {
  const std::string capture = cut_capture("x.pcap");
  EXPECT_EQ(run({capture}), ExitCode::kInputLost);
  EXPECT_THAT(err_, HasSubstr("damaged: after frame 2: "));
  EXPECT_EQ(run({"-q", capture}), ExitCode::kInputLost);
  EXPECT_THAT(err_, HasSubstr("what could be read is in the current record file (exit status 3)"));
}

TEST_F(Run, UsageIsCheckedBeforeAnythingIsWritten) {
  folder_.capture("a.pcap");
  folder_.capture("b.pcap");
  folder_.capture("b.cap");
  EXPECT_EQ(run({folder_.path()}), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("would both become"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a.fb"));
  EXPECT_EQ(run({"--nonsense"}), ExitCode::kUsage);
  EXPECT_EQ(run({"-f", "tcp porrt", folder_ / "a.pcap"}), ExitCode::kUsage);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a.fb"));
}

TEST_F(Run, BusyOutputFailsWithNoWait) {
  const std::string capture = folder_.capture("x.pcap");
  const auto lock = io::OutputLock::acquire(folder_ / "x.fb", io::OutputLock::WhenBusy::kFail);
  ASSERT_TRUE(lock.ok());
  EXPECT_EQ(run({"--no-wait", capture}), ExitCode::kFailed);
  EXPECT_THAT(err_, HasSubstr("busy"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x.fb"));
}

TEST_F(Run, ReportsOneJsonObjectACapture) {
  folder_.capture("a.pcap");
  cut_capture("b.pcap");
  EXPECT_EQ(run({"--report", "json", folder_.path()}), ExitCode::kInputLost);
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 2);
  EXPECT_THAT(out_, HasSubstr("\"status\": \"extracted\", \"exit_status\": 0"));
  EXPECT_THAT(out_, HasSubstr("\"status\": \"extracted\", \"exit_status\": 3"));
  EXPECT_THAT(out_, Not(HasSubstr("Processing")));
  run({"--report", "json", "-q", folder_ / "a.pcap", folder_ / "none"});
  EXPECT_THAT(out_, HasSubstr("\"status\": \"current\""));
  EXPECT_THAT(out_, HasSubstr("\"status\": \"failed\""));
}

TEST_F(Run, UnwritableOutputIsAFailureAndLeavesTheRest) {
  const std::string capture = folder_.capture("x.pcap");
  EXPECT_EQ(run({"-o", folder_ / "none/x.fb", capture}), ExitCode::kFailed);
  EXPECT_THAT(err_, StartsWith("extractor: " + folder_ / "none/x.fb" + ": "));
}

TEST_F(Run, EmptyCaptureIsDoneWithZeroSegments) {
  const std::string capture = folder_.write("x.pcap", test::PcapFile().bytes());
  EXPECT_EQ(run({capture}), ExitCode::kDone);
  EXPECT_THAT(err_, HasSubstr("0 segments"));
  EXPECT_EQ(run({folder_.write_text("zero.pcap", "")}), ExitCode::kFailed);
}

TEST_F(Run, NamesAreEscapedInMessages) {
  EXPECT_EQ(run({folder_ / "a\x1b[2J"}), ExitCode::kFailed);
  EXPECT_EQ(err_.find('\x1b'), std::string::npos);
}

/// A reader that has gone away.
class ClosedPipe : public std::streambuf {
 protected:
  int_type overflow(int_type) override {
    errno = fault_;
    return traits_type::eof();
  }

 public:
  explicit ClosedPipe(int fault) : fault_(fault) {}

 private:
  int fault_;
};

TEST_F(Run, ClosedPipeEndsQuietlyAfterTheCaptureAtWork) {
  const std::vector<std::string> captures = {folder_.capture("a.pcap"), folder_.capture("b.pcap")};
  ClosedPipe buffer(EPIPE);
  std::ostream out(&buffer);
  std::istringstream in;
  std::ostringstream err;
  EXPECT_EQ(cli::run(captures, {in, out, err, false}, kNow), ExitCode::kDone);
  EXPECT_EQ(err.str(), "");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "a.fb"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "b.fb"));
}

TEST_F(Run, FullDiskBehindStandardOutputIsAFailure) {
  ClosedPipe buffer(ENOSPC);
  std::ostream out(&buffer);
  std::istringstream in;
  std::ostringstream err;
  EXPECT_EQ(cli::run({folder_.capture("a.pcap")}, {in, out, err, false}, kNow), ExitCode::kFailed);
  EXPECT_THAT(err.str(), HasSubstr("standard output: cannot write: No space left"));
}

}  // namespace
}  // namespace pcapsule::cli
