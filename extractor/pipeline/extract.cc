// SPDX-License-Identifier: Apache-2.0
#include "extractor/pipeline/extract.h"

#include <sched.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "common/io/output_file.h"
#include "common/version/version.h"
#include "extractor/capture/open_capture.h"
#include "extractor/decode/decode_frame.h"
#include "extractor/pipeline/batch_queue.h"
#include "extractor/pipeline/spool.h"
#include "extractor/pipeline/stages.h"

namespace pcapsule::pipeline {

namespace {

using Clock = std::chrono::steady_clock;

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

track::HashSeed random_seed() {
  std::random_device device;
  const auto word = [&device] { return (std::uint64_t{device()} << 32) | device(); };
  return {word(), word()};
}

bool has_two_cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  return sched_getaffinity(0, sizeof(cores), &cores) == 0 && CPU_COUNT(&cores) > 1;
}

Result<void> run_on_one_thread(DecodeStage& decode, RecordStage& record, const ExtractRequest& request) {
  decode::SegmentBatch batch;
  bool more = true;
  while (more) {
    more = decode.fill(batch);
    if (auto taken = record.take(batch); !taken) return taken;
    if (request.progress) request.progress(decode.frames());
  }
  return {};
}

/// Reading and decoding on this thread, tracking and writing on another: about
/// equal halves of the work. Batches go round, so that nothing is allocated anew.
Result<void> run_on_two_threads(DecodeStage& decode, RecordStage& record, const ExtractRequest& request) {
  constexpr std::size_t kBatches = 4;
  BatchQueue<decode::SegmentBatch> full(kBatches);
  BatchQueue<decode::SegmentBatch> empty(kBatches);
  for (std::size_t i = 0; i < kBatches; ++i) empty.push({});

  Result<void> result;
  std::exception_ptr failure;
  std::thread recorder([&] {
    try {
      while (auto batch = full.pop()) {
        result = record.take(*batch);
        if (!result) break;
        empty.push(std::move(*batch));
      }
    } catch (...) {
      failure = std::current_exception();  // bad_alloc: handed to the caller's thread
    }
    full.abandon();
    empty.close();
  });
  bool more = true;
  while (more) {
    auto batch = empty.pop();
    if (!batch) break;
    more = decode.fill(*batch);
    if (!full.push(std::move(*batch))) break;
    if (request.progress) request.progress(decode.frames());
  }
  full.close();
  recorder.join();
  if (failure) std::rethrow_exception(failure);
  return result;
}

struct InputFacts {
  std::string name;
  std::int64_t mtime_ns = 0;
};

constexpr const char* kStandardInput = "-";

InputFacts facts_of(const std::string& path) {
  InputFacts facts;
  if (path == kStandardInput) return {kStandardInput, 0};
  const auto slash = path.find_last_of('/');
  facts.name = slash == std::string::npos ? path : path.substr(slash + 1);
  struct stat status {};
  if (stat(path.c_str(), &status) == 0) {
    facts.mtime_ns = std::int64_t{status.st_mtim.tv_sec} * kNsPerSecond + status.st_mtim.tv_nsec;
  }
  return facts;
}

record::CaptureInfo capture_info(const InputFacts& facts, const capture::CaptureDescription& description,
                                 const capture::CaptureEnd& end, const DecodeStage& decode, std::uint64_t rows) {
  record::CaptureInfo entry;
  entry.name = facts.name;
  entry.bytes = end.bytes;
  entry.mtime_ns = facts.mtime_ns;
  entry.fingerprint_low = end.fingerprint.low;
  entry.fingerprint_high = end.fingerprint.high;
  entry.format = static_cast<std::uint8_t>(description.format);
  entry.compression = static_cast<std::uint8_t>(description.compression);
  entry.time_unit_ns = description.time_unit_ns;
  for (const capture::CaptureInterface& interface : description.interfaces) {
    entry.interfaces.push_back(
        {interface.name, static_cast<std::uint16_t>(interface.link_type), interface.snaplen_bytes});
  }
  entry.frames = decode.frames();
  entry.first_frame_time = decode.first_time();
  entry.last_frame_time = decode.last_time();
  entry.rows = rows;
  entry.damage = end.damage.value_or("");
  return entry;
}

/// Every frame under exactly one name: the counts add up to the frames read.
std::vector<record::NamedCount> outcome_counts(const DecodeStage& decode, const RecordStage& record) {
  std::vector<record::NamedCount> counts;
  std::uint64_t not_chosen = 0;
  for (std::size_t i = 0; i < decode::kOutcomes; ++i) {
    const std::uint64_t left_out = record.not_chosen()[i];
    not_chosen += left_out;
    const std::uint64_t count = decode.counts().by_outcome[i] - left_out;
    if (count > 0) counts.push_back({std::string(decode::to_text(static_cast<decode::Outcome>(i))), count});
  }
  if (not_chosen > 0) counts.push_back({"not_chosen", not_chosen});
  if (decode.unwanted() > 0) counts.push_back({"filtered_out", decode.unwanted()});
  return counts;
}

std::string hexadecimal(std::size_t value) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text = "0x0000";
  for (std::size_t at = text.size() - 1; value > 0; value /= 16, --at) text[at] = kDigits[value % 16];
  return text;
}

