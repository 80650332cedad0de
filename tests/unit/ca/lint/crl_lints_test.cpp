// Each rule for revocation lists: what passes are OpenSSL's lists (tests/testdata/crl), what fails is one
// change of one. The table must name every rule.
#include "ca/lint/crl_lint.h"

#include <functional>
#include <set>

#include "ca/x509/oids.h"
#include "tests/support/testdata.h"
#include "tests/unit/ca/lint/fixture.h"

namespace chancery::lint {
namespace {

namespace oids = x509::oids;
using x509::RevocationReason;
constexpr Seconds day{86400};

x509::Crl list(const std::string& name) {
  return must(x509::Crl::parse_pem(test::testdata("crl/" + name + ".pem")));
}

const x509::SerialNumber other_serial = must(x509::SerialNumber::parse("01aabbccddeeff0011"));

// What a rule sees, each part open to changes.
struct CrlSpecimen {
  explicit CrlSpecimen(const std::string& name = "entries") : crl(list(name).fields()) {
    signing_time = crl.this_update + Seconds(60);
    scope.previous = PreviousCrl{x509::CrlNumber(6), crl.this_update - 30 * day, crl.this_update + 30 * day};
    for (x509::RevokedCertificate& entry : crl.revoked) {  // as the last list had it
      entry.revoked_at = entry.invalidity_date.emplace(scope.previous->this_update);
      know(entry);
    }
  }
  void know(const x509::RevokedCertificate& entry) {
    scope.previous->serials.insert(to_bytes(entry.serial.bytes()));
  }
  // The entry is in no list before, and of this day.
  x509::RevokedCertificate& add(const x509::SerialNumber& serial) {
    crl.revoked.push_back({serial, crl.this_update, {}, {}});
    return crl.revoked.back();
  }
  [[nodiscard]] Findings lint() const {
    return run_crl_lints({.crl = crl, .issuer = &issuer, .signing_time = signing_time, .scope = scope});
  }
  x509::RawExtension& raw(ByteView oid) {
    for (x509::RawExtension& extension : crl.raw_extensions) {
      if (equal(extension.oid, oid)) return extension;
    }
    throw std::runtime_error("no such extension in the specimen");
  }

