// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/pcap_source.h"

#include <pcap/pcap.h>
#include <stdio_ext.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

#include "extractor/capture/capture_stream.h"
#include "extractor/capture/dlt.h"
#include "extractor/capture/libpcap_text.h"
#include "extractor/capture/pcapng_watch.h"

namespace pcapsule::capture {
namespace {

// libpcap reads through a FILE. Measured: 1 MiB is the best buffer, and the
// default of 4 KiB costs a quarter of the whole extraction.
constexpr std::size_t kStdioBufferBytes = std::size_t{1} << 20;

/// What libpcap's FILE reads from.
struct Feed {
  CaptureStream* stream = nullptr;
  PcapngWatch* watch = nullptr;  ///< null: classic pcap
  std::optional<Error> failure;  ///< of the operating system
};

/// The FILE's read function: no exception may pass through C.
ssize_t read_feed(void* cookie, char* buffer, std::size_t size) noexcept {
  Feed& feed = *static_cast<Feed*>(cookie);
  try {
    const std::span into(reinterpret_cast<std::uint8_t*>(buffer), size);  // char and uint8_t may alias
    const auto got = feed.stream->read(into);
    if (got) {
      if (feed.watch != nullptr) feed.watch->feed(into.first(*got));
      return static_cast<ssize_t>(*got);
    }
    feed.failure = got.error();
    errno = EIO;
  } catch (const std::bad_alloc&) {
    feed.failure = Error{ErrorCode::kIo, "out of memory"};  // short enough to need none
    errno = ENOMEM;
  }
  return -1;
}

struct CloseFile {
  void operator()(std::FILE* file) const { (void)std::fclose(file); }
};
struct ClosePcap {
  void operator()(pcap_t* pcap) const { ::pcap_close(pcap); }
};

/// A compiled capture filter.
class Filter {
 public:
  Filter() = default;
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  ~Filter() {
    if (compiled_) ::pcap_freecode(&program_);
  }

  Result<void> compile(pcap_t* pcap, const std::string& expression) {
    if (::pcap_compile(pcap, &program_, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
      return Error{ErrorCode::kUsage, "capture filter '" + expression + "': " + ::pcap_geterr(pcap) +
                                          "; the syntax is that of pcap-filter(7)"};
    }
    compiled_ = true;
    return {};
  }

  [[nodiscard]] bool wants(const pcap_pkthdr& header, const std::uint8_t* bytes) const {
    return !compiled_ || ::pcap_offline_filter(&program_, &header, bytes) != 0;
  }

 private:
  bpf_program program_{};
  bool compiled_ = false;
};

class PcapSource final : public FrameSource {
 public:
  PcapSource(std::string name, std::unique_ptr<CaptureStream> stream)
      : name_(std::move(name)), stream_(std::move(stream)), stdio_buffer_(kStdioBufferBytes) {
    description_.format = stream_->format();
    description_.compression = stream_->compression();
    feed_.stream = stream_.get();
    if (is_pcapng()) feed_.watch = &watch_;
  }

  Result<void> open(const std::optional<std::string>& bpf_filter);
  [[nodiscard]] const CaptureDescription& description() const override { return description_; }
  bool next(Frame& frame) override;
  Result<CaptureEnd> finish() override;

 private:
  [[nodiscard]] bool is_pcapng() const { return description_.format == CaptureFormat::kPcapng; }
  Error open_failure(const char* reason) const;
  void describe_interfaces();
  void stop(int status);
  TimestampNs time_of(const pcap_pkthdr& header);

