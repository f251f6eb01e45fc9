// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/info_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "common/net/link_type.h"
#include "common/text/escape.h"
#include "common/text/time_text.h"

namespace pcapsule::report {

namespace {

using read::CaptureInfo;
using read::Catalog;

constexpr std::size_t kLabelColumns = 18;
constexpr std::size_t kCountColumns = 14;

/// What the names of the catalog's counts mean.
constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kOutcomes = {
    {{"segment", "TCP segments"},
     {"malformed_tcp", "TCP headers that are malformed: data offset below 5, or beyond their IP packet"},
     {"quoted_tcp", "TCP headers quoted in an ICMP or ICMPv6 error"},
     {"not_ip", "frames that carry no IP packet, by EtherType below"},
     {"not_tcp", "IP packets that carry no TCP, by protocol below"},
     {"later_fragment", "IP fragments other than the first, and fragments of 802.11 frames"},
     {"link_header_cut", "frames that end inside the link header"},
     {"ip_header_cut", "frames that end inside the IP header or its extension headers"},
     {"tcp_header_cut", "TCP packets that end inside the first 16 bytes of the TCP header"},
     {"malformed_ip", "IP packets with an impossible version or header length"},
     {"too_deep", "frames with more nested headers than the extractor follows"},
     {"unsupported_link", "frames of a link type that the extractor does not read"},
     {"unsupported_network", "frames whose link header names its payload in a way the extractor does not follow"},
     {"tunnel_header_cut", "frames that end inside the header of a tunnel"},
     {"encrypted", "frames encrypted on the link (802.11, MACsec)"},
     {"not_chosen", "TCP of connections that --client, --server or a subset left out"},
     {"filtered_out", "frames that the filter left out"},
     {"no_packet", "blocks of a pcapng that Wireshark numbers, but which hold no packet"}}};

constexpr std::array<std::string_view, 3> kFormats = {"unknown format", "pcap", "pcapng"};
constexpr std::array<std::string_view, 4> kCompressions = {"", ", gzip", ", zstd", ", lz4"};

template <std::size_t N>
std::string_view name_of(const std::array<std::string_view, N>& names, std::uint8_t number) {
  return names[number < N ? number : 0];
}

std::string escaped(std::string_view text) { return text::escape_for_terminal(text); }

std::string hexadecimal(std::uint64_t value) {
  std::string text(16, '0');
  for (std::size_t at = text.size(); at-- > 0; value >>= 4) text[at] = "0123456789abcdef"[value & 0xf];
  return text;
}

std::string time_text(TimestampNs time, bool utc) {
  std::string text;
  text::append_local_time(text, time, utc);
  return text;
}

std::string seconds_text(DurationNs span) {
  std::string text;
  text::append_seconds(text, span, 6);
  return text + " s";
}

/// Lines `label   value`; a line without a label continues the one before.
class Lines {
 public:
  explicit Lines(BufferedWriter& out) : out_(out) {}

  void put(std::string_view label, std::string_view value) {
    out_.append(label);
    if (label.size() < kLabelColumns) out_.append(std::string(kLabelColumns - label.size(), ' '));
    out_.append(value);
    out_.put('\n');
  }
  void put(std::string_view label, std::uint64_t value) { put(label, std::to_string(value)); }

  /// `        14975  segment: TCP segments`
  void put_count(std::uint64_t count, std::string_view what) {
    const std::string digits = std::to_string(count);
    out_.append(std::string(kCountColumns - std::min(kCountColumns, digits.size()), ' '));
    out_.append(digits);
    out_.append("  ");
    out_.append(what);
    out_.put('\n');
  }
  void put_title(std::string_view title) {
    out_.append(title);
    out_.put('\n');
  }

