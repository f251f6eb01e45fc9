// SPDX-License-Identifier: Apache-2.0
#include "analyzer/subset/subset.h"

#include <utility>

#include "analyzer/select/chunk_chain.h"
#include "analyzer/subset/chunk_rows.h"
#include "analyzer/subset/kept_connections.h"
#include "analyzer/subset/kept_provenance.h"
#include "common/container/record_writer.h"

namespace pcapsule::subset {

namespace {

/// Carries rows from the chunks of one file to the writer of another.
class Copier {
 public:
  Copier(read::RecordFile& file, KeptConnections& kept, KeptProvenance& provenance, container::RecordWriter& writer)
      : file_(file), kept_(kept), provenance_(provenance), writer_(writer) {}

  Result<void> copy(std::uint32_t number) {
    // The directory first: where the chunk has nothing that is kept, its other columns stay on the disk.
    const auto directory = file_.segments(number, {read::SegmentColumn::kDirectory});
    if (!directory) return directory.error();
    if (!kept_.enter(*directory)) return {};
    const auto chunk = file_.segments(number, read::ColumnSet::all());
    if (!chunk) return chunk.error();
    return copy_rows(*chunk);
  }

 private:
  Result<void> copy_rows(const read::SegmentChunk& chunk) {
    ChunkRows rows(chunk);
    for (std::size_t row = 0; row < chunk.rows; ++row) {
      const std::uint64_t frame = chunk.frame[row];
      if (frame < last_frame_) {
        return Error{ErrorCode::kCorrupt, file_.path() + ": row " + std::to_string(chunk.first_row + row) +
                                              ": frame numbers descend; re-run the extractor on the capture"};
      }
      last_frame_ = frame;
      KeptConnection* const kept = kept_.find(chunk.connection[row]);
      provenance_.note(frame, chunk.oddities[row], kept != nullptr);
      if (kept == nullptr) continue;
      const record::SegmentRow value = rows.at(row);
      if (auto written = writer_.append(value, kept->link); !written) return written;
      ++kept->rows;
    }
    return {};
  }

  read::RecordFile& file_;
  KeptConnections& kept_;
  KeptProvenance& provenance_;
  container::RecordWriter& writer_;
  std::uint64_t last_frame_ = 0;
};

Error in_file(const read::RecordFile& file, const Error& error) {
  return {error.code, file.path() + ": " + error.message + "; re-run the extractor on the capture"};
}

}  // namespace

Result<SubsetSummary> write_subset(read::RecordFile& file, const read::ConnectionTable& table,
                                   const analysis::ConnectionSet& chosen, std::string selection,
                                   container::ByteSink& out) {
  container::RecordWriter writer(out);
  if (auto started = writer.start(); !started) return started.error();
  KeptConnections kept(table, chosen);
  KeptProvenance counts(file.catalog(), std::move(selection));
  Copier copier(file, kept, counts, writer);
  for (const std::uint32_t chunk : select::chunks_of(file, table, chosen)) {
    if (auto copied = copier.copy(chunk); !copied) return copied.error();
  }
  if (const auto whole = kept.check_whole(); !whole) return in_file(file, whole.error());
  const auto provenance = counts.finish();
  if (!provenance) return in_file(file, provenance.error());
  if (auto finished = writer.finish(kept, *provenance); !finished) return finished.error();
  return SubsetSummary{writer.connections(), writer.segments(), writer.rows(), writer.bytes_written()};
}

}  // namespace pcapsule::subset
