// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "analyzer/plot/figure.h"

namespace pcapsule::plot {

enum class Canvas : std::uint8_t {
  kSvg,
  kPng,
  kText,  ///< for a terminal
};

/// What is drawn on: pixels, or characters of kText.
struct Surface {
  Canvas canvas = Canvas::kSvg;
  unsigned width = 1200;
  unsigned height = 700;
};

/// How many ticks leave room for their texts.
constexpr std::size_t x_ticks_of(const Surface& surface) {
  return surface.width / (surface.canvas == Canvas::kText ? 12 : 120);
}
constexpr std::size_t y_ticks_of(const Surface& surface) {
  return surface.height / (surface.canvas == Canvas::kText ? 4 : 80);
}

/// The script that makes gnuplot 5.4 draw the figure to its standard output. Same figure, same
/// script. Of the figure's texts nothing gets into it but letters, digits and a few harmless marks; all
/// other bytes are octal escapes in a quoted string, so that none can be a command.
std::string gnuplot_script(const Figure& figure, const Surface& surface);

/// `text` as a string of gnuplot that stands for the same bytes, quotes included. No NUL in it: it
/// would end the string.
std::string quoted_for_gnuplot(std::string_view text);

/// What gnuplot draws on Canvas::kText, without blanks at the ends of lines and without empty lines at both ends.
std::string trimmed_text(std::string_view drawn);

}  // namespace pcapsule::plot
