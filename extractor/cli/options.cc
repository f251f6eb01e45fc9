// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/options.h"

#include <boost/program_options.hpp>
#include <charconv>
#include <sstream>
#include <string_view>

#include "common/container/container.h"
#include "common/format/record_layout.h"
#include "common/text/option_error.h"
#include "common/version/version.h"
#include "extractor/capture/open_capture.h"

namespace pcapsule::cli {

namespace {

namespace po = boost::program_options;

/// What Boost fills; texts are judged afterwards, one by one, with messages of our own.
struct RawOptions {
  std::vector<std::string> captures;
  bool quiet = false;
  bool verbose = false;
  bool no_wait = false;
  bool merge = false;
  bool help = false;
  bool version = false;
};

constexpr unsigned kHelpColumns = 100;
constexpr unsigned kHelpTextColumns = 68;

po::options_description group(const char* title) { return {title, kHelpColumns, kHelpTextColumns}; }

struct OptionGroups {
  po::options_description input = group("Input");
  po::options_description output = group("Output");
  po::options_description selection = group("Selection");
  po::options_description messages = group("Messages");
  po::options_description general = group("General");

  [[nodiscard]] po::options_description all() const {
    po::options_description every = group("");
    every.add(input).add(output).add(selection).add(messages).add(general);
    return every;
  }
};

void add_input_and_output(OptionGroups& groups, RawOptions& raw) {
  groups.input.add_options()                                                                               //
      ("pcap", po::value(&raw.captures)->value_name("FILE"), "a CAPTURE, named by an option; repeatable")  //
      ("files-from", po::value<std::string>()->value_name("FILE|-"),
       "more captures, one name a line; - reads "
       "the names from standard input")  //
      ("min-age", po::value<std::string>()->value_name("SECONDS"),
       "leave out captures that changed less than SECONDS ago: they may still grow (default: leave out none)")  //
      ("merge", po::bool_switch(&raw.merge),
       "the captures are one trace, such as a ring buffer: one record file (-o) of all of them, in the order of "
       "their first packets; connections and packet numbers run through (default: a record file each)");
  groups.output.add_options()  //
      ("out,o", po::value<std::string>()->value_name("FILE"),
       "the record file, of one capture or with --merge (default: beside the capture; x.pcap, x.pcapng.gz, ... become "
       "x.fb)")  //
      ("out-dir", po::value<std::string>()->value_name("DIR"),
       "the folder for the record files (default: that of each capture)")                       //
      ("force", "extract even if the record file is current (default: a current one is kept)")  //
      ("no-wait", po::bool_switch(&raw.no_wait),
       "fail when another run is writing the same record file (default: wait for it)");
}

void add_selection_and_rest(OptionGroups& groups, RawOptions& raw) {
  groups.selection.add_options()  //
      ("filter,f", po::value<std::string>()->value_name("BPF"),
       "only frames that match this libpcap filter, as in a capture filter (default: all)")  //
      ("client", po::value<std::string>()->value_name("ADDR[:PORT]"),
       "keep only connections with this client ... (IPv6 with a port: [ADDR]:PORT)")  //
      ("server", po::value<std::string>()->value_name("ADDR[:PORT]"),
       "... and this server; frame and stream numbers stay those of the whole capture");
  groups.messages.add_options()  //
      ("report", po::value<std::string>()->value_name("json"),
       "the summary as one JSON object a capture, one a line, instead of text")  //
      ("quiet,q", po::bool_switch(&raw.quiet), "errors and damage only")         //
      ("verbose,v", po::bool_switch(&raw.verbose), "say what is being done")     //
      ("progress", po::value<std::string>()->value_name("WHEN"),
       "auto, always or never (default: auto = when standard error is a terminal)");
  groups.general.add_options()                                       //
      ("help,h", po::bool_switch(&raw.help), "print this and exit")  //
      ("version", po::bool_switch(&raw.version), "print the versions of program, record format and libraries");
}

OptionGroups describe_options(RawOptions& raw) {
  OptionGroups groups;
  add_input_and_output(groups, raw);
  add_selection_and_rest(groups, raw);
  return groups;
}

Error usage_error(const std::string& what) { return {ErrorCode::kUsage, what + "; see `extractor --help`"}; }

Result<po::variables_map> parse_arguments(const std::vector<std::string>& arguments, RawOptions& raw) {
  const po::options_description options = describe_options(raw).all();
  po::positional_options_description positional;
  positional.add("pcap", -1);
  po::variables_map found;
  try {
    // No guessing: a cron line must not change its meaning when an option is added.
    constexpr int kStyle = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(arguments).options(options).positional(positional).style(kStyle).run(), found);
    po::notify(found);
  } catch (const po::error& error) {
    return usage_error(text::option_error(error, arguments));
  }
  return found;
}

std::optional<std::string> text_option(const po::variables_map& found, const char* name) {
  if (found.count(name) == 0) return std::nullopt;
  return found[name].as<std::string>();
}

Result<void> set_min_age(const po::variables_map& found, Options& options) {
  const auto text = text_option(found, "min-age");
  if (!text) return {};
  constexpr std::int64_t kMaxSeconds =
      3'000'000'000;  // 95 years; added to a stamp of today, it fits in 64 bits of nanoseconds
  std::int64_t seconds = -1;
  const char* const end = text->data() + text->size();
  const auto [stop, fault] = std::from_chars(text->data(), end, seconds);
  if (fault != std::errc() || stop != end || seconds < 0 || seconds > kMaxSeconds) {
    return usage_error("--min-age: '" + *text + "' is no number of seconds, such as 60");
  }
  options.min_age_s = seconds;
  return {};
}

/// An empty text is an error too: `--client "$HOST"` with HOST unset must not record every connection.
Result<void> set_endpoint(const po::variables_map& found, const char* name, std::optional<EndpointPattern>& endpoint) {
  const auto text = text_option(found, name);
  if (!text) return {};
  endpoint = parse_endpoint_pattern(*text);
  if (endpoint) return {};
  return usage_error(std::string("--") + name + ": '" + *text +
                     "' is no address: expected 192.0.2.1, 192.0.2.1:443, 2001:db8::1 or [2001:db8::1]:443");
}

Result<void> set_messages(const po::variables_map& found, const RawOptions& raw, Options& options) {
  if (raw.quiet && raw.verbose) return usage_error("--quiet and --verbose exclude each other");
  options.verbosity = raw.quiet ? Verbosity::kQuiet : raw.verbose ? Verbosity::kVerbose : Verbosity::kNormal;
  if (const auto report = text_option(found, "report")) {
    if (*report != "json") return usage_error("--report: '" + *report + "' is no report format: expected json");
    options.json_report = true;
  }
  const std::string progress = text_option(found, "progress").value_or("auto");
  if (progress == "always") {
    options.progress = ShowProgress::kAlways;
  } else if (progress == "never") {
    options.progress = ShowProgress::kNever;
  } else if (progress != "auto") {
    return usage_error("--progress: '" + progress + "': expected auto, always or never");
  }
  return {};
}

/// What holds between options, whatever the captures turn out to be.
Result<void> check_combination(const Options& options) {
  if (options.captures.empty() && !options.files_from) {
    return usage_error("no capture given: name a capture, a folder of captures, or - for standard input");
  }
  if (options.out && options.out_dir) return usage_error("--out and --out-dir exclude each other");
  if (options.merge && !options.out) {
    return usage_error("--merge makes one record file of all captures and needs a name for it: -o FILE");
  }
  if (options.out == "-") return usage_error("--out: a record file cannot go to standard output; name a file");
  for (const auto& name : {options.out, options.out_dir, options.files_from}) {
    if (name && name->empty()) return usage_error("a file name is empty");
  }
  return {};
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  RawOptions raw;
  const auto found = parse_arguments(arguments, raw);
  if (!found) return found.error();
  Options options;
  if (raw.help || raw.version) {
    options.task = raw.help ? Options::Task::kShowHelp : Options::Task::kShowVersion;
    return options;
  }
  options.captures = std::move(raw.captures);
  options.files_from = text_option(*found, "files-from");
  options.out = text_option(*found, "out");
  options.out_dir = text_option(*found, "out-dir");
  options.filter = text_option(*found, "filter").value_or("");
  options.merge = raw.merge;
  options.force = found->count("force") > 0;
  options.wait_for_lock = !raw.no_wait;
  if (auto set = set_min_age(*found, options); !set) return set.error();
  if (auto set = set_endpoint(*found, "client", options.client); !set) return set.error();
  if (auto set = set_endpoint(*found, "server", options.server); !set) return set.error();
  if (auto set = set_messages(*found, raw, options); !set) return set.error();
  if (auto checked = check_combination(options); !checked) return checked.error();
  return options;
}

namespace {

/// Boost's `-o [ --out ] FILE` as the `-o, --out FILE` of every other program,
/// columns kept, without blanks at the ends of lines.
std::string tidied(const po::options_description& group) {
  std::ostringstream drawn;
  drawn << group;
  std::istringstream lines(drawn.str());
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const auto open = line.find(" [ --");
    const auto close = line.find(" ]", open);
    if (open != std::string::npos && close != std::string::npos) {
      const auto gap = line.find("  ", close);
      if (gap != std::string::npos) line.insert(gap, 3, ' ');
      line.erase(close, 2).replace(open, 3, ", ");
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text + "\n";
}

}  // namespace

std::string help_text() {
  RawOptions raw;
  const OptionGroups groups = describe_options(raw);
  std::ostringstream text;
  text << "extractor reads packet captures and writes what their TCP segments say into record files,\n"
          "which `analyzer` answers questions from.\n\n"
          "usage: extractor [options] CAPTURE...\n\n"
          "CAPTURE is a pcap or pcapng file, plain or compressed (gz, zst, lz4), recognised by content;\n"
          "- is standard input; a folder stands for the captures in it.\n\n"
       << tidied(groups.input) << tidied(groups.output) << tidied(groups.selection) << tidied(groups.messages)
       << tidied(groups.general)
       << "Examples:\n"
          "  extractor web.pcap                                    # writes web.fb\n"
          "  extractor --out-dir records --min-age 60 -q captures  # a folder, from cron\n"
          "  extractor --merge -o day.fb ring                      # a ring buffer in a folder\n\n"
          "Exit status:\n"
          "  0  done\n"
          "  1  failed: a capture could not be read, or a record file could not be written\n"
          "  2  wrong usage\n"
          "  3  done, but bytes of a capture were lost: it ends early, or a part of it is damaged\n"
          "Of several captures all are tried; 1 wins over 3, and 3 over 0.\n";
  return text.str();
}

std::string version_text() {
  std::string text = std::string("extractor (pcapsule) ") + program_version() + "\n";
  text += "record format " + std::to_string(format::kFormatVersion) + "\n";
  text += capture::capture_library_versions() + "\n";
  text += container::library_version() + ", Boost " + BOOST_LIB_VERSION + "\n";
  return text;
}

}  // namespace pcapsule::cli
