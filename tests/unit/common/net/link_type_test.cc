// SPDX-License-Identifier: Apache-2.0
#include "common/net/link_type.h"

#include <gtest/gtest.h>

namespace pcapsule {
namespace {

TEST(LinkTypeText, NamesTypeAndNumber) {
  EXPECT_EQ(to_text(LinkType::kNull), "BSD loopback (0)");
  EXPECT_EQ(to_text(LinkType::kEthernet), "Ethernet (1)");
  EXPECT_EQ(to_text(LinkType::kLinuxSll2), "Linux cooked v2 (276)");
}

TEST(LinkTypeText, NamesTypesThatAreNotRead) { EXPECT_EQ(to_text(static_cast<LinkType>(105)), "IEEE 802.11 (105)"); }

TEST(LinkTypeText, GivesTheNumberOfAnUnknownType) {
  EXPECT_EQ(to_text(static_cast<LinkType>(147)), "link type 147");
  EXPECT_EQ(to_text(static_cast<LinkType>(65535)), "link type 65535");
}

}  // namespace
}  // namespace pcapsule
