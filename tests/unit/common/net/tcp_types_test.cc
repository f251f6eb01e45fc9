// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "common/net/tcp_flags.h"
#include "common/net/tcp_seq.h"

namespace pcapsule {
namespace {

TEST(TcpWord, SplitsDataOffsetAndFlags) {
  const TcpWord word{0xa012};
  EXPECT_EQ(word.header_bytes(), 40u);
  EXPECT_EQ(word.flags(), tcp_flag::kSyn | tcp_flag::kAck);
  EXPECT_TRUE(word.is_syn_ack());
  EXPECT_FALSE(word.is_pure_syn());
  EXPECT_TRUE(TcpWord{0x5002}.is_pure_syn());
  EXPECT_EQ(TcpWord{0xffff}.flags(), 0xfff);
}

TEST(TcpSeq, OrderWrapsAt32Bits) {
  EXPECT_TRUE(seq_before(TcpSeq{0xffffffff}, TcpSeq{0}));
  EXPECT_FALSE(seq_before(TcpSeq{0}, TcpSeq{0xffffffff}));
  EXPECT_FALSE(seq_before(TcpSeq{5}, TcpSeq{5}));
  EXPECT_EQ(distance_bytes(TcpSeq{0xfffffff0}, TcpSeq{0x10}), 32);
  EXPECT_EQ(TcpSeq{0xffffffff} + 2, TcpSeq{1});
}

}  // namespace
}  // namespace pcapsule
