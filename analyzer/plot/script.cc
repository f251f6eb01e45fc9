// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/script.h"

#include <algorithm>
#include <cstddef>

#include "common/text/escape.h"

namespace pcapsule::plot {

namespace {

/// Longer ones would not fit the picture.
constexpr std::size_t kGreatestSubtitle = 150;

bool is_harmless(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view(" .,:;+-_=/()[]#").find(c) != std::string_view::npos;
}

/// Cuts out of the middle, between characters.
std::string shortened(std::string_view text, std::size_t greatest) {
  if (text.size() <= greatest) return std::string(text);
  const auto is_inside = [&](std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
  };
  std::size_t begin = (greatest - 3) / 2;
  std::size_t end = text.size() - (greatest - 3 - begin);
  while (begin > 0 && is_inside(begin)) --begin;
  while (is_inside(end)) ++end;
  return std::string(text.substr(0, begin)) + "..." + std::string(text.substr(end));
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

/// What XML cannot have in its text, and gnuplot would put there: the end of a CDATA section, and the two characters
/// of the basic plane that are none.
std::string fit_for_svg(std::string text) {
  replace_all(text, "]]>", "]] >");
  replace_all(text, "\xef\xbf\xbe", "\\u{fffe}");
  replace_all(text, "\xef\xbf\xbf", "\\u{ffff}");
  return text;
}

std::string number(unsigned value) { return std::to_string(value); }

std::string terminal(const Surface& surface) {
  const std::string size = " size " + number(surface.width) + "," + number(surface.height);
  switch (surface.canvas) {
    case Canvas::kSvg:
      return "svg noenhanced rounded" + size + " font \"sans-serif,14\" background \"#ffffff\"";
    case Canvas::kPng:
      return "pngcairo noenhanced rounded" + size + " font \"Sans,11\" background \"#ffffff\"";
    case Canvas::kText:
      return "dumb noenhanced nofeed mono" + size;
  }
  return "unknown";
}

std::string labels_above(const Figure& figure) {
  if (figure.y2_label.empty()) return figure.y_label;
  return "left: " + figure.y_label + "; right: " + figure.y2_label;
}

void append_axis(std::string& script, std::string_view name, const Axis& axis, std::string_view label) {
  const std::string of(name);
  script += "set " + of + "range [" + plain_number(axis.low) + ":" + plain_number(axis.high) + "]\n";
  if (axis.logarithmic) script += "set logscale " + of + "\n";
  script += "set " + of + "label " + quoted_for_gnuplot(label) + "\n";
  script += "set " + of + "tics " + (of == "y2" || of == "y" ? "nomirror " : "") + "(";
  std::string_view comma;
  for (const Tick& tick : axis.ticks) {
    script += std::string(comma) + quoted_for_gnuplot(tick.label) + " " + plain_number(tick.at);
    comma = ", ";
  }
  script += ")\n";
}

void append_data(std::string& script, const FigureSeries& series, std::size_t number) {
  script += "$series" + std::to_string(number) + " << end_of_series\n";
  for (const Point& point : series.points) {
    script += std::to_string(point.x_ns) + " " + plain_number(point.value);
    if (spec_of(series.id).style == Style::kRanges) script += " 0 " + plain_number(point.value_end - point.value);
    script += "\n";
  }
  script += "end_of_series\n";
}

std::string style_of(const FigureSeries& series) {
  const SeriesSpec& spec = spec_of(series.id);
  const std::string colour = " linecolor rgb \"" + std::string(spec.colour) + "\"";
  const std::string width = plain_number(spec.width);
  // A single value has no line.
  if (spec.style == Style::kSteps && series.points.size() == 1) return "points" + colour + " pointtype 7 pointsize 1";
  if (series.as_line) return "steps" + colour + " linewidth 2 dashtype " + number(spec.dash);
  switch (spec.style) {
    case Style::kSteps:
      return "steps" + colour + " linewidth " + width;
    case Style::kRanges:
      return "vectors nohead" + colour + " linewidth " + width;
    case Style::kDots:
      return "points" + colour + " pointtype " + number(spec.point) + " pointsize " + width;
    case Style::kMarks:
      return "points" + colour + " linewidth 1.5 pointtype " + number(spec.point) + " pointsize " + width;
  }
  return "lines";
}

void append_plot(std::string& script, const Figure& figure) {
  script += "plot ";
  std::size_t number = 0;
  for (const FigureSeries& series : figure.series) {
    if (number > 0) script += ", \\\n  ";
    const bool ranges = spec_of(series.id).style == Style::kRanges;
    script += "$series" + std::to_string(number++) + " using " + (ranges ? "1:2:3:4" : "1:2");
    if (series.second_axis) script += " axes x1y2";
    script += " with " + style_of(series) + " title " + quoted_for_gnuplot(spec_of(series.id).legend);
  }
  script += "\n";
}

}  // namespace

std::string quoted_for_gnuplot(std::string_view text) {
  std::string quoted = "\"";
  bool octal = false;
  for (const char c : text) {
    // gnuplot takes any number of digits for those of the escape before them.
    octal = !is_harmless(c) || (octal && c >= '0' && c <= '9');
    if (!octal) {
      quoted += c;
    } else if (c != '\0') {
      const auto byte = static_cast<unsigned char>(c);
      quoted += '\\';
      for (const unsigned shift : {6U, 3U, 0U}) quoted += static_cast<char>('0' + ((byte >> shift) & 7U));
    }
  }
  return quoted + "\"";
}

std::string trimmed_text(std::string_view drawn) {
  std::string text;
  std::size_t empty_lines = 0;
  while (!drawn.empty()) {
    const std::size_t end = std::min(drawn.find('\n'), drawn.size());
    const std::string_view line = drawn.substr(0, end);
    drawn.remove_prefix(std::min(end + 1, drawn.size()));
    const std::size_t last = line.find_last_not_of(" \f\r");
    if (last == std::string_view::npos) {
      ++empty_lines;
      continue;
    }
    if (!text.empty()) text.append(empty_lines, '\n');
    empty_lines = 0;
    text += std::string(line.substr(0, last + 1)) + "\n";
  }
  return text;
}

std::string gnuplot_script(const Figure& figure, const Surface& surface) {
  const bool text = surface.canvas == Canvas::kText;
  std::string script = "set encoding utf8\nset terminal " + terminal(surface) + "\n";
  const std::string subtitle = shortened(fit_for_svg(text::escape_for_terminal(figure.subtitle)), kGreatestSubtitle);
  // Characters do not stand upright: an axis of a terminal is named above it.
  const std::string above = text ? "\n" + labels_above(figure) : "";
  script += "set title " + quoted_for_gnuplot(figure.title + "\n" + subtitle + above) + "\n";
  script += "set key below center horizontal Left reverse" + std::string(text ? "" : " samplen 3 height 1") + "\n";
  if (!text) {
    script +=
        "set border 3 linecolor rgb \"#404040\"\n"
        "set tics out scale 0.7\n"
        "set grid linetype 1 linecolor rgb \"#e0e0e0\" linewidth 1\n";
  }
  append_axis(script, "x", figure.x, figure.x_label);
  script += "set xtics nomirror\n";
  append_axis(script, "y", figure.y, text ? "" : figure.y_label);
  if (!figure.y2_label.empty()) {
    append_axis(script, "y2", figure.y2, text ? "" : figure.y2_label);
    if (!text) script += "set border 11\n";
  }
  for (std::size_t i = 0; i < figure.series.size(); ++i) append_data(script, figure.series[i], i);
  append_plot(script, figure);
  return script;
}

}  // namespace pcapsule::plot
