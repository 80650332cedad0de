// show --lineage and revoke: a certificate and what came of it.
#include <algorithm>
#include <map>
#include <ostream>

#include "api/cli/commands.h"
#include "api/cli/json_text.h"
#include "api/cli/listing.h"
#include "api/cli/table.h"

namespace chancery::cli {
namespace {

using nlohmann::json;

constexpr int most = 10000;  // certificates of one lineage

// Oldest first, each under the one it renews or supersedes.
class Tree {
 public:
  Tree(const json& newest_first, std::string marked) : marked_(std::move(marked)) {
    for (auto entry = newest_first.rbegin(); entry != newest_first.rend(); ++entry) {
      const std::string serial = text(*entry, "serial");
      if (!serial.empty() && by_serial_.emplace(serial, *entry).second) order_.push_back(serial);
    }
    for (const std::string& serial : order_) children_[parent_of(by_serial_.at(serial))].push_back(serial);
  }

  std::string print() {
    for (const std::string& root : children_[""]) add(root, 0);
    return table_.text();
  }

 private:
  std::string parent_of(const json& certificate) const {
    for (const char* link : {"renewed_from", "supersedes"}) {
      const std::string parent = text(certificate, link);
      if (!parent.empty()) return by_serial_.contains(parent) ? parent : std::string();
    }
    return {};
  }

  // A line of descent stays in its column; only forks go to the right. Not recursive along a line, which may
  // be long.
  void add(std::string serial, std::size_t depth) {
    while (true) {
      const json& certificate = by_serial_.at(serial);
      const bool renewed = !text(certificate, "renewed_from").empty();
      const bool superseding = !text(certificate, "supersedes").empty();
      table_.add({std::string(2 * depth, ' ') + serial + (serial == marked_ ? " *" : ""),
                  renewed ? "renewed" : (superseding ? "enrolled anew" : "enrolled"),
                  text(certificate, "status"), text(certificate, "issued_at"),
                  text(certificate, "not_after")});
      const std::vector<std::string>& next = children_[serial];
      if (next.size() != 1) {
        for (const std::string& child : next) add(child, depth + 1);
        return;
      }
      serial = next.front();
    }
  }

  std::string marked_;
  std::map<std::string, json> by_serial_;
  std::vector<std::string> order_;
  std::map<std::string, std::vector<std::string>> children_;
  Table table_{{"SERIAL", "HOW", "STATUS", "ISSUED AT", "NOT AFTER"}};
};

}  // namespace

int show_lineage(const std::string& given, const ServerOptions& server, const Terminal& terminal) {
  Result<std::string> serial = canonical_serial(given);
  if (!serial) return complain(serial.error(), server, terminal);
  Result<Listing> listing =
      fetch("/v1/certificates/" + *serial + "/lineage", "certificates", {}, most, server, terminal);
  if (!listing) return complain(listing.error(), server, terminal);
  if (server.json) {
    print_json(*listing, "certificates", terminal);
  } else {
    terminal.out << Tree(listing->entries, *serial).print();
  }
  return exit_ok;
}

int revoke(const RevokeOptions& options, const ServerOptions& server, const Terminal& terminal) {
  Result<std::string> serial = canonical_serial(options.serial);
  if (!serial) return complain(serial.error(), server, terminal);
  json body{{"reason", options.reason}};
  if (options.lineage) body["scope"] = "lineage";
  client::Request request;
  request.method = "POST";
  request.path = "/v1/certificates/" + *serial + "/revocation";
  request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  Result<json> data = call(server, request, terminal);
  if (!data) return complain(data.error(), server, terminal);
  if (server.json) {
    terminal.out << pretty(*data);
    return exit_ok;
  }
  terminal.out << "certificate " << *serial << " is " << printable(text(*data, "status")) << " since "
               << printable(text(*data, "revoked_at")) << " (" << printable(text(*data, "reason")) << ")\n";
  for (const json& each : list_of(*data, "serials")) {
    if (each.is_string() && each != *serial)
      terminal.out << "  and " << printable(each.get<std::string>()) << "\n";
  }
  if (!list_of(*data, "descendants").empty()) {
    terminal.error << "still valid, because renewed from it: " << printable(joined(*data, "descendants"))
                   << "\n  whoever had its key may have these; end them with: chancery revoke " << *serial
                   << " --lineage --reason " << printable(options.reason) << "\n";
  }
  return exit_ok;
}

}  // namespace chancery::cli
