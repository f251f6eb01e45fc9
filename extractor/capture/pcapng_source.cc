// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/pcapng_source.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "extractor/capture/frame_filter.h"
#include "extractor/capture/interface_list.h"
#include "extractor/capture/pcapng_block.h"
#include "extractor/capture/window_reader.h"

namespace pcapsule::capture {
namespace {

using pcapng::kBlockHeadBytes;
using pcapng::kBlockTailBytes;

/// A block that is looked at is held in memory: no link layer has frames of 16 MiB.
constexpr std::uint32_t kMaxHeldBytes = std::uint32_t{16} << 20;
/// What no block of a sound file exceeds: Wireshark's limit.
constexpr std::uint32_t kMaxBlockBytes = 134'348'832;
/// A real section has a few interfaces, at most thousands.
constexpr std::size_t kMaxSectionInterfaces = std::size_t{1} << 20;

constexpr const char* kConvert = "convert it with a current Wireshark: editcap -F pcap IN OUT.pcap";

class PcapngSource final : public FrameSource {
 public:
  PcapngSource(std::string name, std::unique_ptr<CaptureStream> stream, std::optional<std::string> bpf_filter)
      : name_(std::move(name)), stream_(std::move(stream)), window_(*stream_), filter_(std::move(bpf_filter)) {
    description_.format = CaptureFormat::kPcapng;
    description_.compression = stream_->compression();
  }

  Result<void> open();
  [[nodiscard]] const CaptureDescription& description() const override { return description_; }
  bool next(Frame& frame) override;
  Result<CaptureEnd> finish() override;

 private:
  /// What a frame needs to know of its interface.
  struct SectionInterface {
    LinkType link_type = LinkType::kEthernet;
    std::uint32_t snaplen_bytes = 0;
    std::uint32_t index = 0;  ///< into description_.interfaces
    StampScale stamps;
  };

  bool find_packet();
  bool find_block();
  bool fetch_block();
  bool pass_block();
  bool take_block();
  bool begin_section();
  bool take_section(ByteView body);
  bool take_interface(ByteView body);
  bool take_packet(ByteView body);
  TimestampNs time_of(const SectionInterface& interface);
  Result<void> check_filter();
  bool stop(const std::string& what);
  bool stop_at_end();

  std::string name_;
  std::unique_ptr<CaptureStream> stream_;
  WindowReader window_;
  FrameFilter filter_;
  CaptureDescription description_;
  InterfaceList known_interfaces_;
  std::vector<SectionInterface> section_interfaces_;
  pcapng::Loader load_;

  // The block at the window's position.
  std::uint32_t type_ = 0;
  std::uint32_t stated_bytes_ = 0;  ///< its length as it stands in it
  std::uint32_t block_bytes_ = 0;   ///< what it takes in the file: a multiple of 4
  pcapng::Packet packet_;           ///< valid while packet_waits_
  bool packet_waits_ = false;
  std::size_t consume_first_ = 0;  ///< the bytes of the packet block whose frame was handed out

