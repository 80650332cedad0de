// policy replay: what was issued, judged by policies that are not in force.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <ostream>

#include "api/cli/json_text.h"
#include "api/cli/policies.h"
#include "api/cli/policy_commands.h"
#include "api/cli/table.h"
#include "api/decision/decision_json.h"
#include "ca/policy/replay.h"

namespace chancery::cli {
namespace {

using nlohmann::json;
using policy::Change;
using policy::PastIssuance;

constexpr int page = 100;  // certificates asked for at once
constexpr std::array changes{Change::denied, Change::grandfathered, Change::altered};

Result<TimePoint> start_of(const std::string& since) {
  if (const std::optional<TimePoint> time = parse_rfc3339(since)) return *time;
  if (const std::optional<Seconds> duration = parse_duration(since)) return SystemClock().now() - *duration;
  return make_error(ErrorCode::validation, "--since is '" + since +
                                               "'; write a duration such as 90d or a time such as "
                                               "2026-11-22T04:36:00Z");
}

Error unreadable(const json& entry, const std::string& what) {
  return make_error(ErrorCode::validation, "the service's record of certificate " + text(entry, "serial") +
                                               " cannot be read: " + what);
}

Result<PastIssuance> to_issuance(const json& entry) {
  const std::optional<TimePoint> issued_at = parse_rfc3339(text(entry, "issued_at"));
  const std::optional<TimePoint> renew_after = parse_rfc3339(text(entry, "renew_after"));
  if (!issued_at || !renew_after) return unreadable(entry, "a time is missing");
  Result<x509::Certificate> certificate = x509::Certificate::parse_pem(text(entry, "certificate"));
  if (!certificate) return unreadable(entry, certificate.error().message);
  return PastIssuance{.serial = text(entry, "serial"),
                      .identity = Identity(text(entry, "identity")),
                      .profile = ProfileName(text(entry, "profile")),
                      .issued_at = *issued_at,
                      .renew_after = *renew_after,
                      .subject = text(entry, "subject"),
                      .renewal = !text(entry, "renewed_from").empty(),
                      .approvers = static_cast<int>(entry.value("approvers", json::array()).size()),
                      .certificate = std::move(*certificate)};
}

void show_progress(std::size_t count, const Terminal& terminal) {
  if (terminal.progress) terminal.error << "\r" << count << " certificates read" << std::flush;
}

void end_progress(const Terminal& terminal) {
  if (terminal.progress) terminal.error << "\r\033[K" << std::flush;
}

// Newest first, as the service lists them; ends with the page in which none is new enough.
Result<std::vector<PastIssuance>> fetch(TimePoint since, const ServerOptions& server,
                                        const Terminal& terminal) {
  std::vector<PastIssuance> issuances;
  std::string cursor;
  for (;;) {
    client::Request request;
    request.path = "/v1/certificates?limit=" + std::to_string(page);
    if (!cursor.empty()) request.path += "&cursor=" + cursor;
    const Result<Reply> answer = exchange(server, request, terminal);
    if (!answer) return answer.error();
    const json& data = answer->data;
    const json found = data.is_object() ? data.value("certificates", json::array()) : json::array();
    bool any = false;
    for (const json& entry : found) {
      Result<PastIssuance> issuance = to_issuance(entry);
      if (!issuance) return issuance.error();
      if (issuance->issued_at < since) continue;
      any = true;
      issuances.push_back(std::move(*issuance));
    }
    show_progress(issuances.size(), terminal);
    cursor = text(answer->meta, "next_cursor");
    if (!any || cursor.empty()) return issuances;
  }
}

struct Difference {
  PastIssuance issuance;
  policy::Verdict verdict;
};

struct Outcome {
  std::size_t judged = 0, same = 0;
  std::size_t of_others = 0;  // of profiles that the one file is not about
  std::vector<Difference> differences;

