// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <limits>
#include <sstream>

#include "tests/unit/extractor/cli/capture_folder.h"

namespace pcapsule::cli {
namespace {

using test::set_modified;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr TimestampNs kNow{1'700'000'000 * kNsPerSecond};

class PlanInputs : public testing::Test {
 protected:
  Plan plan() {
    std::istringstream in(standard_input_);
    auto planned = plan_inputs(options_, in, kNow);
    EXPECT_TRUE(planned.ok()) << planned.error().message;
    return planned.ok() ? std::move(*planned) : Plan();
  }
  Error refusal() {
    std::istringstream in(standard_input_);
    const auto planned = plan_inputs(options_, in, kNow);
    EXPECT_FALSE(planned.ok());
    return planned.ok() ? Error() : planned.error();
  }
  std::vector<std::string> captures() {
    std::vector<std::string> names;
    for (const Job& job : plan().jobs) {
      for (const auto& capture : job.captures) names.push_back(capture.path);
    }
    return names;
  }

  test::CaptureFolder folder_;
  Options options_;
  std::string standard_input_;
};

TEST_F(PlanInputs, NamesAreTakenAsTheyAre) {
  options_.captures = {"b.pcap", "missing", "a.pcap"};
  EXPECT_THAT(plan().jobs,
              ElementsAre(Job{{"b.pcap"}, "b.fb"}, Job{{"missing"}, "missing.fb"}, Job{{"a.pcap"}, "a.fb"}));
}

TEST_F(PlanInputs, FolderIsTheCapturesInItByContentSortedByName) {
  folder_.capture("b.pcap");
  folder_.capture("a-capture-without-ending");
  folder_.write_text("log.pcap", "no capture, whatever its name says");
  folder_.write_text("empty.pcap", "");
  folder_.write_text("old.fb", "PCAPSULE");
  std::filesystem::create_directory(folder_ / "sub");
  folder_.capture("sub/c.pcap");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  options_.captures = {folder_.path()};
  EXPECT_THAT(captures(), ElementsAre(folder_ / "a-capture-without-ending", folder_ / "b.pcap"));
  options_.captures = {folder_.path() + "/"};
  EXPECT_THAT(captures(), ElementsAre(folder_ / "a-capture-without-ending", folder_ / "b.pcap"));
}

TEST_F(PlanInputs, FolderSaysWhatMayBeACaptureAndCannotBeRead) {
  using namespace std::string_view_literals;
  folder_.capture("a.pcap");
  folder_.write_text("cut.pcap.gz", "\x1f\x8b\x08\0\0\0\0\0\0\3"sv);
  std::filesystem::create_symlink("/proc/self/mem", folder_ / "unreadable.pcap");
  std::filesystem::create_symlink("nowhere", folder_ / "dangling.pcap");
  options_.captures = {folder_.path()};
  EXPECT_THAT(captures(), ElementsAre(folder_ / "a.pcap"));
  ASSERT_EQ(plan().failures.size(), 2U);
  EXPECT_THAT(plan().failures[0].message, HasSubstr(folder_ / "cut.pcap.gz" + ": gzip data end early"));
  EXPECT_THAT(plan().failures[1].message, HasSubstr(folder_ / "unreadable.pcap" + ": cannot read"));
  options_.out = folder_ / "all.fb";
  options_.merge = true;
  EXPECT_THAT(captures(), IsEmpty()) << "a trace without one of its captures";
}

TEST_F(PlanInputs, FolderLeavesOutWhatIsOnlyJustBegun) {
  using namespace std::string_view_literals;
  folder_.write_text("begun.pcap.gz", "\x1f\x8b\x08\0\0\0\0\0\0\3"sv);
  set_modified(folder_ / "begun.pcap.gz", kNow);
  options_.captures = {folder_.path()};
  options_.min_age_s = 60;
  EXPECT_THAT(plan().failures, IsEmpty());
  EXPECT_THAT(plan().notes, ElementsAre(HasSubstr("begun.pcap.gz: left out")));
}

TEST_F(PlanInputs, FolderWithoutCapturesIsNoFailure) {
  options_.captures = {folder_.path()};
  const Plan planned = plan();
  EXPECT_THAT(planned.jobs, IsEmpty());
  EXPECT_THAT(planned.failures, IsEmpty());
  EXPECT_THAT(planned.notes, ElementsAre(HasSubstr("no capture in this folder")));
}

TEST_F(PlanInputs, FilesFromIsOneNameALineAfterTheOthers) {
  options_.captures = {"first"};
  options_.files_from = folder_.write_text("list", "a b.pcap\n\n c \nlast-without-newline");
  EXPECT_THAT(captures(), ElementsAre("first", "a b.pcap", " c ", "last-without-newline"));
}

TEST_F(PlanInputs, FilesFromMayNameFolders) {
  folder_.capture("x.pcap");
  options_.files_from = folder_.write_text("list", folder_.path() + "\n");
  EXPECT_THAT(captures(), ElementsAre(folder_ / "x.pcap"));
}

TEST_F(PlanInputs, FilesFromStandardInput) {
  standard_input_ = "a.pcap\nb.pcap\n";
  options_.files_from = "-";
  EXPECT_THAT(captures(), ElementsAre("a.pcap", "b.pcap"));
}

TEST_F(PlanInputs, ListWithNulBytesIsRefusedAsAWhole) {
  // What `find -print0` writes. Cut at the first NUL, the second list would name ./a.pcap for the output z.fb.
  using namespace std::string_view_literals;
  for (const std::string_view list : {"b.pcap\0c.pcap\0"sv, "./b.pcap\0/z.txt"sv}) {
    options_.captures = {"a.pcap"};
    options_.files_from = folder_.write_text("list", "first\n" + std::string(list));
    EXPECT_THAT(captures(), ElementsAre("a.pcap"));
    ASSERT_EQ(plan().failures.size(), 1U);
    EXPECT_THAT(plan().failures[0].message,
                HasSubstr(folder_ / "list" + ": line 2 has a NUL byte: names are separated by line ends, not NUL"));
    options_.files_from = "-";
    standard_input_ = list;
    EXPECT_THAT(captures(), ElementsAre("a.pcap"));
    EXPECT_THAT(plan().failures[0].message, HasSubstr("standard input: line 1 has a NUL byte"));
  }
}

TEST_F(PlanInputs, MissingListFailsAndTheRestIsTried) {
  options_.captures = {"a.pcap"};
  for (const std::string& list : {folder_ / "none", folder_.path()}) {
    options_.files_from = list;
    const Plan planned = plan();
    EXPECT_EQ(planned.jobs.size(), 1U);
    ASSERT_EQ(planned.failures.size(), 1U);
    EXPECT_THAT(planned.failures[0].message, HasSubstr(list + ": cannot read the list of captures"));
  }
}

TEST_F(PlanInputs, MinAgeLeavesOutWhatMayStillGrow) {
  struct Case {
    const char* name;
    std::int64_t seconds_before_now;
  };
  for (const auto& [name, seconds] : {Case{"a-old.pcap", 60}, Case{"b-young.pcap", 59}, Case{"c-a-bit-ahead.pcap", -5},
                                      Case{"d-far-ahead.pcap", -86'400}}) {
    folder_.capture(name);
    set_modified(folder_ / name, {kNow.value - seconds * kNsPerSecond});
  }
  options_.captures = {folder_.path()};
  options_.min_age_s = 60;
  EXPECT_THAT(captures(), ElementsAre(folder_ / "a-old.pcap", folder_ / "d-far-ahead.pcap"));
  EXPECT_THAT(plan().notes, ElementsAre(HasSubstr("b-young.pcap: left out: it changed within the last 60 s"),
                                        HasSubstr("c-a-bit-ahead.pcap: left out")));
  options_.min_age_s.reset();
  EXPECT_EQ(captures().size(), 4U);
}

TEST_F(PlanInputs, MinAgeLeavesNothingOutAtTheEndOfTime) {
  options_.captures = {folder_.capture("x.pcap")};
  options_.min_age_s = 60;
  set_modified(folder_ / "x.pcap", {std::numeric_limits<std::int64_t>::max()});
  EXPECT_THAT(captures(), ElementsAre(folder_ / "x.pcap"));
}

TEST_F(PlanInputs, MinAgeHoldsForNamedCapturesAndNotForMissingOnes) {
  set_modified(folder_.capture("x.pcap"), kNow);
  options_.captures = {folder_ / "x.pcap", folder_ / "missing"};
  options_.min_age_s = 1;
  EXPECT_THAT(captures(), ElementsAre(folder_ / "missing"));
}

TEST_F(PlanInputs, OutDirTakesAllRecordFiles) {
  options_.captures = {"a/x.pcap", "b/y.pcap"};
  options_.out_dir = folder_.path();
  EXPECT_THAT(plan().jobs, ElementsAre(Job{{"a/x.pcap"}, folder_ / "x.fb"}, Job{{"b/y.pcap"}, folder_ / "y.fb"}));
}

TEST_F(PlanInputs, MissingOutDirIsAFailureNotWrongUsage) {
  options_.captures = {"a.pcap"};
  options_.out_dir = folder_ / "none";
  EXPECT_EQ(refusal().code, ErrorCode::kIo);
}

TEST_F(PlanInputs, OutIsForOneCapture) {
  options_.out = folder_ / "out.fb";
  options_.captures = {"a.pcap"};
  EXPECT_THAT(plan().jobs, ElementsAre(Job{{"a.pcap"}, folder_ / "out.fb"}));
  options_.captures = {"a.pcap", "b.pcap"};
  EXPECT_EQ(refusal().code, ErrorCode::kUsage);
}

TEST_F(PlanInputs, TwoInputsWithOneOutputAreRefused) {
  folder_.capture("x.pcap");
  folder_.capture("x.cap");
  options_.captures = {folder_.path()};
  EXPECT_EQ(refusal().code, ErrorCode::kUsage);
  options_.captures = {folder_ / "x.pcap", folder_ / "x.pcap"};
  EXPECT_EQ(refusal().code, ErrorCode::kUsage);
}

TEST_F(PlanInputs, StandardInputNeedsANameAndIsThereOnce) {
  options_.captures = {"-"};
  EXPECT_THAT(refusal().message, HasSubstr("needs a name for its record file: -o FILE"));
  options_.out = folder_ / "x.fb";
  EXPECT_THAT(plan().jobs, ElementsAre(Job{{"-"}, folder_ / "x.fb"}));
  options_.files_from = "-";
  EXPECT_EQ(refusal().code, ErrorCode::kUsage);
  options_.files_from.reset();
  options_.out.reset();
  options_.captures = {"-", "-"};
  EXPECT_THAT(refusal().message, HasSubstr("given twice"));
}

TEST_F(PlanInputs, MergedCapturesAreOneJob) {
  std::filesystem::create_directory(folder_ / "ring");
  folder_.capture("ring/b.pcap");
  folder_.capture("ring/a.pcap");
  options_.captures = {"z.pcap", folder_ / "ring"};
  options_.files_from = folder_.write_text("list", "y.pcap\n");
  options_.out = folder_ / "out.fb";
  options_.merge = true;
  const auto found = [&](const char* name) {  // a pipe in its place is not what the user meant
    return capture::CapturePath(folder_ / name, capture::InputKind::kRegularFile);
  };
  EXPECT_THAT(plan().jobs,
              ElementsAre(Job{{"z.pcap", found("ring/a.pcap"), found("ring/b.pcap"), "y.pcap"}, folder_ / "out.fb"}));
  set_modified(folder_ / "ring/b.pcap", kNow);
  options_.min_age_s = 60;
  EXPECT_THAT(captures(), ElementsAre("z.pcap", folder_ / "ring/a.pcap", "y.pcap")) << "the one still written";
}

TEST_F(PlanInputs, MergedCapturesAreNotMadeWithoutAFolderOrListOfThem) {
  options_.captures = {"a.pcap"};
  options_.files_from = folder_ / "none";
  options_.out = folder_ / "out.fb";
  options_.merge = true;
  EXPECT_THAT(plan().jobs, IsEmpty());
  EXPECT_EQ(plan().failures.size(), 1U);
}

TEST_F(PlanInputs, ACaptureIsNotMergedWithItself) {
  folder_.capture("x.pcap");
  options_.captures = {folder_.path(), folder_ / "./x.pcap"};
  options_.out = folder_ / "out.fb";
  options_.merge = true;
  EXPECT_EQ(refusal().code, ErrorCode::kUsage);
  EXPECT_THAT(refusal().message, HasSubstr("the same file"));
  options_.captures = {"-", "-"};
  EXPECT_THAT(refusal().message, HasSubstr("given twice"));
  options_.captures = {"-", folder_ / "x.pcap"};
  EXPECT_EQ(plan().jobs.at(0).captures.size(), 2U);
  options_.captures = {"-"};
  options_.out = folder_ / "x.pcap";
  EXPECT_THAT(refusal().message, HasSubstr("is a capture and would be overwritten"));
}

}  // namespace
}  // namespace pcapsule::cli
