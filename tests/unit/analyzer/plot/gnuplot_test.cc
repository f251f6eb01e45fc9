// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/gnuplot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/unit/common_io_text/temporary_folder.h"

namespace pcapsule::plot {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A program `gnuplot` in PATH that is a shell script of ours.
class Gnuplot : public ::testing::Test {
 protected:
  Gnuplot() : path_before_(std::getenv("PATH")) {}
  ~Gnuplot() override { ::setenv("PATH", path_before_.c_str(), 1); }

  void install(const std::string& script, ::mode_t mode = 0755) {
    const std::string program = folder_.path() + "/gnuplot";
    std::ofstream(program) << "#!/bin/sh\n" << script;
    ASSERT_EQ(::chmod(program.c_str(), mode), 0);
    use_only_folder();
  }
  void use_only_folder() { ::setenv("PATH", folder_.path().c_str(), 1); }

 private:
  std::string path_before_;
  io::test::TemporaryFolder folder_;
};

constexpr const char* kPng = R"(printf '\211PNG\r\n\032\n...IEND....')";

TEST_F(Gnuplot, GetsTheScriptOnStandardInputAndNoSettings) {
  install("echo \"$#:$1:$(/bin/cat)\"");
  const auto drawn = run_gnuplot("plot x\n", Canvas::kText);
  ASSERT_TRUE(drawn) << drawn.error().message;
  EXPECT_EQ(*drawn, "1:--default-settings:plot x\n");
}

TEST_F(Gnuplot, OneThatDoesNotEndIsKilled) {
  install("exec /bin/sleep 600");
  const auto drawn = run_gnuplot("", Canvas::kText, std::chrono::milliseconds(1000));
  ASSERT_FALSE(drawn);
  EXPECT_EQ(drawn.error().message, "gnuplot did not end within 1 s, and was killed");
}

TEST_F(Gnuplot, ItsLocaleIsFixed) {
  ::setenv("GNUTERM", "x11", 1);
  ::setenv("LC_NUMERIC", "de_DE", 1);
  install("echo $LC_ALL,$GNUTERM,$LC_NUMERIC");
  const auto drawn = run_gnuplot("", Canvas::kText);
  ::unsetenv("GNUTERM");
  ::unsetenv("LC_NUMERIC");
  ASSERT_TRUE(drawn) << drawn.error().message;
  EXPECT_EQ(*drawn, "C.UTF-8,,\n");
}

TEST_F(Gnuplot, APictureIsItsStandardOutput) {
  install(std::string(kPng) + "; echo warning >&2");
  const auto drawn = run_gnuplot("", Canvas::kPng);
  ASSERT_TRUE(drawn) << drawn.error().message;
  EXPECT_THAT(*drawn, StartsWith("\x89PNG"));
}

TEST_F(Gnuplot, ALargeScriptAndALargePictureDoNotBlockEachOther) {
  install("/bin/cat; /bin/cat /dev/null");
  const std::string script(8'000'000, 'x');
  const auto drawn = run_gnuplot(script, Canvas::kText);
  ASSERT_TRUE(drawn) << drawn.error().message;
  EXPECT_EQ(*drawn, script);
}

TEST_F(Gnuplot, AbsentSaysWhatToInstall) {
  use_only_folder();
  const auto drawn = run_gnuplot("", Canvas::kText);
  ASSERT_FALSE(drawn);
  EXPECT_EQ(drawn.error().code, ErrorCode::kIo);
  EXPECT_THAT(drawn.error().message, HasSubstr("install Debian's package gnuplot-nox"));
}

TEST_F(Gnuplot, NotExecutableSaysSo) {
  install("", 0644);
  const auto drawn = run_gnuplot("", Canvas::kText);
  ASSERT_FALSE(drawn);
  EXPECT_THAT(drawn.error().message, HasSubstr("cannot be started"));
}

TEST_F(Gnuplot, FailureShowsWhatItSaid) {
  install(std::string(kPng) + "; printf 'line 3:\\n\\n  no such terminal\\n' >&2; exit 7");
  const auto drawn = run_gnuplot("", Canvas::kPng);
  ASSERT_FALSE(drawn);
  EXPECT_EQ(drawn.error().message, "gnuplot failed with status 7");
  EXPECT_THAT(drawn.error().details, ElementsAre("line 3:", "  no such terminal"));
}

TEST_F(Gnuplot, EndlessTalkIsCut) {
  install("i=0; while [ $i -lt 5000 ]; do echo complaint $i >&2; i=$((i+1)); done; exit 1");
  const auto drawn = run_gnuplot("", Canvas::kPng);
  ASSERT_FALSE(drawn);
  EXPECT_EQ(drawn.error().details.size(), 12U);
}

TEST_F(Gnuplot, ASignalIsAFailure) {
  install("kill -9 $$");
  const auto drawn = run_gnuplot("", Canvas::kText);
  ASSERT_FALSE(drawn);
  EXPECT_EQ(drawn.error().message, "gnuplot was ended by signal 9");
}

TEST_F(Gnuplot, ItsProcessorTimeIsLimited) {
  // The limit is set once the process runs, so that the script may have to look again.
  install(
      "i=0; while [ $i -lt 20000 ] && [ \"$(ulimit -t)\" != 60 ]; do i=$((i+1)); done; ulimit -t >&2; kill -XCPU $$");
  const auto drawn = run_gnuplot("", Canvas::kText);
  ASSERT_FALSE(drawn);
  EXPECT_EQ(drawn.error().message, "gnuplot was ended after 60 s of processor time");
  EXPECT_THAT(drawn.error().details, ElementsAre("60"));
}

struct NoPictureCase {
  const char* rule;
  const char* script;
  Canvas canvas;
};

TEST_F(Gnuplot, WhatIsNoPictureIsNotHandedOn) {
  const NoPictureCase cases[] = {
      {"nothing", "true", Canvas::kText},
      {"no SVG", "echo hello", Canvas::kSvg},
      {"an SVG that was cut", "printf '<?xml version=\"1.0\"?><svg><g>'", Canvas::kSvg},
      {"no PNG", "echo hello", Canvas::kPng},
      {"a PNG that was cut", R"(printf '\211PNG\r\n\032\n...')", Canvas::kPng},
  };
  for (const NoPictureCase& c : cases) {
    install(c.script);
    const auto drawn = run_gnuplot("", c.canvas);
    ASSERT_FALSE(drawn) << c.rule;
    EXPECT_EQ(drawn.error().message, "gnuplot drew no picture") << c.rule;
  }
}

}  // namespace
}  // namespace pcapsule::plot
