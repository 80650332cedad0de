// A service in memory in which something of every kind exists to be asked about: the world of the target
// rest_request. The same ids in every process.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/fuzz/support/service_in_memory.h"

namespace chancery::fuzz {

// Callers: the operators "alice", who made the tokens, "bob" and "carol"; "service", a host with the newest
// certificate of its lineage, "older", the same with the one before, and "other", another host; "token", an
// unspent one, "asker", with which $waiting was asked for, and "spent". All else is nobody.
//
// Words, to stand in paths and bodies: $first, $renewed (serials of the lineage), $other (serial), $waiting
// (asked with "asker", wants one approval), $double (wants two, bob has given his), $scarce (the last that
// a quota allows), $bobs (asked for by bob), $rejected (ids of requests), $token, $asker (ids of
// enrolments); $csr, $asked (of $waiting), $scarce-csr, $foreign (for a name that no profile allows), $used
// (for the key of $first): certificate requests, as they stand in JSON.
class RestWorld {
 public:
  RestWorld();

  // With the words replaced, and the credential of `caller`.
  http::Response send(const std::string& caller, http::Request request);
  [[nodiscard]] std::string with_words(std::string text) const;
  [[nodiscard]] bool knows(const std::string& caller) const { return credentials_.contains(caller); }

  void wait(Seconds time);
  // From now on the profiles of $waiting and $scarce allow other names than they ask for.
  void make_stricter();
  // From now on the quota of $scarce's profile is spent.
  void make_scarcer();
  // What has been recorded since the world was made; and whether anything is otherwise than it was then.
  std::vector<store::AuditEntry> recorded() { return service_.audit_entries(beginning_); }
  bool is_used() { return moved_ || !recorded().empty(); }

  [[nodiscard]] TimePoint now() { return service_.clock().now(); }
  // Throws when there is none.
  store::ApprovalRequest kept_request(const std::string& id);

 private:
  using Header = std::pair<std::string, std::string>;
  void add_operator(const std::string& name);
  void add_lineage();
  void add_requests();
  // Of the answer's data. Throws when it is no success.
  static std::string member_of(const http::Response& response, const std::string& name);
  http::Response post(const std::string& caller, const std::string& path, const std::string& body);

  ServiceInMemory service_;
  std::map<std::string, Header> credentials_;
  std::map<std::string, std::string> words_;
  std::size_t beginning_ = 0;
  bool moved_ = false;
};

}  // namespace chancery::fuzz
