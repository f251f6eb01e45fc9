// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/pcap_source.h"

#include <pcap/pcap.h>
#include <stdio_ext.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

#include "extractor/capture/capture_magic.h"
#include "extractor/capture/dlt.h"
#include "extractor/capture/frame_filter.h"
#include "extractor/capture/libpcap_text.h"

namespace pcapsule::capture {
namespace {

// libpcap reads through a FILE. Measured: 1 MiB is the best buffer, and the
// default of 4 KiB costs a quarter of the whole extraction.
constexpr std::size_t kStdioBufferBytes = std::size_t{1} << 20;

/// The header of the file, which is read before libpcap sees it.
class FileHeader {
 public:
  /// Fills it; yields how many bytes there were, fewer than kPcapHeaderBytes only if the file ends within.
  Result<std::size_t> read_from(CaptureStream& stream) {
    std::size_t held = 0;
    while (held < bytes_.size()) {
      const auto got = stream.read(std::span(bytes_).subspan(held));
      if (!got) return got.error();
      if (*got == 0) break;
      held += *got;
    }
    return held;
  }

  [[nodiscard]] std::uint32_t snaplen_bytes() const { return load32(kSnaplenAt); }

  /// The bits of the link-type field between the 16 of the type and the 6 that tell of the FCS: nothing defines them.
  [[nodiscard]] std::uint32_t reserved_link_bits() const { return link_field() & 0x03ff'0000; }
  [[nodiscard]] std::uint32_t link_field() const { return load32(kLinkTypeAt); }

  /// The header with a snaplen of 0, by which libpcap keeps as much of a frame as it reads of one at all.
  [[nodiscard]] ByteView without_snaplen() {
    std::fill_n(bytes_.begin() + kSnaplenAt, sizeof(std::uint32_t), std::uint8_t{0});
    return bytes_;
  }

 private:
  static constexpr std::size_t kSnaplenAt = 16;
  static constexpr std::size_t kLinkTypeAt = 20;

  [[nodiscard]] std::uint32_t load32(std::size_t at) const {
    const bool big_endian = bytes_[0] == 0xa1;  // as every magic number begins
    return big_endian ? load_be32(&bytes_[at]) : load_le32(&bytes_[at]);
  }

  std::array<std::uint8_t, kPcapHeaderBytes> bytes_{};
};

/// What libpcap's FILE reads from.
struct Feed {
  ByteView header;  ///< the part of it not yet read; the stream follows
  CaptureStream* stream = nullptr;
  std::optional<Error> failure;  ///< of the operating system
  bool out_of_memory = false;
};

/// The FILE's read function: no exception may pass through C, so that want of memory is thrown again behind it.
ssize_t read_feed(void* cookie, char* buffer, std::size_t size) noexcept {
  Feed& feed = *static_cast<Feed*>(cookie);
  try {
    const std::span into(reinterpret_cast<std::uint8_t*>(buffer), size);  // char and uint8_t may alias
    if (!feed.header.empty()) {
      const std::size_t count = std::min(size, feed.header.size());
      std::copy_n(feed.header.begin(), count, into.begin());
      feed.header = feed.header.subspan(count);
      return static_cast<ssize_t>(count);
    }
    const auto got = feed.stream->read(into);
    if (got) return static_cast<ssize_t>(*got);
    feed.failure = got.error();
    errno = EIO;
  } catch (const std::bad_alloc&) {
    feed.out_of_memory = true;
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

class PcapSource final : public FrameSource {
 public:
  PcapSource(std::string name, std::unique_ptr<CaptureStream> stream, std::optional<std::string> bpf_filter)
      : name_(std::move(name)),
        stream_(std::move(stream)),
        stdio_buffer_(kStdioBufferBytes),
        filter_(std::move(bpf_filter)) {
    description_.format = CaptureFormat::kPcap;
    description_.compression = stream_->compression();
    description_.time_unit_ns = stream_->nanosecond_magic() ? 1 : 1000;
    feed_.stream = stream_.get();
  }

  Result<void> open();
  [[nodiscard]] const CaptureDescription& description() const override { return description_; }
  bool next(Frame& frame) override;
  Result<CaptureEnd> finish() override;

 private:
  Error open_failure(const std::string& reason) const;
  void stop(int status);
  [[nodiscard]] TimestampNs time_of(const pcap_pkthdr& header) const;

  std::string name_;
  std::unique_ptr<CaptureStream> stream_;
  Feed feed_;
  std::vector<char> stdio_buffer_;  // before pcap_, whose FILE uses it to the last
  std::unique_ptr<pcap_t, ClosePcap> pcap_;
  FrameFilter filter_;
  CaptureDescription description_;
  LinkType link_type_ = LinkType::kEthernet;
  std::uint64_t frames_ = 0;
  bool ended_ = false;
  CaptureEnd end_;
};

Result<void> PcapSource::open() {
  FileHeader header;
  const auto header_bytes = header.read_from(*stream_);
  if (!header_bytes) return header_bytes.error();
  if (*header_bytes < kPcapHeaderBytes) {
    return open_failure("the file header is truncated, " + std::to_string(*header_bytes) + " of " +
                        std::to_string(kPcapHeaderBytes) + " bytes");
  }
  const std::uint32_t snaplen_bytes = header.snaplen_bytes();
  // libpcap would cut frames to it that the file holds whole.
  feed_.header = header.without_snaplen();
  std::unique_ptr<std::FILE, CloseFile> file(::fopencookie(&feed_, "rb", {&read_feed, nullptr, nullptr, nullptr}));
  if (!file) throw std::bad_alloc();
  (void)std::setvbuf(file.get(), stdio_buffer_.data(), _IOFBF, stdio_buffer_.size());
  (void)::__fsetlocking(file.get(), FSETLOCKING_BYCALLER);  // one thread reads it
  std::array<char, PCAP_ERRBUF_SIZE> reason{};
  // That of the file: libpcap then scales nothing.
  const u_int precision = stream_->nanosecond_magic() ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO;
  pcap_.reset(::pcap_fopen_offline_with_tstamp_precision(file.get(), precision, reason.data()));
  if (!pcap_) {
    if (feed_.out_of_memory || says_out_of_memory(reason.data())) throw std::bad_alloc();
    return feed_.failure ? *feed_.failure : open_failure(reason.data());
  }
  (void)file.release();  // pcap_close closes it
  if (header.reserved_link_bits() != 0) {
    return Error{ErrorCode::kUnsupported,
                 name_ + ": the link type of its header is " + std::to_string(header.link_field()) +
                     ", expected one up to 65535: it has reserved bits set; get the file again"};
  }
  link_type_ = link_type_of_dlt(::pcap_datalink(pcap_.get()));
  const bool is_limit = snaplen_bytes != 0 && snaplen_bytes <= INT_MAX;  // else libpcap's own stands for it
  const auto most_bytes = static_cast<std::uint32_t>(::pcap_snapshot(pcap_.get()));
  description_.interfaces = {{"", link_type_, is_limit ? snaplen_bytes : most_bytes, ""}};
  return filter_.compile_for(link_type_);
}

Error PcapSource::open_failure(const std::string& reason) const {
  if (const auto damage = stream_->decompression_damage()) {
    return {ErrorCode::kCorrupt, name_ + ": " + *damage + "; get the file again"};
  }
  const auto refusal = refusal_of(reason);
  if (refusal) return {ErrorCode::kUnsupported, name_ + ": " + *refusal};
  return {ErrorCode::kCorrupt, name_ + ": damaged before its first frame: " + reason + "; get the file again"};
}

/// libpcap hands the two fields of a classic pcap through as signed 32 bits or
/// as unsigned ones, depending on the byte order. They are unsigned: a capture of 2040 is no capture of 1904.
TimestampNs PcapSource::time_of(const pcap_pkthdr& header) const {
  const auto seconds = static_cast<std::uint32_t>(header.ts.tv_sec);
  const auto fraction = static_cast<std::uint32_t>(header.ts.tv_usec);
  return {std::int64_t{seconds} * kNsPerSecond + std::int64_t{fraction} * description_.time_unit_ns};
}

bool PcapSource::next(Frame& frame) {
  if (ended_) return false;
  pcap_pkthdr* header = nullptr;
  const std::uint8_t* bytes = nullptr;
  const int status = ::pcap_next_ex(pcap_.get(), &header, &bytes);
  if (status != 1) {
    stop(status);
    return false;
  }
  frame.number = ++frames_;
  frame.interface = 0;
  frame.time = time_of(*header);
  frame.wire_bytes = header->len;
  frame.link_type = link_type_;
  frame.bytes = {bytes, header->caplen};
  frame.wanted = filter_.wants(link_type_, frame.wire_bytes, frame.bytes);
  return true;
}

/// Notes why there are no more frames, unless the file simply ended.
void PcapSource::stop(int status) {
  ended_ = true;  // after an error libpcap would go on somewhere in the file
  if (feed_.out_of_memory || (status == PCAP_ERROR && says_out_of_memory(::pcap_geterr(pcap_.get())))) {
    throw std::bad_alloc();
  }
  const std::string place = frames_ == 0 ? "before the first frame: " : "after frame " + std::to_string(frames_) + ": ";
  std::string why;
  if (const auto damage = stream_->decompression_damage()) why = *damage;
  if (status == PCAP_ERROR && !feed_.failure) {
    const char* const reason = ::pcap_geterr(pcap_.get());
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
  end_.frame_numbers = frames_;
  return end_;
}

}  // namespace

Result<std::unique_ptr<FrameSource>> open_pcap(const std::string& name, std::unique_ptr<CaptureStream> stream,
                                               const std::optional<std::string>& bpf_filter) {
  auto source = std::make_unique<PcapSource>(name, std::move(stream), bpf_filter);
  if (auto opened = source->open(); !opened) return opened.error();
  return std::unique_ptr<FrameSource>(std::move(source));
}

}  // namespace pcapsule::capture
