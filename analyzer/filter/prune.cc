// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/prune.h"

#include <algorithm>
#include <limits>

#include "analyzer/filter/flag_fields.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::filter {

namespace {

/// What the catalog says of a condition over the rows of a chunk.
struct Verdict {
  bool some_may = true;  ///< false: surely no row
  bool all_do = false;   ///< surely every row
};

constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kGreatestWindow = 0xffff;

std::int64_t signed_of(std::uint64_t value) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(value, static_cast<std::uint64_t>(kGreatest)));
}

class Pruner {
 public:
  Pruner(const plan::Plan& plan, const read::ChunkInfo& chunk, const read::Catalog& catalog)
      : plan_(plan), chunk_(chunk), catalog_(catalog) {}

  [[nodiscard]] Verdict judge(const plan::Condition& condition) const {
    return std::visit([this](const auto& node) { return judge(node); }, condition.node);
  }

 private:
  [[nodiscard]] Verdict judge(const plan::Always& /*node*/) const { return {true, true}; }
  [[nodiscard]] Verdict judge(const plan::Not& node) const {
    const Verdict of = judge(*node.of);
    return {!of.all_do, !of.some_may};
  }
  [[nodiscard]] Verdict judge(const plan::And& node) const {
    Verdict both = {true, true};
    for (const plan::Condition& term : node.all) {
      const Verdict one = judge(term);
      both = {both.some_may && one.some_may, both.all_do && one.all_do};
    }
    return both;
  }
  [[nodiscard]] Verdict judge(const plan::Or& node) const {
    Verdict either = {false, false};
    for (const plan::Condition& term : node.any) {
      const Verdict one = judge(term);
      either = {either.some_may || one.some_may, either.all_do || one.all_do};
    }
    return either;
  }
  [[nodiscard]] Verdict judge(const plan::NumberTest& node) const {
    const auto bounds = bounds_of(node.operand);
    if (!bounds) return {};
    return {node.set.meets(*bounds), every_row_has_it() && node.set.covers(*bounds)};
  }
  template <class Other>
  [[nodiscard]] Verdict judge(const Other& /*node*/) const {
    return {};
  }

  /// Headers that lack fields are in the chunk, or are not.
  [[nodiscard]] bool every_row_has_it() const {
    return (chunk_.oddities_any & (oddity::kBadDataOffset | oddity::kLengthUnknown)) == 0;
  }

  /// Between which numbers all values of the operand lie. nullopt: the catalog does not tell.
  [[nodiscard]] std::optional<NumberRange> bounds_of(const plan::Operand& operand) const {
    if (const auto* field = std::get_if<plan::FieldValues>(&operand.node)) {
      return field->layers.empty() ? bounds_of(plan_.fields[field->place]->name) : std::nullopt;
    }
    const auto* node = std::get_if<plan::Arithmetic>(&operand.node);
    if (node == nullptr || node->op != ast::Arithmetic::kBitAnd) return std::nullopt;
    const auto* field = std::get_if<plan::FieldValues>(&node->left->node);
    const auto* mask = std::get_if<plan::Number>(&node->right->node);
    if (field == nullptr || mask == nullptr || plan_.fields[field->place]->name != "tcp.flags") return std::nullopt;
    return NumberRange{chunk_.flags_all & mask->value, chunk_.flags_any & mask->value};
  }

  [[nodiscard]] std::optional<NumberRange> bounds_of(std::string_view name) const {
    if (name == "frame.number") return NumberRange{signed_of(chunk_.frame_first), signed_of(chunk_.frame_last)};
    if (name == "frame.time" || name == "frame.time_epoch") {
      return NumberRange{chunk_.time_least.value, chunk_.time_greatest.value};
    }
    if (name == "frame.time_relative") {
      const TimestampNs zero = catalog_.first_frame_time;
      return NumberRange{(chunk_.time_least - zero).value, (chunk_.time_greatest - zero).value};
    }
    if (name == "frame.len") return NumberRange{0, chunk_.wire_greatest};
    if (name == "tcp.stream") return NumberRange{chunk_.connection_least, chunk_.connection_greatest};
    if (name == "tcp.len") return NumberRange{0, chunk_.payload_greatest};
    if (name == "tcp.window_size_value") return NumberRange{chunk_.window_least, kGreatestWindow};
    if (name == "tcp.window_size") return NumberRange{chunk_.window_least, kGreatest};
    if (name == "tcp.flags") return NumberRange{chunk_.flags_all, chunk_.flags_any};
    const auto flag = bit_of_flag_field(name);
    if (!flag) return std::nullopt;
    return NumberRange{(chunk_.flags_all & *flag) != 0 ? 1 : 0, (chunk_.flags_any & *flag) != 0 ? 1 : 0};
  }

  const plan::Plan& plan_;
  const read::ChunkInfo& chunk_;
  const read::Catalog& catalog_;
};

}  // namespace

bool may_match(const plan::Plan& plan, const read::ChunkInfo& chunk, const read::Catalog& catalog) {
  return Pruner(plan, chunk, catalog).judge(plan.condition).some_may;
}

}  // namespace pcapsule::filter
