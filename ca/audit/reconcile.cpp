#include "ca/audit/reconcile.h"

#include <algorithm>
#include <unordered_map>

#include "ca/audit/entry_fields.h"
#include "ca/audit/reconcile_requests.h"

namespace chancery::audit {
namespace {

constexpr int page = 1000;
constexpr Seconds in_progress{600};

// A serial as the records have it, and what the log has said of it.
struct Known {
  store::SerialRow row;
  std::int64_t intent = 0, issued = 0, abandoned = 0, revoked = 0;  // sequences; 0 = never
  int logged_reason = 0;
  TimePoint begun;
  bool same_fingerprint = true, same_approvers = true;
};

class Join {
 public:
  Join(store::Store& store, const std::optional<CountedSignatures>& counted, TimePoint now)
      : store_(store),
        counted_(counted),
        now_(now),
        requests_([this](Disagreement kind, const std::string& request, std::int64_t sequence,
                         std::string message) {
          add({kind, "", request, sequence, std::move(message)});
        }) {
    if (counted) result_.signatures = counted->certificates;
  }

  // The records first: the log, read afterwards, then has at least what they have.
  Result<Reconciliation> run(const merkle::Progress& progress) {
    const Result<std::int64_t> before = store_.log_size();
    if (!before) return before.error();
    settled_ = *before;
    if (Result<void> ok = read_records(); !ok) return ok.error();
    if (Result<void> ok = requests_.read_records(store_, settled_); !ok) return ok.error();
    if (Result<void> ok = read_log(progress); !ok) return ok.error();
    for (const auto& [serial, known] : serials_) compare(serial, known);
    requests_.compare();
    compare_signatures();
    result_.requests = requests_.requests();
    result_.approvals = requests_.approvals();
    std::sort(result_.differences.begin(), result_.differences.end(), [](const auto& a, const auto& b) {
      return std::tie(a.sequence, a.serial, a.request) < std::tie(b.sequence, b.serial, b.request);
    });
    return std::move(result_);
  }

 private:
  Result<void> read_records() {
    std::int64_t after = 0;
    while (true) {
      Result<std::vector<store::SerialRow>> rows = store_.read_serials(after, page);
      if (!rows) return rows.error();
      if (rows->empty()) return {};
      after = rows->back().id;
      for (store::SerialRow& row : *rows) {
        if (row.fingerprint) ++result_.certificates;
        if (row.open) ++result_.open;
        std::string serial = row.status.serial;
        serials_[std::move(serial)].row = std::move(row);
      }
    }
  }

  Result<void> read_log(const merkle::Progress& progress) {
    const Result<std::int64_t> size = store_.log_size();
    if (!size) return size.error();
    while (result_.entries < *size) {
      const Result<std::vector<store::AuditEntry>> entries = store_.read_audit(last_, page);
      if (!entries) return entries.error();
      if (entries->empty()) return {};
      for (const store::AuditEntry& entry : *entries) {
        take(entry);
        requests_.take(entry);
        last_ = entry.sequence;
        ++result_.entries;
      }
      if (progress) progress(std::min(result_.entries, *size), *size);
    }
    return {};
  }

  void take(const store::AuditEntry& entry) {
    const std::string& type = entry.event.event_type;
    const bool intent = type == "issuance.intent";
    const bool issued = type == "certificate.issued";
    const bool revoked = type == "certificate.revoked";
    if (!intent && !issued && !revoked && type != "issuance.abandoned") return;
    count(entry, intent, issued);
    const auto found = serials_.find(entry.event.subject);
    if (found == serials_.end()) {
      unknown(entry);
      return;
    }
    Known& known = found->second;
    if (intent) {
      known.intent = entry.sequence;
      known.begun = entry.event.at;
    } else if (issued) {
      known.issued = entry.sequence;
      const nlohmann::json fields = fields_of(entry);
      known.same_fingerprint =
          known.row.fingerprint && text_of(fields, "fingerprint") == to_hex(*known.row.fingerprint);
      known.same_approvers =
          fields.value("approvers", nlohmann::json::array()) == nlohmann::json(known.row.approvers);
    } else if (revoked) {
      known.revoked = entry.sequence;
      known.logged_reason = fields_of(entry).value("reason", 0);
    } else {
      known.abandoned = entry.sequence;
      ++result_.abandoned;
    }
  }

  void count(const store::AuditEntry& entry, bool intent, bool issued) {
    if (intent) ++result_.intents;
    if (!counted_ || entry.sequence <= counted_->since) return;
    if (intent) ++intents_since_;
    if (issued) ++issued_since_;
  }

  // What was begun after the records were read is not known yet.
  void unknown(const store::AuditEntry& entry) {
    if (entry.sequence > settled_) return;
    const bool issued = entry.event.event_type == "certificate.issued";
    report(issued ? Disagreement::entry_without_certificate : Disagreement::intent_without_serial,
           entry.event.subject, entry.sequence,
           "the log has " + entry.event.event_type + ", but the records do not know the serial");
  }

