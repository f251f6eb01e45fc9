// SPDX-License-Identifier: Apache-2.0
// `analyzer plot`: pictures of connections.
#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <filesystem>
#include <optional>

#include "analyzer/analysis/time_buckets.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/duplicate_option.h"
#include "analyzer/cli/output_options.h"
#include "analyzer/cli/picture_options.h"
#include "analyzer/cli/program.h"
#include "analyzer/cli/record_loop.h"
#include "analyzer/cli/scale_option.h"
#include "analyzer/cli/selection_options.h"
#include "analyzer/plot/connection_series.h"
#include "analyzer/plot/figure.h"
#include "analyzer/plot/gnuplot.h"
#include "analyzer/plot/handshake_series.h"
#include "analyzer/plot/point_table.h"
#include "analyzer/plot/script.h"
#include "analyzer/select/damage.h"
#include "analyzer/select/filtered.h"
#include "analyzer/select/segment_scan.h"
#include "common/text/time_text.h"

namespace pcapsule::analyzer_cli {

namespace {

namespace po = boost::program_options;
using analysis::Leg;
using plot::Kind;

Error usage_error(std::string message) { return {ErrorCode::kUsage, std::move(message)}; }

/// What the options ask for, validated.
struct Question {
  Kind kind = Kind::kWindow;
  plot::SeriesOptions series;
  std::vector<Leg> legs;
  std::optional<plot::Surface> surface;  ///< nullopt: a table
};

/// `x.fb`, whatever folder it is in.
std::string file_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

/// Why a picture of connections would be empty.
std::string_view nothing_of(Kind kind) {
  switch (kind) {
    case Kind::kTimeSequence:
      return "no selected segment carries data, and none acknowledges any";
    case Kind::kRtt:
      return "no selected acknowledgment tells which segment it answers";
    case Kind::kThroughput:
      return "no segment is selected";
    case Kind::kWindow:
    case Kind::kWindowAck:
    case Kind::kHandshakes:
    case Kind::kHandshakeDistribution:
      break;
  }
  return "no selected segment advertises a window (those of SYN and RST do not count)";
}

/// Of the selected connections the one with the most payload.
std::uint32_t greatest_connection(const read::ConnectionTable& table, const analysis::ConnectionSet& selected) {
  std::uint32_t number = 0;
  std::optional<std::uint64_t> greatest;
  for (std::uint64_t entry = 0; entry < table.size(); ++entry) {
    if (!selected.has(entry)) continue;
    const read::Connection connection = table.at(entry);
    const std::uint64_t bytes = connection.side[0].payload_bytes + connection.side[1].payload_bytes;
    if (greatest && bytes <= *greatest) continue;
    greatest = bytes;
    number = connection.number;
  }
  return number;
}

class Plot final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "plot"; }
  [[nodiscard]] std::string_view one_line() const override { return "pictures: window, sequence, rtt, throughput"; }
  [[nodiscard]] std::string_view description() const override {
    return "Draws a connection, or the handshakes of all of them, with gnuplot: as SVG, as PNG, or in the terminal.\n"
           "Points are thinned to what the picture can show; the extremes stay. Where there is nothing to draw, as "
           "the\n"
           "window of a connection whose scale the capture does not show, it says so, writes nothing and exits with 1.";
  }
  [[nodiscard]] std::array<std::string_view, 2> examples() const override {
    return {"analyzer plot example.fb -s 7 -o window.svg",
            "analyzer plot example.fb -s 7 --kind time-sequence --after +21 --before +22 --terminal"};
  }

