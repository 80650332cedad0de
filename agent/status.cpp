#include "agent/status.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "agent/lifecycle.h"

namespace chancery::agent {
namespace {

constexpr std::size_t columns = 7;
using Cells = std::array<std::string, columns>;

std::string state_word(const CertificateInventory& inventory, const Action& action, TimePoint now) {
  if (!inventory.waits_for_approval.empty() && action.kind != ActionKind::cannot_succeed &&
      action.kind != ActionKind::install)
    return "waiting for approval";
  switch (action.kind) {
    case ActionKind::enrol:
      return "not enrolled";
    case ActionKind::renew:
      return "due";
    case ActionKind::install:
      return "unproven";
    case ActionKind::cannot_succeed:
      return "cannot succeed";
    case ActionKind::verify:
    case ActionKind::wait:
      break;
  }
  return inventory.issue_not_before && *inventory.issue_not_before > now ? "backing off" : "ok";
}

std::string days_left(const StatusRow& row, TimePoint now) {
  if (!row.not_after) return "-";
  const double days = static_cast<double>((*row.not_after - now).count()) / 86400.0;
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), days < 10 && days > -10 ? "%.3f" : "%.0f", days);
  return text.data();
}

std::string time_or_dash(const std::optional<TimePoint>& time) {
  return time ? to_rfc3339(*time) : "-";
}

Cells cells_of(const StatusRow& row, TimePoint now) {
  return {row.name,
          row.state,
          row.serial.empty() ? "-" : row.serial,
          time_or_dash(row.not_after),
          time_or_dash(row.renew_after),
          days_left(row, now),
          row.served};
}

std::string colour_of(const std::string& state) {
  if (state == "ok") return "\033[32m";
  return state == "cannot succeed" ? "\033[31m" : "\033[33m";
}

std::string line(const Cells& cells, const std::array<std::size_t, columns>& widths,
                 const std::string& colour) {
  std::string text;
  for (std::size_t column = 0; column < columns; ++column) {
    const bool painted = column == 1 && !colour.empty();
    std::string cell = cells[column];
    if (column + 1 < columns) cell.resize(widths[column] + 2, ' ');
    text += painted ? colour + cell + "\033[0m" : cell;
  }
  return text + "\n";
}

}  // namespace

std::vector<StatusRow> read_status(const Config& config, const StateStore& store, TimePoint now) {
  std::vector<StatusRow> rows;
  for (const CertificateConfig& certificate : config.certificates) {
    const CertificateState state = store.load(certificate.name).value_or(CertificateState());
    const CertificateInventory inventory = take_inventory(certificate, config.node, state);
    const Action action = plan({inventory}, now, config.check_interval).front();
    StatusRow row;
    row.name = certificate.name;
    row.profile = certificate.profile.text();
    row.state = state_word(inventory, action, now);
    row.reason = action.reason;
    row.last_error = state.last_error;
    row.served = "unknown";
    if (inventory.installed) {
      row.serial = inventory.installed->serial;
      row.not_after = inventory.installed->validity.not_after();
      row.renew_after = inventory.installed->renew_after;
      if (!state.served_serial.empty()) row.served = state.served_serial == row.serial ? "yes" : "no";
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string status_table(const std::vector<StatusRow>& rows, TimePoint now, bool colour) {
  const Cells head{"CERTIFICATE", "STATE", "SERIAL", "NOT AFTER", "RENEW AFTER", "DAYS LEFT", "SERVED"};
  std::array<std::size_t, columns> widths{};
  for (std::size_t column = 0; column < columns; ++column) widths[column] = head[column].size();
  for (const StatusRow& row : rows) {
    const Cells cells = cells_of(row, now);
    for (std::size_t column = 0; column < columns; ++column) {
      widths[column] = std::max(widths[column], cells[column].size());
    }
  }
  std::string text = line(head, widths, "");
  for (const StatusRow& row : rows)
    text += line(cells_of(row, now), widths, colour ? colour_of(row.state) : "");
  for (const StatusRow& row : rows) {
    if (row.state != "ok") text += "\n" + row.name + ": " + row.reason + "\n";
    if (!row.last_error.empty() && row.last_error != row.reason) {
      text += (row.state == "ok" ? "\n" : "") + row.name + ": last error: " + row.last_error + "\n";
    }
  }
  return text;
}

std::string status_json(const std::vector<StatusRow>& rows, TimePoint now) {
  using nlohmann::json;
  json list = json::array();
  const auto time_or_null = [](const std::optional<TimePoint>& time) {
    return time ? json(to_rfc3339(*time)) : json(nullptr);
  };
  for (const StatusRow& row : rows) {
    list.push_back({{"certificate", row.name},
                    {"profile", row.profile},
                    {"state", row.state},
                    {"serial", row.serial.empty() ? json(nullptr) : json(row.serial)},
                    {"not_after", time_or_null(row.not_after)},
                    {"renew_after", time_or_null(row.renew_after)},
                    {"seconds_left", row.not_after ? json((*row.not_after - now).count()) : json(nullptr)},
                    {"served", row.served},
                    {"reason", row.reason},
                    {"last_error", row.last_error.empty() ? json(nullptr) : json(row.last_error)}});
  }
  return json{{"certificates", list}}.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace chancery::agent