  std::uint64_t numbers_ = 0;  ///< frame numbers used so far
  bool unsupported_ = false;
  bool ended_ = false;
  CaptureEnd end_;
};

Result<void> PcapngSource::open() {
  description_.time_unit_ns = 1000;
  packet_waits_ = find_packet();
  if (window_.failure()) return *window_.failure();
  if (end_.damage && description_.interfaces.empty()) {
    const std::string what = name_ + ": " + *end_.damage;
    if (unsupported_) return Error{ErrorCode::kUnsupported, what + "; " + kConvert};
    return Error{ErrorCode::kCorrupt, what + "; get the file again"};
  }
  return check_filter();
}

/// The filter may make no sense for some of the link types: their frames are
/// left out, and finish() says so. If it fits none, there is a mistake in it.
Result<void> PcapngSource::check_filter() {
  Result<void> result;
  for (const CaptureInterface& interface : description_.interfaces) {
    result = filter_.compile_for(interface.link_type);
    if (result) break;
  }
  return result;
}

/// Ends the reading: everything before is good (rule S10).
bool PcapngSource::stop(const std::string& what) {
  ended_ = true;
  end_.damage = (numbers_ == 0 ? "before the first frame: " : "after frame " + std::to_string(numbers_) + ": ") + what;
  return false;
}

/// The stream ended within the current block, or the operating system failed.
bool PcapngSource::stop_at_end() {
  ended_ = true;
  if (window_.failure()) return false;
  if (const auto damage = stream_->decompression_damage()) return stop(*damage);
  return stop("truncated: the file ends within the block at byte " + std::to_string(window_.position()));
}

bool PcapngSource::find_packet() {
  while (!ended_ && find_block()) {
    if (packet_waits_) return true;
  }
  return false;
}

/// Reads on by one block. False when there is none, or it cannot be read.
bool PcapngSource::find_block() {
  window_.consume(std::exchange(consume_first_, 0));
  if (!window_.fetch(pcapng::kMinBlockBytes)) {
    const auto damage = stream_->decompression_damage();
    if (window_.held().empty() && !window_.failure() && !damage) {
      ended_ = true;
      return false;
    }
    return stop_at_end();
  }
  const std::uint8_t* const head = window_.held().data();
  if (load_be32(head) == pcapng::kSectionHeader && !begin_section()) return false;
  type_ = load_.u32(head);
  stated_bytes_ = load_.u32(head + 4);
  const std::uint32_t least = pcapng::least_bytes(type_);
  if (stated_bytes_ < least || stated_bytes_ > kMaxBlockBytes) {
    return stop("the block at byte " + std::to_string(window_.position()) + " has a length of " +
                std::to_string(stated_bytes_) + " bytes, expected " + std::to_string(least) + " to " +
                std::to_string(kMaxBlockBytes));
  }
  block_bytes_ = (stated_bytes_ + 3) / 4 * 4;
  switch (type_) {
    case pcapng::kSectionHeader:
    case pcapng::kInterfaceDescription:
    case pcapng::kPacket:
    case pcapng::kSimplePacket:
    case pcapng::kEnhancedPacket:
      return fetch_block() && take_block();
    default:
      return pass_block();
  }
}

/// A section header says in which byte order its own length is.
bool PcapngSource::begin_section() {
  const std::uint32_t magic = load_be32(window_.held().data() + kBlockHeadBytes);
  load_ = pcapng::Loader(magic == pcapng::kByteOrderMagic);
  if (load_.u32(window_.held().data() + kBlockHeadBytes) == pcapng::kByteOrderMagic) return true;
  return stop("the section header at byte " + std::to_string(window_.position()) + " has no byte-order magic number");
}

bool PcapngSource::fetch_block() {
  if (stated_bytes_ > kMaxHeldBytes) {
    return stop("the block of type " + std::to_string(type_) + " at byte " + std::to_string(window_.position()) +
                " has " + std::to_string(stated_bytes_) + " bytes, more than " + std::to_string(kMaxHeldBytes));
  }
  if (!window_.fetch(block_bytes_)) return stop_at_end();
  const std::uint32_t repeated = load_.u32(window_.held().data() + block_bytes_ - kBlockTailBytes);
  if (repeated == stated_bytes_) return true;
  return stop("the block at byte " + std::to_string(window_.position()) + " has a length of " +
              std::to_string(stated_bytes_) + " at its beginning and of " + std::to_string(repeated) + " at its end");
}

/// A block that holds nothing for us, held in memory at no time.
bool PcapngSource::pass_block() {
  const std::uint64_t at = window_.position();
  if (!window_.skip(block_bytes_ - kBlockTailBytes) || !window_.fetch(kBlockTailBytes)) return stop_at_end();
  const std::uint32_t repeated = load_.u32(window_.held().data());
  if (repeated != stated_bytes_) {
    return stop("the block at byte " + std::to_string(at) + " has a length of " + std::to_string(stated_bytes_) +
                " at its beginning and of " + std::to_string(repeated) + " at its end");
  }
  window_.consume(kBlockTailBytes);
  if (pcapng::takes_a_frame_number(type_)) ++numbers_;
  return true;
}

bool PcapngSource::take_block() {
  const ByteView body = window_.held().subspan(kBlockHeadBytes, block_bytes_ - kBlockHeadBytes - kBlockTailBytes);
  if (type_ != pcapng::kSectionHeader && type_ != pcapng::kInterfaceDescription) return take_packet(body);
  if (!(type_ == pcapng::kSectionHeader ? take_section(body) : take_interface(body))) return false;
  window_.consume(block_bytes_);
  return true;
}

bool PcapngSource::take_section(ByteView body) {
  auto header = pcapng::parse_section_header(body, load_);
  if (!header) return stop("the section header at byte " + std::to_string(window_.position()) + " is too short");
  // Minor version 2 was written by mistake and means 0.
  if (header->major != 1 || (header->minor != 0 && header->minor != 2)) {
    unsupported_ = true;
    return stop("a section of pcapng version " + std::to_string(header->major) + "." + std::to_string(header->minor) +
                ", which is not read; expected 1.0");
  }
  for (std::string& comment : header->comments) {
    auto& comments = description_.comments;
    const bool known = std::find(comments.begin(), comments.end(), comment) != comments.end();
    if (!known && comments.size() < pcapng::kMaxComments) comments.push_back(std::move(comment));
  }
  section_interfaces_.clear();
  return true;
}

bool PcapngSource::take_interface(ByteView body) {
  const auto found = pcapng::parse_interface(body, load_);
  if (!found) {
    return stop("the interface description at byte " + std::to_string(window_.position()) + " breaks off");
  }
  if (section_interfaces_.size() >= kMaxSectionInterfaces) {
    return stop("a section with more than " + std::to_string(kMaxSectionInterfaces) + " interfaces");
  }
  const std::uint32_t index =
      known_interfaces_.index_of(found->interface, section_interfaces_.size(), description_.interfaces);
  section_interfaces_.push_back({found->interface.link_type, found->interface.snaplen_bytes, index, found->stamps});
  if (!found->stamps.whole_microseconds()) description_.time_unit_ns = 1;
  return true;
}

bool PcapngSource::take_packet(ByteView body) {
  const auto packet = pcapng::parse_packet(type_, body, load_);
  const auto place = [this] { return "the packet block at byte " + std::to_string(window_.position()); };
  if (!packet) return stop(place() + " is too short");
  packet_ = *packet;
  if (packet_.interface_in_section >= section_interfaces_.size()) {
    return stop("a packet of interface " + std::to_string(packet_.interface_in_section) +
                ", but its section describes " + std::to_string(section_interfaces_.size()) + " before it");
  }
  if (type_ == pcapng::kSimplePacket && section_interfaces_[0].snaplen_bytes != 0) {
    packet_.captured_bytes = std::min(packet_.captured_bytes, section_interfaces_[0].snaplen_bytes);
  }
  if (packet_.captured_bytes > packet_.bytes.size()) {
    return stop(place() + " claims " + std::to_string(packet_.captured_bytes) + " captured bytes and has room for " +
                std::to_string(packet_.bytes.size()));
  }
  packet_waits_ = true;
  return true;
}

TimestampNs PcapngSource::time_of(const SectionInterface& interface) {
  if (!packet_.stamp) {
    ++end_.frames_without_stamp;
    return {};
  }
  if (const auto time_ns = interface.stamps.to_ns(*packet_.stamp)) return {*time_ns};
  ++end_.clamped_stamps;
  using Limits = std::numeric_limits<std::int64_t>;
  return {interface.stamps.beyond_the_end(*packet_.stamp) ? Limits::max() : Limits::min()};
}

bool PcapngSource::next(Frame& frame) {
  if (!packet_waits_ && !find_packet()) return false;
  packet_waits_ = false;
  consume_first_ = block_bytes_;
  const SectionInterface& interface = section_interfaces_[packet_.interface_in_section];
  frame.number = ++numbers_;
  frame.time = time_of(interface);
  frame.wire_bytes = packet_.wire_bytes;
  frame.link_type = interface.link_type;
  frame.interface = interface.index;
  frame.bytes = packet_.bytes.first(packet_.captured_bytes);
  frame.wanted = filter_.wants(frame.link_type, frame.wire_bytes, frame.bytes);
  return true;
}

Result<CaptureEnd> PcapngSource::finish() {
  if (window_.failure()) return *window_.failure();
  if (auto drained = stream_->input().drain(); !drained) return drained.error();
  end_.bytes = stream_->input().bytes();
  end_.fingerprint = stream_->input().fingerprint();
  end_.frame_numbers = numbers_;
  end_.remarks = filter_.inapplicable();
  return end_;
}

}  // namespace

Result<std::unique_ptr<FrameSource>> open_pcapng(const std::string& name, std::unique_ptr<CaptureStream> stream,
                                                 const std::optional<std::string>& bpf_filter) {
  auto source = std::make_unique<PcapngSource>(name, std::move(stream), bpf_filter);
  if (auto opened = source->open(); !opened) return opened.error();
  return std::unique_ptr<FrameSource>(std::move(source));
}

}  // namespace pcapsule::capture
