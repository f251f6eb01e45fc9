// SPDX-License-Identifier: Apache-2.0
#include "extractor/pipeline/provenance.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "common/version/version.h"

namespace pcapsule::pipeline {

namespace {

record::CaptureInfo capture_entry(const ChainInput& input, const ChainPart& part) {
  record::CaptureInfo entry;
  entry.name = input.name;
  entry.bytes = part.end.bytes;
  entry.mtime_ns = input.mtime_ns;
  entry.fingerprint_low = part.end.fingerprint.low;
  entry.fingerprint_high = part.end.fingerprint.high;
  entry.format = static_cast<std::uint8_t>(part.description.format);
  entry.compression = static_cast<std::uint8_t>(part.description.compression);
  entry.time_unit_ns = part.description.time_unit_ns;
  for (const capture::CaptureInterface& interface : part.description.interfaces) {
    entry.interfaces.push_back(
        {interface.name, static_cast<std::uint16_t>(interface.link_type), interface.snaplen_bytes, interface.comment});
  }
  entry.first_frame = part.first_frame;
  entry.frames = part.end.frame_numbers;
  entry.first_frame_time = part.first_time;
  entry.last_frame_time = part.last_time;
  entry.damage = part.end.damage.value_or("");
  entry.comments = part.description.comments;
  return entry;
}

std::vector<record::CaptureInfo> capture_entries(const CaptureChain& chain, const RecordStage& record) {
  std::vector<record::CaptureInfo> entries;
  std::uint64_t first_row = 0;
  for (std::size_t i = 0; i < chain.parts().size(); ++i) {
    entries.push_back(capture_entry(chain.inputs()[i], chain.parts()[i]));
    entries.back().first_row = first_row;
    entries.back().rows = record.rows_of_capture()[i];
    first_row += entries.back().rows;
  }
  return entries;
}

/// Every frame number under exactly one name: the counts add up to the frames.
std::vector<record::NamedCount> outcome_counts(const CaptureChain& chain, const DecodeStage& decode,
                                               const RecordStage& record) {
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
  const std::uint64_t without_packet = chain.frame_numbers() - decode.frames();
  if (without_packet > 0) counts.push_back({"no_packet", without_packet});
  return counts;
}

std::string hexadecimal(std::size_t value) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text = "0x0000";
  for (std::size_t at = text.size() - 1; value > 0; value /= 16, --at) text[at] = kDigits[value % 16];
  return text;
}

}  // namespace

record::Provenance provenance_of(const record::RecordOptions& options, const CaptureChain& chain,
                                 const DecodeStage& decode, const RecordStage& record) {
  record::Provenance provenance;
  provenance.program_version = program_version();
  provenance.captures = capture_entries(chain, record);
  provenance.options = options;
  provenance.frames = chain.frame_numbers();
  provenance.outcomes = outcome_counts(chain, decode, record);
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

}  // namespace pcapsule::pipeline
