#include "ca/ceremony/cli/calendar_command.h"

#include <CLI/CLI.hpp>
#include <ostream>

#include "ca/base/file.h"
#include "ca/ceremony/calendar/calendar.h"
#include "ca/ceremony/cli/calendar_json.h"
#include "ca/ceremony/cli/certificate_facts.h"
#include "ca/ceremony/cli/error_report.h"
#include "ca/ceremony/cli/outside_bundles.h"
#include "ca/ceremony/cli/replay_json.h"

namespace chancery::ceremony {
namespace {

constexpr mode_t public_mode = 0644;

// Nobody is to be reminded by a bundle that somebody else wrote.
Result<Replay> replayed(const std::string& bundle) {
  Result<Replay> result = replay({bundle, std::nullopt, std::nullopt});
  if (!result || result->passed()) return result;
  for (const Check& check : result->checks) {
    if (!check.passed) {
      return make_error(ErrorCode::validation,
                        bundle + " does not replay: " + check.name + ": " + check.message);
    }
  }
  return result;
}

}  // namespace

void CalendarCommand::add_to(CLI::App& app, const std::string& footer) {
  CLI::App* command =
      app.add_subcommand("calendar", "Reminders (iCalendar) and metrics (Prometheus) of what will end");
  command->add_option("bundles", bundles_, "The folders that ceremonies made: OUTPUT/bundle")->required();
  command->add_option("--output", output_,
                      "The calendar to make; standard output if neither this nor --prometheus");
  command->add_option("--prometheus", prometheus_,
                      "A file for node_exporter's textfile collector; replaced in one rename");
  command->add_flag("--json", json_, "The dates, and what was written, as JSON on standard output");
  command->footer(footer);
  command_ = command;
}

bool CalendarCommand::chosen() const {
  return command_ != nullptr && command_->parsed();
}

int CalendarCommand::run(const Surroundings& to) const {
  if (Result<void> ok = check_new_files({output_.value_or("")}); !ok) return report_error(ok.error(), to);
  if (Result<void> ok = check_outside_bundles({output_.value_or(""), prometheus_.value_or("")}, bundles_);
      !ok)
    return report_error(ok.error(), to);
  std::vector<Replay> replays;
  for (const std::string& bundle : bundles_) {
    Result<Replay> result = replayed(bundle);
    if (!result) return report_error(result.error(), to);
    replays.push_back(std::move(*result));
  }
  const Dates dates = dates_of(replays);
  nlohmann::ordered_json json = dates_json(dates);
  if (prometheus_) {
    const std::string metrics = prometheus_text(dates);
    if (Result<void> ok = replace_file(*prometheus_, metrics); !ok) return report_error(ok.error(), to);
    json["written"].push_back(written_json(*prometheus_, "prometheus", metrics));
  }
  if (output_) {
    const std::string calendar = icalendar(dates);
    if (Result<void> ok = write_new_file(*output_, as_bytes(calendar), public_mode); !ok)
      return report_error(ok.error(), to);
    json["written"].push_back(written_json(*output_, "icalendar", calendar));
  }
  if (json_) {
    to.out << json_text(json);
  } else if (!output_ && !prometheus_) {
    to.out << icalendar(dates);
  }
  return status_done;
}

}  // namespace chancery::ceremony
