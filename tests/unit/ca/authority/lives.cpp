// The lives that FaultyWorld lives, and the calls that they are made of.
#include <algorithm>

#include "tests/support/x509_builder.h"
#include "tests/unit/ca/authority/faulty_world.h"

namespace chancery::authority {

using store::RequestState;
using test::must;

std::vector<FaultyWorld::StepOfLife> FaultyWorld::steps() {
  std::vector<StepOfLife> steps;
  switch (life_) {
    case Life::certificate:
      add_certificate(steps);
      break;
    case Life::approval:
      add_approval(steps);
      break;
    case Life::endings:
      add_endings(steps);
      break;
    case Life::limits:
      add_limits(steps);
      break;
  }
  return steps;
}

void FaultyWorld::add_certificate(std::vector<StepOfLife>& steps) {
  steps = {[this] { return enroll("web", "service"); }, [this] { return issue("web", "first"); },
           [this] { return renew("web", "second"); }, [this] { return revoke("web"); }};
}

void FaultyWorld::add_approval(std::vector<StepOfLife>& steps) {
  steps = {[this] { return enroll("web", "guarded"); }, [this] { return keep("web"); },
           [this] { return approve("web", "bob"); }, [this] { return approve("web", "carol"); },
           [this] { return issue("web", ""); }};
}

void FaultyWorld::add_endings(std::vector<StepOfLife>& steps) {
  using End = Result<void> (FaultyWorld::*)(const std::string&);
  const std::vector<std::pair<std::string, End>> ends{{"rejected", &FaultyWorld::reject},
                                                      {"taken-back", &FaultyWorld::take_back},
                                                      {"withdrawn", &FaultyWorld::withdraw},
                                                      {"late", &FaultyWorld::be_late}};
  for (const auto& [name, end] : ends) {
    steps.emplace_back([this, name = name] { return enroll(name, "guarded"); });
    steps.emplace_back([this, name = name] { return keep(name); });
    steps.emplace_back([this, name = name, end = end] { return (this->*end)(name); });
  }
}

void FaultyWorld::add_limits(std::vector<StepOfLife>& steps) {
  steps = {[this] { return spend_quota("few", 1); },    [this] { return spend_quota("few", 1); },
           [this] { return spend_quota("few", 2); },    [this] { return exceed_quota("few"); },
           [this] { return enroll("web", "service"); }, [this] { return issue("web", ""); },
           [this] { return issue("web", ""); },         [this] { return renew("web", ""); },
           [this] { return revoke_lineage("web"); }};
}

Result<void> FaultyWorld::took(const std::string& name, const Result<Answered>& answered) {
  if (!answered) return answered.error();
  const store::CertificateRecord& record = std::get<RecordedCertificate>(*answered).record();
  const std::string serial = record.serial;
  first_.emplace(name, serial);
  certificates_[name] = {record, {.serial = serial}};
  promise("certificate " + serial,
          [serial](store::Store& in) { return must(in.find_certificate(serial)).has_value(); });
  return {};
}

Result<void> FaultyWorld::enroll(const std::string& name, const std::string& profile) {
  const auto enrolled = authority_->enroll({.actor = Identity("alice"),
                                            .identity = Identity(name),
                                            .profile = ProfileName(profile),
                                            .names = csr(name).subject_alternative_names(),
                                            .request_id = RequestId("enrol")});
  if (!enrolled) return enrolled.error();
  tokens_[name] = enrolled->record;
  promise("the token of " + name,
          [hash = enrolled->record.hash](store::Store& in) { return must(in.find_token(hash)).has_value(); });
  return {};
}

// Asked again in the same words: the same certificate.
Result<void> FaultyWorld::issue(const std::string& name, const std::string& key) {
  const bool again = first_.contains(name);
  const std::string before = again ? first_.at(name) : std::string();
  const Result<void> taken =
      took(name, authority_->submit(must(requester(name).for_own({csr(name), key, RequestId("issue")}))));
  if (!taken) return taken;
  uses_[name] = 1;
  if (again) {
    EXPECT_EQ(certificates_.at(name).certificate.serial, before) << "another one for the same words";
  }
  return {};
}

Result<void> FaultyWorld::renew(const std::string& name, const std::string& key) {
  return took(name, authority_->renew(test::Voucher::certificate(certificates_.at(name)),
                                      {csr(name + " again"), key, RequestId("renew")}));
}

Result<void> FaultyWorld::revoke(const std::string& name) {
  const std::string serial = first_.at(name);
  const auto revoked = authority_->revoke(serial, 4, Identity("alice"), RequestId("revoke"));
  if (!revoked) return revoked.error();
  promise("the revocation of " + serial, [serial](store::Store& in) {
    return must(in.find_status(serial))->status == store::Status::revoked;
  });
  return {};
}

Result<void> FaultyWorld::revoke_lineage(const std::string& name) {
  const auto revoked = authority_->revoke_lineage(first_.at(name), 4, Identity("alice"), RequestId("revoke"));
  if (!revoked) {
    const auto status = store->find_status(first_.at(name));
    if (status) {
      EXPECT_EQ((*status)->status, store::Status::valid) << "half done";
    }
    return revoked.error();
  }
  EXPECT_EQ(revoked->serials, (std::vector{first_.at(name), certificates_.at(name).certificate.serial}));
  promise("the revocation of the lineage of " + name, [serials = revoked->serials](store::Store& in) {
    return std::all_of(serials.begin(), serials.end(), [&](const std::string& serial) {
      return must(in.find_status(serial))->status == store::Status::revoked;
    });
  });
  return {};
}

Result<void> FaultyWorld::keep(const std::string& name) {
  const Result<Answered> answered =
      authority_->submit(must(requester(name).for_own({csr(name), "", RequestId("keep")})));
  if (!answered) return answered.error();
  const std::string id = requests_[name] = std::get<store::ApprovalRequest>(*answered).id;
  promise("request " + id, [id](store::Store& in) { return must(in.find_request(id)).has_value(); });
  return {};
}

Result<void> FaultyWorld::done_before(const Error& error, const std::string& name, RequestState state) {
  if (error.code != ErrorCode::conflict) return error;
  const auto found = store->find_request(requests_.at(name));
  if (!found) return found.error();
  EXPECT_EQ((*found)->state, state) << error.message;
  return {};
}

Result<void> FaultyWorld::approve(const std::string& name, const std::string& approver) {
  const bool last = approver == "carol";
  const std::string id = requests_.at(name);
  const Result<Answered> answered =
      authority_->approve_request(id, operators_.at(approver), RequestId("decides"));
  if (!answered) {
    const Result<void> before =
        done_before(answered.error(), name, last ? RequestState::issued : RequestState::pending);
    if (!before) return before;
  }
  promise("the approval by " + approver, [id, approver](store::Store& in) {
    const std::vector<store::Approval> given = must(in.find_request(id))->approvals;
    return std::any_of(given.begin(), given.end(),
                       [&](const store::Approval& approval) { return approval.approver.text() == approver; });
  });
  if (!last) return {};
  promise_state(name, RequestState::issued);
  uses_[name] = 1;
  if (!answered) return {};
  EXPECT_EQ(std::get<RecordedCertificate>(*answered).record().approvers,
            (std::vector<std::string>{"bob", "carol"}));
  return took(name, answered);
}

Result<void> FaultyWorld::reject(const std::string& name) {
  const auto rejected = authority_->reject_request(requests_.at(name), operators_.at("bob"), "not ordered",
                                                   RequestId("decides"));
  if (!rejected) {
    if (const Result<void> before = done_before(rejected.error(), name, RequestState::rejected); !before)
      return before;
  }
  promise_state(name, RequestState::rejected);
  uses_[name] = 1;  // it was an answer
  return {};
}

Result<void> FaultyWorld::take_back(const std::string& name) {
  const auto cancelled = authority_->cancel_request(requests_.at(name), requester(name), RequestId("cancel"));
  if (!cancelled) {
    if (const Result<void> before = done_before(cancelled.error(), name, RequestState::cancelled); !before)
      return before;
  }
  promise_state(name, RequestState::cancelled);
  return {};
}

Result<void> FaultyWorld::withdraw(const std::string& name) {
  const auto withdrawn =
      authority_->withdraw(tokens_.at(name).hash, Identity("alice"), RequestId("withdraw"));
  if (!withdrawn) {
    if (const Result<void> before = done_before(withdrawn.error(), name, RequestState::cancelled); !before)
      return before;
  }
  promise("the withdrawal of " + name, [hash = tokens_.at(name).hash](store::Store& in) {
    return must(in.find_token(hash))->withdrawn_at.has_value();
  });
  promise_state(name, RequestState::cancelled);
  return {};
}

// Whoever looks ends what is too late; as long as that fails it is shown as it stands.
Result<void> FaultyWorld::be_late(const std::string& name) {
  if (clock.now() < tokens_.at(name).created_at + Seconds(3600)) clock.advance(Seconds(3600));
  const auto found = authority_->find_request(requests_.at(name), operators_.at("bob"));
  if (!found) return found.error();
  if (found->state == RequestState::pending) return make_error(ErrorCode::unavailable, "not ended yet");
  promise_state(name, RequestState::expired);
  return {};
}

// By an operator, without a key: the same use again is the same words.
Result<void> FaultyWorld::spend_quota(const std::string& name, int use) {
  const std::string words = name + " " + std::to_string(use);
  const bool again = first_.contains(words);
  const Result<void> taken =
      took(words, authority_->submit(test::Voucher::for_other(name, "limited", csr(words))));
  if (taken && again) {
    EXPECT_EQ(first_.at(words), certificates_.at(words).certificate.serial)
        << "another one for the same words";
  }
  return taken;
}

Result<void> FaultyWorld::exceed_quota(const std::string& name) {
  const auto refused = authority_->submit(test::Voucher::for_other(name, "limited", csr(name + " more")));
  EXPECT_FALSE(refused) << "more than the quota";
  if (refused) return {};
  if (refused.error().code != ErrorCode::rate_limited) return refused.error();
  promise("the whole quota of " + name + ", and no more", [name, now = clock.now()](store::Store& in) {
    const store::Quota quota{"identity:limited:" + name, 2, Seconds(86400)};
    const auto had = must(in.list_certificates({.identity = name}, "", 10)).rows.size();
    return had == 2 && must(in.check_quotas({quota}, now)).at(0).used == 2;
  });
  return {};
}

}  // namespace chancery::authority
