// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/tcp_options.h"

#include <algorithm>

namespace pcapsule::decode {
namespace {

namespace kind {
constexpr std::uint8_t kEndOfOptions = 0;  // RFC 9293 section 3.2
constexpr std::uint8_t kNoOperation = 1;
constexpr std::uint8_t kMss = 2;
constexpr std::uint8_t kWindowScale = 3;    // RFC 7323 section 2.2
constexpr std::uint8_t kSackPermitted = 4;  // RFC 2018 section 2
constexpr std::uint8_t kSack = 5;           // RFC 2018 section 3
constexpr std::uint8_t kTimestamps = 8;     // RFC 7323 section 3.2
constexpr std::uint8_t kMd5Signature = 19;  // RFC 2385 section 3
constexpr std::uint8_t kSnack = 21;         // CCSDS 714.0 (SCPS)
constexpr std::uint8_t kUserTimeout = 28;   // RFC 5482 section 3
constexpr std::uint8_t kMultipath = 30;     // RFC 8684 section 3
}  // namespace kind

constexpr std::size_t kSackBlockBytes = 8;

/// The only legal length of `kind`; 0 where there are several, or we know none.
constexpr std::size_t legal_length(std::uint8_t option) {
  switch (option) {
    case kind::kMss:
      return 4;
    case kind::kWindowScale:
      return 3;
    case kind::kSackPermitted:
      return 2;
    case kind::kTimestamps:
      return 10;
    case kind::kMd5Signature:
      return 18;
    case kind::kSnack:
      return 6;
    case kind::kUserTimeout:
      return 4;
    default:
      return 0;
  }
}

/// Least lengths of the multipath subtypes 0 … 8 that Wireshark can read without a
/// break, the sequence signal (2) without its optional fields; 3 for later subtypes.
constexpr std::array<std::uint8_t, 9> kLeastMultipathBytes = {4, 3, 4, 4, 3, 3, 12, 12, 4};
constexpr std::uint8_t kDataSequenceSignal = 2;

/// Bytes of a data sequence signal with these flags, without the checksum (RFC 8684 section 3.3).
constexpr std::size_t data_sequence_signal_bytes(std::uint8_t flags) {
  const bool has_ack = (flags & 0x01) != 0, has_long_ack = (flags & 0x02) != 0;
  const bool has_map = (flags & 0x04) != 0, has_long_map = (flags & 0x08) != 0;
  std::size_t bytes = 4;
  if (has_ack) bytes += has_long_ack ? 8 : 4;
  if (has_map) bytes += (has_long_map ? 8u : 4u) + 6u;  // then subflow sequence number and length
  return bytes;
}

/// Least length of the multipath option that begins with `head`, as far as that tells.
constexpr std::size_t least_multipath_bytes(ByteView head) {
  if (head.size() < 3) return 3;
  const std::size_t subtype = head[2] >> 4;
  const std::size_t least = subtype < kLeastMultipathBytes.size() ? kLeastMultipathBytes[subtype] : 3;
  if (subtype != kDataSequenceSignal || head.size() < 4) return least;
  return data_sequence_signal_bytes(head[3]);
}

/// How much of an option of `length` Wireshark reads, of which `head` was
/// captured: it breaks when that is more. It looks no further than the length
/// where that is wrong, and at keys only where the length promises them.
constexpr std::size_t bytes_read(ByteView head, std::size_t length) {
  const std::size_t legal = legal_length(head[0]);
  if (legal != 0 && length != legal) return 2;
  if (head[0] != kind::kMultipath || head.size() < 3) return length;
  const std::size_t least = std::min(least_multipath_bytes(head), length);
  switch (head[2] >> 4) {
    case 0:
      return length == 12 || length == 20 || length == 22 || length == 24 ? length : least;
    case 1:
      return length == 12 || length == 16 || length == 24 ? length : least;
    case 3:  // addresses, as many as there are
    case 4:
      return length;
    default:
      return least;
  }
}

/// One pass over an option area.
class OptionWalk {
 public:
  OptionWalk(ByteView available, std::size_t area_bytes, TcpOptions& out)
      : available_(available), area_bytes_(area_bytes), out_(out) {}

  void run() {
    out_.ordinary = true;
    while (at_ < area_bytes_ && !ended_) read_option();
    if (!clean_) out_.ordinary = false;
    if (!clean_) return;
    // S5: "absent" needs the whole area, well formed.
    for (OptionState* state : {&out_.mss, &out_.window_scale, &out_.sack_permitted, &out_.timestamps})
      if (*state == OptionState::kUnknown) *state = OptionState::kAbsent;
  }

 private:
  /// Ends the walk at a byte that is needed but not available.
  void end_broken() {
    out_.broken = true;
    end_quietly();
  }
  /// Ends the walk at something that is no option.
  void end_quietly() {
    ended_ = true;
    clean_ = false;
  }
  /// Ends the walk at something that is no option, with `count` bytes from `first`
  /// marked as wrong. Wireshark breaks if those are not all available.
  void end_marking(std::size_t first, std::size_t count) {
    if (first + count > available_.size()) out_.broken = true;
    end_quietly();
  }