  void compare(const std::string& serial, const Known& known) {
    if (known.intent == 0) {
      report(Disagreement::serial_without_intent, serial, known.row.log_sequence,
             "the records know the serial, but no issuance.intent announced it");
    }
    if (known.row.fingerprint) {
      compare_certificate(serial, known);
    } else if (known.issued != 0 && known.issued <= settled_) {
      report(Disagreement::entry_without_certificate, serial, known.issued,
             "the log has certificate.issued, but no certificate is recorded");
    } else if (known.intent != 0 && known.issued == 0 && known.abandoned == 0 && !known.row.open) {
      report(
          Disagreement::intent_without_end, serial, known.intent,
          "neither certificate.issued nor issuance.abandoned follows, and the records have no open intent");
    } else if (known.row.open && known.issued == 0 && known.abandoned == 0 &&
               now_ - known.begun > in_progress) {
      report(
          Disagreement::intent_without_end, serial, known.intent,
          "begun at " + to_rfc3339(known.begun) + " and never ended; the next start of the service ends it");
    }
    compare_revocation(serial, known);
  }

  void compare_certificate(const std::string& serial, const Known& known) {
    if (known.issued == 0) {
      report(Disagreement::certificate_without_entry, serial, known.row.log_sequence,
             "a certificate is recorded, but the log has no certificate.issued of it");
      return;
    }
    if (!known.same_fingerprint) {
      report(
          Disagreement::fingerprint, serial, known.issued,
          "the recorded certificate has SHA-256 " + to_hex(*known.row.fingerprint) + ", the log has another");
    }
    if (!known.same_approvers) {
      report(Disagreement::approvers, serial, known.issued,
             "the recorded certificate has other approvers than the log");
    }
    if (known.row.log_sequence != known.issued) {
      report(Disagreement::entry_of_another_place, serial, known.issued,
             "the record names entry " + std::to_string(known.row.log_sequence));
    }
  }

  void compare_revocation(const std::string& serial, const Known& known) {
    const bool revoked = known.row.status.status == store::Status::revoked;
    if (revoked && known.revoked == 0) {
      report(Disagreement::revocation, serial, 0,
             "the records say revoked, the log has no certificate.revoked");
    } else if (!revoked && known.revoked != 0 && known.revoked <= settled_) {
      report(Disagreement::revocation, serial, known.revoked,
             "the log has certificate.revoked, the records say not revoked");
    } else if (revoked && known.revoked <= settled_ && known.logged_reason != known.row.status.reason) {
      report(Disagreement::revocation, serial, known.revoked,
             "the records have reason " + std::to_string(known.row.status.reason) + ", the log " +
                 std::to_string(known.logged_reason));
    }
  }

  void compare_signatures() {
    if (!counted_) return;
    const std::string counted = std::to_string(counted_->certificates) +
                                " signatures were counted since entry " + std::to_string(counted_->since);
    if (counted_->certificates > intents_since_) {
      report(Disagreement::signatures, "", 0,
             counted + ", but only " + std::to_string(intents_since_) +
                 " intents were logged: the key has signed what nobody announced");
    } else if (counted_->certificates < issued_since_) {
      report(
          Disagreement::signatures, "", 0,
          counted + ", but " + std::to_string(issued_since_) +
              " certificates were logged: the counter was put back, or lost its last seconds in a power cut");
    }
  }

  void report(Disagreement kind, const std::string& serial, std::int64_t sequence, std::string message) {
    add({kind, serial, "", sequence, std::move(message)});
  }

  void add(Difference difference) {
    if (result_.differences.size() < difference_limit) result_.differences.push_back(std::move(difference));
  }

  store::Store& store_;
  const std::optional<CountedSignatures>& counted_;
  TimePoint now_;
  std::int64_t settled_ = 0;  // entries that the records, read after them, must know of
  std::int64_t last_ = 0;     // sequence read last
  std::int64_t intents_since_ = 0, issued_since_ = 0;
  std::unordered_map<std::string, Known> serials_;
  RequestJoin requests_;
  Reconciliation result_;
};

}  // namespace

std::string_view to_string(Disagreement kind) {
  switch (kind) {
    case Disagreement::certificate_without_entry:
      return "certificate_without_entry";
    case Disagreement::entry_without_certificate:
      return "entry_without_certificate";
    case Disagreement::entry_of_another_place:
      return "entry_of_another_place";
    case Disagreement::fingerprint:
      return "fingerprint";
    case Disagreement::serial_without_intent:
      return "serial_without_intent";
    case Disagreement::intent_without_serial:
      return "intent_without_serial";
    case Disagreement::intent_without_end:
      return "intent_without_end";
    case Disagreement::revocation:
      return "revocation";
    case Disagreement::approvers:
      return "approvers";
    case Disagreement::request_without_entry:
      return "request_without_entry";
    case Disagreement::entry_without_request:
      return "entry_without_request";
    case Disagreement::request_terms:
      return "request_terms";
    case Disagreement::approval_without_entry:
      return "approval_without_entry";
    case Disagreement::entry_without_approval:
      return "entry_without_approval";
    case Disagreement::request_end:
      return "request_end";
    case Disagreement::signatures:
      return "signatures";
  }
  return "signatures";
}

Result<Reconciliation> reconcile(store::Store& store, const std::optional<CountedSignatures>& counted,
                                 TimePoint now, const merkle::Progress& progress) {
  return Join(store, counted, now).run(progress);
}

}  // namespace chancery::audit
