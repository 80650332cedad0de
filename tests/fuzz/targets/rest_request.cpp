// Whole requests, after nginx, one after another to the same service (support/rest_world.h has who and what
// is there). Each is a line "METHOD CALLER PATH[?QUERY] [IDEMPOTENCY-KEY]" and the lines of its body; a line
// "---" ends it. "WAIT SECONDS" lets time go by, "POLICY" makes the policy stricter, "QUOTA" a quota smaller.
// Promises, for each:
// - the OpenAPI document has the answer, to the last member, and it is none of a fault of ours;
// - what is done has the entries of its operation in the log, and what is looked at has none;
// - what is refused has changed nothing. Three things are true all the same, and recorded: a request for
//   approval that nobody has approved in time has expired, whoever comes by; an approval that was good
//   counts, though the issuance that it brings about be refused by the policy of now, which ends the request,
//   or put off by a quota, which leaves it approved; and a request that was left so ends when it is refused
//   later, at another approval or when it is asked for again;
// - nobody without a credential changes anything at all.
#include <algorithm>
#include <charconv>
#include <regex>

#include "tests/fuzz/support/rest_world.h"
#include "tests/fuzz/support/target.h"
#include "tests/support/openapi.h"

namespace chancery::fuzz {
namespace {

using http::Method;

// What an operation records: regular expressions over the types of its entries, each with a space behind it.
struct Recorded {
  std::string when_done, when_refused;
};

Recorded recorded_by(Method method, std::string_view pattern) {
  static const std::string issued = "issuance\\.intent certificate\\.issued ";
  static const std::string asked = "(" + issued + "|request\\.created )?";  // nothing: it was answered before
  static const std::map<std::string_view, Recorded> operations{
      {"/v1/enrollments", {"enrollment\\.created ", ""}},
      {"/v1/enrollments/{id}/withdrawal", {"enrollment\\.withdrawn ", ""}},
      {"/v1/certificates", {asked, "(request\\.refused )?"}},
      {"/v1/certificates/{serial}/renewal", {asked, "(request\\.refused )?"}},
      {"/v1/certificates/{serial}/revocation", {"(certificate\\.revoked )+", ""}},
      {"/v1/requests/{id}/approval",
       {"request\\.approved (" + issued + ")?|" + issued, "(request\\.approved )?(request\\.refused )?"}},
      {"/v1/requests/{id}/rejection", {"request\\.rejected ", ""}},
      {"/v1/requests/{id}/cancellation", {"request\\.cancelled ", ""}}};
  const auto found = method == Method::post ? operations.find(pattern) : operations.end();
  return found == operations.end() ? Recorded() : found->second;
}

bool matches(const std::string& types, const std::string& pattern) {
  static std::map<std::string, std::regex> compiled;
  return std::regex_match(types, compiled.try_emplace(pattern, pattern).first->second);
}

std::string_view pattern_of(const http::Request& request) {
  std::vector<http::Router::Entry> entries;
  for (const rest::Route& route : rest::routes()) entries.push_back({route.method, route.pattern});
  const auto match = http::Router(entries).match(request.method, request.path);
  return match.entry ? entries[*match.entry].pattern : std::string_view();
}

std::string word(std::string_view& text, char end) {
  const std::size_t at = std::min(text.find(end), text.size());
  std::string first(text.substr(0, at));
  text.remove_prefix(std::min(at + 1, text.size()));
  return first;
}

Method method_of(const std::string& name) {
  for (const Method method :
       {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::delete_}) {
    if (http::to_string(method) == name) return method;
  }
  return Method::other;
}

// Every state that a refused approval may leave behind, by what it has recorded.
void is_left_as_said(const store::ApprovalRequest& kept, const std::string& types, int status) {
  if (types == "request.approved ") {
    invariant(status == 429 && kept.state == store::RequestState::approved,
              "an approval counts alone only when the issuance can be tried again");
  } else if (types.ends_with("request.refused ")) {
    invariant(status != 429 && kept.state == store::RequestState::refused,
              "an approval whose issuance is refused ends the request");
  }
}

class Judge {
 public:
  Judge(RestWorld& world, const http::Request& request) : world_(world), request_(request) {}

  void judge(const http::Response& response, bool nobody) {
    static const test::OpenApi document;
    const std::string fault = document.fault(request_.method, request_.path, response);
    invariant(fault.empty(), "the OpenAPI document has the answer: " + fault);
    invariant(response.status < 500, "nothing fails by a fault of ours");
    const auto entries = world_.recorded();
    const std::string types = types_behind(entries);
    invariant(!nobody || entries.size() == before_, "nobody changes anything without a credential");
    const Recorded promised = recorded_by(request_.method, pattern_of(request_));
    if (response.status < 400) {
      invariant(matches(types, promised.when_done), "what is done has its entries: " + types);
      return;
    }
    invariant(matches(types, promised.when_refused), "what is refused has changed nothing: " + types);
    if (!types.empty())
      is_left_as_said(world_.kept_request(entries.back().event.subject), types, response.status);
  }

 private:
  // Of the entries that this request has added, but for those of what time has ended.
  std::string types_behind(const std::vector<store::AuditEntry>& entries) {
    std::string types;
    for (std::size_t i = before_; i < entries.size(); ++i) {
      const store::AuditDraft& event = entries[i].event;
      if (event.event_type != "request.expired") {
        types += event.event_type + " ";
        continue;
      }
      invariant(world_.kept_request(event.subject).expires_at <= world_.now(), "what has expired was over");
    }
    return types;
  }

  RestWorld& world_;
  const http::Request& request_;
  std::size_t before_ = world_.recorded().size();
};

http::Request read_request(std::string_view line, std::string_view body, std::string& caller) {
  http::Request request;
  request.method = method_of(word(line, ' '));
  caller = word(line, ' ');
  std::string target = word(line, ' ');
  if (!line.empty()) request.headers.emplace_back(rest::idempotency_key_header, line);
  std::string_view rest = target;
  request.path = word(rest, '?');
  http::read_query(rest, request);
  request.body = body;
  return request;
}

void serve(RestWorld& world, std::string_view line, std::string_view body) {
  std::string caller;
  http::Request request = read_request(line, body, caller);
  request.path = world.with_words(std::move(request.path));
  Judge judge(world, request);
  const http::Response response = world.send(caller, request);
  judge.judge(response, !world.knows(caller));
  outcome() += (outcome().empty() ? "" : "-") + std::to_string(response.status);
}

// A day at most: certificates and policies are judged all the same.
void wait(RestWorld& world, std::string_view seconds) {
  int time = 0;
  std::from_chars(seconds.data(), seconds.data() + seconds.size(), time);
  world.wait(Seconds(std::clamp(time, 0, 86400)));
}

void play(RestWorld& world, std::string_view text) {
  for (int requests = 0; requests < 8 && !text.empty(); ++requests) {
    const std::size_t end = std::min(text.find("\n---\n"), text.size());
    std::string_view body = text.substr(0, end);
    text.remove_prefix(std::min(end + 5, text.size()));
    const std::string line = word(body, '\n');
    if (line == "POLICY") {
      world.make_stricter();
    } else if (line == "QUOTA") {
      world.make_scarcer();
    } else if (line.starts_with("WAIT ")) {
      wait(world, std::string_view(line).substr(5));
    } else {
      serve(world, line, body);
    }
  }
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  static std::unique_ptr<fuzz::RestWorld> world;
  if (!world || world->is_used()) world = std::make_unique<fuzz::RestWorld>();
  fuzz::outcome().clear();
  fuzz::play(*world, as_text(fuzz::input(data, size)));
  return 0;
}
