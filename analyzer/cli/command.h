// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <boost/program_options/options_description.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/exit_code.h"
#include "common/base/result.h"

namespace pcapsule::analyzer_cli {

/// The options of a command by subject, as its help shows them.
class OptionGroups {
 public:
  OptionGroups();

  using Group = boost::program_options::options_description;
  Group selection;
  Group output;
  Group general;

  /// Those that have options.
  [[nodiscard]] std::vector<const Group*> filled() const;
};

/// One question that the analyzer answers. An object serves one command line:
/// its options are bound to its members.
class Command {
 public:
  virtual ~Command() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;
  /// For the list of commands.
  [[nodiscard]] virtual std::string_view one_line() const = 0;
  /// The sentence that opens its help.
  [[nodiscard]] virtual std::string_view description() const = 0;
  /// Two command lines that can be typed as they stand.
  [[nodiscard]] virtual std::array<std::string_view, 2> examples() const = 0;

  /// False: there is nothing to read, and no record file has to be named.
  [[nodiscard]] virtual bool needs_files() const { return true; }

  virtual void add_options(OptionGroups& groups) = 0;

  /// Called once, after parsing. kUsage: values that make no sense, before any
  /// file is opened.
  virtual Result<ExitCode> run(const std::vector<std::string>& files) = 0;
};

std::unique_ptr<Command> make_packets_command();
std::unique_ptr<Command> make_compare_command();
std::unique_ptr<Command> make_connections_command();
std::unique_ptr<Command> make_fields_command();
std::unique_ptr<Command> make_handshakes_command();
std::unique_ptr<Command> make_resets_command();
std::unique_ptr<Command> make_info_command();
std::unique_ptr<Command> make_plot_command();
std::unique_ptr<Command> make_subset_command();
std::unique_ptr<Command> make_verify_command();
std::unique_ptr<Command> make_windows_command();
std::unique_ptr<Command> make_losses_command();

/// All commands, in the order of the help.
std::vector<std::unique_ptr<Command>> all_commands();

}  // namespace pcapsule::analyzer_cli
