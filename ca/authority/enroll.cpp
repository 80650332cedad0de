#include <algorithm>

#include "ca/authority/authority.h"
#include "ca/authority/events.h"

namespace chancery::authority {
namespace {

constexpr int most_uses = 1000;
constexpr Seconds shortest{60}, longest{7 * 86400};
constexpr std::size_t identity_limit = 128;
constexpr std::size_t token_bytes = 32;

bool identity_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_' || c == '@';
}

Result<void> check(const EnrollmentRequest& request) {
  if (Result<void> ok = check_identity(request.identity); !ok) return ok;
  if (request.names.empty()) {
    return make_error(ErrorCode::validation,
                      "names must hold at least one name, such as dns:web.example.internal");
  }
  if (request.uses < 1 || request.uses > most_uses) {
    return make_error(ErrorCode::validation,
                      "uses must be 1 to 1000, but is " + std::to_string(request.uses));
  }
  if (request.lifetime < shortest || request.lifetime > longest) {
    return make_error(ErrorCode::validation,
                      "lifetime must be 1m to 7d, but is " + chancery::to_string(request.lifetime));
  }
  return {};
}

// What the policy would refuse whoever brings the token, said to whoever makes it. Keys are judged when there
// is one: the one drawn here only stands in its place.
Result<void> check_names(const policy::Profile& profile, const EnrollmentRequest& request) {
  const Result<crypto::PrivateKey> key = crypto::PrivateKey::generate({});
  if (!key) return key.error();
  const crypto::PublicKey public_key = key->public_key();
  const x509::Name no_subject;
  policy::Decision decision = policy::evaluate(
      profile, policy::Candidate{request.names, no_subject, public_key},
      {.identity = request.identity, .role = policy::Role::none, .bound_names = request.names});
  std::erase_if(decision.reasons, [](const policy::Reason& reason) {
    return reason.passed || reason.rule.starts_with("key.") || reason.rule.starts_with("subject.");
  });
  if (decision.reasons.empty()) return {};
  return policy::denial(profile, decision);
}

}  // namespace

Result<void> check_identity(const Identity& identity) {
  const std::string& text = identity.text();
  if (!text.empty() && text.size() <= identity_limit &&
      std::all_of(text.begin(), text.end(), identity_character)) {
    return {};
  }
  return make_error(ErrorCode::validation,
                    "identity must be 1 to 128 letters, digits or . - _ @, but is \"" + text + "\"");
}

store::Digest token_hash(std::string_view token_text) {
  return crypto::sha256(as_bytes(token_text));
}

Result<Enrollment> Authority::enroll(const EnrollmentRequest& request) {
  if (Result<void> ok = check(request); !ok) return std::move(ok).error();
  const std::shared_ptr<const policy::Profile> profile = profiles_.snapshot()->find(request.profile);
  if (!profile) return make_error(ErrorCode::not_found, "there is no profile " + request.profile.text());
  if (Result<void> ok = check_names(*profile, request); !ok) return std::move(ok).error();

  SecretBytes secret(token_bytes);
  random_.fill(secret.writable());
  SecretBytes text = SecretBytes::copy_of(as_bytes("chet_" + to_base64url(secret.reveal())));

  store::Token token{.hash = token_hash(as_text(text.reveal())),
                     .identity = request.identity,
                     .profile = request.profile,
                     .uses = request.uses,
                     .created_at = clock_.now(),
                     .expires_at = clock_.now() + request.lifetime,
                     .created_by = request.actor};
  for (const x509::GeneralName& name : request.names) token.names.push_back(x509::to_string(name));
  if (Result<void> added = store_.add_token(token, enrollment_created(token, request.request_id)); !added) {
    return std::move(added).error();
  }
  return Enrollment{std::move(text), std::move(token)};
}

Result<store::Token> Authority::withdraw(const store::Digest& hash, const Identity& actor,
                                         const RequestId& request_id) {
  const auto look = [&]() -> Result<store::Token> {
    Result<std::optional<store::Token>> token = store_.find_token(hash);
    if (!token) return std::move(token).error();
    if (*token) return std::move(**token);
    return make_error(ErrorCode::not_found,
                      "there is no such enrolment token; check its id against a listing of the enrolments");
  };
  Result<store::Token> token = look();
  if (!token) return token;
  const TimePoint now = clock_.now();
  const Result<void> done =
      store_.withdraw_token(hash, now, actor, enrollment_withdrawn(*token, request_id, actor, now));
  if (!done) return done.error();
  return look();
}

}  // namespace chancery::authority
