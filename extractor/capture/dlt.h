// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/net/link_type.h"

namespace pcapsule::capture {

/// The LINKTYPE_* number of a file for the DLT_* number that libpcap reports on
/// this system. They are equal but for a few old ones.
LinkType link_type_of_dlt(int dlt);

/// The other way, for libpcap's filter compiler.
int dlt_of_link_type(LinkType type);

}  // namespace pcapsule::capture
