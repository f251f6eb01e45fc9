// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/record/connection.h"

/// The rows of the connection table, under the names of the room that reads them.
namespace pcapsule::read {

using record::Connection;
using record::Moment;
using record::ResetEvent;
using record::Side;

}  // namespace pcapsule::read
