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
#include "extractor/cache/recorded.h"
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

TEST_F(Run, WhatAFolderHoldsAndCannotBeReadFailsByNameAndTheOthersAreTried) {
  using namespace std::string_view_literals;
  folder_.capture("a.pcap");
  folder_.write_text("cut.pcap.gz", "\x1f\x8b\x08\0\0\0\0\0\0\3"sv);
  folder_.capture("z.pcap");
  EXPECT_EQ(run({folder_.path()}), ExitCode::kFailed);
  EXPECT_THAT(err_, HasSubstr("extractor: " + folder_ / "cut.pcap.gz" + ": gzip data end early"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "a.fb"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "z.fb"));
  EXPECT_EQ(run({"--merge", "-o", folder_ / "all.fb", folder_.path()}), ExitCode::kFailed);
  EXPECT_THAT(err_, HasSubstr(folder_ / "cut.pcap.gz" + ": gzip data end early"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "all.fb"));
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

TEST_F(Run, FilterThatSuitsNotAllOfSeveralCapturesFailsByName) {
  const std::string ethernet = folder_.capture("ethernet.pcap");
  const std::string raw = folder_.write("raw.pcap", test::PcapFile(LinkType::kRaw).bytes());
  EXPECT_EQ(run({"-f", "ether host 02:00:00:00:00:01", raw, ethernet}), ExitCode::kFailed);
  EXPECT_THAT(err_, HasSubstr("extractor: " + raw + ": capture filter 'ether host 02:00:00:00:00:01': "));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "ethernet.fb"));
  EXPECT_EQ(run({"-f", "ether host 02:00:00:00:00:01", raw}), ExitCode::kUsage);
  EXPECT_THAT(err_, StartsWith("extractor: capture filter 'ether host"));
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