  void add_options(OptionGroups& groups) override {
    selection_.add_to(groups.selection);
    groups.selection.add_options()  //
        ("side", po::value(&side_)->value_name("SIDE"),
         "client or server: only windows, throughput and data of that side (default: both; of window-ack the one that "
         "received more, of time-sequence the one that sent more)");
    groups.output.add_options()  //
        ("kind", po::value(&kind_)->value_name("KIND")->default_value("window"),
         "of one connection: window; window-ack: with the progress of acknowledgments on a second axis; time-sequence; "
         "throughput; rtt. Of all selected ones: handshakes: latency over time; handshake-distribution")  //
        ("leg", po::value(&leg_)->value_name("LEG"),
         "of the handshakes: syn_to_syn_ack_first, syn_to_syn_ack_last, syn_ack_to_ack or handshake_total (default: "
         "the "
         "first; of handshake-distribution all)")  //
        ("bucket", po::value(&bucket_)->value_name("TIME"),
         "of throughput: the time that a value covers, e.g. 100ms (default: about 200 of them)")  //
        ("assume-window-scale", po::value(&assumed_scale_)->value_name("C,S"),
         "shifts of client and server, for a connection whose SYNs were not captured (default: its windows are not "
         "known)");
    picture_.add_to(groups.output);
    add_keep_duplicates_to(groups.output, keep_duplicates_);
    output_.add_picture_options_to(groups.output);
  }

  Result<ExitCode> run(const std::vector<std::string>& files) override {
    const auto selection = selection_.spec();
    if (!selection) return selection.error();
    const auto question = parse();
    if (!question) return question.error();
    return question->surface ? draw(files, *selection, *question) : print(files, *selection, *question);
  }

 private:
  /// What became points, and what did not.
  struct Outcome {
    ExitCode status = ExitCode::kDone;
    std::uint64_t connections = 0;
    std::uint64_t unknown_scales = 0;
  };

  [[nodiscard]] Result<Question> parse() const {
    Question question;
    const auto kind = plot::parse_kind(kind_);
    if (!kind) {
      return usage_error("--kind " + kind_ +
                         ": there are window, window-ack, time-sequence, throughput, rtt, handshakes and "
                         "handshake-distribution");
    }
    question.kind = *kind;
    if (auto read = parse_legs(question); !read) return read.error();
    if (auto read = parse_series(question); !read) return read.error();
    const auto surface = picture_.surface(output_);
    if (!surface) return surface.error();
    question.surface = *surface;
    if (question.surface && output_.has_table_options()) {
      return usage_error("-c and -E belong to tables of points; add -T csv or another of them");
    }
    return question;
  }

  Result<void> parse_legs(Question& question) const {
    if (plot::is_of_one_connection(question.kind)) {
      if (!leg_.empty()) return usage_error("--leg belongs to --kind handshakes and --kind handshake-distribution");
      return {};
    }
    if (leg_.empty()) {
      question.legs = {Leg::kSynToSynAckFirst};
      if (question.kind == Kind::kHandshakeDistribution) {
        question.legs = {Leg::kSynToSynAckFirst, Leg::kSynToSynAckLast, Leg::kSynAckToAck, Leg::kTotal};
      }
      return {};
    }
    const auto leg = analysis::parse_leg(leg_);
    if (!leg) {
      return usage_error("--leg " + leg_ +
                         ": there are syn_to_syn_ack_first, syn_to_syn_ack_last, syn_ack_to_ack and handshake_total");
    }
    question.legs = {*leg};
    return {};
  }

  Result<void> parse_series(Question& question) const {
    const auto scale = parse_assumed_scale(assumed_scale_);
    if (!scale) return scale.error();
    question.series.assumed_scale = *scale;
    question.series.keep_duplicates = keep_duplicates_;
    if (side_ == "client" || side_ == "server") question.series.client = side_ == "client";
    if (!side_.empty() && !question.series.client)
      return usage_error("--side " + side_ + ": there are client and server");
    if (!side_.empty() && !plot::is_of_one_connection(question.kind)) {
      return usage_error("--side belongs to pictures of one connection; the sides of a handshake are its legs: --leg");
    }
    if (bucket_.empty()) return {};
    if (question.kind != Kind::kThroughput) return usage_error("--bucket belongs to --kind throughput");
    question.series.bucket = text::parse_duration(bucket_);
    const bool valid = question.series.bucket && question.series.bucket->value > 0;
    if (!valid) return usage_error("--bucket " + bucket_ + ": not a time above 0; write 1s or 200ms");
    return {};
  }