  void read_option() {
    if (at_ >= available_.size()) return end_broken();
    const std::uint8_t option = available_[at_];
    if (option == kind::kNoOperation) {
      ++at_;
      return;
    }
    if (option == kind::kEndOfOptions) return read_padding();
    if (at_ + 1 == area_bytes_) return end_marking(at_, 1);
    if (at_ + 1 >= available_.size()) return end_broken();
    const std::size_t length = available_[at_ + 1];
    if (length < 2) return end_quietly();
    if (length > area_bytes_ - at_) return end_marking(at_, area_bytes_ - at_ - 2);
    read_body(option, length);
  }

  /// What follows the end of the list must be zero (RFC 9293 section 3.1).
  void read_padding() {
    for (; at_ < area_bytes_; ++at_) {
      if (at_ >= available_.size()) return end_broken();
      if (available_[at_] != 0) return end_marking(at_, area_bytes_ - at_);
    }
  }

  void read_body(std::uint8_t option, std::size_t length) {
    const ByteView captured = available_.subspan(at_, std::min(length, available_.size() - at_));
    if (option == kind::kSack) read_sack(captured);  // also of a cut option: the blocks that are whole
    if (captured.size() < bytes_read(captured, length)) return end_broken();
    at_ += length;
    const std::size_t legal = legal_length(option);
    // A wrong length ends nothing, but says that the list is not well formed.
    if (captured.size() < length || (legal != 0 && length != legal)) return mark_irregular();
    read_whole(option, captured);
  }

  void read_whole(std::uint8_t option, ByteView body) {
    switch (option) {
      case kind::kSack:
        return check_sack(body.size());
      case kind::kTimestamps:
        return read_timestamps(body);
      case kind::kMultipath:
        return read_multipath(body);
      default:
        break;
    }
    out_.ordinary = false;
    if (option == kind::kMss) read_mss(body);
    if (option == kind::kWindowScale) read_window_scale(body);
    if (option == kind::kSackPermitted) out_.sack_permitted = OptionState::kPresent;
    if (option == kind::kSnack) end_broken();  // Wireshark reads beyond it
  }

  void read_mss(ByteView body) {
    if (out_.mss == OptionState::kPresent) return;
    out_.mss = OptionState::kPresent;
    out_.mss_bytes = load_be16(body.data() + 2);
  }

  void read_window_scale(ByteView body) {
    if (out_.window_scale == OptionState::kPresent) return;
    out_.window_scale = OptionState::kPresent;
    out_.window_shift = body[2];
  }

  void read_timestamps(ByteView body) {
    if (out_.timestamps == OptionState::kPresent) {
      out_.ordinary = false;
      return;
    }
    out_.timestamps = OptionState::kPresent;
    out_.ts_value = load_be32(body.data() + 2);
    out_.ts_echo = load_be32(body.data() + 6);
  }

  /// A later SACK option replaces an earlier one, as in Wireshark.
  void read_sack(ByteView captured) {
    if (seen_sack_) out_.ordinary = false;
    seen_sack_ = true;
    out_.sack_count = 0;
    for (std::size_t at = 2; at + kSackBlockBytes <= captured.size() && out_.sack_count < out_.sack.size();
         at += kSackBlockBytes) {
      out_.sack[out_.sack_count++] = {load_be32(captured.data() + at), load_be32(captured.data() + at + 4)};
    }
  }

  void check_sack(std::size_t length) {
    // Without a block Wireshark breaks unless the relative acknowledgment number
    // is above 2^31. That is not known here; the bytes are kept for who knows it.
    if (out_.sack_count == 0) return end_broken();
    if ((length - 2) % kSackBlockBytes != 0) mark_irregular();
  }

  void read_multipath(ByteView body) {
    if (body.size() < least_multipath_bytes(body)) return end_broken();
    if (body[2] >> 4 != kDataSequenceSignal) {
      out_.ordinary = false;
      return;
    }
    const std::size_t least = least_multipath_bytes(body);
    const bool has_map = (body[3] & 0x04) != 0;
    const bool is_consistent = body.size() == least || (has_map && body.size() == least + 2);
    if (!is_consistent) return mark_irregular();
    out_.has_dss = true;
  }

  void mark_irregular() { clean_ = false; }

  ByteView available_;
  std::size_t area_bytes_;
  TcpOptions& out_;
  std::size_t at_ = 0;  ///< < area_bytes_ while the walk goes on
  bool ended_ = false;
  bool clean_ = true;
  bool seen_sack_ = false;
};

}  // namespace

void read_tcp_options(ByteView available, std::size_t area_bytes, TcpOptions& options) {
  const std::size_t kept = std::min(available.size(), options.raw.size());
  std::copy_n(available.begin(), kept, options.raw.begin());
  options.raw_bytes = static_cast<std::uint8_t>(kept);
  OptionWalk(available, area_bytes, options).run();
}

}  // namespace pcapsule::decode