 private:
  BufferedWriter& out_;
};

void put_file(Lines& lines, const read::RecordFile& file) {
  const Catalog& catalog = file.catalog();
  lines.put("record file", escaped(file.path()));
  lines.put("made by",
            "pcapsule " + escaped(catalog.program_version) + ", format " + std::to_string(catalog.format_version));
  lines.put("size", std::to_string(catalog.file_bytes) + " bytes, " + std::to_string(file.segment_chunks()) +
                        " segment chunks, " + std::to_string(file.connection_chunks()) + " connection chunks");
  lines.put("filter", catalog.options.filter.empty() ? "none" : escaped(catalog.options.filter));
  if (!catalog.options.client.empty()) lines.put("only client", escaped(catalog.options.client));
  if (!catalog.options.server.empty()) lines.put("only server", escaped(catalog.options.server));
  for (const std::string& chosen : catalog.subset) lines.put("subset", escaped(chosen));
}

void put_interface(Lines& lines, bool is_first, std::size_t number, const read::InterfaceInfo& interface) {
  std::string text = std::to_string(number) + ": " + to_text(LinkType{interface.link_type});
  if (!interface.name.empty()) text += ", " + escaped(interface.name);
  text += interface.snaplen_bytes == 0 ? ", no snaplen limit"
                                       : ", snaplen " + std::to_string(interface.snaplen_bytes) + " bytes";
  if (!interface.comment.empty()) text += ": " + escaped(interface.comment);
  lines.put(is_first ? "  interfaces" : "", text);
}

/// `first_interface`: the number of its first, which are numbered through over all captures.
void put_capture(Lines& lines, const CaptureInfo& capture, std::size_t first_interface, bool utc) {
  const bool has_file = capture.name != "-";
  lines.put("capture", has_file ? escaped(capture.name) : "standard input");
  lines.put("  format", std::string(name_of(kFormats, capture.format)) +
                            std::string(name_of(kCompressions, capture.compression)) + ", stamps of " +
                            std::to_string(capture.time_unit_ns) + " ns");
  std::string size = std::to_string(capture.bytes) + " bytes";
  if (has_file) size += ", changed " + time_text({capture.mtime_ns}, utc);
  lines.put("  size", size);
  lines.put("  fingerprint", hexadecimal(capture.fingerprint_high) + hexadecimal(capture.fingerprint_low));
  for (std::size_t i = 0; i < capture.interfaces.size(); ++i) {
    put_interface(lines, i == 0, first_interface + i, capture.interfaces[i]);
  }
  for (const std::string& comment : capture.comments) lines.put("  comment", escaped(comment));
  if (capture.frames > 0) {
    lines.put("  frames",
              std::to_string(capture.first_frame) + " to " + std::to_string(capture.first_frame + capture.frames - 1));
    lines.put("  first frame", time_text(capture.first_frame_time, utc));
    lines.put("  last frame", time_text(capture.last_frame_time, utc));
  }
  lines.put("  damage", capture.damage.empty() ? "none" : escaped(capture.damage));
}

void put_times(Lines& lines, const read::RecordFile& file, bool utc) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t greatest = std::numeric_limits<std::int64_t>::min();
  for (std::size_t k = 0; k < file.segment_chunks(); ++k) {
    const read::ChunkInfo info = file.segment_chunk_info(k);
    least = std::min(least, info.time_least.value);
    greatest = std::max(greatest, info.time_greatest.value);
  }
  if (least > greatest) return;
  lines.put("earliest row", time_text({least}, utc));
  lines.put("latest row",
            time_text({greatest}, utc) + ", " + seconds_text(TimestampNs{greatest} - TimestampNs{least}) + " later");
}

void put_totals(Lines& lines, const read::RecordFile& file, bool utc) {
  const Catalog& catalog = file.catalog();
  lines.put("frames", catalog.frames);
  lines.put("segments", catalog.segments);
  lines.put("rows", std::to_string(catalog.rows) + ", of which " +
                        std::to_string(catalog.rows - std::min(catalog.rows, catalog.segments)) +
                        " are malformed or quoted headers");
  lines.put("connections", catalog.connections);
  if (catalog.segments > 0) {
    const std::uint64_t tenths = catalog.file_bytes * 10 / catalog.segments;
    lines.put("bytes a segment", std::to_string(tenths / 10) + "." + std::to_string(tenths % 10));
  }
  put_times(lines, file, utc);
  lines.put("backward stamps", catalog.backward_stamps);
}

void put_counts(Lines& lines, const Catalog& catalog) {
  lines.put_title("how the frames ended");
  for (const read::NamedCount& outcome : catalog.outcomes) {
    const auto known =
        std::ranges::find(kOutcomes, outcome.name, &std::pair<std::string_view, std::string_view>::first);
    std::string what = escaped(outcome.name);
    if (known != kOutcomes.end()) what += ": " + std::string(known->second);
    lines.put_count(outcome.count, what);
  }
  if (!catalog.ether_types.empty()) lines.put_title("frames without IP, by EtherType");
  for (const read::NamedCount& type : catalog.ether_types) lines.put_count(type.count, escaped(type.name));
  if (!catalog.ip_protocols.empty()) lines.put_title("IP packets without TCP, by protocol number");
  for (const read::NamedCount& protocol : catalog.ip_protocols) lines.put_count(protocol.count, escaped(protocol.name));
  if (!catalog.encapsulations.empty()) lines.put_title("encapsulations");
  for (const std::string& stack : catalog.encapsulations) lines.put_title("                " + escaped(stack));
}

}  // namespace

void put_info(BufferedWriter& out, const read::RecordFile& file, bool utc) {
  Lines lines(out);
  put_file(lines, file);
  std::size_t interfaces = 0;
  for (const CaptureInfo& capture : file.catalog().captures) {
    put_capture(lines, capture, interfaces, utc);
    interfaces += capture.interfaces.size();
  }
  put_totals(lines, file, utc);
  put_counts(lines, file.catalog());
}

}  // namespace pcapsule::report
