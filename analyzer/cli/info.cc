// SPDX-License-Identifier: Apache-2.0
// `analyzer info`: what is in the file and how it was made.
#include "analyzer/cli/command.h"
#include "analyzer/cli/output_options.h"
#include "analyzer/cli/record_loop.h"
#include "analyzer/read/record_file.h"
#include "analyzer/report/file_heading.h"
#include "analyzer/report/info_rows.h"
#include "analyzer/report/info_text.h"
#include "analyzer/report/renderer.h"

namespace pcapsule::analyzer_cli {

namespace {

class Info final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "info"; }
  [[nodiscard]] std::string_view one_line() const override { return "what is in the file and how it was made"; }
  [[nodiscard]] std::string_view description() const override {
    return "Shows where a record file comes from, how it was made, and how every frame of the capture ended.";
  }
  [[nodiscard]] std::array<std::string_view, 2> examples() const override {
    return {"analyzer info example.fb", "analyzer info --utc monday.fb tuesday.fb"};
  }

  void add_options(OptionGroups& groups) override {
    output_.add_table_options_to(groups.output);
    output_.add_utc_to(groups.output);
  }

  Result<ExitCode> run(const std::vector<std::string>& files) override {
    const auto spec = output_.spec();
    if (!spec) return spec.error();
    auto output = output_.open(files);
    if (!output) return output.error();
    const bool text = spec->format == OutputFormat::kText;
    auto renderer = report::make_renderer(output->writer(),
                                          {spec->format, spec->field_format, name(), files, report::info_columns()});
    if (!text) renderer->begin();
    const ExitCode status = for_each_file(files, *output, [&](const std::string& path) -> Result<ExitCode> {
      const auto file = read::RecordFile::open(path);
      if (!file) return file.error();
      if (text) {
        if (files.size() > 1) report::put_file_heading(output->writer(), path);
        report::put_info(output->writer(), *file, output_.utc());
      } else {
        renderer->file(path);
        report::put_info_rows(*renderer, *file);
      }
      return ExitCode::kDone;
    });
    if (!text) renderer->end();
    return finish(*output, status);
  }

 private:
  OutputOptions output_;
};

}  // namespace

std::unique_ptr<Command> make_info_command() { return std::make_unique<Info>(); }

}  // namespace pcapsule::analyzer_cli
