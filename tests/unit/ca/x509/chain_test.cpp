#include "ca/x509/chain.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "ca/x509/der.h"
#include "ca/x509/oids.h"
#include "tests/support/outcome.h"
#include "tests/support/testdata.h"
#include "tests/support/x509_builder.h"

namespace chancery::x509 {
namespace {

using test::CertifiedKey;
using test::make_intermediate;
using test::make_leaf;
using test::make_root;
using test::must;
using test::outcome_of;
using test::sign_fields;
using test::test_time;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

Certificate golden(const std::string& name) {
  return must(Certificate::parse_pem(test::testdata("x509/certificates/" + name + ".pem")));
}

std::string verify(const Certificate& leaf, std::vector<Certificate> intermediates,
                   std::vector<Certificate> roots, TimePoint at = test_time(),
                   KeyPurpose purpose = KeyPurpose::server_auth) {
  return outcome_of(verify_chain(leaf, intermediates, roots, at, purpose));
}

// Everything but the key of `certificate`, to be changed and signed again.
CertificateFields fields_of(const Certificate& certificate) {
  const ParsedTbs& parsed = certificate.fields();
  return {.serial = parsed.serial,
          .signature = certificate.signature_algorithm(),
          .issuer = parsed.issuer,
          .validity = parsed.validity,
          .subject = must(Name::parse(parsed.subject)),
          .spki = parsed.spki,
          .extensions = parsed.extensions};
}

class Chain : public testing::Test {
 protected:
  // The intermediate with its fields changed, and a leaf below it.
  template <typename Change>
  std::string with_intermediate(Change change) {
    CertificateFields fields = fields_of(intermediate_.certificate);
    change(fields);
    return verify(leaf_.certificate, {sign_fields(fields, *root_.key)}, {root_.certificate});
  }
  template <typename Change>
  std::string with_leaf(Change change, KeyPurpose purpose = KeyPurpose::server_auth) {
    CertificateFields fields = fields_of(leaf_.certificate);
    change(fields);
    return verify(sign_fields(fields, *intermediate_.key), {intermediate_.certificate}, {root_.certificate},
                  test_time(), purpose);
  }

