// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/record/catalog.h"
#include "extractor/pipeline/capture_chain.h"
#include "extractor/pipeline/stages.h"

namespace pcapsule::pipeline {

/// What the record file says of how it was made and what became of every frame.
/// REQUIRES: all captures were read to their ends.
record::Provenance provenance_of(const record::RecordOptions& options, const CaptureChain& chain,
                                 const DecodeStage& decode, const RecordStage& record);

}  // namespace pcapsule::pipeline
