// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/cli/command.h"
#include "analyzer/cli/help.h"
#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::analyzer_cli {
namespace {

using ::testing::HasSubstr;

TEST(Program, UsageErrorsAre2) {
  EXPECT_EQ(run({}), ExitCode::kUsage);
  EXPECT_EQ(run({"paquets", "x.fb"}), ExitCode::kUsage);
  EXPECT_EQ(run({"packets"}), ExitCode::kUsage);
  EXPECT_EQ(run({"packets", "x.fb", "--no-such-option"}), ExitCode::kUsage);
  EXPECT_EQ(run({"packets", "x.fb", "--cli", "10.0.0.1"}), ExitCode::kUsage) << "no abbreviations";
  EXPECT_EQ(run({"packets", "x.fb", "--assume-window-scale", "7"}), ExitCode::kUsage);
  EXPECT_EQ(run({"packets", "x.fb", "--assume-window-scale", "7,15"}), ExitCode::kUsage);
}

TEST(Program, AnEmptyValueIsNoMissingOne) {
  const auto says = [](const std::vector<std::string>& arguments) {
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(run(arguments), ExitCode::kUsage);
    return ::testing::internal::GetCapturedStderr();
  };
  for (const auto& command : all_commands()) {
    OptionGroups groups;
    command->add_options(groups);
    for (const OptionGroups::Group* group : groups.filled()) {
      for (const auto& option : group->options()) {
        if (option->semantic()->max_tokens() == 0) continue;
        const std::string name = "--" + option->long_name();
        EXPECT_THAT(says({std::string(command->name()), "x.fb", name, ""}), HasSubstr(name + ": the value is empty"));
      }
    }
  }
  EXPECT_THAT(says({"packets", "-o", "", "x.fb"}), HasSubstr("analyzer: -o: the value is empty"));
  EXPECT_THAT(says({"packets", "--in", ""}), HasSubstr("--in: the value is empty"));
  EXPECT_THAT(says({"packets", "x.fb", "--out="}), HasSubstr("--out"));
}

TEST(Program, ASlipInACommandIsAnsweredWithItsName) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(run({"losess", "x.fb"}), ExitCode::kUsage);
  EXPECT_EQ(run({"x.fb", "losses"}), ExitCode::kUsage);
  EXPECT_EQ(
      ::testing::internal::GetCapturedStderr(),
      "analyzer: there is no command 'losess'; the nearest name is 'losses'; see `analyzer --help`\n"
      "analyzer: there is no command 'x.fb'; a command comes first, then the record file; see `analyzer --help`\n");
}

TEST(Program, UnreadableFilesAre1) {
  for (const char* command : {"packets", "info", "verify"}) EXPECT_EQ(run({command, "/no/such.fb"}), ExitCode::kFailed);
}

TEST(Help, HasEveryCommandAndTheExitStatuses) {
  for (const auto& command : all_commands()) {
    EXPECT_THAT(program_help(), HasSubstr("\n  " + std::string(command->name()) + " "));
    OptionGroups groups;
    command->add_options(groups);
    const std::string help = command_help(*command, groups);
    EXPECT_THAT(help, HasSubstr("Usage: analyzer " + std::string(command->name())));
    EXPECT_THAT(help, HasSubstr("Examples:\n  analyzer " + std::string(command->name())));
    EXPECT_THAT(help, HasSubstr("Exit status:"));
  }
}

}  // namespace
}  // namespace pcapsule::analyzer_cli