  CertifiedKey root_ = make_root();
  CertifiedKey intermediate_ = make_intermediate(root_);
  CertifiedKey leaf_ = make_leaf(intermediate_);
};

TEST_F(Chain, AcceptsLeafIntermediateRoot) {
  EXPECT_EQ(verify(leaf_.certificate, {intermediate_.certificate}, {root_.certificate}), "ok");
  EXPECT_EQ(verify(leaf_.certificate, {intermediate_.certificate}, {root_.certificate}, test_time(),
                   KeyPurpose::client_auth),
            "ok");
  EXPECT_EQ(verify(leaf_.certificate, {intermediate_.certificate}, {root_.certificate}, test_time(),
                   KeyPurpose::any),
            "ok");
}

TEST_F(Chain, AcceptsShorterPathsAndARootInTheChain) {
  EXPECT_EQ(verify(make_leaf(root_).certificate, {}, {root_.certificate}), "ok");
  EXPECT_EQ(verify(intermediate_.certificate, {}, {root_.certificate}, test_time(), KeyPurpose::any), "ok");
  EXPECT_EQ(verify(root_.certificate, {}, {root_.certificate}, test_time(), KeyPurpose::any), "ok");
  EXPECT_EQ(verify(leaf_.certificate, {intermediate_.certificate, root_.certificate}, {root_.certificate}),
            "ok");
}

TEST_F(Chain, AcceptsWhatOpensslAndGnutlsMade) {
  const TimePoint at = parse_rfc3339("2026-12-01T00:00:00Z").value();
  EXPECT_EQ(verify(golden("leaf"), {golden("intermediate")}, {golden("root")}, at), "ok");
  EXPECT_EQ(verify(golden("gnutls-leaf"), {}, {golden("gnutls-root")}, at), "ok");
}

TEST_F(Chain, WorksWithEveryKindOfIssuerKey) {
  for (const crypto::KeyType type : {crypto::KeyType{crypto::KeyAlgorithm::ec_p384, 384},
                                     {crypto::KeyAlgorithm::ec_p521, 521},
                                     {crypto::KeyAlgorithm::rsa, 2048},
                                     {crypto::KeyAlgorithm::ed25519, 256}}) {
    const CertifiedKey root = make_root(test_time(), "Other Root", type);
    EXPECT_EQ(verify(make_leaf(root).certificate, {}, {root.certificate}), "ok");
  }
}

TEST_F(Chain, NeedsTheRightRoot) {
  const CertifiedKey stranger = make_root(test_time(), "Stranger"), impostor = make_root();
  EXPECT_THAT(verify(leaf_.certificate, {intermediate_.certificate}, {}),
              HasSubstr("none of the trusted roots"));
  EXPECT_THAT(verify(leaf_.certificate, {intermediate_.certificate}, {stranger.certificate}),
              HasSubstr("none of the trusted"));
  EXPECT_THAT(verify(leaf_.certificate, {intermediate_.certificate}, {impostor.certificate}),
              HasSubstr("none of the trusted"));
  EXPECT_EQ(verify(leaf_.certificate, {intermediate_.certificate},
                   {stranger.certificate, impostor.certificate, root_.certificate}),
            "ok");
  EXPECT_THAT(verify(root_.certificate, {}, {impostor.certificate}, test_time(), KeyPurpose::any),
              HasSubstr("none of the trusted"));
}

TEST_F(Chain, AnExpiredRootDoesNotHideItsSuccessor) {
  CertificateFields fields = fields_of(root_.certificate);
  fields.validity = Validity::from_bounds(test_time() - Seconds(100), test_time() - Seconds(1));
  const Certificate expired = sign_fields(fields, *root_.key);
  EXPECT_EQ(verify(leaf_.certificate, {intermediate_.certificate}, {expired, root_.certificate}), "ok");
  EXPECT_THAT(verify(leaf_.certificate, {intermediate_.certificate}, {expired}),
              HasSubstr("\"CN=Test Root\" expired"));
}

TEST_F(Chain, NeedsEveryLink) {
  const CertifiedKey other = make_intermediate(root_);  // same name, other key
  EXPECT_THAT(verify(leaf_.certificate, {}, {root_.certificate}), HasSubstr("none of the trusted roots"));
  EXPECT_THAT(verify(leaf_.certificate, {other.certificate}, {root_.certificate}),
              AllOf(HasSubstr("\"CN=web.example\" was not signed by \"CN=Test Intermediate\"")));
  const CertifiedKey elsewhere = make_intermediate(root_, test_time(), "Elsewhere");
  EXPECT_THAT(verify(leaf_.certificate, {elsewhere.certificate}, {root_.certificate}),
              HasSubstr("names another issuer"));
}

TEST_F(Chain, ValidityIsInclusive) {
  const auto at = [&](TimePoint time) {
    return verify(leaf_.certificate, {intermediate_.certificate}, {root_.certificate}, time);
  };
  const Validity validity = leaf_.certificate.validity();
  EXPECT_EQ(at(validity.not_before()), "ok");
  EXPECT_EQ(at(validity.not_after()), "ok");
  EXPECT_THAT(at(validity.not_before() - Seconds(1)),
              HasSubstr("\"CN=web.example\" is not valid before 2026-11-22T00:00:00Z"));
  EXPECT_THAT(at(validity.not_after() + Seconds(1)),
              HasSubstr("\"CN=web.example\" expired at 2027-02-19T23:59:59Z"));
}

TEST_F(Chain, IssuersMustBeValidToo) {
  EXPECT_THAT(with_intermediate([](CertificateFields& fields) {
                fields.validity = Validity::from_bounds(test_time() - Seconds(2), test_time() - Seconds(1));
              }),
              HasSubstr("\"CN=Test Intermediate\" expired"));
}

TEST_F(Chain, IssuersMustBeCas) {
  EXPECT_THAT(
      with_intermediate([](CertificateFields& fields) { fields.extensions.basic_constraints.reset(); }),
      HasSubstr("is no CA certificate"));
  EXPECT_THAT(
      with_intermediate([](CertificateFields& fields) { fields.extensions.basic_constraints->ca = false; }),
      HasSubstr("is no CA certificate"));
  EXPECT_THAT(with_intermediate(
                  [](CertificateFields& fields) { fields.extensions.key_usage->key_cert_sign = false; }),
              HasSubstr("lacks keyCertSign"));
  EXPECT_THAT(with_intermediate([](CertificateFields& fields) { fields.extensions.key_usage.reset(); }),
              HasSubstr("lacks keyCertSign"));
  const CertifiedKey below = make_leaf(leaf_);  // issued by a leaf
  EXPECT_THAT(verify(below.certificate, {leaf_.certificate, intermediate_.certificate}, {root_.certificate}),
              HasSubstr("is no CA certificate"));
}

TEST_F(Chain, PathLengthIsCounted) {
  const CertifiedKey second = make_intermediate(intermediate_, test_time(), "Second Intermediate");
  const CertifiedKey leaf = make_leaf(second);
  EXPECT_THAT(verify(leaf.certificate, {second.certificate, intermediate_.certificate}, {root_.certificate}),
              HasSubstr("\"CN=Test Intermediate\" has a pathLenConstraint that this path exceeds"));
  CertificateFields fields = fields_of(intermediate_.certificate);
  fields.extensions.basic_constraints->path_len = 1;
  const Certificate wider = sign_fields(fields, *root_.key);
  EXPECT_EQ(verify(leaf.certificate, {second.certificate, wider}, {root_.certificate}), "ok");
}

TEST_F(Chain, ARootsPathLengthCountsToo) {
  CertificateFields fields = fields_of(root_.certificate);
  fields.extensions.basic_constraints->path_len = 0;
  const Certificate narrow = sign_fields(fields, *root_.key);
  EXPECT_THAT(verify(leaf_.certificate, {intermediate_.certificate}, {narrow}),
              HasSubstr("pathLenConstraint"));
  EXPECT_EQ(verify(make_leaf(root_).certificate, {}, {narrow}), "ok");
}

TEST_F(Chain, PurposeHoldsAllTheWayUp) {
  const auto only = [](KeyPurpose purpose) {
    return [purpose](CertificateFields& fields) { fields.extensions.extended_key_usage = {purpose}; };
  };
  const auto none = [](CertificateFields& fields) { fields.extensions.extended_key_usage.clear(); };
  EXPECT_THAT(with_leaf(only(KeyPurpose::client_auth)),
              HasSubstr("\"CN=web.example\" may not be used for serverAuth"));
  EXPECT_EQ(with_leaf(only(KeyPurpose::any)), "ok");
  EXPECT_EQ(with_leaf(only(KeyPurpose::client_auth), KeyPurpose::any), "ok");
  EXPECT_THAT(with_leaf(none),
              HasSubstr("may not be used for serverAuth"));  // a leaf must state its purposes
  EXPECT_EQ(with_leaf(none, KeyPurpose::any), "ok");
  EXPECT_THAT(with_intermediate(only(KeyPurpose::client_auth)),
              HasSubstr("\"CN=Test Intermediate\" may not be used"));
  EXPECT_EQ(with_intermediate(none), "ok");  // a CA that states none allows all
  EXPECT_EQ(with_intermediate(only(KeyPurpose::any)), "ok");
}

TEST_F(Chain, PurposesThatNobodyKnowsAllowNothing) {
  const TimePoint at = parse_rfc3339("2026-12-01T00:00:00Z").value();
  EXPECT_THAT(verify(golden("other-purpose"), {golden("intermediate")}, {golden("root")}, at),
              HasSubstr("may not be used for serverAuth"));
}

TEST_F(Chain, LeafKeyUsageMustAllowTls) {
  EXPECT_THAT(
      with_leaf([](CertificateFields& fields) { fields.extensions.key_usage = KeyUsage{.crl_sign = true}; }),
      HasSubstr("does not allow TLS"));
  EXPECT_EQ(with_leaf([](CertificateFields& fields) { fields.extensions.key_usage.reset(); }), "ok");
}

TEST_F(Chain, UnknownCriticalExtensionsAreRefused) {
  const TimePoint at = parse_rfc3339("2026-12-01T00:00:00Z").value();
  Bytes der = to_bytes(golden("constrained").der());
  const auto oid =
      std::search(der.begin(), der.end(), oids::name_constraints.begin(), oids::name_constraints.end());
  ASSERT_NE(oid, der.end());
  *(oid + 2) = 0x7f;  // 2.5.29.127
  EXPECT_THAT(verify(must(Certificate::parse(der)), {}, {golden("root")}, at, KeyPurpose::any),
              AllOf(HasSubstr("\"CN=Constrained\""), HasSubstr("critical extension 2.5.29.127")));
}

TEST_F(Chain, NameConstraintsHoldForEverythingBelow) {
  NameConstraints constraints;
  constraints.permitted = {must(parse_name_subtree("dns:other.example"))};
  EXPECT_THAT(
      with_intermediate([&](CertificateFields& fields) { fields.extensions.name_constraints = constraints; }),
      AllOf(HasSubstr("\"CN=web.example\""),
            HasSubstr("outside the nameConstraints of \"CN=Test Intermediate\""),
            HasSubstr("dns:web.example is in no permitted subtree")));
  constraints.permitted = {must(parse_name_subtree("dns:example"))};
  EXPECT_EQ(
      with_intermediate([&](CertificateFields& fields) { fields.extensions.name_constraints = constraints; }),
      "ok");
  constraints.excluded = {must(parse_name_subtree("dns:web.example"))};
  CertificateFields root = fields_of(root_.certificate);
  root.extensions.name_constraints = constraints;
  EXPECT_THAT(verify(leaf_.certificate, {intermediate_.certificate}, {sign_fields(root, *root_.key)}),
              HasSubstr("outside the nameConstraints of \"CN=Test Root\""));
}

TEST_F(Chain, WhatOurReaderOfNamesCannotReadMayBeAMailbox) {
  NameConstraints constraints;
  constraints.permitted = {must(parse_name_subtree("email:host.example"))};
  CertificateFields intermediate = fields_of(intermediate_.certificate);
  intermediate.extensions.name_constraints = constraints;
  CertificateFields leaf = fields_of(leaf_.certificate);
  // emailAddress=a (PKCS #9)
  leaf.exact_subject = *parse_hex("30123110300e06092a864886f70d010901160161");
  EXPECT_THAT(verify(sign_fields(leaf, *intermediate_.key), {sign_fields(intermediate, *root_.key)},
                     {root_.certificate}),
              HasSubstr("may have a mailbox in its subject"));
}

TEST_F(Chain, AcceptsUpToEightIntermediates) {
  const std::vector<Certificate> nine(9, intermediate_.certificate);
  EXPECT_THAT(verify(leaf_.certificate, nine, {root_.certificate}), HasSubstr("more than 8 intermediates"));
  const std::vector<Certificate> eight(8, intermediate_.certificate);
  EXPECT_THAT(verify(leaf_.certificate, eight, {root_.certificate}), HasSubstr("pathLenConstraint"));
}

TEST_F(Chain, ACertificateWithoutSubjectIsNamedByItsSerial) {
  CertificateFields fields = fields_of(leaf_.certificate);
  fields.subject = Name();
  const Certificate anonymous = sign_fields(fields, *intermediate_.key);
  EXPECT_THAT(verify(anonymous, {intermediate_.certificate}, {root_.certificate}, test_time() - Seconds(1)),
              StartsWith("validation: certificate serial " + anonymous.serial().to_string() +
                         " is not valid before"));
}

TEST_F(Chain, OneLinkIsNameAndSignature) {
  EXPECT_EQ(outcome_of(verify_issued_by(leaf_.certificate, intermediate_.certificate)), "ok");
  EXPECT_THAT(outcome_of(verify_issued_by(leaf_.certificate, root_.certificate)),
              HasSubstr("names another issuer"));
  EXPECT_EQ(outcome_of(verify_issued_by(root_.certificate, root_.certificate)), "ok");
}

}  // namespace
}  // namespace chancery::x509
