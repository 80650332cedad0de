#include "ca/ceremony/cli/report_command.h"

#include <CLI/CLI.hpp>
#include <ostream>

#include "ca/base/file.h"
#include "ca/ceremony/cli/certificate_facts.h"
#include "ca/ceremony/cli/error_report.h"
#include "ca/ceremony/cli/outside_bundles.h"
#include "ca/ceremony/cli/replay_json.h"
#include "ca/ceremony/cli/terminal_progress.h"
#include "ca/ceremony/report/pdf.h"
#include "ca/ceremony/report/report.h"
#include "ca/command_line/clean_output.h"

namespace chancery::ceremony {
namespace {

constexpr mode_t public_mode = 0644;

nlohmann::ordered_json pdf_json(const std::string& path, const std::string& pdf) {
  nlohmann::ordered_json json = written_json(path, "pdf", pdf);
  const std::size_t pages = page_count(pdf);
  json["pages"] = pages == 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(pages);
  return json;
}

}  // namespace

void ReportCommand::add_to(CLI::App& app, const std::string& footer) {
  CLI::App* command =
      app.add_subcommand("report", "Write the printable record of a ceremony, with replay's verdict in it");
  command->add_option("bundle", bundle_, "The folder that a ceremony made: OUTPUT/bundle")->required();
  command->add_option("--output", output_,
                      "The HTML file to make; standard output if neither this nor --pdf");
  command->add_option("--pdf", pdf_, "A PDF file to make, through chromium or weasyprint");
  command->add_option("--previous", previous_, "The bundle of the ceremony before, to verify the link to it");
  command->add_option("--root", root_, "PEM file of the root that you trust");
  command->add_flag("--json", json_, "The verdict and what was written as JSON, beside --output or --pdf");
  command->footer(footer);
  command_ = command;
}

bool ReportCommand::chosen() const {
  return command_ != nullptr && command_->parsed();
}

int ReportCommand::run(const Surroundings& to) const {
  if (json_ && !output_ && !pdf_) {
    to.err << "chancery-root: --json says what was written: name a file with --output or --pdf\n";
    return status_misused;
  }
  if (Result<void> ok = check_new_files({output_.value_or(""), pdf_.value_or("")}); !ok)
    return report_error(ok.error(), to);
  std::vector<std::string> bundles{bundle_};
  if (previous_) bundles.push_back(*previous_);
  if (Result<void> ok = check_outside_bundles({output_.value_or(""), pdf_.value_or("")}, bundles); !ok)
    return report_error(ok.error(), to);
  const Result<Replay> result = replay({bundle_, previous_, root_});
  if (!result) return report_error(result.error(), to);
  const std::string html = report_html(*result);
  nlohmann::ordered_json written = nlohmann::ordered_json::array();
  if (output_) {
    if (Result<void> ok = write_new_file(*output_, as_bytes(html), public_mode); !ok)
      return report_error(ok.error(), to);
    written.push_back(written_json(*output_, "html", html));
  }
  if (pdf_) {
    const Result<std::string> pdf = print_pdf(html, *pdf_);
    if (!pdf) return report_error(pdf.error(), to);
    written.push_back(pdf_json(*pdf_, *pdf));
  }
  if (!output_ && !pdf_) to.out << html;
  if (json_) {
    nlohmann::ordered_json json = replay_json(*result);
    json["written"] = std::move(written);
    to.out << json_text(json);
  }
  if (result->passed()) return status_done;
  to.err << red("NOT replayed", to.colour) << ": the report says what failed; chancery-root replay "
         << command_line::one_line(bundle_) << '\n';
  return status_failed;
}

}  // namespace chancery::ceremony
