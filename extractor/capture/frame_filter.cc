// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/frame_filter.h"

#include <pcap/pcap.h>

#include <new>
#include <utility>

#include "extractor/capture/dlt.h"

namespace pcapsule::capture {
namespace {

struct ClosePcap {
  void operator()(pcap_t* pcap) const { ::pcap_close(pcap); }
};

// Of a match the program yields it as how many bytes to keep, so 0 would match nothing.
constexpr int kSnaplen = 262'144;

}  // namespace

struct FrameFilter::Program {
  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (compiled) ::pcap_freecode(&code);
  }

  bpf_program code{};
  bool compiled = false;
  std::string fault;  ///< what libpcap said; set unless compiled
  std::uint64_t left_out = 0;
};

FrameFilter::FrameFilter(std::optional<std::string> expression) : expression_(std::move(expression)) {}
FrameFilter::~FrameFilter() = default;

FrameFilter::Program& FrameFilter::program_for(LinkType type) {
  auto& program = programs_[type];
  if (program) return *program;
  program = std::make_unique<Program>();
  const std::unique_ptr<pcap_t, ClosePcap> pcap(::pcap_open_dead(dlt_of_link_type(type), kSnaplen));
  if (!pcap) throw std::bad_alloc();
  if (::pcap_compile(pcap.get(), &program->code, expression_->c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    program->fault = ::pcap_geterr(pcap.get());
  } else {
    program->compiled = true;
  }
  return *program;
}

Result<void> FrameFilter::compile_for(LinkType type) {
  if (!expression_) return {};
  const Program& program = program_for(type);
  if (program.compiled) return {};
  return Error{ErrorCode::kUsage,
               "capture filter '" + *expression_ + "': " + program.fault + "; the syntax is that of pcap-filter(7)"};
}

bool FrameFilter::matches(LinkType type, std::uint32_t wire_bytes, ByteView bytes) {
  if (latest_ == nullptr || latest_type_ != type) {
    latest_ = &program_for(type);
    latest_type_ = type;
  }
  if (!latest_->compiled) {
    ++latest_->left_out;
    return false;
  }
  pcap_pkthdr header{};
  header.len = wire_bytes;
  header.caplen = static_cast<std::uint32_t>(bytes.size());
  return ::pcap_offline_filter(&latest_->code, &header, bytes.data()) != 0;
}

std::vector<std::string> FrameFilter::inapplicable() const {
  constexpr std::size_t kMaxTypesShown = 20;  // a stranger's capture may have 65,536
  std::vector<std::string> lines;
  std::size_t further = 0;
  std::uint64_t left_out_of_further = 0;
  for (const auto& [type, program] : programs_) {
    if (program->left_out == 0) continue;
    if (lines.size() == kMaxTypesShown) {
      ++further;
      left_out_of_further += program->left_out;
      continue;
    }
    lines.push_back("the filter cannot be applied to frames of " + to_text(type) + " (" + program->fault +
                    "): " + std::to_string(program->left_out) + " left out");
  }
  if (further > 0) {
    lines.push_back("the filter cannot be applied to frames of " + std::to_string(further) +
                    " further link types: " + std::to_string(left_out_of_further) + " left out");
  }
  return lines;
}

}  // namespace pcapsule::capture