  Result<ExitCode> draw(const std::vector<std::string>& files, const select::SelectionSpec& selection,
                        const Question& question) const {
    if (files.size() > 1)
      return usage_error("a picture is of one record file; name one, or print the points with -T csv");
    if (!output_.out().empty()) {
      if (auto named = check_output_name(output_.out(), files); !named) return named.error();
    }
    auto opened = OpenRecord::open(files.front());
    if (!opened) return opened.error();
    const plot::Surface& surface = *question.surface;
    plot::FigureBuilder builder(question.kind, surface.width);
    std::string subtitle;
    auto outcome = gather(*opened, selection, question, true, builder, subtitle);
    if (!outcome) return outcome.error();
    if (auto checked = check_drawable(*opened, question, *outcome, builder); !checked) return checked.error();

    const bool text = surface.canvas == plot::Canvas::kText;
    const plot::Figure figure = builder.figure(subtitle, plot::x_ticks_of(surface), plot::y_ticks_of(surface));
    const auto picture = plot::run_gnuplot(plot::gnuplot_script(figure, surface), surface.canvas);
    if (!picture) return picture.error();
    auto output = output_.open(files);
    if (!output) return output.error();
    output->writer().append(text ? plot::trimmed_text(*picture) : *picture);
    return finish(*output, outcome->status);
  }

  /// kIo: there is nothing to draw, and why.
  static Result<void> check_drawable(const OpenRecord& opened, const Question& question, const Outcome& outcome,
                                     const plot::FigureBuilder& builder) {
    using plot::SeriesId;
    const std::string& path = opened.file.path();
    const bool of_windows = question.kind == Kind::kWindow || question.kind == Kind::kWindowAck;
    const bool has_windows = builder.has(SeriesId::kClientWindow) || builder.has(SeriesId::kServerWindow);
    if (builder.empty() || (of_windows && !has_windows)) {
      std::string reason(nothing_of(question.kind));
      if (outcome.unknown_scales > 0) {
        reason = "the window scale of the connection is not in the capture; --assume-window-scale C,S supplies it";
      } else if (outcome.connections == 0) {
        reason = "no connection is selected";
      } else if (!plot::is_of_one_connection(question.kind)) {
        reason = "none of " + std::to_string(outcome.connections) + " selected connections has that leg of a handshake";
      }
      return Error{ErrorCode::kIo, path + ": nothing to draw: " + reason};
    }
    if (outcome.unknown_scales > 0) {
      print_error(path +
                  ": the window scale of the connection is not in the capture: the edge of the window is not "
                  "drawn; --assume-window-scale C,S supplies it");
    }
    return {};
  }

  Result<ExitCode> print(const std::vector<std::string>& files, const select::SelectionSpec& selection,
                         const Question& question) const {
    const auto spec = output_.spec();
    if (!spec) return spec.error();
    auto output = output_.open(files);
    if (!output) return output.error();
    plot::PointTable table(output->writer(), question.kind, {spec->format, spec->field_format, spec->rows}, name(),
                           files);
    table.begin();
    const ExitCode status = for_each_file(files, *output, [&](const std::string& path) -> Result<ExitCode> {
      auto opened = OpenRecord::open(path);
      if (!opened) return opened.error();
      table.file(path);
      std::string unused;
      const auto outcome = gather(*opened, selection, question, false, table, unused);
      if (!outcome) return outcome.error();
      if (outcome->unknown_scales > 0) {
        print_error(path + ": the window scale of " + std::to_string(outcome->unknown_scales) +
                    (outcome->unknown_scales == 1 ? " connection" : " connections") +
                    " is not in the capture: no number is shown; --assume-window-scale C,S supplies it");
      }
      return outcome->status;
    });
    table.end();
    return finish(*output, status);
  }

