// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analyzer/read/connection.h"

namespace pcapsule::verify {

/// The facts in which two rows of a connection table differ, as `the SYN-ACK and the sequence base of endpoint A`; the
/// first few of many. Empty: in none. Not compared is where the rows stand: numbers of connections, rows and chunks,
/// and the encapsulation. `with_roles`: who is the client, and why.
std::string differing_facts(const read::Connection& one, const read::Connection& other, bool with_roles);

}  // namespace pcapsule::verify
