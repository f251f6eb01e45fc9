// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/picture_options.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>

namespace pcapsule::analyzer_cli {

namespace {

namespace po = boost::program_options;
using plot::Canvas;
using plot::Surface;

constexpr unsigned kLeastPixels = 300;
constexpr unsigned kGreatestPixels = 8000;

Error usage_error(std::string message) { return {ErrorCode::kUsage, std::move(message)}; }

std::optional<unsigned> parse_number(std::string_view text) {
  unsigned number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<unsigned> parse_pixels(std::string_view text) {
  const auto pixels = parse_number(text);
  return pixels && *pixels >= kLeastPixels && *pixels <= kGreatestPixels ? pixels : std::nullopt;
}

unsigned from_environment(const char* name, unsigned otherwise) {
  const char* const text = std::getenv(name);
  const auto number = text == nullptr ? std::nullopt : parse_number(text);
  return number && *number > 0 ? *number : otherwise;
}

/// The terminal's size, or what COLUMNS and LINES say, or 80 by 24; a line is left for the prompt.
Surface terminal_surface() {
  struct winsize size {};
  unsigned columns = from_environment("COLUMNS", 80);
  unsigned lines = from_environment("LINES", 24);
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
    columns = size.ws_col;
    lines = size.ws_row;
  }
  return {Canvas::kText, std::clamp(columns, 40U, 1000U), std::clamp(lines - 1, 15U, 500U)};
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return text;
}

/// Neither -T nor the ending of -o tells what to draw.
Error no_format(const std::string& out) {
  if (out.empty()) {
    return usage_error("say where the picture goes: -o FILE.svg, -o FILE.png or --terminal; -T csv prints its points");
  }
  return usage_error("-o " + out + ": ends neither in .svg nor in .png; add -T svg or -T png");
}

}  // namespace

std::optional<Surface> surface_of(const std::string& path) {
  const std::string ending = lower_case(std::filesystem::path(path).extension().string());
  if (ending == ".svg") return Surface{.canvas = Canvas::kSvg};
  if (ending == ".png") return Surface{.canvas = Canvas::kPng};
  return std::nullopt;
}

void PictureOptions::add_to(OptionGroups::Group& group) {
  group.add_options()                                                                              //
      ("terminal", po::bool_switch(&terminal_), "draw with characters, as large as the terminal")  //
      ("size", po::value(&size_)->value_name("WxH"), "of a picture in pixels, 300 to 8000 each (default: 1200x700)");
}

Result<std::optional<Surface>> PictureOptions::surface(const OutputOptions& output) const {
  using Maybe = std::optional<Surface>;
  const std::string& format = output.format_name();
  if (terminal_) {
    if (!format.empty()) return usage_error("--terminal and -T " + format + ": one at a time");
    if (!size_.empty()) return usage_error("--size belongs to pictures; that of --terminal is the terminal's");
    return Maybe(terminal_surface());
  }
  const Maybe surface = surface_of(format.empty() ? output.out() : "x." + format);
  if (!surface) {
    if (!size_.empty()) return usage_error("--size belongs to pictures; add -o FILE.svg or -o FILE.png");
    return format.empty() ? Result<Maybe>(no_format(output.out())) : Result<Maybe>(Maybe());
  }
  if (output.out().empty() && ::isatty(STDOUT_FILENO) != 0) {
    return usage_error(
        "a picture would fill the terminal with its bytes: name a file with -o, or draw with --terminal");
  }
  const auto with_size = sized(*surface);
  if (!with_size) return with_size.error();
  return Maybe(*with_size);
}

Result<Surface> PictureOptions::sized(Surface surface) const {
  if (size_.empty()) return surface;
  const std::size_t cross = size_.find('x');
  const auto width = parse_pixels(std::string_view(size_).substr(0, cross));
  const auto height =
      cross == std::string::npos ? std::nullopt : parse_pixels(std::string_view(size_).substr(cross + 1));
  if (!width || !height) return usage_error("--size " + size_ + ": write width and height, 300 to 8000, as 1200x700");
  surface.width = *width;
  surface.height = *height;
  return surface;
}

}  // namespace pcapsule::analyzer_cli
