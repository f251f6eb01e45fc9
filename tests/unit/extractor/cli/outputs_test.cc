// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/outputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/extractor/cli/capture_folder.h"

namespace pcapsule::cli {
namespace {

using testing::HasSubstr;

struct NameCase {
  const char* name;
  const char* capture;
  const char* record;
};
class RecordName : public testing::TestWithParam<NameCase> {};

TEST_P(RecordName, IsThatOfTheCapture) { EXPECT_EQ(record_name(GetParam().capture), GetParam().record); }

INSTANTIATE_TEST_SUITE_P(Rules, RecordName,
                         testing::ValuesIn(std::vector<NameCase>{
                             {"pcap", "x.pcap", "x.fb"},
                             {"pcapng", "x.pcapng", "x.fb"},
                             {"cap", "x.cap", "x.fb"},
                             {"dmp", "x.dmp", "x.fb"},
                             {"gz", "x.pcap.gz", "x.fb"},
                             {"zst", "x.pcapng.zst", "x.fb"},
                             {"lz4", "x.cap.lz4", "x.fb"},
                             {"only_compression", "x.gz", "x.fb"},
                             {"one_compression_only", "x.pcap.gz.zst", "x.pcap.gz.fb"},
                             {"one_capture_ending_only", "x.cap.pcap", "x.cap.fb"},
                             {"wrong_order", "x.gz.pcap", "x.gz.fb"},
                             {"other_ending", "x.trace", "x.trace.fb"},
                             {"ring_buffer", "x.pcap1", "x.pcap1.fb"},
                             {"no_ending", "x", "x.fb"},
                             {"record_like", "x.fb", "x.fb.fb"},
                             {"upper_case_is_another_name", "x.PCAP", "x.PCAP.fb"},
                             {"nothing_but_the_ending", ".pcap", ".pcap.fb"},
                             {"dots", "a.b.pcap", "a.b.fb"},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RecordPath, LiesBesideTheCaptureUnlessToldOtherwise) {
  EXPECT_EQ(record_path("x.pcap", {}, {}), "x.fb");
  EXPECT_EQ(record_path("/a/x.pcap.gz", {}, {}), "/a/x.fb");
  EXPECT_EQ(record_path("../a.pcap/x", {}, {}), "../a.pcap/x.fb");
  EXPECT_EQ(record_path("/a/x.pcap", {}, "out"), "out/x.fb");
  EXPECT_EQ(record_path("/a/x.pcap", {}, "/"), "/x.fb");
  EXPECT_EQ(record_path("/a/x.pcap", "y", {}), "y");
}

class CheckOutputs : public testing::Test {
 protected:
  [[nodiscard]] std::string refusal(std::vector<Job> jobs) const {
    const auto checked = check_outputs(jobs);
    if (checked) return "";
    EXPECT_EQ(checked.error().code, ErrorCode::kUsage);
    return checked.error().message;
  }
  test::CaptureFolder folder_;
};

TEST_F(CheckOutputs, AcceptsDifferentOnes) {
  folder_.capture("a.pcap");
  folder_.capture("b.pcap");
  folder_.write_text("a.fb", "an older record file");
  EXPECT_EQ(refusal({{{folder_ / "a.pcap"}, folder_ / "a.fb"}, {{folder_ / "b.pcap"}, folder_ / "b.fb"}}), "");
}

TEST_F(CheckOutputs, RefusesTwoCapturesWithOneOutput) {
  EXPECT_THAT(refusal({{{"a.pcap"}, folder_ / "a.fb"}, {{"a.pcap.gz"}, folder_ / "a.fb"}}),
              HasSubstr("a.pcap and a.pcap.gz would both become"));
}

TEST_F(CheckOutputs, SeesThroughOtherNamesOfTheSameFolder) {
  std::filesystem::create_directory(folder_ / "sub");
  std::filesystem::create_directory_symlink(folder_.path(), folder_ / "link");
  EXPECT_NE(refusal({{{"a"}, folder_ / "a.fb"}, {{"b"}, folder_ / "sub/../a.fb"}}), "");
  EXPECT_NE(refusal({{{"a"}, folder_ / "a.fb"}, {{"b"}, folder_ / "link/a.fb"}}), "");
  EXPECT_EQ(refusal({{{"a"}, folder_ / "a.fb"}, {{"b"}, folder_ / "sub/a.fb"}}), "");
}

TEST_F(CheckOutputs, RefusesToOverwriteACapture) {
  const std::string a = folder_.capture("a.pcap");
  const std::string b = folder_.capture("b.pcap");
  std::filesystem::create_hard_link(a, folder_ / "hard");
  std::filesystem::create_symlink(a, folder_ / "soft");
  EXPECT_THAT(refusal({{{a}, a}}), HasSubstr("is one of the captures"));
  EXPECT_THAT(refusal({{{a}, folder_ / "./a.pcap"}}), HasSubstr("is one of the captures"));
  EXPECT_THAT(refusal({{{a}, folder_ / "hard"}}), HasSubstr("is one of the captures"));
  EXPECT_EQ(refusal({{{a}, folder_ / "soft"}}), "") << "the link is replaced, not the capture";
  EXPECT_THAT(refusal({{{a}, folder_ / "a.fb"}, {{b}, a}}), HasSubstr("is one of the captures"));
  EXPECT_THAT(refusal({{{a}, b}}), HasSubstr("is a capture and would be overwritten"));
}

TEST_F(CheckOutputs, LeavesOutWhatWouldOverwriteACaptureAndNobodyNamed) {
  const std::string a = folder_.capture("a.pcap");
  const std::string b = folder_.capture("b.pcap");
  folder_.capture("c.fb");
  const Job good{{a}, folder_ / "a.fb", false};
  std::vector<Job> jobs = {good, {{b}, a, false}, {{"c"}, folder_ / "c.fb", false}};
  const auto failures = check_outputs(jobs);
  ASSERT_TRUE(failures);
  EXPECT_EQ(jobs, std::vector<Job>{good});
  ASSERT_EQ(failures->size(), 2U);
  EXPECT_EQ(failures->at(0).code, ErrorCode::kIo);
  EXPECT_THAT(failures->at(0).message, HasSubstr(b + ": not extracted: " + a + " is one of the captures"));
  EXPECT_THAT(failures->at(1).message, HasSubstr("c: not extracted: " + folder_ / "c.fb" + " is a capture"));
  jobs = {good, {{b}, a}};
  EXPECT_FALSE(check_outputs(jobs)) << "named by the command line";
}

TEST_F(CheckOutputs, RefusesTheNameOfACaptureThatIsNotThere) {
  EXPECT_NE(refusal({{{folder_ / "a.pcap"}, folder_ / "a.pcap"}}), "");
}

TEST_F(CheckOutputs, StandardInputIsNoName) { EXPECT_EQ(refusal({{{"-"}, folder_ / "-"}}), ""); }

}  // namespace
}  // namespace pcapsule::cli
