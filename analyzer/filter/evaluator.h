// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyzer/fields/field.h"
#include "analyzer/filter/plan.h"
#include "analyzer/filter/raw_column.h"

namespace pcapsule::filter {

/// Evaluates a plan over rows: strip by strip, in each strip condition by condition,
/// each condition one loop into a mask of a byte a row. What operator and which
/// constants is settled outside the loops. Holds the space that this takes; one for
/// a scan.
class Evaluator {
 public:
  /// `plan` must outlive this.
  explicit Evaluator(const plan::Plan& plan);

  /// Goes to a chunk, which must stay as it is until the next.
  void enter(const fields::ChunkContext& context);

  /// Goes to connections instead: row i is that of slot i. REQUIRES: every field of
  /// the plan is one of connections.
  void enter_connections(const fields::ChunkContext& context);

  /// Keeps those of `rows`, ascending rows of the chunk, that the plan selects.
  void narrow(std::vector<std::uint16_t>& rows);

  /// Did a pattern of `matches` reach its limit? What it was matched against then
  /// counted as not matching.
  [[nodiscard]] bool gave_up() const { return gave_up_; }

 private:
  using Mask = std::array<std::uint8_t, fields::Strip::kGreatestRows>;

  /// Values of an operand for the rows of the strip.
  struct Numbers {
    bool one_each = false;
    const std::uint64_t* values = nullptr;
    const std::uint32_t* end = nullptr;  ///< by row, unless one_each
    [[nodiscard]] std::span<const std::uint64_t> of(std::size_t row) const {
      if (one_each) return {values + row, 1};
      const std::uint32_t first = row == 0 ? 0 : end[row - 1];
      return {values + first, end[row] - first};
    }
  };
  struct Buffer {
    std::vector<std::uint64_t> values;
    std::array<std::uint32_t, fields::Strip::kGreatestRows> end{};
    void begin() { values.clear(); }
    void end_row(std::size_t row) { end[row] = static_cast<std::uint32_t>(values.size()); }
    [[nodiscard]] Numbers numbers() const { return {false, values.data(), end.data()}; }
  };

  [[nodiscard]] std::size_t rows() const { return strip_.size(); }
  void evaluate(const plan::Condition& condition, Mask& out);
  void evaluate(const plan::Always& always, Mask& out);
  void evaluate(const plan::Present& present, Mask& out);
  void evaluate(const plan::NumberTest& test, Mask& out);
  void evaluate(const plan::NumberComparison& comparison, Mask& out);
  void evaluate(const plan::BytesTest& test, Mask& out);
  void evaluate(const plan::BytesComparison& comparison, Mask& out);
  void evaluate(const plan::Not& condition, Mask& out);
  void evaluate(const plan::And& condition, Mask& out);
  void evaluate(const plan::Or& condition, Mask& out);

  const fields::Cells& cells(std::size_t place);
  void fill_of_connections(const fields::Field& field, fields::Cells& out) const;
  [[nodiscard]] std::optional<std::size_t> contiguous_from() const;
  /// Has the row a value of every field that the operand is made of?
  bool is_present(const plan::Operand& operand, std::size_t row);

  Buffer& new_buffer();
  Numbers numbers(const plan::Operand& operand);
  Numbers numbers(const plan::FieldValues& field);
  Numbers numbers(const plan::Arithmetic& node, const plan::Operand& operand);
  Numbers numbers(const plan::Extreme& node);
  Numbers numbers(const plan::Length& node);
  template <class Change>
  Numbers changed(const plan::Operand& of, Change change);

  void append_leaves(const plan::FieldValues& field, std::size_t row, std::vector<std::uint64_t>& out);
  void append_bytes(const plan::Operand& operand, std::size_t row, std::vector<std::string>& out);
  void append_extreme(const plan::Extreme& node, std::size_t row, std::vector<std::string>& out);
  std::optional<std::string> bytes_of(const plan::Operand& operand, std::uint64_t leaf);
  [[nodiscard]] std::string field_bytes(const fields::Field& field, std::uint64_t value) const;
  [[nodiscard]] static const plan::FieldValues* only_field(const plan::Operand& operand);
  bool test_bytes(const plan::BytesTest& test, const std::string& value);
  bool test_leaf(const plan::BytesTest& test, std::uint64_t leaf, std::vector<std::uint8_t>& memo);

  const plan::Plan& plan_;
  const fields::ChunkContext* context_ = nullptr;
  bool of_connections_ = false;
  std::span<const std::uint16_t> strip_;
  std::vector<std::optional<RawColumn>> raw_;  ///< by place of the field
  std::vector<fields::Cells> cells_;           ///< by place of the field
  std::vector<bool> filled_;                   ///< for this strip
  std::deque<Buffer> buffers_;                 ///< references stay valid
  std::size_t buffers_used_ = 0;
  std::vector<std::uint8_t> flags_;               ///< of values, row by row
  std::vector<std::vector<std::uint8_t>> memos_;  ///< by BytesTest::memo, then by value: see test_leaf()
  bool gave_up_ = false;
};

}  // namespace pcapsule::filter
