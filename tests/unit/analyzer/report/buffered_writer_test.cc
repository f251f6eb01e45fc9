// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/buffered_writer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "analyzer/report/descriptor_sink.h"
#include "tests/unit/analyzer/report/string_sink.h"

namespace pcapsule::report {
namespace {

TEST(BufferedWriter, KeepsOrderOverManyBuffers) {
  std::string expected;
  const std::string text = testing::written([&](BufferedWriter& out) {
    for (int i = 0; i < 100'000; ++i) {
      const std::string line = std::to_string(i) + "\n";
      expected += line;
      out.append(line);
    }
    const std::string large(3 * BufferedWriter::kBytes + 7, 'x');
    expected += large;
    out.append(large);
  });
  EXPECT_EQ(text, expected);
}

TEST(BufferedWriter, AGoneReaderEndsQuietly) {
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::close(ends[0]);
  DescriptorSink sink(ends[1], "pipe");
  BufferedWriter out(sink);
  out.append(std::string(BufferedWriter::kBytes + 1, 'x'));
  EXPECT_TRUE(out.done());
  EXPECT_TRUE(out.finish().ok());
  ::close(ends[1]);
}

TEST(BufferedWriter, AFaultIsToldAtTheEnd) {
  DescriptorSink sink(-1, "standard output");
  BufferedWriter out(sink);
  out.append("x");
  const auto finished = out.finish();
  ASSERT_FALSE(finished.ok());
  EXPECT_EQ(finished.error().code, ErrorCode::kIo);
  EXPECT_TRUE(out.done());
}

}  // namespace
}  // namespace pcapsule::report
