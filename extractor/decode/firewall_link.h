// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

// What firewalls and packet filters log. One step each.
Header read_nflog(Walk& walk);  // Linux netfilter
Header read_enc(Walk& walk);    // BSD IPsec interfaces
Header read_pflog(Walk& walk);  // OpenBSD pf

}  // namespace pcapsule::decode
