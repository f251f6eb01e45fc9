// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/layer_stack.h"

#include <gtest/gtest.h>

namespace pcapsule::decode {
namespace {

TEST(LayerStack, PrintsOutermostFirst) {
  LayerStack stack;
  EXPECT_EQ(to_text(stack), "");
  EXPECT_EQ(innermost(stack), Layer::kNone);
  for (const Layer layer : {Layer::kEthernet, Layer::kVlan, Layer::kIpv4, Layer::kTcp}) push(stack, layer);
  EXPECT_EQ(to_text(stack), "eth:vlan:ip:tcp");
  EXPECT_EQ(innermost(stack), Layer::kTcp);
}

TEST(LayerStack, HoldsSixteen) {
  LayerStack stack;
  push(stack, Layer::kEthernet);
  for (int i = 0; i < 13; ++i) push(stack, Layer::kVlan);
  push(stack, Layer::kIpv6);
  push(stack, Layer::kTcp);
  EXPECT_EQ(to_text(stack), "eth:vlan:vlan:vlan:vlan:vlan:vlan:vlan:vlan:vlan:vlan:vlan:vlan:vlan:ipv6:tcp");
}

TEST(LayerStack, KeepsBothEndsOfADeeperOne) {
  LayerStack stack;
  push(stack, Layer::kEthernet);
  for (int i = 0; i < 30; ++i) push(stack, Layer::kVlan);
  push(stack, Layer::kIpv4);
  push(stack, Layer::kTcp);
  EXPECT_EQ(to_text(stack), "eth:vlan:vlan:vlan:vlan:vlan:vlan:vlan:vlan:vlan:vlan:vlan:vlan:vlan:...:tcp");
}

}  // namespace
}  // namespace pcapsule::decode