  [[nodiscard]] std::int64_t count(Change change) const {
    return std::count_if(differences.begin(), differences.end(),
                         [&](const Difference& difference) { return difference.verdict.change == change; });
  }
};

Result<Outcome> judge(std::vector<PastIssuance> issuances, const policy::ProfileSet& profiles, bool whole) {
  std::stable_sort(issuances.begin(), issuances.end(),
                   [](const PastIssuance& a, const PastIssuance& b) { return a.issued_at < b.issued_at; });
  policy::Replay replay(profiles);
  Outcome outcome;
  for (PastIssuance& issuance : issuances) {
    if (!whole && !profiles.find(issuance.profile)) {
      ++outcome.of_others;
      continue;
    }
    ++outcome.judged;
    Result<policy::Verdict> verdict = replay.judge(issuance);
    if (!verdict) return verdict.error();
    if (verdict->change == Change::none) {
      ++outcome.same;
    } else {
      outcome.differences.push_back({std::move(issuance), std::move(*verdict)});
    }
  }
  return outcome;
}

std::string summary(const Outcome& outcome, TimePoint since) {
  std::string line = std::to_string(outcome.judged) + " certificates since " + to_rfc3339(since) + ": " +
                     std::to_string(outcome.count(Change::denied)) + " would be denied, " +
                     std::to_string(outcome.count(Change::grandfathered)) + " are grandfathered, " +
                     std::to_string(outcome.count(Change::altered)) + " would be other certificates, " +
                     std::to_string(outcome.same) + " the same";
  if (outcome.of_others > 0)
    line += "; " + std::to_string(outcome.of_others) + " of other profiles were not judged";
  return line + "\n";
}

json to_json(const Outcome& outcome, TimePoint since) {
  json list = json::array();
  for (const Difference& difference : outcome.differences) {
    Error details;
    details.details = difference.verdict.details;
    list.push_back({{"serial", difference.issuance.serial},
                    {"identity", difference.issuance.identity.text()},
                    {"profile", difference.issuance.profile.text()},
                    {"issued_at", to_rfc3339(difference.issuance.issued_at)},
                    {"change", policy::change_name(difference.verdict.change)},
                    {"details", decision::details_json(details)}});
  }
  json counts = {{"same", outcome.same}, {"other_profiles", outcome.of_others}};
  for (const Change change : changes)
    counts[std::string(policy::change_name(change))] = outcome.count(change);
  return {{"since", to_rfc3339(since)},
          {"judged", outcome.judged},
          {"counts", std::move(counts)},
          {"differences", std::move(list)}};
}

void print_table(const Outcome& outcome, const Terminal& terminal) {
  Table table({"SERIAL", "IDENTITY", "PROFILE", "ISSUED", "WOULD BE", "RULE", "AT", "VALUE", "WHY"});
  for (const Difference& difference : outcome.differences) {
    const PastIssuance& issuance = difference.issuance;
    for (const ErrorDetail& detail : difference.verdict.details) {
      table.add({issuance.serial, issuance.identity.text(), issuance.profile.text(),
                 to_rfc3339(issuance.issued_at), std::string(policy::change_name(difference.verdict.change)),
                 detail.rule, detail.location, detail.value, detail.message});
    }
  }
  if (!outcome.differences.empty()) terminal.out << table.text();
}

int give_up(const Error& error, const ServerOptions& server, const Terminal& terminal) {
  const int status = complain(error, server, terminal);
  return status == exit_unreachable ? status : exit_usage;
}

}  // namespace

int policy_replay(const PolicyReplayOptions& options, const ServerOptions& server, const Terminal& terminal) {
  const Result<TimePoint> since = start_of(options.since);
  if (!since) return give_up(since.error(), server, terminal);
  const Result<policy::ProfileSet> profiles = load_policies(options.policies);
  if (!profiles) return give_up(profiles.error(), server, terminal);
  Result<std::vector<PastIssuance>> issuances = fetch(*since, server, terminal);
  end_progress(terminal);
  if (!issuances) return give_up(issuances.error(), server, terminal);
  const Result<Outcome> outcome = judge(std::move(*issuances), *profiles, is_directory(options.policies));
  if (!outcome) return give_up(outcome.error(), server, terminal);
  if (server.json) {
    terminal.out << pretty(to_json(*outcome, *since));
  } else {
    print_table(*outcome, terminal);
    terminal.out << summary(*outcome, *since);
  }
  return outcome->differences.empty() ? exit_ok : exit_refused;
}

}  // namespace chancery::cli
