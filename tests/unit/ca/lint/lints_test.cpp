// Each rule: what passes is the golden chain, what fails is one change of it. The table must name every rule
// and kind.
#include <set>

#include "ca/x509/oids.h"
#include "tests/unit/ca/lint/edits.h"
#include "tests/unit/ca/lint/table.h"

namespace chancery::lint {
namespace {

using x509::GeneralNameType;
namespace oids = x509::oids;

TEST(Lints, ASoundChainPasses) {
  for (const Kind kind : {Kind::root, Kind::intermediate, Kind::cross, Kind::leaf})
    EXPECT_EQ(to_string(Specimen(kind).lint()), "");
}

TEST(Lints, EachChangeIsFoundByItsRule) {
  for (const Row& row : rows()) {
    for (const Kind kind : row.kinds) {
      Specimen specimen(kind);
      row.spoil(specimen);
      EXPECT_THAT(specimen.ids(), testing::Contains(row.id)) << row.change << " in a " << file_of(kind);
    }
  }
}

TEST(Lints, EveryRuleIsInTheTableForEachOfItsKinds) {
  std::set<std::pair<std::string, Kind>> tried;
  for (const Row& row : rows()) {
    for (const Kind kind : row.kinds) tried.emplace(row.id, kind);
  }
  for (const Lint& lint : all_lints()) {
    for (const Kind kind : {Kind::root, Kind::intermediate, Kind::cross, Kind::leaf}) {
      EXPECT_EQ(applies(lint, kind), tried.contains({std::string(lint.id), kind}))
          << lint.id << " for " << file_of(kind);
    }
  }
}

TEST(Lints, IdsAreUniqueAndCited) {
  std::set<std::string_view> ids;
  for (const Lint& lint : all_lints()) {
    EXPECT_TRUE(ids.insert(lint.id).second) << lint.id;
    EXPECT_FALSE(lint.citation.empty()) << lint.id;
    EXPECT_TRUE(lint.id.starts_with("rfc5280.") || lint.id.starts_with("house.") ||
                lint.id.starts_with("cross."))
        << lint.id;
    EXPECT_TRUE(lint.root || lint.intermediate || lint.cross || lint.leaf) << lint.id;
  }
}

TEST(Lints, AFindingCarriesItsRulesCitation) {
  Specimen specimen(Kind::leaf);
  specimen.tbs.has_unique_ids = true;
  const Findings findings = specimen.lint();
  ASSERT_EQ(findings.list().size(), 1U);
  EXPECT_EQ(findings.list()[0].severity, Severity::error);
  EXPECT_EQ(findings.list()[0].id, "rfc5280.unique_identifiers");
  EXPECT_EQ(findings.list()[0].citation, "RFC 5280 section 4.1.2.8");
}

TEST(Lints, ALeafWithoutAnIssuerIsNotJudgedInSilence) {
  Specimen specimen(Kind::leaf);
  specimen.issuer.reset();
  EXPECT_THAT(specimen.ids(), testing::Contains("rfc5280.issuer_name"));
}

TEST(Lints, AConstrainedIntermediateOfOpensslsPasses) {
  Specimen specimen(Kind::intermediate);
  specimen.tbs = golden("constrained").fields();
  specimen.key = must(crypto::PublicKey::from_spki(specimen.tbs.spki));
  EXPECT_EQ(to_string(specimen.lint()), "");
  Specimen leaf(Kind::leaf);
  leaf.tbs.extensions.subject_alternative_names.resize(2);  // the DNS name and the IPv4 address
  leaf.tbs.extensions.authority_key_identifier = specimen.tbs.extensions.subject_key_identifier;
  leaf.issuer = golden("constrained");
  EXPECT_THAT(leaf.ids(), testing::Not(testing::Contains("rfc5280.permitted_names")));
}

// The limits themselves pass.
TEST(Lints, LimitsBelongToWhatIsAllowed) {
  const std::pair<Kind, std::function<void(Specimen&)>> changes[] = {
      {Kind::root, [](Specimen& s) { set_lifetime(s, 3653 * day); }},
      {Kind::intermediate, [](Specimen& s) { set_lifetime(s, 1827 * day); }},
      {Kind::leaf,
       [](Specimen& s) {
         start_in(s, "2026-03-14T23:59:59Z");
         set_lifetime(s, 398 * day);
       }},
      {Kind::leaf, [](Specimen& s) { set_lifetime(s, 200 * day); }},
      {Kind::leaf,
       [](Specimen& s) {
         start_in(s, "2029-03-15T00:00:00Z");
         set_lifetime(s, 47 * day);
       }},
      {Kind::leaf,
       [](Specimen& s) {
         s.tbs.extensions.crl_distribution_points.clear();
         set_lifetime(s, 7 * day);
       }},
      {Kind::leaf,
       [](Specimen& s) {
         s.tbs.extensions.crl_distribution_points.clear();
         s.tbs.extensions.ocsp = {"http://ca.example/ocsp"};
       }},
      {Kind::leaf, [](Specimen& s) { set_lifetime(s, Seconds(1)); }},
      {Kind::leaf, [](Specimen& s) { start_at(s, s.signing_time); }},
      {Kind::leaf, [](Specimen& s) { start_at(s, s.signing_time - Seconds(3600)); }},
      {Kind::intermediate, [](Specimen& s) { s.signing_time = s.tbs.validity.not_before() + day; }},
      {Kind::root, [](Specimen& s) { s.signing_time = s.tbs.validity.not_before() - 30 * day; }},
      {Kind::intermediate, [](Specimen& s) { s.signing_time = s.tbs.validity.not_before() - 30 * day; }},
      {Kind::cross, [](Specimen& s) { s.signing_time = s.tbs.validity.not_before() - 30 * day; }},
      {Kind::intermediate,
       [](Specimen& s) {
         s.tbs.extensions.key_usage->digital_signature = true;
         s.raw(oids::key_usage).value = *parse_hex("03020186");
       }},
      {Kind::intermediate,
       [](Specimen& s) {
         set_constraints(s.tbs.extensions.name_constraints, {"dns:example"}, {"ip:0.0.0.0/0", "ip:::/0"});
         rewrite(s);
       }},
      {Kind::cross,
       [](Specimen& s) {
         s.signing_time = s.target->validity().not_before();
         s.tbs.validity = x509::Validity::starting_at(s.signing_time, 1827 * day);
       }},
      {Kind::cross,
       [](Specimen& s) {
         s.signing_time = s.target->validity().not_after();
         s.tbs.validity = x509::Validity::from_bounds(s.signing_time, s.signing_time);
       }},
      {Kind::cross,
       [](Specimen& s) {
         s.allowed_purposes.push_back(x509::KeyPurpose::code_signing);
         s.tbs.extensions.extended_key_usage.push_back(x509::KeyPurpose::code_signing);
         rewrite(s);
       }},
      {Kind::leaf, [](Specimen& s) { set_serial(s, "01" + std::string(22, '0') + "0102030405"); }},
      {Kind::leaf, [](Specimen& s) { s.remove(oids::basic_constraints); }},
      {Kind::leaf, [](Specimen& s) { set_serial(s, "7f0123456789abcdef0123456789abcdef012345"); }},
      {Kind::leaf, [](Specimen& s) { add_name(s, GeneralNameType::dns, "*.example"); }},
      {Kind::leaf,
       [](Specimen& s) {
         const TimePoint end = s.issuer->validity().not_after();
         s.tbs.validity = x509::Validity::from_bounds(end, end);
         s.signing_time = end;
       }},
      {Kind::leaf,
       [](Specimen& s) {
         s.subject({});
         s.raw(oids::subject_alternative_name).critical = true;
       }},
      {Kind::leaf,
       [](Specimen& s) {
         replace_key(s, new_key({crypto::KeyAlgorithm::rsa, 2048}));
         s.raw(oids::key_usage).value = *parse_hex("030205a0");
       }},
      {Kind::leaf,
       [](Specimen& s) {
         replace_key(s, new_key({crypto::KeyAlgorithm::ed25519, 255}));
       }},
  };
  for (const auto& [kind, change] : changes) {
    Specimen specimen(kind);
    change(specimen);
    EXPECT_EQ(to_string(specimen.lint()), "") << &change - &changes[0].second;
  }
}

}  // namespace
}  // namespace chancery::lint