  /// The points of the selection. `single`: of one connection, if the kind is about one.
  static Result<Outcome> gather(OpenRecord& opened, const select::SelectionSpec& selection, const Question& question,
                                bool single, plot::PointSink& points, std::string& subtitle) {
    select::DamageList damage;
    select::Selection selected(selection, opened.file.catalog(), opened.table);
    if (!plot::is_of_one_connection(question.kind)) {
      return gather_handshakes(opened, selected, question, points, subtitle);
    }
    select::apply_filter(opened.file, opened.table, selected, damage);
    Outcome outcome;
    outcome.connections = selected.connections().count();
    if (single && outcome.connections > 1) {
      return usage_error(opened.file.path() + ": " + std::to_string(outcome.connections) +
                         " connections are selected, and the picture is of one: choose it with -s N; the one with the "
                         "most data is -s " +
                         std::to_string(greatest_connection(opened.table, selected.connections())));
    }
    if (single && outcome.connections == 1) {
      const auto entry = opened.table.find(selected.least_number());
      const unsigned client = opened.table.client(*entry);
      subtitle = "client " + to_text(opened.table.endpoint(*entry, client)) + ", server " +
                 to_text(opened.table.endpoint(*entry, client ^ 1U)) + ", stream " +
                 std::to_string(selected.least_number()) + ", " + file_name(opened.file.path());
    }
    const bool has_labels = question.kind == Kind::kTimeSequence;
    const auto mptcp = has_labels ? select::collect_mptcp(opened.file, selected) : analysis::MptcpTimeline();
    const auto series = plot::make_connection_series(question.kind, question.series, mptcp, points);
    select::Conversations conversations(opened.file, opened.table, selected,
                                        plot::series_columns(question.kind, question.series));
    conversations.visit(*series);
    series->close();
    if (!series->too_long().empty()) {
      // Which is too short depends on the data.
      return Error{ErrorCode::kIo, opened.file.path() + ": stream " + std::to_string(series->too_long().front()) +
                                       analysis::too_many_buckets()};
    }
    outcome.unknown_scales = series->unknown_scales();
    damage.add(conversations.damage());
    outcome.status = report_damage(damage);
    return outcome;
  }

  static Result<Outcome> gather_handshakes(OpenRecord& opened, const select::Selection& selected,
                                           const Question& question, plot::PointSink& points, std::string& subtitle) {
    if (question.series.keep_duplicates) opened.table.take_copies_for_segments();
    select::DamageList damage;
    const auto chosen = select::matching_connections(opened.file, opened.table, selected, damage);
    std::uint64_t having = 0;
    for (const Leg leg : question.legs) {
      having = question.kind == Kind::kHandshakes
                   ? plot::put_handshakes(opened.table, chosen, leg, opened.file.catalog().first_frame_time, points)
                   : plot::put_distribution(opened.table, chosen, leg, points);
    }
    Outcome outcome;
    outcome.connections = chosen.count();
    outcome.status = report_damage(damage);
    const std::string all =
        std::to_string(outcome.connections) + (outcome.connections == 1 ? " connection" : " connections");
    // A leg that the capture does not show is no latency of 0.
    subtitle = question.legs.size() == 1 ? std::to_string(having) + " of " + all + " with that leg, "
                                         : "of " + all + " those with the leg, ";
    subtitle += file_name(opened.file.path());
    return outcome;
  }

  SelectionOptions selection_;
  OutputOptions output_;
  PictureOptions picture_;
  std::string kind_;
  std::string side_;
  std::string leg_;
  std::string bucket_;
  std::string assumed_scale_;
  bool keep_duplicates_ = false;
};

}  // namespace

std::unique_ptr<Command> make_plot_command() { return std::make_unique<Plot>(); }

}  // namespace pcapsule::analyzer_cli
