// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/filter/plan.h"
#include "analyzer/read/catalog.h"

namespace pcapsule::filter {

/// By the catalog alone: can a row of the chunk be selected? False only if surely none is.
bool may_match(const plan::Plan& plan, const read::ChunkInfo& chunk, const read::Catalog& catalog);

}  // namespace pcapsule::filter
