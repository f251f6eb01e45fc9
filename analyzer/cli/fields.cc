// SPDX-License-Identifier: Apache-2.0
// `analyzer fields`: the fields, with type and meaning.
#include "analyzer/fields/field.h"

#include "analyzer/cli/command.h"
#include "analyzer/cli/output_options.h"
#include "analyzer/cli/record_loop.h"
#include "analyzer/report/renderer.h"

namespace pcapsule::analyzer_cli {

namespace {

class Fields final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "fields"; }
  [[nodiscard]] std::string_view one_line() const override { return "the fields, with type and meaning"; }
  [[nodiscard]] std::string_view description() const override {
    return "Lists the fields that -e and -Y take: name, type, what has it (segments: every row of `packets`; all: "
           "also\n"
           "connections), and meaning. Names of Wireshark mean what they mean there. Needs no record file.";
  }
  [[nodiscard]] std::array<std::string_view, 2> examples() const override {
    return {"analyzer fields", "analyzer fields -T json"};
  }
  [[nodiscard]] bool needs_files() const override { return false; }

  void add_options(OptionGroups& groups) override { output_.add_table_options_to(groups.output); }

  Result<ExitCode> run(const std::vector<std::string>& files) override {
    if (!files.empty())
      return Error{ErrorCode::kUsage, "the list of fields is the same for every record file; name none"};
    const auto spec = output_.spec();
    if (!spec) return spec.error();
    auto output = output_.open({});
    if (!output) return output.error();
    auto renderer = report::make_renderer(output->writer(), {spec->format, spec->field_format, name(), {}, columns()});
    report::Row row;
    renderer->begin();
    for (const fields::Field& field : fields::all_fields()) {
      row.clear();
      for (const std::string_view text :
           {field.name, to_text(field.type), std::string_view(field.of_connection == nullptr ? "segments" : "all"),
            field.description}) {
        row.add(text);
        row.end_cell();
      }
      renderer->row(row);
    }
    renderer->end();
    return finish(*output, ExitCode::kDone);
  }

 private:
  static std::vector<report::Column> columns() {
    using report::ValueKind;
    return {{"name", ValueKind::kText, false, "name", 40, false},
            {"type", ValueKind::kText, false, "type", 9, false},
            {"of", ValueKind::kText, false, "of", 9, false},
            {"description", ValueKind::kText, false, "description", 0, false}};
  }

  OutputOptions output_;
};

}  // namespace

std::unique_ptr<Command> make_fields_command() { return std::make_unique<Fields>(); }

}  // namespace pcapsule::analyzer_cli
