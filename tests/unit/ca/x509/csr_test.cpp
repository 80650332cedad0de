#include "ca/x509/csr.h"

#include <gmock/gmock.h>

#include "ca/x509/certificate.h"
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
using test::testdata_der;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const GeneralName web{GeneralNameType::dns, "web.example"};
const GeneralName address{GeneralNameType::ip, "192.0.2.7"};

Result<CertificateRequest> read(const std::string& name) {
  return CertificateRequest::parse_pem(testdata("x509/requests/" + name + ".pem"));
}

// A request in pieces, each of which a test may replace before it is properly signed.
struct Pieces {
  Bytes version = parse_hex("020100").value();
  Bytes subject = test::make_name("web.example").to_der();
  Bytes spki;        // the signing key's when empty
  Bytes attributes;  // content of [0]
  bool omit_attributes = false;
  Bytes rest;
};

class Forge : public testing::Test {
 protected:
  [[nodiscard]] Bytes make(const Pieces& pieces) const {
    Bytes info;
    der::Writer writer(info);
    writer.sequence([&] {
      writer.raw(pieces.version);
      writer.raw(pieces.subject);
      writer.raw(pieces.spki.empty() ? key_.public_key().spki() : ByteView(pieces.spki));
      if (!pieces.omit_attributes) writer.element(der::context_constructed(0), pieces.attributes);
      writer.raw(pieces.rest);
    });
    const auto algorithm = crypto::SignatureAlgorithm::ecdsa_sha256;
    return assemble_certificate(info, algorithm, must(key_.sign(algorithm, info)));
  }
  [[nodiscard]] std::string outcome(const Pieces& pieces) const {
    return outcome_of(CertificateRequest::parse(make(pieces)));
  }

  crypto::PrivateKey key_ = test::make_key();
};

Bytes attribute(ByteView type, const std::vector<Bytes>& values) {
  Bytes out;
  der::Writer writer(out);
  writer.sequence([&] {
    writer.oid(type);
    writer.constructed(static_cast<std::uint8_t>(Tag::set), [&] {
      for (const Bytes& value : values) writer.raw(value);
    });
  });
  return out;
}

// The SEQUENCE OF Extension with one subjectAltName of this value.
Bytes extensions_with_names(const Bytes& value) {
  Bytes out;
  der::Writer writer(out);
  writer.sequence([&] {
    writer.sequence([&] {
      writer.oid(oids::subject_alternative_name);
      writer.element(Tag::octet_string, value);
    });
  });
  return out;
}

Bytes general_names(const std::vector<std::pair<std::uint8_t, std::string>>& names) {
  Bytes out;
  der::Writer writer(out);
  writer.sequence([&] {
    for (const auto& [tag, value] : names) writer.element(tag, as_bytes(value));
  });
  return out;
}

Pieces with_names(const Bytes& names) {
  Pieces pieces;
  pieces.attributes = attribute(oids::extension_request, {extensions_with_names(names)});
  return pieces;
}

Bytes joined(const Bytes& a, const Bytes& b) {
  Bytes out = a;
  out.insert(out.end(), b.begin(), b.end());
  return out;
}

TEST(Csr, ReadsTheRequestsOfOpensslAndGnutls) {
  for (const char* kind : {"p256", "p384", "p521", "rsa2048", "ed25519", "p256-sha512", "more-extensions"}) {
    const auto csr = read(kind);
    ASSERT_TRUE(csr) << kind << ": " << csr.error().message;
    EXPECT_EQ(csr->subject().to_string(), "CN=web.example");
    EXPECT_THAT(csr->subject_alternative_names(), ElementsAre(web, address)) << kind;
    EXPECT_TRUE(equal(csr->der(), testdata_der(std::string("x509/requests/") + kind + ".pem")));
  }
  const auto gnutls = must(read("gnutls"));
  EXPECT_THAT(gnutls.subject().to_string(), HasSubstr("CN=web.example"));
  EXPECT_THAT(gnutls.subject_alternative_names(), ElementsAre(web));
}

