// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/dlt.h"

#include <pcap/dlt.h>

#include <array>
#include <cstdint>

namespace pcapsule::capture {
namespace {

struct Pair {
  int dlt;
  LinkType type;
};

// Their DLT numbers differ between systems, so files have numbers of their own (tcpdump.org/linktypes).
constexpr std::array<Pair, 5> kDiffering = {{
    {DLT_ATM_RFC1483, LinkType{100}},
    {DLT_RAW, LinkType{101}},
    {DLT_SLIP_BSDOS, LinkType{102}},
    {DLT_PPP_BSDOS, LinkType{103}},
    {DLT_ATM_CLIP, LinkType{106}},
}};

}  // namespace

LinkType link_type_of_dlt(int dlt) {
  for (const Pair& pair : kDiffering) {
    if (pair.dlt == dlt) return pair.type;
  }
  return LinkType{static_cast<std::uint16_t>(dlt)};
}

int dlt_of_link_type(LinkType type) {
  for (const Pair& pair : kDiffering) {
    if (pair.type == type) return pair.dlt;
  }
  return static_cast<int>(type);
}

}  // namespace pcapsule::capture