record::Provenance provenance_of(const ExtractRequest& request, const DecodeStage& decode, const RecordStage& record,
                                 record::CaptureInfo capture) {
  record::Provenance provenance;
  provenance.program_version = program_version();
  provenance.captures.push_back(std::move(capture));
  provenance.options = record_options(request);
  provenance.frames = decode.frames();
  provenance.outcomes = outcome_counts(decode, record);
  for (std::size_t type = 0; type < decode.counts().by_ether_type.size(); ++type) {
    if (const std::uint64_t count = decode.counts().by_ether_type[type]; count > 0) {
      provenance.ether_types.push_back({hexadecimal(type), count});
    }
  }
  for (std::size_t protocol = 0; protocol < decode.counts().by_ip_protocol.size(); ++protocol) {
    if (const std::uint64_t count = decode.counts().by_ip_protocol[protocol]; count > 0) {
      provenance.ip_protocols.push_back({std::to_string(protocol), count});
    }
  }
  provenance.backward_stamps = decode.backward_stamps();
  provenance.first_frame_time = decode.first_time();
  return provenance;
}

/// A capture of which no frame can be decoded is refused by name instead of read in vain.
Result<void> check_link_types(const std::string& name, const capture::CaptureDescription& description) {
  const auto& interfaces = description.interfaces;
  const auto reads = [](const capture::CaptureInterface& i) { return decode::reads(i.link_type); };
  if (interfaces.empty() || std::any_of(interfaces.begin(), interfaces.end(), reads)) return {};
  return Error{ErrorCode::kUnsupported, name + ": its frames are of " + to_text(interfaces.front().link_type) +
                                            ", which this version does not read; it reads " +
                                            decode::readable_link_types()};
}

/// One pass over the capture. nullopt: the choice of connections turned out to
/// need another pass; nothing was written.
Result<std::optional<ExtractSummary>> extract_once(const ExtractRequest& request, const std::string& input,
                                                   ConnectionChoice& choice) {
  const auto started = Clock::now();
  const InputFacts facts = facts_of(request.capture);
  auto source = capture::open_capture(
      {input, request.filter.empty() ? std::nullopt : std::optional<std::string>(request.filter)});
  if (!source) return source.error();
  const bool may_gain_interfaces = (*source)->description().format == capture::CaptureFormat::kPcapng;
  if (!may_gain_interfaces) {
    if (auto readable = check_link_types(request.capture, (*source)->description()); !readable) return readable.error();
  }
  auto output = io::OutputFile::create(request.output);
  if (!output) return output.error();
  FileSink sink(*output);

  DecodeStage decode(**source);
  RecordStage record(sink, random_seed(), choice);
  if (auto begun = record.start(); !begun) return begun.error();
  const auto run = has_two_cores() ? run_on_two_threads : run_on_one_thread;
  if (auto ran = run(decode, record, request); !ran) return ran.error();

  ExtractSummary summary;
  summary.read_time = since(started);
  auto end = (*source)->finish();
  if (!end) return end.error();
  // Only now: a later section of a pcapng may have another link type.
  if (auto readable = check_link_types(request.capture, (*source)->description()); !readable) return readable.error();
  record.tracker().decide_roles();
  if (!choice.settle(record.tracker())) return std::optional<ExtractSummary>();
  record::CaptureInfo entry =
      capture_info(facts, (*source)->description(), *end, decode, record.writer().file().rows());
  record::Provenance provenance = provenance_of(request, decode, record, std::move(entry));
  if (auto written = record.writer().finish(record.tracker(), std::move(provenance)); !written) return written.error();
  if (auto committed = output->commit(); !committed) return committed.error();

  summary.name = facts.name;
  summary.frames = decode.frames();
  summary.unwanted = decode.unwanted();
  summary.segments = record.writer().file().segments();
  summary.rows = record.writer().file().rows();
  summary.connections = record.writer().file().connections();
  for (const std::uint64_t rows : record.not_chosen()) summary.not_chosen += rows;
  summary.counts = decode.share_counts();
  summary.backward_stamps = decode.backward_stamps();
  summary.first = record.first();
  summary.last = record.last();
  summary.clamped_stamps = end->clamped_stamps;
  summary.frames_without_stamp = end->frames_without_stamp;
  summary.remarks = std::move(end->remarks);
  summary.damage = end->damage;
  summary.description = (*source)->description();
  summary.input_bytes = end->bytes;
  summary.output_bytes = record.writer().file().bytes_written();
  summary.vlan_only_unwanted = decode.unwanted() > 0 && decode.unwanted() == decode.unwanted_tagged();
  summary.finish_time = DurationNs{since(started).value - summary.read_time.value};
  return std::optional(std::move(summary));
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

  ConnectionChoice choice(request.client, request.server);
  std::string input = request.capture;
  // Roles may need the whole capture, and then a second pass, which a pipe cannot give.
  std::optional<Spool> spool;
  if (input == kStandardInput && !choice.chooses_all()) {
    auto spooled = Spool::from_standard_input(request.output);
    if (!spooled) return spooled.error();
    spool.emplace(std::move(*spooled));
    input = spool->path();
  }
  auto summary = extract_once(request, input, choice);
  if (summary && !*summary) summary = extract_once(request, input, choice);
  if (!summary) return summary.error();
  return std::move(**summary);
}

}  // namespace pcapsule::pipeline
