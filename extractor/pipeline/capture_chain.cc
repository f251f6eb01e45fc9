// SPDX-License-Identifier: Apache-2.0
#include "extractor/pipeline/capture_chain.h"

#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "common/io/modified_time.h"
#include "extractor/capture/open_capture.h"
#include "extractor/decode/decode_frame.h"

namespace pcapsule::pipeline {

namespace {

constexpr const char* kStandardInput = "-";

/// Of all captures together. What they say is kept as long as it is little.
constexpr std::size_t kMaxCommentBytes = std::size_t{64} << 20;

std::optional<std::string> filter_of(const std::string& filter) {
  return filter.empty() ? std::nullopt : std::optional<std::string>(filter);
}

bool can_decode(const capture::CaptureDescription& description) {
  const auto& interfaces = description.interfaces;
  const auto reads = [](const capture::CaptureInterface& i) { return decode::reads(i.link_type); };
  return interfaces.empty() || std::any_of(interfaces.begin(), interfaces.end(), reads);
}

Error unreadable_link_type(const std::string& name, const capture::CaptureDescription& description) {
  return {ErrorCode::kUnsupported, name + ": its frames are of " + to_text(description.interfaces.front().link_type) +
                                       ", which this version does not read; it reads " + decode::readable_link_types()};
}

}  // namespace

ChainInput chain_input(const capture::CapturePath& capture) {
  const std::string& path = capture.path;
  ChainInput input{path, capture, path, 0};
  if (path == kStandardInput) return input;
  input.name = path.substr(path.find_last_of('/') + 1);
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) input.mtime_ns = io::modified_time(status).value;
  return input;
}

Result<void> sort_by_first_frame(std::vector<ChainInput>& inputs) {
  struct Place {
    bool empty = true;
    TimestampNs first_time;
    ChainInput input;
  };
  std::vector<Place> places;
  for (const ChainInput& input : inputs) {
    auto source = capture::open_capture({input.path, std::nullopt, input.shown});
    if (!source) return source.error();
    capture::Frame frame;
    const bool any = (*source)->next(frame);
    places.push_back({!any, any ? frame.time : TimestampNs{}, input});
  }
  std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.empty, a.first_time, a.input.name) < std::tie(b.empty, b.first_time, b.input.name);
  });
  std::transform(places.begin(), places.end(), inputs.begin(), [](Place& place) { return std::move(place.input); });
  return {};
}

CaptureChain::CaptureChain(std::vector<ChainInput> inputs, std::string filter)
    : inputs_(std::move(inputs)), filter_(std::move(filter)), parts_(inputs_.size()) {}

Result<void> CaptureChain::open() {
  if (auto opened = open_current(); !opened) return opened;
  const capture::CaptureDescription& description = source_->description();
  const bool is_final = inputs_.size() == 1 && description.format == capture::CaptureFormat::kPcap;
  if (is_final && !can_decode(description)) return unreadable_link_type(inputs_.front().shown, description);
  return {};
}

Result<void> CaptureChain::check_link_types() const {
  const auto readable = [](const ChainPart& part) { return can_decode(part.description); };
  if (std::any_of(parts_.begin(), parts_.end(), readable)) return {};
  return unreadable_link_type(inputs_.front().shown, parts_.front().description);
}

Result<void> CaptureChain::open_current() {
  const ChainInput& input = inputs_[current_];
  auto source = capture::open_capture({input.path, filter_of(filter_), input.shown});
  if (!source) {
    const bool names_no_file = source.error().code == ErrorCode::kUsage && inputs_.size() > 1;
    return names_no_file ? Error{ErrorCode::kUsage, input.shown + ": " + source.error().message} : source.error();
  }
  source_ = std::move(*source);
  parts_[current_].first_frame = numbers_before_ + 1;
  return {};
}

bool CaptureChain::next(capture::Frame& frame) {
  if (!source_->next(frame)) return false;
  ChainPart& part = parts_[current_];
  if (part.packets++ == 0) part.first_time = frame.time;
  part.last_time = frame.time;
  frame.number += numbers_before_;
  frame.interface += static_cast<std::uint32_t>(interfaces_before_);
  return true;
}

Result<void> CaptureChain::end_current() {
  ChainPart& part = parts_[current_];
  auto end = source_->finish();
  if (!end) return end.error();
  part.end = std::move(*end);
  part.description = source_->description();
  source_.reset();
  limit_comments(part.description);
  numbers_before_ += part.end.frame_numbers;
  interfaces_before_ += part.description.interfaces.size();
  if (interfaces_before_ > kMaxInterfaces) {
    return Error{ErrorCode::kUnsupported, inputs_[current_].shown + ": with it, the captures have more than " +
                                              std::to_string(kMaxInterfaces) +
                                              " interfaces; merge fewer captures into one record file"};
  }
  return {};
}

void CaptureChain::limit_comments(capture::CaptureDescription& description) {
  const auto keep = [this](std::string& comment) {
    if (comment.size() > kMaxCommentBytes - comment_bytes_) comment.clear();
    comment_bytes_ += comment.size();
  };
  for (std::string& comment : description.comments) keep(comment);
  std::erase(description.comments, std::string());
  for (capture::CaptureInterface& interface : description.interfaces) keep(interface.comment);
}

Result<bool> CaptureChain::advance() {
  if (auto ended = end_current(); !ended) return ended.error();
  if (current_ + 1 == inputs_.size()) return false;
  ++current_;
  if (auto opened = open_current(); !opened) return opened.error();
  return true;
}

}  // namespace pcapsule::pipeline
