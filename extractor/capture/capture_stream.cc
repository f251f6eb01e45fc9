// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/capture_stream.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>
#include <vector>

#include "extractor/capture/capture_magic.h"

namespace pcapsule::capture {

Result<std::unique_ptr<CaptureStream>> CaptureStream::open(const CapturePath& capture, const std::string& name) {
  auto input = CaptureInput::open(capture, name);
  if (!input) return input.error();
  std::unique_ptr<CaptureStream> stream(new CaptureStream(std::move(*input)));
  if (auto recognised = stream->recognise(name); !recognised) return recognised.error();
  return stream;
}

Result<void> CaptureStream::recognise(const std::string& name) {
  const auto stored_head = stored_.peek(kMagicBytes);
  if (!stored_head) return stored_head.error();
  if (stored_head->empty()) {
    return Error{ErrorCode::kNotACapture,
                 name + ": is empty (0 bytes), expected a pcap or pcapng capture; was it written at all?"};
  }
  const std::vector<std::uint8_t> beginning(stored_head->begin(), stored_head->end());
  const auto passed_bytes = pass_skippable_frames();
  if (!passed_bytes) return passed_bytes.error();
  const auto compressed_head = stored_.peek(kMagicBytes);
  if (!compressed_head) return compressed_head.error();
  compression_ = compression_of(*compressed_head);
  if (compression_ == Compression::kNone && *passed_bytes > 0) {
    return Error{ErrorCode::kNotACapture, name + ": " + describe_other_content(beginning)};
  }
  std::string holder = name + ": ";
  if (compression_ != Compression::kNone) {
    decompressor_ = make_decompressor(compression_, stored_);
    decompressor_->count_from(*passed_bytes);
    decoded_.emplace(*decompressor_);
    holder += std::string(name_of(compression_)) + " data that hold ";
  }
  const auto head = decoded().peek(kMagicBytes);
  if (!head) return head.error();
  const auto format = capture_format_of(*head);
  if (format) {
    format_ = *format;
    nanosecond_magic_ = *format == CaptureFormat::kPcap && has_nanosecond_magic(*head);
    return {};
  }
  if (const auto damage = decompression_damage(); damage && head->size() < kPcapHeaderBytes) {
    return Error{ErrorCode::kCorrupt, name + ": " + *damage + "; get the file again"};
  }
  if (head->empty()) return Error{ErrorCode::kNotACapture, holder + "0 bytes, expected a pcap or pcapng capture"};
  if (compression_of(*head) != Compression::kNone) {
    return Error{ErrorCode::kNotACapture, holder + "compressed data again; decompress it once first"};
  }
  return Error{ErrorCode::kNotACapture, holder + describe_other_content(*head)};
}

/// zstd and LZ4 files may begin with frames of up to 4 GiB that hold nothing of the data, as those of pzstd do; only
/// behind them stands which of the two it is. Yields how many bytes were passed.
Result<std::uint64_t> CaptureStream::pass_skippable_frames() {
  std::vector<std::uint8_t> buffer(kMagicBytes);
  std::uint64_t passed = 0;
  for (;;) {
    const auto head = stored_.peek(kMagicBytes);
    if (!head) return head.error();
    std::uint64_t left = skippable_bytes(*head);
    if (left == 0) return passed;
    while (left > 0) {
      const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()));
      const auto got = stored_.read(std::span(buffer).first(want));
      if (!got) return got.error();
      if (*got == 0) return passed;
      passed += *got;
      left -= *got;
    }
  }
}

std::optional<std::string> CaptureStream::decompression_damage() const {
  return decompressor_ ? decompressor_->damage() : std::nullopt;
}

Result<bool> looks_like_capture(const std::string& path) {
  struct stat status {};
  // Asked before opening too: the writer of a named pipe would take this program for its reader.
  if (::stat(path.c_str(), &status) == 0 ? !S_ISREG(status.st_mode) : errno == ENOENT) return false;
  const auto stream = CaptureStream::open({path, InputKind::kRegularFile}, path);
  if (stream) return true;
  if (stream.error().code == ErrorCode::kNotACapture) return false;
  return stream.error();
}

}  // namespace pcapsule::capture
