// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/in_memory.h"

#include <cstring>

#include "analyzer/cli/program.h"
#include "common/container/container.h"
#include "common/format/record_layout.h"
#include "extractor/pipeline/capture_chain.h"
#include "extractor/pipeline/provenance.h"
#include "extractor/pipeline/stages.h"
#include "schema/packet_record_generated.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/target.h"

namespace pcapsule::fuzz {

namespace {

class MemorySink final : public container::ByteSink {
 public:
  Result<void> write(ByteView bytes) override {
    file.insert(file.end(), bytes.begin(), bytes.end());
    return {};
  }
  std::vector<std::uint8_t> file;
};

/// Offsets of the trailer's fields from its beginning.
constexpr std::size_t kCatalogOffsetAt = 0;
constexpr std::size_t kCatalogBytesAt = 8;
constexpr std::size_t kChecksumAt = 16;

std::uint64_t load64(const std::uint8_t* from) {
  std::uint64_t value = 0;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

/// False: the trailer points outside the file.
bool repair_trailer(std::vector<std::uint8_t>& file) {
  std::uint8_t* trailer = file.data() + file.size() - format::kTrailerBytes;
  const std::uint64_t offset = load64(trailer + kCatalogOffsetAt);
  const std::uint64_t bytes = load64(trailer + kCatalogBytesAt);
  if (offset > file.size() || bytes > file.size() - offset) return false;
  const std::uint64_t right = container::checksum(ByteView(file).subspan(offset, bytes));
  std::memcpy(trailer + kChecksumAt, &right, sizeof(right));
  return true;
}

}  // namespace

std::optional<std::vector<std::uint8_t>> extract_in_memory(ByteView capture) {
  const MemoryFile input(capture);
  pipeline::ExtractRequest request;
  request.captures = {input.path()};
  pipeline::CaptureChain chain({{"capture", input.path(), "capture", 0}}, "");
  if (!chain.open()) return std::nullopt;
  pipeline::ConnectionChoice choice(std::nullopt, std::nullopt);
  pipeline::DecodeStage decode(chain);
  MemorySink sink;
  pipeline::RecordStage record(sink, track::HashSeed{1, 2}, choice, 1);
  require(record.start().ok(), "memory takes a header");
  pipeline::Batch batch;
  for (bool more = true; more;) {
    const auto filled = decode.fill(batch);
    if (!filled) return std::nullopt;
    more = *filled;
    require(record.take(batch).ok(), "memory takes rows");
  }
  if (!chain.check_link_types()) return std::nullopt;
  record.tracker().decide_roles();
  auto provenance = pipeline::provenance_of(pipeline::record_options(request), chain, decode, record);
  require(record.writer().finish(record.tracker(), provenance).ok(), "memory takes a catalog");
  return std::move(sink.file);
}

void repair_checksums(std::vector<std::uint8_t>& file) {
  if (file.size() < format::kTrailerBytes || !repair_trailer(file)) return;
  const auto found = container::find_catalog(file, "record");
  if (!found) return;
  const fb::Catalog& catalog = *found->table;
  auto* sums = const_cast<flatbuffers::Vector<std::uint64_t>*>(catalog.region_xxh3());
  for (flatbuffers::uoffset_t chunk = 0; chunk < catalog.chunk_offset()->size(); ++chunk) {
    const ByteView bytes =
        ByteView(file).subspan(catalog.chunk_offset()->Get(chunk), catalog.chunk_bytes()->Get(chunk));
    std::uint32_t begin = 0;
    for (auto region = catalog.region_first()->Get(chunk); region < catalog.region_first()->Get(chunk + 1); ++region) {
      const std::uint32_t end = catalog.region_end()->Get(region);
      sums->Mutate(region, container::checksum(bytes.subspan(begin, end - begin)));
      begin = end;
    }
  }
  require(repair_trailer(file), "the trailer is where it was");
}

ExitCode analyze(const std::vector<std::string>& arguments) {
  const ExitCode status = analyzer_cli::run(arguments);
  const bool allowed = status == ExitCode::kDone || status == ExitCode::kFailed || status == ExitCode::kUsage ||
                       status == ExitCode::kInputLost || status == ExitCode::kFinding;
  require(allowed, "an exit status of the manual");
  return status;
}

}  // namespace pcapsule::fuzz