  std::string name_;
  std::unique_ptr<CaptureStream> stream_;
  PcapngWatch watch_;
  Feed feed_;
  std::vector<char> stdio_buffer_;           // before pcap_, whose FILE uses it to the last
  std::unique_ptr<pcap_t, ClosePcap> pcap_;  ///< null: a pcapng without interfaces, hence without frames
  Filter filter_;
  CaptureDescription description_;
  LinkType link_type_ = LinkType::kEthernet;
  std::uint64_t frames_ = 0;
  bool ended_ = false;
  CaptureEnd end_;
};

Result<void> PcapSource::open(const std::optional<std::string>& bpf_filter) {
  std::unique_ptr<std::FILE, CloseFile> file(::fopencookie(&feed_, "rb", {&read_feed, nullptr, nullptr, nullptr}));
  if (!file) return Error{ErrorCode::kIo, name_ + ": cannot open: out of memory"};
  (void)std::setvbuf(file.get(), stdio_buffer_.data(), _IOFBF, stdio_buffer_.size());
  (void)::__fsetlocking(file.get(), FSETLOCKING_BYCALLER);  // one thread reads it
  std::array<char, PCAP_ERRBUF_SIZE> reason{};
  pcap_.reset(::pcap_fopen_offline_with_tstamp_precision(file.get(), PCAP_TSTAMP_PRECISION_NANO, reason.data()));
  if (!pcap_) {
    if (feed_.failure) return *feed_.failure;
    if (says_no_interfaces(reason.data()) && !stream_->decompression_damage()) return {};
    return open_failure(reason.data());
  }
  (void)file.release();  // pcap_close closes it
  link_type_ = link_type_of_dlt(::pcap_datalink(pcap_.get()));
  const bool microseconds = is_pcapng() ? watch_.microseconds_suffice() : !stream_->nanosecond_magic();
  description_.time_unit_ns = microseconds ? 1000 : 1;
  describe_interfaces();
  return bpf_filter ? filter_.compile(pcap_.get(), *bpf_filter) : Result<void>();
}

Error PcapSource::open_failure(const char* reason) const {
  if (const auto damage = stream_->decompression_damage()) {
    return {ErrorCode::kCorrupt, name_ + ": " + *damage + "; get the file again"};
  }
  const auto refusal = refusal_of(reason, watch_);
  if (refusal) return {ErrorCode::kUnsupported, name_ + ": " + *refusal};
  return {ErrorCode::kCorrupt, name_ + ": damaged before its first frame: " + reason + "; get the file again"};
}

/// libpcap sees to it that all interfaces share link type and snaplen.
void PcapSource::describe_interfaces() {
  const auto snaplen_bytes = static_cast<std::uint32_t>(::pcap_snapshot(pcap_.get()));
  description_.interfaces = is_pcapng() ? watch_.interfaces() : std::vector<CaptureInterface>(1);
  for (CaptureInterface& interface : description_.interfaces) {
    interface.link_type = link_type_;
    interface.snaplen_bytes = snaplen_bytes;
  }
}

/// libpcap hands the two fields of a classic pcap through as signed 32 bits or
/// as unsigned ones, depending on the byte order. They are unsigned: a capture of 2040 is no capture of 1904.
TimestampNs PcapSource::time_of(const pcap_pkthdr& header) {
  std::int64_t seconds = header.ts.tv_sec;
  std::int64_t fraction_ns = header.ts.tv_usec;
  if (!is_pcapng()) {
    const std::int64_t unit_ns = description_.time_unit_ns;
    seconds = static_cast<std::uint32_t>(seconds);
    fraction_ns = std::int64_t{static_cast<std::uint32_t>(fraction_ns / unit_ns)} * unit_ns;
  }
  std::int64_t time_ns = 0;
  if (__builtin_mul_overflow(seconds, kNsPerSecond, &time_ns) ||
      __builtin_add_overflow(time_ns, fraction_ns, &time_ns)) {
    ++end_.clamped_stamps;
    using Limits = std::numeric_limits<std::int64_t>;
    return {seconds < 0 ? Limits::min() : Limits::max()};
  }
  return {time_ns};
}

bool PcapSource::next(Frame& frame) {
  if (!pcap_ || ended_) return false;
  pcap_pkthdr* header = nullptr;
  const std::uint8_t* bytes = nullptr;
  const int status = ::pcap_next_ex(pcap_.get(), &header, &bytes);
  if (status != 1) {
    stop(status);
    return false;
  }
  ++frames_;
  frame.interface = 0;
  if (is_pcapng()) {
    const PcapngWatch::Packet packet = watch_.take_packet();
    frames_ += packet.numbered_blocks_before;
    frame.interface = packet.interface;
    if (watch_.interfaces().size() != description_.interfaces.size()) describe_interfaces();
  }
  frame.number = frames_;
  frame.time = time_of(*header);
  frame.wire_bytes = header->len;
  frame.link_type = link_type_;
  frame.bytes = {bytes, header->caplen};
  frame.wanted = filter_.wants(*header, bytes);
  return true;
}

/// Notes why there are no more frames, unless the file simply ended.
void PcapSource::stop(int status) {
  ended_ = true;  // after an error libpcap would go on somewhere in the file
  const std::string place = frames_ == 0 ? "before the first frame: " : "after frame " + std::to_string(frames_) + ": ";
  std::string why;
  if (const auto damage = stream_->decompression_damage()) why = *damage;
  if (status == PCAP_ERROR && !feed_.failure) {
    const char* const reason = ::pcap_geterr(pcap_.get());
    end_.refused = refusal_of(reason, watch_);
    if (end_.refused) return;
    // A cut stream cuts the frame it ends in; that would be the same fault twice.
    if (why.empty()) {
      why = reason;
    } else if (!says_truncated(reason)) {
      why += "; " + std::string(reason);
    }
  }
  if (!why.empty()) end_.damage = place + why;
}

Result<CaptureEnd> PcapSource::finish() {
  if (feed_.failure) return *feed_.failure;
  if (auto drained = stream_->input().drain(); !drained) return drained.error();
  end_.bytes = stream_->input().bytes();
  end_.fingerprint = stream_->input().fingerprint();
  return end_;
}

}  // namespace

Result<std::unique_ptr<FrameSource>> open_capture(const OpenOptions& options) {
  auto stream = CaptureStream::open(options.path);
  if (!stream) return stream.error();
  auto source = std::make_unique<PcapSource>(display_name(options.path), std::move(*stream));
  if (auto opened = source->open(options.bpf_filter); !opened) return opened.error();
  return std::unique_ptr<FrameSource>(std::move(source));
}

std::string capture_library_versions() {
  return std::string(::pcap_lib_version()) + ", " + decompression_library_versions();
}

}  // namespace pcapsule::capture
