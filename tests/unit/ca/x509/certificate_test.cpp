#include "ca/x509/certificate.h"

#include <gmock/gmock.h>

#include "ca/x509/der.h"
#include "ca/x509/oids.h"
#include "tests/support/outcome.h"
#include "tests/support/testdata.h"
#include "tests/support/x509_builder.h"

namespace chancery::x509 {
namespace {

using der::Tag;
using test::must;
using test::outcome_of;
using test::testdata;
using testing::ElementsAre;
using testing::HasSubstr;

Certificate golden(const std::string& name) {
  return must(Certificate::parse_pem(testdata("x509/certificates/" + name + ".pem")));
}

// A TBS in pieces, each of which a test may replace.
struct Pieces {
  Bytes version = parse_hex("a003020102").value();
  Bytes serial = parse_hex("020105").value();
  Bytes algorithm = to_bytes(crypto::algorithm_identifier(crypto::SignatureAlgorithm::ecdsa_sha256));
  Bytes issuer = test::make_name("Issuer").to_der();
  Bytes validity = parse_hex("301e170d3236313132323034333630305a170d3237303232303034333535395a").value();
  Bytes subject = test::make_name("web.example").to_der();
  Bytes spki = test::testdata_der("crypto/p256.pub.pem");
  Bytes unique_ids;
  Bytes extensions;  // content of [3]; no [3] when empty
  Bytes rest;
};
Bytes tbs_of(const Pieces& pieces) {
  Bytes out;
  der::Writer writer(out);
  writer.sequence([&] {
    for (const Bytes* piece : {&pieces.version, &pieces.serial, &pieces.algorithm, &pieces.issuer,
                               &pieces.validity, &pieces.subject, &pieces.spki, &pieces.unique_ids}) {
      writer.raw(*piece);
    }
    if (!pieces.extensions.empty()) writer.element(der::context_constructed(3), pieces.extensions);
    writer.raw(pieces.rest);
  });
  return out;
}
std::string outcome(const Pieces& pieces) {
  return outcome_of(parse_tbs(tbs_of(pieces)));
}
Bytes hex(const std::string& text) {
  return parse_hex(text).value();
}

// SEQUENCE OF Extension with the DER of each given in hex.
Bytes extension_list(const std::vector<std::string>& extensions) {
  Bytes out;
  der::Writer writer(out);
  writer.sequence([&] {
    for (const std::string& each : extensions) writer.raw(hex(each));
  });
  return out;
}
Pieces with_extensions(const std::vector<std::string>& extensions) {
  Pieces pieces;
  pieces.extensions = extension_list(extensions);
  return pieces;
}
// One extension of this OID and value.
std::string extension(ByteView oid, const std::string& value_hex) {
  Bytes out;
  der::Writer writer(out);
  writer.sequence([&] {
    writer.oid(oid);
    writer.element(Tag::octet_string, hex(value_hex));
  });
  return to_hex(out);
}

TEST(Certificate, TellsWhatItHolds) {
  const Certificate leaf = golden("leaf");
  EXPECT_EQ(leaf.serial().to_string(), "01ffeeddccbbaa99887766554433221100");
  EXPECT_EQ(leaf.subject_text(), "CN=web.example");
  EXPECT_EQ(golden("intermediate").subject_text(), "CN=Example Intermediate I1,OU=Zürich,O=Example,C=CH");
  EXPECT_EQ(golden("leaf-without-subject").subject_text(), "");
  EXPECT_EQ(leaf.validity().lifetime(), Seconds(90 * 86400));
  EXPECT_EQ(leaf.fingerprint(), crypto::sha256(leaf.der()));
  EXPECT_EQ(leaf.to_pem(), testdata("x509/certificates/leaf.pem"));
  EXPECT_EQ(leaf.fields().raw_extensions.size(), 8U);
}

TEST(Certificate, ReadsWhatGnutlsMakes) {
  const Certificate root = golden("gnutls-root"), leaf = golden("gnutls-leaf");
  EXPECT_EQ(root.signature_algorithm(), crypto::SignatureAlgorithm::ed25519);
  EXPECT_EQ(root.subject_text(), "CN=GnuTLS Root");
  EXPECT_TRUE(root.fields().extensions.basic_constraints->ca);
  EXPECT_THAT(leaf.fields().extensions.subject_alternative_names,
              ElementsAre(GeneralName{GeneralNameType::dns, "web.example"},
                          GeneralName{GeneralNameType::ip, "192.0.2.7"}));
  EXPECT_THAT(leaf.fields().extensions.extended_key_usage, ElementsAre(KeyPurpose::server_auth));
  EXPECT_EQ(leaf.fields().extensions.authority_key_identifier,
            root.fields().extensions.subject_key_identifier);
}

TEST(Certificate, UnknownPurposesAndBitsStayRaw) {
  const Certificate other = golden("other-purpose");
  EXPECT_TRUE(other.fields().extensions.extended_key_usage.empty());
  EXPECT_EQ(other.fields().extensions.key_usage,
            KeyUsage{.digital_signature = true});  // nonRepudiation has no member
  EXPECT_EQ(other.fields().raw_extensions.size(), 5U);
}

TEST(Certificate, RefusesVersion1) {
  EXPECT_THAT(outcome_of(Certificate::parse_pem(testdata("x509/certificates/version-1.pem"))),
              HasSubstr("not v3"));
}

TEST(Certificate, RefusesOtherPemTexts) {
  const std::string leaf = testdata("x509/certificates/leaf.pem"),
                    chain = testdata("x509/certificates/chain.pem");
  EXPECT_THAT(outcome_of(Certificate::parse_pem(chain)), HasSubstr("there are 2 where one belongs"));
  for (const std::string& text : {std::string(), std::string("hello"), "text\n" + leaf, leaf + "text\n"}) {
    EXPECT_THAT(outcome_of(Certificate::parse_pem(text)), HasSubstr("not PEM"));
  }
  EXPECT_THAT(outcome_of(Certificate::parse_pem(testdata("x509/requests/p256.pem"))),
              HasSubstr("found a block CERTIFICATE REQUEST"));
  EXPECT_THAT(outcome_of(parse_pem_chain(leaf + testdata("crypto/p256.pub.pem"))),
              HasSubstr("found a block PUBLIC KEY"));
}

TEST(Certificate, ChainsHaveUpToSixteen) {
  const std::string leaf = testdata("x509/certificates/leaf.pem");
  std::string text;
  for (int i = 0; i < 16; ++i) text += leaf;
  const auto sixteen = parse_pem_chain(text);
  ASSERT_TRUE(sixteen);
  EXPECT_EQ(sixteen->size(), 16U);
  EXPECT_THAT(outcome_of(parse_pem_chain(text + leaf)), HasSubstr("more than 16"));
  EXPECT_THAT(outcome_of(parse_pem_chain(std::string(1U << 20U, '\n'))), HasSubstr("larger than"));
}

TEST(Certificate, RefusesTrailingBytesAndOversize) {
  Bytes der = to_bytes(golden("leaf").der());
  der.push_back(0);
  EXPECT_THAT(outcome_of(Certificate::parse(der)), HasSubstr("followed by other bytes"));
  der.resize(certificate_limit + 1);
  EXPECT_THAT(outcome_of(Certificate::parse(der)), HasSubstr("larger than 65536"));
  EXPECT_THAT(outcome_of(parse_tbs(der)), HasSubstr("larger than 65536"));
}

TEST(Certificate, AcceptsExactlyTheLimit) {
  const auto sized = [](std::size_t filler) {
    Pieces pieces;
    Bytes list;
    der::Writer writer(list);
    writer.sequence([&] {
      writer.sequence([&] {
        writer.oid(hex("2a0304"));
        writer.element(Tag::octet_string, Bytes(filler, 0x5a));
      });
    });
    pieces.extensions = list;
    return assemble_certificate(tbs_of(pieces), crypto::SignatureAlgorithm::ecdsa_sha256, Bytes(70, 1));
  };
  const std::size_t overhead = sized(60000).size() - 60000;
  EXPECT_EQ(outcome_of(Certificate::parse(sized(certificate_limit - overhead))), "ok");
  EXPECT_THAT(outcome_of(Certificate::parse(sized(certificate_limit - overhead + 1))),
              HasSubstr("larger than"));
}

TEST(Certificate, InnerAndOuterAlgorithmMustBeEqual) {
  const Bytes tbs = tbs_of({});
  EXPECT_TRUE(
      Certificate::parse(assemble_certificate(tbs, crypto::SignatureAlgorithm::ecdsa_sha256, Bytes(8, 1))));
  EXPECT_THAT(outcome_of(Certificate::parse(
                  assemble_certificate(tbs, crypto::SignatureAlgorithm::ecdsa_sha384, Bytes(8, 1)))),
              HasSubstr("inside and outside the signature differ"));
}

TEST(Certificate, UnsupportedAlgorithmsAreNamedSo) {
  Pieces pieces;
  pieces.algorithm = hex("300d06092a864886f70d0101050500");  // sha1WithRSAEncryption
  Bytes out;
  der::Writer writer(out);
  writer.sequence([&] {
    writer.raw(tbs_of(pieces));
    writer.raw(pieces.algorithm);
    writer.bit_string(Bytes(8, 1));
  });
  EXPECT_THAT(outcome_of(Certificate::parse(out)), HasSubstr("signature algorithm is not supported"));
}

TEST(Tbs, NeedsNoExtensions) {
  EXPECT_EQ(outcome({}), "ok");
}

TEST(Tbs, NamesTheMalformedField) {
  const auto with = [](Bytes Pieces::*piece, const std::string& text) {
    Pieces pieces;
    pieces.*piece = hex(text);
    return outcome(pieces);
  };
  EXPECT_THAT(with(&Pieces::version, ""), HasSubstr("not v3"));
  EXPECT_THAT(with(&Pieces::version, "a003020101"), HasSubstr("not v3"));
  EXPECT_THAT(with(&Pieces::version, "a003020103"), HasSubstr("not v3"));
  EXPECT_THAT(with(&Pieces::version, "a006020102020102"), HasSubstr("not v3"));
  EXPECT_THAT(with(&Pieces::serial, "020100"), HasSubstr("zero"));
  EXPECT_THAT(with(&Pieces::serial, "020180"), HasSubstr("negative"));
  EXPECT_THAT(with(&Pieces::serial, "040105"), HasSubstr("serialNumber"));
  EXPECT_THAT(with(&Pieces::algorithm, "0500"), HasSubstr("signature algorithm"));
  EXPECT_THAT(with(&Pieces::issuer, "3100"), HasSubstr("issuer"));
  EXPECT_THAT(with(&Pieces::validity, "3000"), HasSubstr("validity"));
  EXPECT_THAT(with(&Pieces::subject, "0500"), HasSubstr("subject"));
  EXPECT_THAT(with(&Pieces::spki, "0500"), HasSubstr("subjectPublicKeyInfo"));
  EXPECT_THAT(with(&Pieces::rest, "0500"), HasSubstr("after the extensions"));
  EXPECT_THAT(with(&Pieces::unique_ids, "0400"), HasSubstr("after the extensions"));
}

TEST(Tbs, RefusesTimesThatRfc5280Forbids) {
  for (const char* bad :
       {"301c170b323631313232303433365a170d3237303232303034333535395a",             // no seconds
        "3020180f32303236313132323034333630305a170d3237303232303034333535395a",     // GeneralizedTime in 2026
        "300f170d3236313132323034333630305a",                                       // one time
        "3020170d3236313132323034333630305a170d3237303232303034333535395a0500"}) {  // three things
    Pieces pieces;
    pieces.validity = hex(bad);
    EXPECT_THAT(outcome(pieces), HasSubstr("validity")) << bad;
  }
}

TEST(Tbs, ReportsUniqueIds) {
  for (const char* ids : {"81020055", "82020055", "8102005582020055"}) {
    Pieces pieces;
    pieces.unique_ids = hex(ids);
    const auto parsed = parse_tbs(tbs_of(pieces));
    ASSERT_TRUE(parsed) << ids;
    EXPECT_TRUE(parsed->has_unique_ids);
  }
  Pieces pieces;
  pieces.unique_ids = hex("8202005581020055");  // in the wrong order
  EXPECT_FALSE(parse_tbs(tbs_of(pieces)));
}

TEST(Tbs, ExtensionListIsStrict) {
  EXPECT_THAT(outcome(with_extensions({})), HasSubstr("empty sequence"));
  const std::string unknown = "300906032a030404020500";
  EXPECT_EQ(outcome(with_extensions({unknown})), "ok");
  EXPECT_THAT(outcome(with_extensions({unknown, unknown})), HasSubstr("1.2.3.4 appears twice"));
  EXPECT_THAT(outcome(with_extensions({"300c06032a030401010004020500"})),
              HasSubstr("not DER"));  // explicit FALSE
  EXPECT_THAT(outcome(with_extensions({"300c06032a030401010104020500"})),
              HasSubstr("not DER"));  // TRUE as 01
  EXPECT_EQ(outcome(with_extensions({"300c06032a03040101ff04020500"})), "ok");
  EXPECT_THAT(outcome(with_extensions({"300706032a03040500"})), HasSubstr("not DER"));  // no OCTET STRING
  EXPECT_THAT(outcome(with_extensions({"300b06032a0304040205000500"})),
              HasSubstr("not DER"));  // something after it
  EXPECT_THAT(outcome(with_extensions({"300906032a038404020500"})), HasSubstr("not DER"));  // OID cut short
}

TEST(Tbs, HasUpToSixtyFourExtensions) {
  std::vector<std::string> list;
  for (int i = 0; i < 64; ++i)
    list.push_back("300906032a03" + to_hex(Bytes{static_cast<std::uint8_t>(i)}) + "04020500");
  EXPECT_EQ(outcome(with_extensions(list)), "ok");
  list.push_back("300906032a034004020500");
  EXPECT_THAT(outcome(with_extensions(list)), HasSubstr("more than 64"));
}

struct Malformed {
  ByteView oid;
  const char* name;
  std::vector<std::string> values;
};

TEST(Tbs, NamesTheMalformedExtension) {
  const std::vector<Malformed> cases{
      {oids::basic_constraints,
       "basicConstraints",
       {"", "0500", "3003010100", "3003010101", "30060101ff0201ff", "30070101ff02020001",
        "30070101ff02020100", "30000500", "30050101ff0500",
        "3003020100"
        "00"}},
      {oids::key_usage,
       "keyUsage",
       {"", "030100",
        "03020780"
        "00",
        "03020000", "03020080", "03020680", "03020880", "0305000102030a", "04020780", "0303078000", "0300"}},
      {oids::extended_key_usage,
       "extKeyUsage",
       {"", "3000", "30020500", "30020600", "3003060180", "300406022b8000"}},
      {oids::subject_key_identifier,
       "subjectKeyIdentifier",
       {"", "0400",
        "040101"
        "00",
        "030101", "0402aa"}},
      {oids::authority_key_identifier,
       "authorityKeyIdentifier",
       {"", "30028000", "3003040101",
        "3003800101"
        "00",
        "30068201018001aa"}},
      {oids::subject_alternative_name,
       "subjectAltName",
       {"", "3000", "3003820100", "3006820161820161", "30030c0161", "3003870101"}},
      {oids::crl_distribution_points,
       "cRLDistributionPoints",
       {"", "3000", "30020500",
        "3004300286"
        "00",
        "30043002a000", "30063004a002a000", "300a3008a006a00486022061"}},
      {oids::authority_information_access,
       "authorityInfoAccess",
       {"", "3000", "30020500",
        "3004300206"
        "00",
        "300c300a06082b06010505073001",
        "3010300e06082b06010505073001"
        "86020a61"}},
  };
  for (const Malformed& each : cases) {
    for (const std::string& value : each.values) {
      EXPECT_THAT(outcome(with_extensions({extension(each.oid, value)})),
                  HasSubstr(std::string("extension ") + each.name + " is malformed"))
          << value;
    }
  }
}

TEST(Tbs, ReadsFormsThatItDoesNotWrite) {
  const auto read = [](ByteView oid, const std::string& value) {
    return must(parse_tbs(tbs_of(with_extensions({extension(oid, value)})))).extensions;
  };
  EXPECT_EQ(read(oids::basic_constraints, "3003020103").basic_constraints->path_len, 3U);
  EXPECT_TRUE(read(oids::key_usage, "0303070080").key_usage.has_value());  // decipherOnly: the ninth bit
  // keyIdentifier beside issuer and serial
  EXPECT_EQ(to_hex(read(oids::authority_key_identifier,
                        "300a8002aabb"
                        "a1008202"
                        "0102")
                       .authority_key_identifier),
            "aabb");
  // a distribution point with reasons, and one by a name relative to the issuer's
  EXPECT_THAT(read(oids::crl_distribution_points,
                   "30133011a00ba00986076874"
                   "74703a2f2f81020780")
                  .crl_distribution_points,
              ElementsAre("http://"));
  EXPECT_TRUE(read(oids::crl_distribution_points, "30063004a002a100").crl_distribution_points.empty());
}

TEST(KeyPurpose, NamesAreReadBack) {
  for (const KeyPurpose purpose :
       {KeyPurpose::server_auth, KeyPurpose::client_auth, KeyPurpose::code_signing,
        KeyPurpose::email_protection, KeyPurpose::time_stamping, KeyPurpose::ocsp_signing, KeyPurpose::any}) {
    EXPECT_EQ(parse_key_purpose(to_string(purpose)), purpose);
  }
  EXPECT_EQ(to_string(KeyPurpose::server_auth), "serverAuth");
  EXPECT_EQ(parse_key_purpose("serverauth"), std::nullopt);
}

}  // namespace
}  // namespace chancery::x509
