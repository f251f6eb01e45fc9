// SPDX-License-Identifier: Apache-2.0
#include "extractor/pipeline/extract.h"

#include <sched.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>

#include "common/format/record_layout.h"
#include "common/hash/seeded.h"
#include "common/io/output_file.h"
#include "extractor/pipeline/batch_queue.h"
#include "extractor/pipeline/capture_chain.h"
#include "extractor/pipeline/provenance.h"
#include "extractor/pipeline/spool.h"
#include "extractor/pipeline/stages.h"

namespace pcapsule::pipeline {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kStandardInput = "-";

DurationNs since(Clock::time_point start) {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count()};
}

/// The record writer's bytes go to an OutputFile.
class FileSink final : public container::ByteSink {
 public:
  explicit FileSink(io::OutputFile& file) : file_(file) {}
  Result<void> write(ByteView bytes) override { return file_.write(bytes); }

 private:
  io::OutputFile& file_;
};

bool has_two_cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  return sched_getaffinity(0, sizeof(cores), &cores) == 0 && CPU_COUNT(&cores) > 1;
}

Result<void> run_on_one_thread(DecodeStage& decode, RecordStage& record, const ExtractRequest& request) {
  Batch batch;
  bool more = true;
  while (more) {
    const auto filled = decode.fill(batch);
    if (!filled) return filled.error();
    more = *filled;
    if (auto taken = record.take(batch); !taken) return taken;
    if (request.progress) request.progress(decode.frames());
  }
  return {};
}

/// Reading and decoding on this thread, tracking and writing on another: about
/// equal halves of the work. Batches go round, so that nothing is allocated anew.
Result<void> run_on_two_threads(DecodeStage& decode, RecordStage& record, const ExtractRequest& request) {
  constexpr std::size_t kBatches = 4;
  BatchQueue<Batch> full(kBatches);
  BatchQueue<Batch> empty(kBatches);
  for (std::size_t i = 0; i < kBatches; ++i) empty.push({});

  Result<void> recorded;
  std::exception_ptr failure;
  const auto record_all = [&] {
    try {
      while (auto batch = full.pop()) {
        recorded = record.take(*batch);
        if (!recorded) break;
        empty.push(std::move(*batch));
      }
    } catch (...) {
      failure = std::current_exception();  // bad_alloc: handed to the caller's thread
    }
    full.abandon();
    empty.close();
  };
  std::thread recorder;
  try {
    recorder = std::thread(record_all);
  } catch (const std::system_error&) {  // as where `ulimit -u` allows no more
    return run_on_one_thread(decode, record, request);
  }
  const auto end_recorder = [&] {
    full.close();
    recorder.join();
  };
  Result<void> read;
  try {
    bool more = true;
    while (more) {
      auto batch = empty.pop();
      if (!batch) break;
      const auto filled = decode.fill(*batch);
      if (!filled) read = filled.error();
      more = filled && *filled;
      if (!full.push(std::move(*batch))) break;
      if (request.progress) request.progress(decode.frames());
    }
  } catch (...) {  // bad_alloc: a thread that nobody joins would end the program
    end_recorder();
    throw;
  }
  end_recorder();
  if (failure) std::rethrow_exception(failure);
  return read ? recorded : read;
}

/// What reading it back would yield: a umask may leave nobody the right to.
record::Catalog catalog_of(record::Provenance provenance, const container::RecordWriter& file) {
  record::Catalog catalog;
  static_cast<record::Provenance&>(catalog) = std::move(provenance);
  catalog.format_version = format::kFormatVersion;
  catalog.file_bytes = file.bytes_written();
  catalog.rows = file.rows();
  catalog.segments = file.segments();
  catalog.connections = file.connections();
  return catalog;
}

ExtractSummary summary_of(const CaptureChain& chain, const DecodeStage& decode, const RecordStage& record) {
  ExtractSummary summary;
  for (std::size_t i = 0; i < chain.parts().size(); ++i) {
    const ChainPart& part = chain.parts()[i];
    const std::string place = chain.parts().size() == 1 ? "" : chain.inputs()[i].shown + ": ";
    for (const std::string& remark : part.end.remarks) summary.remarks.push_back(place + remark);
    summary.clamped_stamps += part.end.clamped_stamps;
    summary.frames_without_stamp += part.end.frames_without_stamp;
    summary.input_bytes += part.end.bytes;
  }
  summary.frames = chain.frame_numbers();
  summary.segments = record.writer().file().segments();
  summary.connections = record.writer().file().connections();
  summary.first = record.first();
  summary.last = record.last();
  summary.output_bytes = record.writer().file().bytes_written();
  summary.vlan_only_unwanted = decode.unwanted() > 0 && decode.unwanted() == decode.unwanted_tagged();
  return summary;
}

/// What the passes over the captures share.
struct Passes {
  ConnectionChoice choice;
  std::vector<capture::Fingerprint> read_before;  ///< by the first pass, of each capture; empty: this is the first
};

