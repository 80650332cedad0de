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
    return std::string("the token cannot give it away; found there again, and it signed");
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

  // The final label must be free before anything is made; what an aborted attempt left is destroyed.
  Result<void> make_room(keys::TokenSession& session) {
    const Result<std::vector<std::string>> labels = session.key_labels();
    if (!labels) return labels.error();
    if (contains(*labels, unfinished_) && surroundings_.resumed) {
      if (Result<void> ok = session.destroy_key(unfinished_); !ok) return ok;
    }
    if (!contains(*labels, plan_.key)) return {};
    const Result<std::unique_ptr<keys::Signer>> found = session.find_key(plan_.key);
    if (found && contains(surroundings_.aborted, fingerprint(**found))) return session.destroy_key(plan_.key);
    return make_error(ErrorCode::conflict, "the token " + plan_.name() + " holds a key labelled \"" +
                                               plan_.key + "\" already; name another in the script");
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