TEST_F(Run, WhatIsReportedOfARecordFileIsWhatIsInIt) {
  const std::string capture = folder_.write("x.pcap", test::CaptureFolder::capture_bytes(3));
  const auto facts = [this] {  // but for those that only the run itself knows
    const std::size_t first = out_.find("\"packets\"");
    return out_.substr(first, out_.find("\"first_segment\"") - first) + out_.substr(out_.find("\"captures\""));
  };
  const std::vector<std::string> arguments = {"--report", "json", "-f", "tcp", "--client", "192.0.2.1", capture};
  run(arguments);
  EXPECT_THAT(out_, HasSubstr("\"status\": \"extracted\""));
  const std::string before = facts();
  run(arguments);
  EXPECT_THAT(out_, HasSubstr("\"status\": \"current\""));
  EXPECT_EQ(facts(), before);
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

/// Captures of one connection, `segments` each, whose first packets are at the given seconds.
class MergedRun : public Run {
 protected:
  std::string piece(const char* name, std::int64_t second, std::size_t segments,
                    LinkType link_type = LinkType::kEthernet) {
    test::PcapFile file(link_type);
    for (std::size_t i = 0; i < segments; ++i) {
      test::TcpPacket packet;
      const auto number = static_cast<std::uint32_t>(second * 10) + static_cast<std::uint32_t>(i);
      const auto frame = packet.seq(number).frame();
      file.at({(second + static_cast<std::int64_t>(i)) * kNsPerSecond})
          .frame(link_type == LinkType::kEthernet ? frame : test::Bytes(frame.begin() + 14, frame.end()));
    }
    return folder_.write(name, file.bytes());
  }
  ExitCode merge(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--merge", "-o", record_});
    return run(arguments);
  }
  [[nodiscard]] cache::Recorded recorded() const {
    const auto read = cache::read_recorded(record_);
    EXPECT_TRUE(read.ok());
    return read.ok() ? *read : cache::Recorded();
  }

  static constexpr LinkType kUser0{147};  // which nothing reads
  std::string record_ = folder_ / "merged.fb";
};

TEST_F(MergedRun, CapturesAreOneTraceInTheOrderOfTheirFirstPackets) {
  piece("a.pcap", 200, 3);
  piece("b.pcap", 100, 2, LinkType::kRaw);
  piece("c.pcap", 100, 1);
  piece("empty.pcap", 0, 0);
  EXPECT_EQ(merge({folder_.path()}), ExitCode::kDone);
  EXPECT_THAT(out_, HasSubstr("Processing 4 captures as one...\n4 captures contain 6 packets (6 interesting)\n"
                              "  b.pcap: packets 1 to 2\n  c.pcap: packets 3 to 3\n  a.pcap: packets 4 to 6\n"
                              "  empty.pcap: no packets\n"));
  const cache::Recorded found = recorded();
  EXPECT_EQ(found.connections, 1U) << "connections span files";
  EXPECT_EQ(found.frames, 6U);
  EXPECT_EQ(found.backward_stamps, 1U) << "the last of b lies behind the first of c";
  ASSERT_EQ(found.captures.size(), 4U);
  EXPECT_EQ(found.captures[2].first_frame, 4U);
  EXPECT_EQ(found.captures[2].first_row, 3U);
  EXPECT_EQ(found.captures[2].rows, 3U);
  EXPECT_EQ(found.captures[0].interfaces.at(0).link_type, 101U);
  EXPECT_EQ(found.captures[1].interfaces.at(0).link_type, 1U);
}

TEST_F(MergedRun, IsCurrentUntilACaptureChangesOrComes) {
  piece("a.pcap", 1, 1);
  piece("b.pcap", 2, 1);
  EXPECT_EQ(merge({folder_.path()}), ExitCode::kDone);
  const std::string first = test::contents(record_);
  EXPECT_EQ(merge({folder_ / "b.pcap", folder_ / "a.pcap"}), ExitCode::kDone);
  EXPECT_THAT(err_, StartsWith("record file is current: "));
  EXPECT_EQ(merge({"--force", folder_ / "b.pcap", folder_ / "a.pcap"}), ExitCode::kDone);
  EXPECT_EQ(test::contents(record_), first) << "the order given does not matter";
  piece("c.pcap", 3, 1);
  EXPECT_EQ(merge({"-v", folder_.path()}), ExitCode::kDone);
  EXPECT_THAT(err_, HasSubstr("was made from 2 captures, now there are 3: extracting"));
}

TEST_F(MergedRun, ADamagedCaptureKeepsItsPrefixAndTheNextFollows) {
  piece("a.pcap", 1, 1);
  auto bytes = test::contents(piece("b.pcap", 2, 3));
  folder_.write_text("b.pcap", bytes.substr(0, bytes.size() - 10));
  piece("c.pcap", 9, 2);
  EXPECT_EQ(merge({folder_.path()}), ExitCode::kInputLost);
  EXPECT_THAT(err_, HasSubstr("b.pcap: damaged: after frame 2: "));
  EXPECT_EQ(recorded().frames, 5U);
  EXPECT_EQ(recorded().captures.at(2).first_frame, 4U);
  EXPECT_EQ(merge({"-q", folder_.path()}), ExitCode::kInputLost) << "current, and says so again";
  EXPECT_THAT(err_, HasSubstr("b.pcap: damaged: after frame 2: "));
}

TEST_F(MergedRun, ACaptureThatCannotBeReadFailsTheWhole) {
  piece("a.pcap", 1, 1);
  EXPECT_EQ(merge({folder_ / "a.pcap", folder_ / "none.pcap"}), ExitCode::kFailed);
  EXPECT_THAT(err_, HasSubstr("none.pcap: cannot open"));
  EXPECT_EQ(merge({folder_ / "a.pcap", folder_.write_text("text", "hello")}), ExitCode::kFailed);
  EXPECT_THAT(err_, HasSubstr("not a pcap or pcapng"));
  EXPECT_EQ(merge({"-f", "tcp porrt", folder_ / "a.pcap", piece("b.pcap", 2, 1)}), ExitCode::kUsage);
  EXPECT_THAT(err_, HasSubstr("a.pcap: capture filter 'tcp porrt'"));
  EXPECT_FALSE(std::filesystem::exists(record_));
}

TEST_F(MergedRun, ALinkTypeThatIsNotReadIsCountedUnlessThereIsNoOther) {
  piece("a.pcap", 1, 1);
  piece("b.pcap", 2, 2, kUser0);
  EXPECT_EQ(merge({folder_.path()}), ExitCode::kDone);
  EXPECT_EQ(recorded().frames, 3U);
  EXPECT_EQ(recorded().segments, 1U);
  EXPECT_EQ(run({"--merge", "-o", folder_ / "x.fb", folder_ / "b.pcap"}), ExitCode::kFailed);
  EXPECT_EQ(run({"--merge", "-o", folder_ / "x.fb", folder_ / "b.pcap", piece("c.pcap", 3, 1, kUser0)}),
            ExitCode::kFailed);
  EXPECT_THAT(err_, HasSubstr("which this version does not read"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x.fb"));
}

TEST_F(MergedRun, ChoosesConnectionsOverAllCaptures) {
  piece("a.pcap", 1, 2);
  piece("b.pcap", 5, 2);
  EXPECT_EQ(merge({"--client", "203.0.113.99", folder_.path()}), ExitCode::kDone);
  EXPECT_EQ(recorded().segments, 0U);
  EXPECT_EQ(recorded().frames, 4U);
  EXPECT_EQ(merge({"--report", "json", folder_.path()}), ExitCode::kDone);
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 1) << "one summary";
  EXPECT_THAT(out_, HasSubstr("\"captures\": [{\"name\": \"a.pcap\""));
}

TEST_F(Run, CommentsOfThePcapngGoIntoTheRecordFile) {
  const auto put32 = [](std::string& text, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) text.push_back(static_cast<char>(value >> shift));
  };
  std::string file;
  for (const std::uint32_t word : {0x0a0d0d0aU, 36U, 0x1a2b3c4dU, 1U, ~0U, ~0U, 0x00040001U}) put32(file, word);
  file += "note";
  for (const std::uint32_t word : {36U, 1U, 36U, 1U, 0U, 0x00040002U}) put32(file, word);
  file += "eth0";
  put32(file, 0x00040001U);
  file += "tap1";
  put32(file, 36);
  EXPECT_EQ(run({folder_.write_text("x.pcapng", file)}), ExitCode::kDone) << err_;
  const auto recorded = cache::read_recorded(folder_ / "x.fb");
  ASSERT_TRUE(recorded.ok());
  const record::CaptureInfo& capture = recorded->captures.at(0);
  EXPECT_EQ(capture.comments, std::vector<std::string>{"note"});
  EXPECT_EQ(capture.interfaces.at(0).name, "eth0");
  EXPECT_EQ(capture.interfaces.at(0).comment, "tap1");
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

TEST_F(Run, ClosedPipeIsNotWorthAWordAndAllCapturesAreExtracted) {
  const std::vector<std::string> captures = {folder_.capture("a.pcap"), folder_.capture("b.pcap")};
  ClosedPipe buffer(EPIPE);
  std::ostream out(&buffer);
  std::istringstream in;
  std::ostringstream err;
  EXPECT_EQ(cli::run(captures, {in, out, err, false}, kNow), ExitCode::kDone);
  EXPECT_EQ(err.str(), "");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "a.fb"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "b.fb"));
}

TEST_F(Run, FullDiskBehindStandardOutputIsAFailure) {
  ClosedPipe buffer(ENOSPC);
  std::ostream out(&buffer);
  std::istringstream in;
  std::ostringstream err;
  const std::vector<std::string> captures = {folder_.capture("a.pcap"), folder_.capture("b.pcap")};
  EXPECT_EQ(cli::run(captures, {in, out, err, false}, kNow), ExitCode::kFailed);
  EXPECT_THAT(err.str(), HasSubstr("standard output: cannot write: No space left"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "b.fb"));
}

}  // namespace
}  // namespace pcapsule::cli
