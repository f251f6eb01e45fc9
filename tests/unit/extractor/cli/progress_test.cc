// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/progress.h"

#include <gtest/gtest.h>

#include <chrono>
#include <sstream>
#include <thread>

namespace pcapsule::cli {
namespace {

TEST(Progress, SaysNothingAboutWhatIsDoneAtOnce) {
  std::ostringstream err;
  {
    Progress progress(err, true, "x.pcap");
    progress.show(1);
  }
  EXPECT_EQ(err.str(), "");
}

TEST(Progress, OverwritesOneLineAndWipesItAtTheEnd) {
  std::ostringstream err;
  {
    Progress progress(err, true, "x.pcap");
    std::this_thread::sleep_for(std::chrono::milliseconds(220));
    progress.show(5);
    progress.show(6);  // too soon after the other
  }
  EXPECT_EQ(err.str(), "\rx.pcap: 5 packets read\x1b[K\r\x1b[K");
}

}  // namespace
}  // namespace pcapsule::cli