TEST(Csr, NamesAreOptional) {
  const auto csr = must(read("without-names"));
  EXPECT_TRUE(csr.subject_alternative_names().empty());
  EXPECT_EQ(csr.subject().to_string(), "CN=web.example,O=Example,C=CH");
}

TEST(Csr, ChallengePasswordsAndTheOldLabelAreAccepted) {
  EXPECT_THAT(must(read("challenge")).subject_alternative_names(), ElementsAre(web));
  EXPECT_THAT(testdata("x509/requests/old-label.pem"), StartsWith("-----BEGIN NEW CERTIFICATE REQUEST-----"));
  EXPECT_EQ(outcome_of(read("old-label")), "ok");
}

TEST(Csr, WeakRsaIsLeftToTheKeyQualityCheck) {
  const auto csr = must(read("rsa1024"));
  EXPECT_THAT(outcome_of(crypto::check_key_quality(csr.public_key())), HasSubstr("1024 bits"));
}

TEST(Csr, RefusesUnsupportedKeysAndSignatures) {
  for (const char* kind : {"secp256k1", "compressed"}) {
    EXPECT_THAT(outcome_of(read(kind)), AllOf(StartsWith("validation: "), HasSubstr("of no supported kind")))
        << kind;
  }
  for (const char* kind : {"dsa", "sha1"}) {
    EXPECT_THAT(outcome_of(read(kind)), HasSubstr("its signature algorithm is not supported")) << kind;
  }
}

TEST_F(Forge, RefusesAKeyThatCannotSign) {
  Pieces pieces;
  pieces.spki = testdata_der("crypto/x25519.pub.pem");
  EXPECT_THAT(outcome(pieces), HasSubstr("of no supported kind"));
}

TEST(Csr, CountsTheNames) {
  EXPECT_EQ(must(read("names-100")).subject_alternative_names().size(), 100U);
  EXPECT_THAT(outcome_of(read("names-101")),
              AllOf(StartsWith("validation: "), HasSubstr("more than 100 names")));
  EXPECT_THAT(outcome_of(read("names-1000")),
              AllOf(StartsWith("validation: "), HasSubstr("more than 100 names")));
}

TEST(Csr, RefusesDuplicateNamesAndOtherAttributes) {
  EXPECT_THAT(outcome_of(read("duplicate-names")), HasSubstr("names \"dns:web.example\" twice"));
  EXPECT_THAT(outcome_of(read("other-attribute")),
              HasSubstr("attribute 1.2.840.113549.1.9.1 is not supported"));
}

TEST(Csr, RefusesOtherPemTexts) {
  const std::string good = testdata("x509/requests/p256.pem");
  for (const std::string& text :
       {std::string(), std::string("hello"), "text\n" + good, good.substr(0, good.size() - 10)}) {
    EXPECT_THAT(outcome_of(CertificateRequest::parse_pem(text)), HasSubstr("it is not PEM"));
  }
  EXPECT_THAT(outcome_of(CertificateRequest::parse_pem(good + good)), HasSubstr("2 PEM blocks"));
  EXPECT_THAT(outcome_of(CertificateRequest::parse_pem(testdata("x509/certificates/leaf.pem"))),
              HasSubstr("its PEM label is \"CERTIFICATE\""));
  EXPECT_THAT(outcome_of(CertificateRequest::parse_pem(testdata("crypto/p256.key.pem"))),
              HasSubstr("PRIVATE KEY"));
  EXPECT_THAT(outcome_of(CertificateRequest::parse_pem(std::string(2 * csr_limit + 1, '\n'))),
              StartsWith("payload_too_large: "));
}

TEST(Csr, RefusesTrailingBytes) {
  Bytes der = testdata_der("x509/requests/p256.pem");
  der.push_back(0);
  EXPECT_THAT(outcome_of(CertificateRequest::parse(der)),
              AllOf(StartsWith("validation: "), HasSubstr("other bytes follow")));
}

TEST(Csr, RefusesABadSignature) {
  Bytes der = testdata_der("x509/requests/p256.pem");
  der.back() ^= 1U;
  EXPECT_THAT(outcome_of(CertificateRequest::parse(der)),
              AllOf(StartsWith("validation: "), HasSubstr("proof of possession failed")));
}

