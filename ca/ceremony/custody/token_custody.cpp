#include "ca/ceremony/custody/token_custody.h"

#include <algorithm>
#include <utility>

namespace chancery::ceremony {
namespace {

std::string fingerprint(const keys::Signer& key) {
  return to_hex(crypto::sha256(key.public_key().spki()));
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// RFC 3986: what is not unreserved is %XX.
std::string in_uri(const std::string& text) {
  static constexpr std::string_view unreserved = "-._~";
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       unreserved.find(c) != std::string_view::npos;
    encoded += plain ? std::string(1, c) : "%" + to_hex(as_bytes(std::string_view(&c, 1)));
  }
  return encoded;
}

class InToken final : public Custody {
 public:
  InToken(const TokenCustody& plan, const CustodySurroundings& surroundings)
      : plan_(plan), unfinished_(plan.key + std::string(unfinished_suffix)), surroundings_(surroundings) {}

  Result<std::unique_ptr<keys::Signer>> make(crypto::KeyType type) override {
    Result<keys::TokenSession> session = log_in();
    if (!session) return std::move(session).error();
    if (Result<void> ok = make_room(*session); !ok) return std::move(ok).error();
    Result<std::unique_ptr<keys::Signer>> key =
        session->generate_key(type, unfinished_, surroundings_.random);
    if (!key) return key;
    session_ = std::move(*session);
    label_ = unfinished_;
    return key;
  }

  Result<std::string> prove_backup() override {
    // What find_key() gives has been vetted and has signed.
    const Result<std::unique_ptr<keys::Signer>> key = session_->find_key(label_);
    if (!key) return key.error();
    return std::string(
        "found in the token again, and it signed; the token gives no copy away, so there is no backup");
  }

  Result<std::unique_ptr<keys::Signer>> open() override {
    Result<keys::TokenSession> session = log_in();
    if (!session) return std::move(session).error();
    Result<std::unique_ptr<keys::Signer>> key = session->find_key(plan_.key);
    if (!key) return with_context(std::move(key).error(), "token " + plan_.name());
    session_ = std::move(*session);
    label_ = plan_.key;
    return key;
  }

  Result<void> settle() override {
    if (Result<void> ok = session_->rename_key(unfinished_, plan_.key); !ok) return ok;
    label_ = plan_.key;
    return {};
  }

  Result<void> abandon() override {
    if (label_.empty()) return {};
    Result<void> gone = session_->destroy_key(label_);
    if (gone) return gone;
    return with_context(std::move(gone).error(), "the key \"" + label_ + "\" in the token " + plan_.name() +
                                                     " must be destroyed, which failed");
  }

  Result<void> check_destroyable() override {
    const Result<std::unique_ptr<keys::Signer>> key = session_->find_key(label_);
    return key ? Result<void>() : key.error();
  }
  Result<void> destroy() override { return session_->destroy_key(label_); }
  [[nodiscard]] const std::vector<CustodyFile>& files() const override { return files_; }

 private:
  Result<keys::TokenSession> log_in() {
    return surroundings_.tokens.session(plan_, {surroundings_.question, any_of(surroundings_.officers)},
                                        surroundings_.conversation);
  }

  // Both labels must be free before anything is made. A key that has its final one may be a CA's, whatever a
  // file says of it: nothing here destroys it.
  Result<void> make_room(keys::TokenSession& session) {
    const Result<std::vector<std::string>> labels = session.key_labels();
    if (!labels) return labels.error();
    if (contains(*labels, plan_.key)) return taken(session);
    for (const std::string& label : *labels) {
      if (!label.ends_with(unfinished_suffix)) continue;
      if (Result<void> ok = take_away(session, label); !ok) return ok;
    }
    return {};
  }

  // What an aborted attempt of this ceremony made, maybe under another script's label.
  Result<void> take_away(keys::TokenSession& session, const std::string& label) {
    const Result<std::unique_ptr<keys::Signer>> left = session.find_key(label);
    if (!left || !contains(surroundings_.aborted, fingerprint(**left)))
      return label == unfinished_ ? left_by_others() : Result<void>();
    if (Result<void> ok =
            surroundings_.conversation.note("the key \"" + label + "\" in the token " + plan_.name() +
                                            ", which an aborted attempt made (SHA-256 of its public key " +
                                            fingerprint(**left) + "), is destroyed now");
        !ok) {
      return ok;
    }
    return session.destroy_key(label);
  }

  [[nodiscard]] Error taken(keys::TokenSession& session) const {
    Error error = make_error(ErrorCode::conflict, "the token " + plan_.name() + " holds a key labelled \"" +
                                                      plan_.key + "\" already; ");
    const Result<std::unique_ptr<keys::Signer>> found = session.find_key(plan_.key);
    if (!found || !contains(surroundings_.aborted, fingerprint(**found))) {
      error.message += "name another in the script";
      return error;
    }
    error.message += "an aborted attempt made it (SHA-256 of its public key " + fingerprint(**found) +
                     "), but it has its final label, and no resumed ceremony destroys such a key. If a "
                     "certificate of it is in use, name another label in the script; if it died with the "
                     "attempt, destroy it before witnesses. " +
                     how_to_look(plan_.key);
    return error;
  }

  [[nodiscard]] Error left_by_others() const {
    return make_error(ErrorCode::conflict,
                      "the token " + plan_.name() + " holds a key labelled \"" + unfinished_ +
                          "\", which no aborted attempt of this ceremony names as its own, so it is left "
                          "alone. If no other ceremony is making it, it died before its transcript named "
                          "it: destroy it before witnesses, or name another label in the script. " +
                          how_to_look(unfinished_));
  }

  // With GnuTLS's tool, in the words of a PKCS#11 URI (RFC 7512).
  [[nodiscard]] std::string how_to_look(const std::string& label) const {
    const std::string token = plan_.label.empty() ? "slot-id=" + std::to_string(plan_.slot.value_or(0))
                                                  : "token=" + in_uri(plan_.label);
    const std::string tool = "p11tool --provider " + plan_.module + " --login ";
    return "Look: " + tool + "--list-all 'pkcs11:" + token + "'. Destroy: " + tool +
           "--delete 'pkcs11:" + token + ";object=" + in_uri(label) + "'";
  }

  TokenCustody plan_;
  std::string unfinished_, label_;
  CustodySurroundings surroundings_;
  std::optional<keys::TokenSession> session_;
  std::vector<CustodyFile> files_;
};

}  // namespace

std::unique_ptr<Custody> token_custody(const TokenCustody& plan, const CustodySurroundings& surroundings) {
  return std::make_unique<InToken>(plan, surroundings);
}

}  // namespace chancery::ceremony
