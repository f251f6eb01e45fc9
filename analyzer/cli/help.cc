// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/help.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <sstream>

#include "common/container/container.h"
#include "common/format/record_layout.h"
#include "common/version/version.h"

namespace pcapsule::analyzer_cli {

namespace {

constexpr unsigned kColumns = 100;
constexpr unsigned kTextColumns = 68;
constexpr std::size_t kNameColumns = 13;

constexpr const char* kExitStatus =
    "Exit status:\n"
    "  0  done; an empty result is a result\n"
    "  1  failed: a file cannot be read, is no record file, is damaged; the disk is full ...\n"
    "  2  wrong usage\n"
    "  3  done, but damaged parts of a record file were left out\n";

}  // namespace

OptionGroups::OptionGroups()
    : selection("Selection", kColumns, kTextColumns),
      output("Output", kColumns, kTextColumns),
      general("General", kColumns, kTextColumns) {}

std::vector<const OptionGroups::Group*> OptionGroups::filled() const {
  std::vector<const Group*> groups;
  for (const Group* group : {&selection, &output, &general}) {
    if (!group->options().empty()) groups.push_back(group);
  }
  return groups;
}

std::string program_help() {
  std::string text =
      "Answers questions about TCP connections from record files that `extractor` made.\n"
      "\n"
      "Usage: analyzer COMMAND FILE... [options]\n"
      "       analyzer COMMAND --help\n"
      "       analyzer --version\n"
      "\n"
      "Commands:\n";
  for (const auto& command : all_commands()) {
    std::string line = "  " + std::string(command->name());
    line.resize(std::max(line.size() + 1, kNameColumns), ' ');
    text += line + std::string(command->one_line()) + "\n";
  }
  return text + "\nExamples:\n  extractor example.pcap && analyzer packets example.fb\n  analyzer info example.fb\n\n" +
         kExitStatus;
}

std::string command_help(const Command& command, const OptionGroups& groups) {
  std::ostringstream text;
  text << command.description() << "\n\nUsage: analyzer " << command.name()
       << (command.needs_files() ? " FILE... [options]\n" : " [options]\n");
  for (const OptionGroups::Group* group : groups.filled()) text << "\n" << *group;
  text << "\nExamples:\n";
  for (const std::string_view example : command.examples()) text << "  " << example << "\n";
  text << "\n" << kExitStatus;
  return text.str();
}

std::string version_text() {
  return std::string("analyzer (pcapsule) ") + program_version() + "\nrecord format " +
         std::to_string(format::kFormatVersion) + "\n" + container::library_version() +
         "\nBoost " BOOST_LIB_VERSION "\n";
}

}  // namespace pcapsule::analyzer_cli