/// A choice made of the numbers of connections has no meaning for other bytes.
Result<void> check_unchanged(const CaptureChain& chain, const Passes& passes) {
  for (std::size_t i = 0; i < passes.read_before.size(); ++i) {
    if (chain.parts()[i].end.fingerprint == passes.read_before[i]) continue;
    return Error{ErrorCode::kIo,
                 chain.inputs()[i].shown +
                     ": changed while it was read, which --client and --server need twice; run the extractor again "
                     "once the capture is complete"};
  }
  return {};
}

/// One pass over the captures. nullopt, only of the first: the choice of connections turned out to
/// need another pass; nothing was written.
Result<std::optional<ExtractSummary>> extract_once(const ExtractRequest& request, const std::vector<ChainInput>& inputs,
                                                   Passes& passes) {
  const auto started = Clock::now();
  CaptureChain chain(inputs, request.filter);
  if (auto opened = chain.open(); !opened) return opened.error();
  auto output = io::OutputFile::create(request.output);
  if (!output) return output.error();
  FileSink sink(*output);

  DecodeStage decode(chain);
  RecordStage record(sink, hash::process_seed(), passes.choice, inputs.size());
  if (auto begun = record.start(); !begun) return begun.error();
  const auto run = has_two_cores() ? run_on_two_threads : run_on_one_thread;
  if (auto ran = run(decode, record, request); !ran) return ran.error();
  if (auto readable = chain.check_link_types(); !readable) return readable.error();
  const DurationNs read_time = since(started);

  if (auto unchanged = check_unchanged(chain, passes); !unchanged) return unchanged.error();
  record.tracker().decide_roles();
  const bool first_pass = passes.read_before.empty();
  if (!passes.choice.settle(record.tracker()) && first_pass) {
    for (const ChainPart& part : chain.parts()) passes.read_before.push_back(part.end.fingerprint);
    return std::optional<ExtractSummary>();
  }
  record::Provenance provenance = provenance_of(record_options(request), chain, decode, record);
  if (auto written = record.writer().finish(record.tracker(), provenance); !written) return written.error();
  if (auto committed = output->commit(); !committed) return committed.error();

  ExtractSummary summary = summary_of(chain, decode, record);
  summary.recorded = catalog_of(std::move(provenance), record.writer().file());
  summary.read_time = read_time;
  summary.finish_time = DurationNs{since(started).value - read_time.value};
  return std::optional(std::move(summary));
}

/// Can its bytes be read again? Not those of standard input or a pipe.
bool can_be_read_again(const capture::CapturePath& capture) {
  if (capture.kind == capture::InputKind::kRegularFile) return true;  // or it cannot be opened
  struct stat status {};
  return capture.path != kStandardInput && ::stat(capture.path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

/// The captures in the order in which they are read. `spools` takes copies of those that have to be read more than
/// once and cannot.
Result<std::vector<ChainInput>> inputs_of(const ExtractRequest& request, bool second_pass_likely,
                                          std::vector<Spool>& spools) {
  std::vector<ChainInput> inputs;
  const bool several = request.captures.size() > 1;
  for (const capture::CapturePath& capture : request.captures) {
    inputs.push_back(chain_input(capture));
    if (!(several || second_pass_likely) || can_be_read_again(capture)) continue;
    auto spooled = Spool::copy_of(capture, request.output);
    if (!spooled) return spooled.error();
    inputs.back().path = spooled->path();
    spools.push_back(std::move(*spooled));
  }
  if (several) {
    if (auto sorted = sort_by_first_frame(inputs); !sorted) return sorted.error();
  }
  return inputs;
}

}  // namespace

record::RecordOptions record_options(const ExtractRequest& request) {
  return {request.filter, request.client ? to_text(*request.client) : "",
          request.server ? to_text(*request.server) : ""};
}

Result<ExtractSummary> extract(const ExtractRequest& request) {
  const auto lock = io::OutputLock::acquire(
      request.output, request.wait_for_lock ? io::OutputLock::WhenBusy::kWait : io::OutputLock::WhenBusy::kFail);
  if (!lock) return lock.error();
  // Before anything is read, which for a pipe may take long and cannot be done again.
  if (auto writable = io::OutputFile::check(request.output); !writable) return writable.error();

  Passes passes{ConnectionChoice(request.client, request.server), {}};
  // Roles may need the whole capture, and then a second pass, which a pipe cannot give.
  std::vector<Spool> spools;
  const auto inputs = inputs_of(request, !passes.choice.chooses_all(), spools);
  if (!inputs) return inputs.error();
  auto summary = extract_once(request, *inputs, passes);
  if (summary && !*summary) summary = extract_once(request, *inputs, passes);
  if (!summary) return summary.error();
  return std::move(**summary);
}

}  // namespace pcapsule::pipeline
