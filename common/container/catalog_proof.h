// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/bytes/byte_cursor.h"

namespace pcapsule::container {

enum class CatalogFault {
  kNone,
  kInvalid,  ///< no FlatBuffer of a catalog
  kShared,   ///< its offsets lead to more than it has bytes: many lead to one place
};

/// Whether `bytes`, size prefix included, are a catalog that costs no more than its size. Offsets of a FlatBuffer may
/// share what they lead to: a vector of N offsets to one text of L bytes is valid, and as a value has N * L bytes; and
/// so for tables, with vectors of texts in them. Here strings, tables and vectors of those are counted as often as an
/// offset leads to them, before FlatBuffers' verifier goes there. Writers share nothing but tables of fields.
CatalogFault fault_of_catalog(ByteView bytes);

}  // namespace pcapsule::container
