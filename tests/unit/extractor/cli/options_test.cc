// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pcapsule::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Options parsed(const std::vector<std::string>& arguments) {
  const auto options = parse_options(arguments);
  EXPECT_TRUE(options.ok()) << options.error().message;
  return options.ok() ? *options : Options();
}

TEST(ParseOptions, Defaults) {
  const Options options = parsed({"x.pcap"});
  EXPECT_EQ(options.task, Options::Task::kExtract);
  EXPECT_THAT(options.captures, ElementsAre("x.pcap"));
  EXPECT_FALSE(options.out || options.out_dir || options.files_from || options.min_age_s);
  EXPECT_FALSE(options.client || options.server || options.force || options.json_report || options.merge);
  EXPECT_TRUE(options.filter.empty());
  EXPECT_TRUE(options.wait_for_lock);
  EXPECT_EQ(options.verbosity, Verbosity::kNormal);
  EXPECT_EQ(options.progress, ShowProgress::kAuto);
}

TEST(ParseOptions, CapturesKeepTheOrderOfTheCommandLine) {
  EXPECT_THAT(parsed({"a", "--pcap", "b", "-q", "-", "--pcap=c", "--", "-d"}).captures,
              ElementsAre("a", "b", "-", "c", "-d"));
}

TEST(ParseOptions, EveryOption) {
  const Options options =
      parsed({"-o",          "out.fb",   "--files-from", "-",        "--min-age",         "60",      "-f",
              "tcp port 80", "--client", "192.0.2.1",    "--server", "[2001:db8::1]:443", "--force", "--report",
              "json",        "-v",       "--progress",   "never",    "--no-wait",         "--merge"});
  EXPECT_EQ(options.out, "out.fb");
  EXPECT_EQ(options.files_from, "-");
  EXPECT_EQ(options.min_age_s, 60);
  EXPECT_EQ(options.filter, "tcp port 80");
  EXPECT_EQ(to_text(options.client.value()), "192.0.2.1");
  EXPECT_EQ(to_text(options.server.value()), "[2001:db8::1]:443");
  EXPECT_TRUE(options.force && options.json_report && options.merge && !options.wait_for_lock);
  EXPECT_EQ(options.verbosity, Verbosity::kVerbose);
  EXPECT_EQ(options.progress, ShowProgress::kNever);
}

TEST(ParseOptions, EmptyFilterIsNoFilter) { EXPECT_EQ(parsed({"-f", "", "x"}).filter, ""); }

TEST(ParseOptions, HelpAndVersionNeedNoCapture) {
  EXPECT_EQ(parsed({"--help"}).task, Options::Task::kShowHelp);
  EXPECT_EQ(parsed({"-h", "--min-age", "x"}).task, Options::Task::kShowHelp);
  EXPECT_EQ(parsed({"--version"}).task, Options::Task::kShowVersion);
}

struct UsageCase {
  const char* name;
  std::vector<std::string> arguments;
  const char* message;
};
class ParseOptionsRefuses : public testing::TestWithParam<UsageCase> {};

TEST_P(ParseOptionsRefuses, InOneLineThatPointsToHelp) {
  const auto options = parse_options(GetParam().arguments);
  ASSERT_FALSE(options.ok());
  EXPECT_EQ(options.error().code, ErrorCode::kUsage);
  EXPECT_THAT(options.error().message, HasSubstr(GetParam().message));
  EXPECT_THAT(options.error().message, testing::EndsWith("; see `extractor --help`"));
  EXPECT_EQ(options.error().message.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Usage, ParseOptionsRefuses,
                         testing::ValuesIn(std::vector<UsageCase>{
                             {"nothing", {}, "no capture given"},
                             {"abbreviated", {"--forc", "x"}, "'--forc'"},
                             {"merge_without_out", {"--merge", "x"}, "needs a name for it: -o FILE"},
                             {"merge_into_folder", {"--merge", "--out-dir", "d", "x"}, "needs a name for it: -o FILE"},
                             {"unknown_short", {"-z", "x"}, "-z"},
                             {"missing_argument", {"x", "-o"}, "'--out'"},
                             {"twice", {"x", "-o", "a", "-o", "b"}, "'--out'"},
                             {"min_age_text", {"--min-age", "60s", "x"}, "'60s' is no number of seconds"},
                             {"min_age_negative", {"--min-age", "-1", "x"}, "'-1'"},
                             {"min_age_huge", {"--min-age", "99999999999", "x"}, "'99999999999'"},
                             {"min_age_empty", {"--min-age", "", "x"}, "''"},
                             {"client_empty", {"--client", "", "x"}, "--client: ''"},
                             {"client_name", {"--client", "web", "x"}, "'web' is no address"},
                             {"server_port", {"--server", "192.0.2.1:99999", "x"}, "--server"},
                             {"report", {"--report", "xml", "x"}, "'xml' is no report format"},
                             {"progress", {"--progress", "yes", "x"}, "expected auto, always or never"},
                             {"quiet_and_verbose", {"-q", "-v", "x"}, "exclude each other"},
                             {"out_and_out_dir", {"-o", "a", "--out-dir", "b", "x"}, "exclude each other"},
                             {"out_to_standard_output", {"-o", "-", "x"}, "standard output"},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(HelpText, NamesEveryOptionAndExitStatus) {
  const std::string help = help_text();
  for (const char* text : {"--pcap FILE",
                           "--files-from FILE|-",
                           "--min-age SECONDS",
                           "-o, --out FILE",
                           "--out-dir DIR",
                           "--merge",
                           "--force",
                           "--no-wait",
                           "-f, --filter BPF",
                           "--client ADDR[:PORT]",
                           "--server ADDR[:PORT]",
                           "--report json",
                           "-q, --quiet",
                           "-v, --verbose",
                           "--progress WHEN",
                           "--version",
                           "usage: extractor [options] CAPTURE...",
                           "  0  ",
                           "  1  ",
                           "  2  ",
                           "  3  "}) {
    EXPECT_THAT(help, HasSubstr(text));
  }
  EXPECT_EQ(help.find(" \n"), std::string::npos) << "blanks at the end of a line";
}

TEST(VersionText, NamesProgramFormatAndLibraries) {
  for (const char* text : {"extractor (pcapsule) ", "record format 1\n", "libpcap ", "FlatBuffers ", "Boost "}) {
    EXPECT_THAT(version_text(), HasSubstr(text));
  }
}

}  // namespace
}  // namespace pcapsule::cli
