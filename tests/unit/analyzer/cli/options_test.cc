// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/program_options.hpp>

#include "analyzer/cli/output_options.h"
#include "analyzer/cli/scale_option.h"
#include "analyzer/cli/selection_options.h"
#include "tests/unit/record_file/memory_record.h"

namespace pcapsule::analyzer_cli {
namespace {

namespace po = boost::program_options;
using ::testing::HasSubstr;

void parse(const OptionGroups::Group& group, const std::vector<std::string>& arguments) {
  po::variables_map found;
  po::store(po::command_line_parser(arguments).options(group).run(), found);
  po::notify(found);
}

Result<select::SelectionSpec> selection(const std::vector<std::string>& arguments) {
  SelectionOptions options;
  OptionGroups groups;
  options.add_to(groups.selection);
  parse(groups.selection, arguments);
  return options.spec();
}

Result<OutputSpec> output(const std::vector<std::string>& arguments) {
  OutputOptions options;
  OptionGroups groups;
  options.add_to(groups.output);
  parse(groups.output, arguments);
  return options.spec();
}

TEST(SelectionOptions, ReadEverything) {
  const auto spec = selection({"-s", "7,9-11", "-s", "3", "--client", "10.0.0.1", "--server", "[2001:db8::1]:443",
                               "--after", "+21.1", "--before", "2018-09-26T00:00:00Z"});
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(spec->streams.size(), 3U);
  EXPECT_EQ(to_text(*spec->client), "10.0.0.1");
  EXPECT_EQ(to_text(*spec->server), "[2001:db8::1]:443");
  EXPECT_EQ(spec->after->clock, select::TimeBound::Clock::kConnection);
  EXPECT_EQ(spec->before->clock, select::TimeBound::Clock::kEpoch);
}

TEST(SelectionOptions, NameTheOptionThatMakesNoSense) {
  EXPECT_THAT(selection({"-s", "9-7"}).error().message, HasSubstr("-s 9-7"));
  EXPECT_THAT(selection({"--client", ""}).error().message, HasSubstr("--client"));
  EXPECT_THAT(selection({"--server", "example.org"}).error().message, HasSubstr("--server example.org"));
  EXPECT_THAT(selection({"--after", "noon"}).error().message, HasSubstr("--after noon"));
  EXPECT_THAT(selection({"--after", "1", "--after", "2"}).error().message, HasSubstr("twice"));
}

TEST(OutputOptions, TextIsTheDefault) {
  const auto spec = output({});
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(spec->format, OutputFormat::kText);
  EXPECT_EQ(spec->time.style, report::TimeStyle::kConnection);
}

TEST(OutputOptions, Fields) {
  const auto spec = output({"-T", "fields", "-e", "tcp.seq", "-e", "ip.src", "-E", "header=y", "-c", "5", "-t", "u"});
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(spec->fields.size(), 2U);
  EXPECT_TRUE(spec->field_format.header);
  EXPECT_EQ(spec->rows, 5U);
}

TEST(OutputOptions, FormatsWithColumnsOfTheirOwn) {
  for (const char* format : {"csv", "json", "ndjson"}) {
    EXPECT_TRUE(output({"-T", format}).ok()) << format;
    EXPECT_TRUE(output({"-T", format, "-e", "tcp.seq"}).ok()) << format;
  }
}

TEST(OutputOptions, RefuseWhatMakesNoSense) {
  EXPECT_THAT(output({"-T", "xml"}).error().message, HasSubstr("there are text, fields, csv, json and ndjson"));
  EXPECT_THAT(output({"-T", "fields"}).error().message, HasSubstr("-e"));
  EXPECT_THAT(output({"-e", "tcp.seq"}).error().message, HasSubstr("-T fields"));
  EXPECT_THAT(output({"-T", "fields", "-e", "tcp.sek"}).error().message, HasSubstr("nearest name is tcp.seq"));
  EXPECT_THAT(output({"-T", "csv", "-E", "header=n"}).error().message, HasSubstr("-T fields"));
  EXPECT_THAT(output({"-E", "header=y"}).error().message, HasSubstr("-T fields"));
  EXPECT_THAT(output({"-t", "x"}).error().message, HasSubstr("-t x"));
  for (const char* count : {"-1", "x", "1x", "99999999999999999999"}) {
    EXPECT_FALSE(output({std::string("--count=") + count}).ok()) << count;
  }
}

TEST(Output, RefusesPreferencesAndTheInput) {
  EXPECT_THAT(Output::open("ip.defragment:FALSE", {}).error().message, HasSubstr("./ip.defragment:FALSE"));
  const pcapsule::testing::TemporaryFile input({1, 2, 3});
  const auto same = Output::open(input.path(), {input.path()});
  ASSERT_FALSE(same.ok());
  EXPECT_EQ(same.error().code, ErrorCode::kUsage);
}

TEST(ScaleOption, TwoShifts) {
  EXPECT_FALSE(parse_assumed_scale("")->has_value());
  const auto scale = parse_assumed_scale("7,14");
  ASSERT_TRUE(scale.ok());
  EXPECT_EQ((*scale)->client, 7);
  EXPECT_EQ((*scale)->server, 14);
  for (const char* text : {"7", "7,", ",7", "15,7", "7,15", "7;9", "7,9,", "7,9 ", "-1,7", "7,x"}) {
    EXPECT_FALSE(parse_assumed_scale(text).ok()) << text;
  }
}

}  // namespace
}  // namespace pcapsule::analyzer_cli
