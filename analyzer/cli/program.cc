// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/program.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <iostream>
#include <optional>

#include "analyzer/cli/command.h"
#include "analyzer/cli/help.h"
#include "analyzer/cli/output.h"
#include "common/io/mapping_guard.h"
#include "common/io/rewrite_watch.h"
#include "common/text/edit_distance.h"
#include "common/text/escape.h"
#include "common/text/option_error.h"

namespace pcapsule::analyzer_cli {

namespace {

namespace po = boost::program_options;

constexpr const char* kFileOption = "in";

ExitCode exit_code_of(const Error& error) {
  return error.code == ErrorCode::kUsage ? ExitCode::kUsage : ExitCode::kFailed;
}

std::string error_line(const std::string& message) { return "analyzer: " + text::escape_for_terminal(message) + "\n"; }

/// Lines that show the place of a fault, below its message.
void print_details(const Error& error) {
  for (const std::string& line : error.details) std::cerr << "  " << text::escape_for_terminal(line) << std::endl;
}

ExitCode print_usage_error(const std::string& what, const std::string& help) {
  print_error(what + "; see `" + help + "`");
  return ExitCode::kUsage;
}

ExitCode print_text(const std::string& text) {
  auto output = Output::open(std::nullopt, {});
  if (output) output->writer().append(text);
  const Result<void> printed = output ? output->finish() : output.error();
  if (printed) return ExitCode::kDone;
  print_error(printed.error().message);
  return ExitCode::kFailed;
}

/// `status`, or kFailed after naming the files that were written to while they were read.
ExitCode settle(ExitCode status) {
  for (const std::string& file : io::rewritten_files()) {
    print_error(rewritten_message(file));
    status = worse_of(status, ExitCode::kFailed);
  }
  return status;
}

/// What the command line says besides the options bound to the command.
struct Parsed {
  std::vector<std::string> files;
  bool help = false;
};

/// `-o "$NAME"` with NAME unset must not be taken for no -o.
Result<void> check_values(const po::parsed_options& parsed) {
  for (const po::option& option : parsed.options) {
    const bool is_positional = option.position_key >= 0;
    if (is_positional || option.value.size() != 1 || !option.value.front().empty()) continue;
    const std::string name = option.original_tokens.empty() ? "--" + option.string_key : option.original_tokens.front();
    return Error{ErrorCode::kUsage, name + ": the value is empty; give one, or leave the option out"};
  }
  return {};
}

/// Boost's exceptions end here.
Result<Parsed> parse(const std::vector<std::string>& arguments, OptionGroups& groups) {
  Parsed parsed;
  groups.general.add_options()  //
      (kFileOption, po::value(&parsed.files)->value_name("FILE"),
       "a record file, named by an option; repeatable")  //
      ("help,h", po::bool_switch(&parsed.help), "print this and exit");
  po::options_description every;
  for (const OptionGroups::Group* group : groups.filled()) every.add(*group);
  po::positional_options_description positional;
  positional.add(kFileOption, -1);
  try {
    // No guessing: a cron line must not change its meaning when an option is added.
    constexpr int kStyle = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::variables_map found;
    const auto options = po::command_line_parser(arguments).options(every).positional(positional).style(kStyle).run();
    if (auto checked = check_values(options); !checked) return checked.error();
    po::store(options, found);
    po::notify(found);
  } catch (const po::error& error) {
    return Error{ErrorCode::kUsage, text::option_error(error, arguments)};
  }
  return parsed;
}

ExitCode run_command(Command& command, const std::vector<std::string>& arguments) {
  const std::string help = "analyzer " + std::string(command.name()) + " --help";
  OptionGroups groups;
  command.add_options(groups);
  const auto parsed = parse(arguments, groups);
  if (!parsed) return print_usage_error(parsed.error().message, help);
  if (parsed->help) return print_text(command_help(command, groups));
  if (parsed->files.empty() && command.needs_files()) return print_usage_error("no record file given", help);
  const auto status = command.run(parsed->files);
  if (status) return settle(*status);
  const bool shows_place = !status.error().details.empty();
  if (status.error().code == ErrorCode::kUsage && !shows_place) return print_usage_error(status.error().message, help);
  print_error(status.error().message);
  print_details(status.error());
  return exit_code_of(status.error());
}

/// For who gave none of `commands`.
std::string command_advice(std::string_view name, const std::vector<std::unique_ptr<Command>>& commands) {
  for (const auto& command : commands) {
    if (text::is_slip_of(name, command->name())) return "the nearest name is '" + std::string(command->name()) + "'";
  }
  return "a command comes first, then the record file";
}

}  // namespace

std::vector<std::unique_ptr<Command>> all_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(make_info_command());
  commands.push_back(make_packets_command());
  commands.push_back(make_connections_command());
  commands.push_back(make_handshakes_command());
  commands.push_back(make_resets_command());
  commands.push_back(make_windows_command());
  commands.push_back(make_losses_command());
  commands.push_back(make_compare_command());
  commands.push_back(make_plot_command());
  commands.push_back(make_fields_command());
  commands.push_back(make_subset_command());
  commands.push_back(make_verify_command());
  return commands;
}

ExitCode run(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return print_usage_error("no command given", "analyzer --help");
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h") return print_text(program_help());
  if (name == "--version") return print_text(version_text());
  const auto commands = all_commands();
  const auto command = std::ranges::find_if(commands, [&](const auto& c) { return c->name() == name; });
  if (command == commands.end()) {
    return print_usage_error("there is no command '" + name + "'; " + command_advice(name, commands),
                             "analyzer --help");
  }
  return run_command(**command, {arguments.begin() + 1, arguments.end()});
}

void print_error(const std::string& message) { std::cerr << error_line(message) << std::flush; }

void guard_mapped_files() { io::guard_mappings(error_line); }

void claim_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (const int copy = ::dup(fd); copy != -1) {
      ::close(copy);
      continue;
    }
    // Takes the lowest free number, this one, and keeps it for the life of the process. What is written there fails.
    if (::open("/dev/null", O_RDONLY) == -1) return;
  }
}

}  // namespace pcapsule::analyzer_cli
