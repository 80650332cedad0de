#include "agent/state.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "ca/base/file.h"

namespace chancery::agent {
namespace {

using nlohmann::json;

constexpr std::size_t state_limit = 262144;

void put_time(json& object, const char* key, const std::optional<TimePoint>& time) {
  if (time) object[key] = to_rfc3339(*time);
}

std::string text_of(const json& object, const char* key) {
  return object.value(key, std::string());
}

std::optional<TimePoint> time_of(const json& object, const char* key) {
  return parse_rfc3339(text_of(object, key));
}

CertificateState from_json(const json& object) {
  CertificateState state;
  state.issue_failures = object.value("issue_failures", 0);
  state.issue_not_before = time_of(object, "issue_not_before");
  state.verify_failures = object.value("verify_failures", 0);
  state.verify_at = time_of(object, "verify_at");
  state.last_error = text_of(object, "last_error");
  state.refused_token = text_of(object, "refused_token");
  state.refused_renewal = text_of(object, "refused_renewal");
  if (const auto pending = object.find("pending"); pending != object.end()) {
    state.pending = PendingRequest{text_of(*pending, "idempotency_key"), text_of(*pending, "csr"),
                                   text_of(*pending, "renews"), text_of(*pending, "waits")};
  }
  if (const auto candidate = object.find("candidate"); candidate != object.end()) {
    state.candidate = Candidate{text_of(*candidate, "serial"), text_of(*candidate, "previous")};
  }
  const json suggestions = object.value("renew_after", json::object());
  for (const auto& entry : suggestions.items()) {
    if (const auto time = parse_rfc3339(entry.value().get<std::string>()))
      state.renew_after[entry.key()] = *time;
  }
  state.last_success = time_of(object, "last_success");
  state.served_serial = text_of(object, "served_serial");
  state.served_not_after = time_of(object, "served_not_after");
  return state;
}

}  // namespace

std::string to_json(const CertificateState& state) {
  json object{{"issue_failures", state.issue_failures},
              {"verify_failures", state.verify_failures},
              {"last_error", state.last_error},
              {"refused_token", state.refused_token},
              {"refused_renewal", state.refused_renewal},
              {"served_serial", state.served_serial},
              {"renew_after", json::object()}};
  put_time(object, "issue_not_before", state.issue_not_before);
  put_time(object, "verify_at", state.verify_at);
  put_time(object, "last_success", state.last_success);
  put_time(object, "served_not_after", state.served_not_after);
  for (const auto& [serial, time] : state.renew_after) object["renew_after"][serial] = to_rfc3339(time);
  if (state.pending) {
    object["pending"] = {{"idempotency_key", state.pending->idempotency_key},
                         {"csr", state.pending->csr},
                         {"renews", state.pending->renews},
                         {"waits", state.pending->waits}};
  }
  if (state.candidate) {
    object["candidate"] = {{"serial", state.candidate->serial}, {"previous", state.candidate->previous}};
  }
  return object.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<CertificateState> parse_state(std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object())
    return make_error(ErrorCode::validation, "the agent's state is not a JSON object; it is begun anew");
  try {
    return from_json(object);
  } catch (const json::exception& fault) {
    return make_error(ErrorCode::validation,
                      "the agent's state has a member of the wrong type; it is begun anew", fault.what());
  }
}

Result<void> StateStore::open() {
  return files_.make_directory(directory_, 0700);
}

Result<CertificateState> StateStore::load(const std::string& name) const {
  Result<std::string> text = read_file(path(name, ".json"), state_limit);
  if (!text && text.error().code == ErrorCode::not_found) return CertificateState();
  if (!text) return text.error();
  Result<CertificateState> state = parse_state(*text);
  return state ? std::move(state) : with_context(state.error(), path(name, ".json"));
}

Result<void> StateStore::save(const std::string& name, const CertificateState& state) {
  return replace_file(files_, path(name, ".json"), as_bytes(to_json(state)), 0600);
}

Result<SecretBytes> StateStore::load_pending_key(const std::string& name) const {
  return read_secret_file(path(name, ".pending.key.pem"));
}

Result<void> StateStore::save_pending_key(const std::string& name, const SecretBytes& pem) {
  return replace_file(files_, path(name, ".pending.key.pem"), pem.reveal(), 0600);
}

Result<void> StateStore::remove_pending_key(const std::string& name) {
  return files_.remove(path(name, ".pending.key.pem"));
}

Result<StateLock> StateLock::take(const std::string& directory) {
  const std::string path = directory + "/lock";
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) {
    return make_error(ErrorCode::unavailable, "cannot open " + path + ": " + std::strerror(errno) +
                                                  "; let the agent's user write to its state directory");
  }
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return make_error(ErrorCode::conflict,
                      "another chancery-agent works on " + directory + "; stop it first, or use `status`");
  }
  return StateLock(std::move(file));
}

}  // namespace chancery::agent