TEST_F(Forge, RefusesTheSignatureOfAnotherKey) {
  Pieces pieces;
  pieces.spki = testdata_der("crypto/p256.pub.pem");
  EXPECT_THAT(outcome(pieces), HasSubstr("proof of possession failed"));
  pieces.spki = testdata_der("crypto/ed25519.pub.pem");
  EXPECT_THAT(outcome(pieces), HasSubstr("a Ed25519 key cannot have made a signature"));
}

TEST_F(Forge, ThePiecesMakeAGoodOne) {
  EXPECT_EQ(outcome({}), "ok");
  EXPECT_EQ(outcome(with_names(general_names({{der::context(2), "web.example"}}))), "ok");
}

TEST_F(Forge, AcceptsExactlyTheLimit) {
  const auto sized = [&](std::size_t filler) {
    Bytes challenge;
    der::Writer(challenge).element(Tag::utf8_string, Bytes(filler, 'a'));
    Pieces pieces;
    pieces.attributes = attribute(oids::challenge_password, {challenge});
    return make(pieces);
  };
  // ECDSA signatures vary in length: draw until the size is met.
  const auto of_size = [&](std::size_t size) {
    for (std::size_t filler = size - 250;; filler = size - 250 + (filler + 1) % 50) {
      const Bytes der = sized(filler);
      if (der.size() == size) return der;
    }
  };
  const Bytes largest = of_size(csr_limit);
  EXPECT_EQ(outcome_of(CertificateRequest::parse(largest)), "ok");
  EXPECT_EQ(outcome_of(CertificateRequest::parse_pem(to_pem("CERTIFICATE REQUEST", largest))), "ok");
  EXPECT_THAT(outcome_of(CertificateRequest::parse(of_size(csr_limit + 1))),
              AllOf(StartsWith("payload_too_large: "), HasSubstr("16385 bytes; at most 16384")));
}

TEST_F(Forge, RefusesOtherVersions) {
  for (const char* version : {"020101", "020102", "0200", "02020000", "0400"}) {
    Pieces pieces;
    pieces.version = parse_hex(version).value();
    EXPECT_THAT(outcome(pieces), HasSubstr("version")) << version;
  }
}

TEST_F(Forge, RefusesNulInNames) {
  const std::string dns("web.example\0.evil", 17);
  EXPECT_THAT(outcome(with_names(general_names({{der::context(2), dns}}))), HasSubstr("NUL"));
  Pieces pieces;
  pieces.subject = Name({{AttributeType::common_name, dns}}).to_der();
  EXPECT_THAT(outcome(pieces), HasSubstr("CN contains a NUL"));
}

TEST_F(Forge, RefusesAnEmptyOrMalformedNameSequence) {
  EXPECT_THAT(outcome(with_names(parse_hex("3000").value())), HasSubstr("empty sequence"));
  EXPECT_THAT(outcome(with_names({})), HasSubstr("not DER"));
  EXPECT_THAT(outcome(with_names(parse_hex("30038201").value())), HasSubstr("not DER"));
  EXPECT_THAT(outcome(with_names(parse_hex("30058203616263"
                                           "00")
                                     .value())),
              HasSubstr("not DER"));
}

