// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/dlt.h"

#include <pcap/dlt.h>

#include <cstdint>

namespace pcapsule::capture {

LinkType link_type_of_dlt(int dlt) {
  // Their DLT numbers differ between systems, so files have numbers of their own (tcpdump.org/linktypes).
  constexpr std::uint16_t kAtmRfc1483 = 100, kRaw = 101, kSlipBsdos = 102, kPppBsdos = 103, kAtmClip = 106;
  switch (dlt) {
    case DLT_ATM_RFC1483:
      return LinkType{kAtmRfc1483};
    case DLT_RAW:
      return LinkType{kRaw};
    case DLT_SLIP_BSDOS:
      return LinkType{kSlipBsdos};
    case DLT_PPP_BSDOS:
      return LinkType{kPppBsdos};
    case DLT_ATM_CLIP:
      return LinkType{kAtmClip};
    default:
      return LinkType{static_cast<std::uint16_t>(dlt)};
  }
}

}  // namespace pcapsule::capture
