// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/dlt.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/unit/extractor/capture/capture_files.h"

namespace pcapsule::capture::test {
namespace {

// libpcap turns the file's number into its own; turned back it must be the file's.
TEST(LinkTypeOfDlt, RoundTripOfEveryAssignedNumber) {
  // Old files hold DLT numbers; libpcap reads these as what they are on Linux.
  const std::map<std::uint32_t, std::uint32_t> kOldNumbers = {{11, 100}, {12, 101}, {15, 102}, {16, 103}, {19, 106}};
  for (std::uint32_t number = 0; number <= 300; ++number) {
    const Extract extract = read_all(PcapBuilder(kMicroMagic, Order::kLittle, number).bytes());
    ASSERT_FALSE(extract.error) << extract.error->message;
    const auto old = kOldNumbers.find(number);
    const std::uint32_t expected = old == kOldNumbers.end() ? number : old->second;
    const LinkType type = extract.description.interfaces.at(0).link_type;
    EXPECT_EQ(static_cast<std::uint32_t>(type), expected);
    EXPECT_EQ(link_type_of_dlt(dlt_of_link_type(type)), type);
  }
}

TEST(LinkTypeOfDlt, UpperBitsOfTheHeaderFieldAreNotTheLinkType) {
  for (const std::uint32_t field : {0x14000001U, 0xfc000001U}) {  // FCS length given
    const Extract extract = read_all(PcapBuilder(kMicroMagic, Order::kLittle, field).bytes());
    EXPECT_EQ(extract.description.interfaces.at(0).link_type, LinkType::kEthernet);
  }
}

}  // namespace
}  // namespace pcapsule::capture::test
