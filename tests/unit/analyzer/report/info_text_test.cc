// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/info_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyzer/report/string_sink.h"
#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::report {
namespace {

using ::testing::HasSubstr;

TEST(InfoText, TellsTotalsAndOutcomes) {
  pcapsule::testing::TestRecord record(pcapsule::testing::interleaved(10, 2));
  const std::string text = testing::written([&](BufferedWriter& out) { put_info(out, record.file(), true); });
  EXPECT_THAT(text, HasSubstr("made by           pcapsule test, format 1\n"));
  EXPECT_THAT(text, HasSubstr("frames            10\nsegments          10\n"));
  EXPECT_THAT(text, HasSubstr("connections       2\n"));
  EXPECT_THAT(text, HasSubstr("earliest row      1970-01-01 00:00:00.001000000\n"));
  EXPECT_THAT(text, HasSubstr("            10  segment: TCP segments\n"));
}

}  // namespace
}  // namespace pcapsule::report
