// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/descriptor_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <thread>

namespace pcapsule::report {
namespace {

/// A pipe that does not block, with less room than there is to write.
TEST(DescriptorSink, WaitsForRoomInAPipeThatDoesNotBlock) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  ASSERT_EQ(::fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
  const std::string text(1 << 20, 'x');
  std::size_t got = 0;
  std::thread reader([&] {
    std::array<char, 4096> part{};
    for (ssize_t bytes = 1; bytes > 0; got += static_cast<std::size_t>(std::max<ssize_t>(bytes, 0))) {
      bytes = ::read(ends[0], part.data(), part.size());
    }
  });
  DescriptorSink sink(ends[1], "a pipe");
  const auto written = sink.write(text);
  ::close(ends[1]);
  reader.join();
  ::close(ends[0]);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_TRUE(*written);
  EXPECT_EQ(got, text.size());
}

}  // namespace
}  // namespace pcapsule::report