  x509::ParsedCrl crl;
  x509::Certificate issuer = must(x509::Certificate::parse_pem(test::testdata("crl/root.pem")));
  TimePoint signing_time;
  CrlScope scope;
};

x509::Certificate under_another_key(const x509::Certificate& root) {
  x509::CertificateFields fields{.serial = root.serial(),
                                 .issuer = root.fields().issuer,
                                 .validity = root.validity(),
                                 .exact_subject = root.fields().subject};
  fields.spki = root.fields().spki;
  fields.extensions = root.fields().extensions;
  fields.extensions.authority_key_identifier = Bytes(20, 0x5a);
  return test::sign_fields(fields, test::make_key());
}

struct CrlRow {
  const char* id;
  const char* change;
  std::function<void(CrlSpecimen&)> spoil;
};

const std::vector<CrlRow>& crl_rows() {
  static const std::vector<CrlRow> table{
      {"crl.authority_key_identifier", "absent",
       [](CrlSpecimen& s) {
         std::erase_if(s.crl.raw_extensions,
                       [](const auto& each) { return equal(each.oid, oids::authority_key_identifier); });
       }},
      {"crl.authority_key_identifier", "another",
       [](CrlSpecimen& s) { s.crl.authority_key_identifier[0] ^= 1U; }},
      {"crl.authority_key_identifier", "more than the identifier",
       [](CrlSpecimen& s) {
         Bytes& value = s.raw(oids::authority_key_identifier).value;
         value.insert(value.end(), {0x82, 0x01, 0x01});
       }},
      {"crl.entry_dates", "revoked after thisUpdate",
       [](CrlSpecimen& s) { s.crl.revoked[0].revoked_at = s.crl.this_update + Seconds(1); }},
      {"crl.entry_dates", "invalid after the revocation",
       [](CrlSpecimen& s) { s.crl.revoked[2].invalidity_date = s.crl.revoked[2].revoked_at + Seconds(1); }},
      {"crl.extension_criticality", "a critical number",
       [](CrlSpecimen& s) { s.raw(oids::crl_number).critical = true; }},
      {"crl.extension_criticality", "a distribution point that is not critical",
       [](CrlSpecimen& s) {
         s.crl.raw_extensions.push_back({to_bytes(oids::issuing_distribution_point), false, {}});
       }},
      {"crl.extension_criticality", "a critical reason",
       [](CrlSpecimen& s) {
         s.crl.raw_entry_extensions.push_back({to_bytes(oids::reason_code), true, {}});
       }},
      {"crl.issuer", "one byte of it changed", [](CrlSpecimen& s) { s.crl.issuer.back() ^= 1U; }},
      {"crl.issuer", "without cRLSign", [](CrlSpecimen& s) { s.issuer = golden("leaf"); }},
      {"crl.issuer", "after the issuer's end",
       [](CrlSpecimen& s) { s.crl.this_update = s.issuer.validity().not_after() + Seconds(1); }},
      {"crl.issuing_distribution_point", "absent from a shard",
       [](CrlSpecimen& s) { s.scope.shard = "http://crl.example/7.crl"; }},
      {"crl.issuing_distribution_point", "another shard's",
       [](CrlSpecimen& s) {
         s.scope.shard = "http://crl.example/7.crl";
         s.crl.distribution_point = x509::IssuingDistributionPoint{.uris = {"http://crl.example/8.crl"}};
       }},
      {"crl.issuing_distribution_point", "in a list for all",
       [](CrlSpecimen& s) {
         s.crl.distribution_point = x509::IssuingDistributionPoint{.uris = {"http://crl.example/8.crl"}};
       }},
      {"crl.known_extensions", "of the list",
       [](CrlSpecimen& s) { s.crl.raw_extensions = list("harmless").fields().raw_extensions; }},
      {"crl.known_extensions", "of an entry",
       [](CrlSpecimen& s) { s.crl.raw_entry_extensions = list("hold").fields().raw_entry_extensions; }},
      {"crl.next_update", "not later", [](CrlSpecimen& s) { s.crl.next_update = s.crl.this_update; }},
      {"crl.next_update", "a second too late",
       [](CrlSpecimen& s) { s.crl.next_update = s.crl.this_update + longest_ca_crl + Seconds(1); }},
      {"crl.next_update", "a second too late for leaves",
       [](CrlSpecimen& s) {
         s.scope.longest = longest_leaf_crl;
         s.crl.next_update = s.crl.this_update + longest_leaf_crl + Seconds(1);
       }},
      {"crl.number", "absent", [](CrlSpecimen& s) { s.crl.number.reset(); }},
      {"crl.number", "the last one again", [](CrlSpecimen& s) { s.scope.previous->number = *s.crl.number; }},
      {"crl.number_step", "one left out",
       [](CrlSpecimen& s) { s.crl.number = s.scope.previous->number.next().value().next().value(); }},
      {"crl.overlap", "a second without a list",
       [](CrlSpecimen& s) { s.scope.previous->next_update = s.crl.this_update - Seconds(1); }},
      {"crl.prompt_reissue", "a day and a second",
       [](CrlSpecimen& s) { s.add(other_serial).revoked_at = s.crl.this_update - day - Seconds(1); }},
      {"crl.prompt_reissue", "before the last list, which lacks it",
       [](CrlSpecimen& s) { s.add(other_serial).revoked_at = s.scope.previous->this_update - 7 * day; }},
      {"crl.prompt_reissue", "processed long after it was invalid, and more than a day ago",
       [](CrlSpecimen& s) {
         x509::RevokedCertificate& entry = s.add(other_serial);
         entry.revoked_at = s.crl.this_update - 2 * day;
         entry.invalidity_date = s.crl.this_update - 60 * day;
       }},
      {"crl.prompt_reissue", "in an issuer's first list",
       [](CrlSpecimen& s) {
         s.scope.previous.reset();
         s.scope.first = true;
       }},
      {"crl.reason_code", "unspecified",
       [](CrlSpecimen& s) { s.crl.revoked[0].reason = RevocationReason::unspecified; }},
      {"crl.reason_code", "removeFromCRL",
       [](CrlSpecimen& s) { s.crl.revoked[0].reason = RevocationReason::remove_from_crl; }},
      {"crl.reason_code", "certificateHold, not asked for",
       [](CrlSpecimen& s) { s.crl.revoked[0].reason = RevocationReason::certificate_hold; }},
      {"crl.reissue_margin", "a second into the last tenth",
       [](CrlSpecimen& s) {
         s.scope.previous->this_update = s.crl.this_update - 9 * day - Seconds(1);
         s.scope.previous->next_update = s.crl.this_update + day - Seconds(1);
       }},
      {"crl.reissue_margin", "at the last list's end",
       [](CrlSpecimen& s) { s.scope.previous->next_update = s.crl.this_update; }},
      {"crl.root_serial", "beside others", [](CrlSpecimen& s) { s.add(s.issuer.serial()); }},
      {"crl.serial_length", "of 7 octets",
       [](CrlSpecimen& s) { s.add(must(x509::SerialNumber::parse("40ff0102030405"))); }},
      {"crl.serial_length", "of 7 octets and a zero",
       [](CrlSpecimen& s) { s.add(must(x509::SerialNumber::parse("00ff010203040506"))); }},
      {"crl.serial_length", "where the last list is unknown",
       [](CrlSpecimen& s) { s.scope.previous.reset(); }},
      {"crl.signature_algorithm", "SHA-1",
       [](CrlSpecimen& s) { s.crl.signature_algorithm = *parse_hex("300906072a8648ce3d0401"); }},
      {"crl.this_update", "in the future",
       [](CrlSpecimen& s) { s.signing_time = s.crl.this_update - Seconds(1); }},
      {"crl.this_update", "more than a day ago",
       [](CrlSpecimen& s) { s.signing_time = s.crl.this_update + day + Seconds(1); }},
      {"crl.this_update", "the last one again",
       [](CrlSpecimen& s) { s.scope.previous->this_update = s.crl.this_update; }},
  };
  return table;
}

TEST(CrlLints, SoundListsPass) {
  EXPECT_EQ(to_string(CrlSpecimen("entries").lint()), "");
  CrlSpecimen empty("empty"), shard("shard");
  empty.scope.previous->number = x509::CrlNumber(4095);
  EXPECT_EQ(to_string(empty.lint()), "");
  shard.scope.previous->number = x509::CrlNumber(7);
  shard.scope.shard = "http://crl.example/7.crl";
  EXPECT_EQ(to_string(shard.lint()), "");
}

TEST(CrlLints, EachChangeIsFoundByItsRule) {
  for (const CrlRow& row : crl_rows()) {
    CrlSpecimen specimen;
    row.spoil(specimen);
    const Findings findings = specimen.lint();
    EXPECT_TRUE(std::any_of(findings.list().begin(), findings.list().end(),
                            [&](const Finding& finding) { return finding.id == row.id; }))
        << row.id << ": " << row.change;
  }
}

// Else a root that once named itself could never sign a list again.
TEST(CrlLints, TheRootsOwnSerialIsAnErrorOnlyWhereItIsNew) {
  const auto severity = [](const CrlSpecimen& specimen) {
    const Findings findings = specimen.lint();
    EXPECT_EQ(findings.list().size(), 1U) << to_string(findings);
    return findings.list().at(0).severity;
  };
  CrlSpecimen specimen;
  const x509::RevokedCertificate entry = specimen.add(specimen.issuer.serial());
  EXPECT_EQ(severity(specimen), Severity::error);
  specimen.know(entry);
  EXPECT_EQ(severity(specimen), Severity::warning);
  EXPECT_THAT(to_string(specimen.lint()), ::testing::HasSubstr("the last list had it, and it stays"));
}

// An INTEGER has no leading zero octets: 64 random bits may come out shorter.
TEST(CrlLints, AShortSerialIsSaidToBeRareAndNotImpossible) {
  CrlSpecimen specimen;
  specimen.add(must(x509::SerialNumber::parse("40ff0102030405")));
  EXPECT_THAT(to_string(specimen.lint()),
              ::testing::HasSubstr("of those made from 64 random bits one in 256 is shorter than 8"));
}

// No field tells it: who reads the finding is told where to look, and the rule stays.
TEST(CrlLints, AListThatIsTooLongForAYearMayBeTheLast) {
  const auto said = [](Seconds longest) {
    CrlSpecimen specimen;
    specimen.scope.longest = longest;
    specimen.crl.next_update = specimen.crl.this_update + 3650 * day;
    return to_string(specimen.lint());
  };
  EXPECT_THAT(said(longest_ca_crl), ::testing::AllOf(::testing::HasSubstr("at most 365d are allowed"),
                                                     ::testing::HasSubstr("chancery-root replay")));
  for (const Seconds longest : {longest_leaf_crl, 3000 * day}) {  // of leaves, or of a root that ends
    EXPECT_THAT(said(longest), ::testing::AllOf(::testing::HasSubstr("crl.next_update"),
                                                ::testing::Not(::testing::HasSubstr("replay"))));
  }
}

TEST(CrlLints, EveryRuleIsCitedAndInTheTable) {
  std::set<std::string> tried, ids;
  for (const CrlRow& row : crl_rows()) tried.insert(row.id);
  for (const CrlLint& lint : all_crl_lints()) {
    EXPECT_TRUE(tried.contains(std::string(lint.id))) << lint.id;
    EXPECT_TRUE(ids.insert(std::string(lint.id)).second) << lint.id;
    EXPECT_FALSE(lint.citation.empty()) << lint.id;
    EXPECT_TRUE(lint.id.starts_with("crl.")) << lint.id;
  }
}

TEST(CrlLints, ALateListIsWarnedAboutAndNotRefused) {
  CrlSpecimen specimen;
  specimen.scope.previous->next_update = specimen.crl.this_update - Seconds(1);
  specimen.add(other_serial).revoked_at = specimen.crl.this_update - day - Seconds(1);
  const Findings findings = specimen.lint();
  EXPECT_EQ(findings.list().size(), 2U) << to_string(findings);
  EXPECT_FALSE(findings.has_errors());
}

TEST(CrlLints, AListThatHasEndedIsNotLateAsWell) {
  CrlSpecimen specimen;
  specimen.scope.previous->next_update = specimen.crl.this_update - Seconds(1);
  ASSERT_EQ(specimen.lint().list().size(), 1U) << to_string(specimen.lint());
  EXPECT_EQ(specimen.lint().list()[0].id, "crl.overlap");
}

TEST(CrlLints, WhatTheLastListSaysIsReadFromIt) {
  const x509::Crl last = list("entries");
  const PreviousCrl previous = *PreviousCrl::of(last.fields());
  EXPECT_EQ(previous.number, *last.fields().number);
  EXPECT_EQ(previous.this_update, last.fields().this_update);
  EXPECT_EQ(previous.next_update, last.fields().next_update);
  const CrlScope scope{.previous = previous};
  EXPECT_EQ(scope.is_new(last.fields().revoked[0].serial), false);
  EXPECT_EQ(scope.is_new(other_serial), true);
  EXPECT_EQ(CrlScope{}.is_new(other_serial), std::nullopt);
  x509::ParsedCrl numberless = last.fields();
  numberless.number.reset();
  EXPECT_FALSE(PreviousCrl::of(numberless));
}

TEST(CrlLints, LimitsBelongToWhatIsAllowed) {
  const std::function<void(CrlSpecimen&)> changes[] = {
      [](CrlSpecimen& s) { s.crl.next_update = s.crl.this_update + longest_ca_crl; },
      [](CrlSpecimen& s) {
        s.scope.longest = longest_leaf_crl;
        s.crl.next_update = s.crl.this_update + longest_leaf_crl;
      },
      [](CrlSpecimen& s) { s.signing_time = s.crl.this_update; },
      [](CrlSpecimen& s) { s.signing_time = s.crl.this_update + day; },
      [](CrlSpecimen& s) {
        s.scope.previous->this_update = s.crl.this_update - 9 * day;
        s.scope.previous->next_update = s.crl.this_update + day;
      },
      [](CrlSpecimen& s) { s.add(other_serial).revoked_at = s.crl.this_update - day; },
      [](CrlSpecimen& s) { s.add(other_serial).revoked_at = s.crl.this_update; },
      // Nobody knows what is new.
      [](CrlSpecimen& s) {
        s.crl.revoked.clear();
        s.add(other_serial).revoked_at = s.crl.this_update - 60 * day;
        s.scope.previous.reset();
      },
      [](CrlSpecimen& s) {
        s.crl.revoked.clear();
        s.add(other_serial).revoked_at = s.crl.this_update - day;
        s.scope.previous.reset();
        s.scope.first = true;
      },
      [](CrlSpecimen& s) { s.add(must(x509::SerialNumber::parse("40ff010203040506"))); },
      // The old root's certificate for this root's key, which only shares its name.
      [](CrlSpecimen& s) {
        s.issuer = under_another_key(s.issuer);
        s.add(s.issuer.serial());
      },
      [](CrlSpecimen& s) {
        s.scope.hold_allowed = true;
        s.crl.revoked[0].reason = RevocationReason::certificate_hold;
      },
  };
  for (const auto& change : changes) {
    CrlSpecimen specimen;
    change(specimen);
    EXPECT_EQ(to_string(specimen.lint()), "") << &change - changes;
  }
}

}  // namespace
}  // namespace chancery::lint
