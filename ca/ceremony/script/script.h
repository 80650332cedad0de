// The ceremony script: one YAML file, the only input of a ceremony beside keys, answers and the files it
// names. Its schema is docs/ceremony/README.md. An unknown key or any other fault is found before anything is
// touched.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ca/base/clock.h"
#include "ca/base/result.h"
#include "ca/ceremony/preflight/preflight.h"
#include "ca/crypto/algorithms.h"
#include "ca/crypto/digest.h"
#include "ca/x509/crl.h"
#include "ca/x509/extensions.h"
#include "ca/x509/name.h"

namespace chancery::ceremony {

inline constexpr std::size_t script_limit = 65536;  // bytes

// Before the name of every file that a rehearsal makes, and the label of its key in a token; no script may
// name an earnest one so. Inside PEM labels: "REHEARSAL CERTIFICATE", which no program takes for a
// certificate.
inline constexpr std::string_view rehearsal_mark = "REHEARSAL-";

enum class Kind { root, intermediate, cross_csr, cross_certificate, crl, recover, destroy };

std::string_view to_string(Kind kind);  // as the script spells it: "cross-csr"

// People by name, each in one role only.
struct Roles {
  std::string administrator;     // works the machine
  std::string internal_witness;  // keeps the exception log
  std::string external_witness;  // "" = none; never for a root's making or a key's destruction
  std::vector<std::string> safe_controllers;
  std::vector<std::string> crypto_officers;
};

// Somebody who is there: "crypto_officer", the name, and "crypto_officer.2", by which questions name each.
struct Person {
  std::string role, name, id;
};
// Everybody, in the order in which they are asked.
std::vector<Person> people_of(const Roles& roles);

struct TokenCustody {
  std::string module;                 // absolute path of the PKCS#11 module
  std::string label;                  // of the token; "" when the slot alone names it
  std::string key;                    // label of the key pair
  std::optional<std::uint64_t> slot;  // where the token must be, besides its label
  // As people name it: its label, or "slot 5".
  [[nodiscard]] std::string name() const {
    return label.empty() ? "slot " + std::to_string(slot.value_or(0)) : label;
  }
};
struct ShareCustody {
  unsigned threshold = 0, officers = 0;  // M of N
  std::vector<std::string> files;        // of a key that is used: where its shares are; M to N of them
};
struct FileCustody {
  std::string file;    // of a new key: plain name in the output's custody folder; else a path
  std::string reason;  // why a root's key may be in one file
};
using CustodyPlan = std::variant<TokenCustody, ShareCustody, FileCustody>;

std::string_view custody_name(const CustodyPlan& custody);  // "token", "shares", "file"
// What a key that is used is opened from, as people name it: share files, the token, or the key's file.
std::vector<std::string> parts_of(const CustodyPlan& custody);

struct DeclaredException {
  std::string check, reason;
};

struct PreflightPlan {
  std::vector<DeclaredException> exceptions;  // each check once
  Seconds clock_tolerance{120};
  std::string binary;  // SHA-256 in hex that the program must have; "" = any
  // By the file's name: the only ones that may be loaded beside it; none = any.
  std::vector<HashedModule> libraries;
};

// The ceremony before this one: its bundle, or the hash of its transcript's last line. Beside a bundle that
// hash says which bundle it must be.
struct PreviousBundle {
  std::string path;
  std::optional<crypto::Sha256Digest> head;
};
using Previous = std::variant<std::monostate, PreviousBundle, crypto::Sha256Digest>;

// A CA that exists: its certificate's file and where its key is. Relative paths start at --input.
struct Authority {
  std::string certificate;
  CustodyPlan custody;
};

struct ValidityPlan {
  Seconds lifetime{0};                  // inclusive (x509/validity.h)
  std::optional<TimePoint> not_before;  // none = the moment of the ceremony
};

// File names inside the bundle: plain names without '/', all different.
struct RootPlan {
  x509::Name subject;
  crypto::KeyType key;
  ValidityPlan validity;
  CustodyPlan custody;
  std::string certificate_output;
};

struct IntermediatePlan {
  x509::Name subject;
  crypto::KeyType key;
  ValidityPlan validity;
  Authority issuer;
  CustodyPlan custody;
  unsigned path_length = 0;
  std::vector<std::string> crl_distribution_points, ca_issuers;
  std::optional<x509::NameConstraints> name_constraints;
  std::string after_last_reason;  // as in CrlPlan
  std::string certificate_output;
  std::string chain_output;  // the new certificate, then its root
};

// A request that asks another CA to certify `authority` as it is.
struct CrossCsrPlan {
  Authority authority;
  std::string request_output;
};

struct CrossCertificatePlan {
  Authority issuer;
  std::string target_certificate, target_request;  // paths: the CA to certify, and its request
  ValidityPlan validity;
  std::optional<unsigned> path_length;  // none = unlimited
  std::vector<x509::KeyPurpose> extended_key_usage;
  std::vector<std::string> crl_distribution_points, ca_issuers;
  std::optional<x509::NameConstraints> name_constraints;
  std::string after_last_reason;  // as in CrlPlan
  Bytes serial_nonce;             // 16 to 32 octets
  std::string certificate_output, chain_output;
};

// A certificate to revoke, by its file, its serial number, or both, which must agree then.
struct Revocation {
  std::string certificate;  // path; "" = only the serial number is known
  std::optional<x509::SerialNumber> serial;
  x509::RevocationReason reason = x509::RevocationReason::unspecified;
  TimePoint at;                                // revocationDate: when it was decided
  std::optional<TimePoint> invalidity_date{};  // since when the key is not to be trusted (RFC 5280 5.3.2)
};

struct CrlPlan {
  Authority issuer;
  std::uint64_t number = 0;
  std::optional<TimePoint> this_update;  // none = the moment of the ceremony
  Seconds next_update{0};                // after this_update, at most 365 days but for the last list
  std::string previous_crl;              // path; "" = this is the first
  // Why the list before is the newest, or why there is none, where no ceremony before tells; "" = not
  // declared.
  std::string previous_reason, first_reason;
  std::string last_reason;         // why no other follows; "" = one will
  std::string after_last_reason;   // why it is signed though the one before is the last; "" = not declared
  std::vector<Revocation> revoke;  // added to the entries of the previous one
  std::string crl_output;
};

struct KeyCopy {
  std::string form;          // "token", "share", "file" or "backup"
  std::string where;         // a path, a token's label or a place
  std::string holder;        // who brings it; a person of the script
  std::string officer;       // of a share: to whom it was dealt
  std::int64_t dealing = 0;  // of a share: with the how-manieth dealing of the key; 0 = with the newest
  // The attempt, from 1, that was aborted after its holder had destroyed it there; 0 = it is to be destroyed.
  std::int64_t destroyed_in = 0;
};

// A copy that nobody can bring, and which is left.
struct OutstandingCopy {
  std::string form;          // as KeyCopy
  std::string where;         // where it was last
  std::string holder;        // who had it last; of a share its officer
  std::int64_t dealing = 0;  // as KeyCopy
  std::string reason;
};

// Every copy of a key, each in a place of its own: those that the ceremony ends, and those that it cannot.
struct Enumeration {
  std::vector<KeyCopy> copies;
  std::vector<OutstandingCopy> outstanding;
};

struct RecoverPlan {
  Authority authority;                  // in the custody of shares
  std::optional<ShareCustody> reshare;  // dealt anew to roles.crypto_officers
  Enumeration retire;                   // of the shares of before; empty without `reshare`
};

struct DestroyPlan {
  Authority authority;
  std::string reason;
  Enumeration every;
  std::string complete_reason;  // why these are all, where the ceremonies before do not tell; "" = none
};

// In the order of Kind.
using Plan = std::variant<RootPlan, IntermediatePlan, CrossCsrPlan, CrossCertificatePlan, CrlPlan,
                          RecoverPlan, DestroyPlan>;

// Where a plan puts the key that it makes, or the shares that it deals; none for others.
std::optional<CustodyPlan> new_custody(const Plan& plan);
// The CA whose key a plan uses; null for a root.
const Authority* authority_of(const Plan& plan);
// Why a plan signs after the last list; null: it signs nothing that a list is for.
const std::string* after_last_reason(const Plan& plan);
// What a plan ends of a key's copies; empty for plans that end none.
const Enumeration& copies_of(const Plan& plan);
// What is wrong with the holders of the shares that were opened and are to be destroyed, or "". `officers`:
// whose these are, in the order of their files.
std::string holder_fault(const Plan& plan, const std::vector<std::string>& officers);
// The tokens that a plan names: of the key that it uses, then of the one that it makes.
std::vector<TokenCustody> tokens_of(const Plan& plan);

struct Script {
  std::string file;             // as named on the command line
  std::string text;             // its bytes
  crypto::Sha256Digest hash{};  // of these
  std::string title;
  Roles roles;
  PreflightPlan preflight;
  Previous previous;
  Plan plan;

  [[nodiscard]] Kind kind() const { return static_cast<Kind>(plan.index()); }
};

// What a script is read for. One that was held already need not have what is demanded since.
enum class ScriptUse { hold, look_back };

// Errors: validation, with one detail for every fault of the text.
Result<Script> parse_script(std::string_view yaml, const std::string& file, ScriptUse use = ScriptUse::hold);
// Errors: those of parse_script; not_found, payload_too_large (over script_limit), unavailable.
Result<Script> load_script(const std::string& path);

}  // namespace chancery::ceremony
