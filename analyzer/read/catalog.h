// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/record/catalog.h"
#include "common/record/chunk_info.h"

/// What the catalog says, under the names of the room that reads it.
namespace pcapsule::read {

using record::CaptureInfo;
using record::Catalog;
using record::ChunkInfo;
using record::InterfaceInfo;
using record::NamedCount;

}  // namespace pcapsule::read
