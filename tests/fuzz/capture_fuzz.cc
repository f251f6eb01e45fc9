// SPDX-License-Identifier: Apache-2.0
// A whole capture, of any format, to a record file and back: what the extractor writes of whatever it is given
// is a record file without a fault.
#include "analyzer/verify/verify.h"
#include "tests/fuzz/in_memory.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/target.h"

using namespace pcapsule;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto record = fuzz::extract_in_memory({data, size});
  if (!record) return 0;
  const fuzz::MemoryFile file(*record);
  auto opened = read::RecordFile::open(file.path());
  fuzz::require(opened.ok(), "the record file opens");
  const auto faults = verify::faults_of(*opened);
  fuzz::require(faults.count() == 0, faults.count() == 0 ? "" : faults.lines().front().c_str());
  return 0;
}
