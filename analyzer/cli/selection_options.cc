// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/selection_options.h"

#include <boost/program_options.hpp>

namespace pcapsule::analyzer_cli {

namespace po = boost::program_options;

namespace {

Error usage_error(std::string message) { return {ErrorCode::kUsage, std::move(message)}; }

Error given_twice(const char* option) { return usage_error(std::string("option '") + option + "' is given twice"); }

Result<void> set_endpoint(const std::vector<std::string>& texts, const char* option,
                          std::optional<EndpointPattern>& endpoint) {
  if (texts.size() > 1) return given_twice(option);
  if (texts.empty()) return {};
  endpoint = parse_endpoint_pattern(texts.front());
  if (endpoint) return {};
  return usage_error(std::string(option) + " " + texts.front() +
                     ": not an address; write 192.0.2.1, 192.0.2.1:443, 2001:db8::1 or [2001:db8::1]:443");
}

Result<void> set_bound(const std::vector<std::string>& texts, const char* option,
                       std::optional<select::TimeBound>& bound) {
  if (texts.size() > 1) return given_twice(option);
  if (texts.empty()) return {};
  const auto parsed = select::parse_time_bound(texts.front());
  if (!parsed) return usage_error(std::string(option) + " " + parsed.error().message);
  bound = *parsed;
  return {};
}

}  // namespace

void SelectionOptions::add_to(OptionGroups::Group& group) {
  group.add_options()  //
      ("filter,Y", po::value(&filter_)->value_name("EXPR"),
       "only segments that match a display filter of Wireshark 4.0 over the fields of a record file, as "
       "'ip.addr == 192.0.2.0/24 && tcp.len > 0'; a field alone is present, not true: write tcp.flags.reset == 1; "
       "docs/filter.md")  //
      ("stream,s", po::value(&streams_)->value_name("N[,N-M...]"),
       "only these connections, by tcp.stream number (default: all)")  //
      ("client", po::value(&client_)->value_name("ADDR[:PORT]"),
       "only connections with this client ... (IPv6 with a port: [ADDR]:PORT)")          //
      ("server", po::value(&server_)->value_name("ADDR[:PORT]"), "... and this server")  //
      ("after", po::value(&after_)->value_name("T"),
       "from T on: seconds since the first frame of the capture (21.1), +21.1 for seconds since the connection's "
       "first segment, or an ISO-8601 time (2018-09-26T21:21:02.88, local unless it ends in Z or +02:00)")  //
      ("before", po::value(&before_)->value_name("T"), "up to but not including T, likewise");
}

Result<select::SelectionSpec> SelectionOptions::spec() const {
  select::SelectionSpec spec;
  if (filter_.size() > 1) return given_twice("--filter");
  if (!filter_.empty()) {
    const auto filter = filter::Filter::compile(filter_.front());
    if (!filter) return filter.error();
    spec.filter = *filter;
  }
  for (const std::string& text : streams_) {
    const auto ranges = select::parse_streams(text);
    if (!ranges) return ranges.error();
    spec.streams.insert(spec.streams.end(), ranges->begin(), ranges->end());
  }
  if (auto set = set_endpoint(client_, "--client", spec.client); !set) return set.error();
  if (auto set = set_endpoint(server_, "--server", spec.server); !set) return set.error();
  if (auto set = set_bound(after_, "--after", spec.after); !set) return set.error();
  if (auto set = set_bound(before_, "--before", spec.before); !set) return set.error();
  return spec;
}

}  // namespace pcapsule::analyzer_cli
