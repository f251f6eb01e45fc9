// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/accurate_ecn.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pcapsule::analysis {
namespace {

constexpr std::uint16_t kS = 2, kA = 0x10, kEce = 0x40, kCwr = 0x80, kAe = 0x100;

struct Header {
  std::uint16_t flags;
  std::vector<std::uint8_t> options;
  std::uint8_t oddities = 0;
};

struct EcnCase {
  const char* name;
  std::vector<Header> rows;
  bool counts;
};

class AccurateEcn : public testing::TestWithParam<EcnCase> {};

TEST_P(AccurateEcn, IsAgreedOn) {
  AccurateEcnReplay replay;
  for (const Header& row : GetParam().rows) {
    replay.feed({0, TcpWord{static_cast<std::uint16_t>(0x5000 | row.flags)}, row.oddities, false, row.options});
  }
  EXPECT_EQ(replay.counts(), GetParam().counts);
}

INSTANTIATE_TEST_SUITE_P(
    W86, AccurateEcn,
    testing::ValuesIn(std::vector<EcnCase>{
        {"asked_and_agreed_by_cwr", {{kS | kAe | kCwr | kEce, {}}, {kS | kA | kCwr, {}}}, true},
        {"asked_and_agreed_by_ae", {{kS | kAe | kCwr | kEce, {}}, {kS | kA | kAe | kCwr, {}}}, true},
        {"answer_of_classic_ecn", {{kS | kAe | kCwr | kEce, {}}, {kS | kA | kEce, {}}}, false},
        {"answer_with_all_three", {{kS | kAe | kCwr | kEce, {}}, {kS | kA | kAe | kCwr | kEce, {}}}, false},
        {"not_asked", {{kS | kCwr | kEce, {}}, {kS | kA | kCwr, {}}}, false},
        {"a_later_syn_takes_it_back", {{kS | kAe | kCwr | kEce, {}}, {kS | kA | kCwr, {}}, {kS, {}}}, false},
        {"option_of_its_own", {{kA, {1, 172, 5, 0, 0, 1}}}, true},
        {"option_without_counters", {{kA, {174, 2}}}, true},
        {"option_of_other_length", {{kA, {174, 4, 0, 0}}}, false},
        {"experimental_option", {{kA, {254, 7, 0xac, 0xc1, 0, 0, 1}}}, true},
        {"other_experiment", {{kA, {254, 7, 0xac, 0xc2, 0, 0, 1}}}, false},
        {"experiment_without_identifier", {{kA, {253, 2}}}, false},
        {"options_of_a_malformed_header", {{kA, {172, 2}, oddity::kBadDataOffset}}, false},
    }),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pcapsule::analysis
