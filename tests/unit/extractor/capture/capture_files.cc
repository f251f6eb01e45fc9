// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/extractor/capture/capture_files.h"

#include <gtest/gtest.h>
#include <lz4frame.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdlib>

namespace pcapsule::capture::test {

ByteWriter& ByteWriter::number(std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i) {
    const int shift = 8 * (order_ == Order::kLittle ? i : width - 1 - i);
    bytes_.push_back(static_cast<std::uint8_t>(value >> shift));
  }
  return *this;
}

Bytes ethernet_frame(std::uint8_t mark, std::size_t payload_bytes, std::uint16_t type) {
  Bytes frame(12, mark);
  frame.push_back(static_cast<std::uint8_t>(type >> 8));
  frame.push_back(static_cast<std::uint8_t>(type));
  frame.resize(frame.size() + payload_bytes, mark);
  return frame;
}

PcapBuilder::PcapBuilder(std::uint32_t magic, Order order, std::uint32_t link_type, std::uint32_t snaplen)
    : kuznetsov_(magic == kKuznetsovMagic), out_(order) {
  out_.u32(magic).u16(2).u16(4).u32(0).u32(0).u32(snaplen).u32(link_type);
  boundaries_.push_back(out_.bytes().size());
}

PcapBuilder& PcapBuilder::frame(std::uint32_t seconds, std::uint32_t fraction, const Bytes& frame,
                                std::uint32_t wire_bytes) {
  const auto captured = static_cast<std::uint32_t>(frame.size());
  out_.u32(seconds).u32(fraction).u32(captured).u32(wire_bytes == 0 ? captured : wire_bytes);
  if (kuznetsov_) out_.u32(2).u16(0x800).u16(0);  // interface, protocol, packet type and padding
  out_.raw(frame);
  boundaries_.push_back(out_.bytes().size());
  return *this;
}

PcapngBuilder& PcapngBuilder::block(std::uint32_t type, const Bytes& body) {
  const auto length = static_cast<std::uint32_t>((body.size() + 3) / 4 * 4 + 12);
  bytes_ = std::move(bytes_) + ByteWriter(order_).u32(type).u32(length).raw(body).pad4().u32(length).bytes();
  boundaries_.push_back(bytes_.size());
  return *this;
}

namespace {

void text_option(ByteWriter& body, std::uint32_t code, const std::string& text) {
  if (text.empty()) return;
  body.u16(code).u16(static_cast<std::uint32_t>(text.size())).raw(Bytes(text.begin(), text.end())).pad4();
}

}  // namespace

PcapngBuilder& PcapngBuilder::section(const std::vector<std::string>& comments) {
  ByteWriter body(order_);
  body.u32(0x1a2b3c4d).u16(1).u16(0).u64(~std::uint64_t{0});
  for (const std::string& comment : comments) text_option(body, 1, comment);
  return block(0x0a0d0d0a, body.bytes());
}

PcapngBuilder& PcapngBuilder::interface(const InterfaceOptions& options) {
  ByteWriter body(order_);
  body.u16(options.link_type).u16(0).u32(options.snaplen);
  text_option(body, 1, options.comment);
  text_option(body, 2, options.name);
  text_option(body, 3, options.description);
  if (options.time_resolution) body.u16(9).u16(1).raw({*options.time_resolution}).pad4();
  if (options.offset_seconds) body.u16(14).u16(8).u64(static_cast<std::uint64_t>(*options.offset_seconds));
  return block(1, body.bytes());
}

PcapngBuilder& PcapngBuilder::enhanced(std::uint32_t interface, std::uint64_t stamp, const Bytes& frame) {
  const auto length = static_cast<std::uint32_t>(frame.size());
  ByteWriter body(order_);
  body.u32(interface).u32(static_cast<std::uint32_t>(stamp >> 32)).u32(static_cast<std::uint32_t>(stamp));
  return block(6, body.u32(length).u32(length).raw(frame).bytes());
}

PcapngBuilder& PcapngBuilder::simple(const Bytes& frame, std::uint32_t wire_bytes) {
  const auto length = wire_bytes == 0 ? static_cast<std::uint32_t>(frame.size()) : wire_bytes;
  return block(3, ByteWriter(order_).u32(length).raw(frame).bytes());
}

PcapngBuilder& PcapngBuilder::obsolete(std::uint32_t interface, std::uint64_t stamp, const Bytes& frame) {
  const auto length = static_cast<std::uint32_t>(frame.size());
  ByteWriter body(order_);
  body.u16(interface).u16(0).u32(static_cast<std::uint32_t>(stamp >> 32)).u32(static_cast<std::uint32_t>(stamp));
  return block(2, body.u32(length).u32(length).raw(frame).bytes());
}

Bytes blocks_of(const PcapngBuilder& file) {
  constexpr std::ptrdiff_t kSectionBytes = 28;
  return Bytes(file.bytes().begin() + kSectionBytes, file.bytes().end());
}

Bytes gzip(const Bytes& plain) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  Bytes out(deflateBound(&stream, plain.size()));
  stream.next_in = const_cast<Bytef*>(plain.data());
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

Bytes zstd(const Bytes& plain) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  Bytes out(ZSTD_compressBound(plain.size()));
  const std::size_t size = ZSTD_compress2(context, out.data(), out.size(), plain.data(), plain.size());
  ZSTD_freeCCtx(context);
  EXPECT_EQ(ZSTD_isError(size), 0U);
  out.resize(size);
  return out;
}

Bytes lz4(const Bytes& plain) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
  preferences.frameInfo.blockSizeID = LZ4F_max64KB;
  Bytes out(LZ4F_compressFrameBound(plain.size(), &preferences));
  const std::size_t size = LZ4F_compressFrame(out.data(), out.size(), plain.data(), plain.size(), &preferences);
  EXPECT_EQ(LZ4F_isError(size), 0U);
  out.resize(size);
  return out;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Bytes first_bytes(const Bytes& all, std::size_t count) {
  return Bytes(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
}

TemporaryFile::TemporaryFile(const Bytes& bytes) : path_(testing::TempDir() + "capture_test.XXXXXX") {
  const int fd = ::mkstemp(path_.data());
  EXPECT_GE(fd, 0);
  EXPECT_EQ(::write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  ::close(fd);
}

TemporaryFile::~TemporaryFile() { ::unlink(path_.c_str()); }

Extract read_all(const std::string& path, const std::optional<std::string>& filter) {
  Extract extract;
  auto source = open_capture({path, filter});
  if (!source) {
    extract.error = source.error();
    return extract;
  }
  for (Frame frame; (*source)->next(frame);) {
    extract.frames.push_back({frame.number, frame.time.value, frame.wire_bytes, frame.link_type, frame.interface,
                              frame.wanted, Bytes(frame.bytes.begin(), frame.bytes.end())});
  }
  Frame again;
  EXPECT_FALSE((*source)->next(again)) << "the end is the end";
  auto end = (*source)->finish();
  if (!end) {
    extract.error = end.error();
  } else {
    extract.end = *end;
  }
  extract.description = (*source)->description();
  return extract;
}

Extract read_all(const Bytes& bytes, const std::optional<std::string>& filter) {
  return read_all(TemporaryFile(bytes).path(), filter);
}

}  // namespace pcapsule::capture::test