TEST_F(Forge, AllowsOneExtensionRequestAndOneChallengeOnly) {
  const Bytes request = attribute(oids::extension_request,
                                  {extensions_with_names(general_names({{der::context(2), "web.example"}}))});
  const Bytes challenge = attribute(oids::challenge_password, {parse_hex("0c0161").value()});
  const auto with = [&](const Bytes& attributes) {
    Pieces pieces;
    pieces.attributes = attributes;
    return outcome(pieces);
  };
  EXPECT_EQ(with(joined(request, challenge)), "ok");
  EXPECT_EQ(with(joined(challenge, request)), "ok");  // unsorted SET
  EXPECT_THAT(with(joined(request, request)), HasSubstr("is repeated or not supported"));
  EXPECT_THAT(with(joined(challenge, challenge)), HasSubstr("is repeated or not supported"));
  EXPECT_THAT(with(attribute(parse_hex("2a0304").value(), {parse_hex("0500").value()})),
              HasSubstr("attribute 1.2.3.4 is repeated or not supported"));
  EXPECT_THAT(with(attribute(oids::extension_request, {})), HasSubstr("exactly one value"));
  EXPECT_THAT(
      with(attribute(oids::challenge_password, {parse_hex("0c0161").value(), parse_hex("0c0162").value()})),
      HasSubstr("exactly one value"));
  EXPECT_THAT(with(attribute(oids::extension_request, {parse_hex("0500").value()})),
              HasSubstr("extensionRequest"));
  EXPECT_THAT(with(attribute(oids::extension_request, {parse_hex("3000").value()})),
              HasSubstr("empty sequence"));
  EXPECT_THAT(with(parse_hex("0500").value()), HasSubstr("malformed attributes"));
  EXPECT_THAT(with(parse_hex("30020500").value()), HasSubstr("malformed attribute"));
}

TEST_F(Forge, AttributesMustBePresentAndLast) {
  Pieces pieces;
  pieces.omit_attributes = true;
  EXPECT_THAT(outcome(pieces), HasSubstr("CertificationRequestInfo"));
  pieces = {};
  pieces.rest = parse_hex("0500").value();
  EXPECT_THAT(outcome(pieces), HasSubstr("CertificationRequestInfo"));
}

TEST_F(Forge, AnEmptySubjectIsAccepted) {
  Pieces pieces = with_names(general_names({{der::context(2), "web.example"}}));
  pieces.subject = Name().to_der();
  EXPECT_EQ(outcome(pieces), "ok");
}

TEST(CreateRequest, IsReadBackForEveryKindOfKey) {
  for (const crypto::KeyType type : {crypto::KeyType{crypto::KeyAlgorithm::ec_p256, 256},
                                     {crypto::KeyAlgorithm::ec_p384, 384},
                                     {crypto::KeyAlgorithm::ec_p521, 521},
                                     {crypto::KeyAlgorithm::rsa, 2048},
                                     {crypto::KeyAlgorithm::ed25519, 256}}) {
    const crypto::PrivateKey key = test::make_key(type);
    const auto csr = must(CertificateRequest::parse_pem(
        must(create_request(key, test::make_name("web.example"), {web, address}))));
    EXPECT_EQ(csr.public_key().type(), type);
    EXPECT_EQ(csr.subject().common_name(), "web.example");
    EXPECT_THAT(csr.subject_alternative_names(), ElementsAre(web, address));
  }
}

TEST(CreateRequest, NeedsNeitherNamesNorSubject) {
  const crypto::PrivateKey key = test::make_key();
  const auto csr = must(CertificateRequest::parse_pem(must(create_request(key, Name(), {}))));
  EXPECT_TRUE(csr.subject().empty());
  EXPECT_TRUE(csr.subject_alternative_names().empty());
}

TEST(CreateRequest, RefusesWhatTheReaderWouldRefuse) {
  const crypto::PrivateKey key = test::make_key();
  EXPECT_THAT(outcome_of(create_request(key, test::make_name(std::string(65, 'a')), {})),
              HasSubstr("65 characters"));
  EXPECT_THAT(outcome_of(create_request(key, Name(), {{GeneralNameType::dns, "we_b.example"}})),
              HasSubstr("we_b"));
  EXPECT_THAT(outcome_of(create_request(key, Name(), {web, web})), HasSubstr("twice"));
  std::vector<GeneralName> many;
  for (int i = 0; i < 101; ++i)
    many.push_back({GeneralNameType::dns, "host-" + std::to_string(i) + ".example"});
  EXPECT_THAT(outcome_of(create_request(key, Name(), many)), HasSubstr("more than 100"));
  many.pop_back();
  EXPECT_EQ(outcome_of(create_request(key, Name(), many)), "ok");
}

}  // namespace
}  // namespace chancery::x509
