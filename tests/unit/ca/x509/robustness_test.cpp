// Hostile input: every prefix and every one-bit change of good files, through every parser. ./check runs this
// under the sanitizers too, which see what a return value does not tell.
#include <gmock/gmock.h>

#include <functional>

#include "ca/x509/certificate.h"
#include "ca/x509/chain.h"
#include "ca/x509/csr.h"
#include "ca/x509/der.h"
#include "ca/x509/oids.h"
#include "tests/support/testdata.h"
#include "tests/support/x509_builder.h"

namespace chancery::x509 {
namespace {

using test::must;
using test::testdata;
using test::testdata_der;

Certificate golden(const std::string& name) {
  return must(Certificate::parse_pem(testdata("x509/certificates/" + name + ".pem")));
}

// Copies each prefix to memory of its own, so that a read past its end is seen by the sanitizers.
void for_each_prefix(ByteView good, const std::function<void(ByteView)>& use) {
  for (std::size_t size = 0; size < good.size(); ++size) use(to_bytes(good.first(size)));
}

void for_each_flip(ByteView good, const std::function<void(ByteView, std::size_t)>& use) {
  Bytes changed = to_bytes(good);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    const auto mask = static_cast<std::uint8_t>(1U << (bit % 8));
    changed[bit / 8] ^= mask;
    use(changed, bit);
    changed[bit / 8] ^= mask;
  }
}

TEST(Robustness, NoPrefixOfARequestIsARequest) {
  for (const char* name : {"p256", "rsa2048", "ed25519", "challenge", "gnutls"}) {
    const Bytes good = testdata_der(std::string("x509/requests/") + name + ".pem");
    for_each_prefix(good, [&](ByteView cut) {
      EXPECT_FALSE(CertificateRequest::parse(cut)) << name << " " << cut.size();
    });
  }
}

TEST(Robustness, EveryFlippedBitOfARequestIsNoticed) {
  for (const char* name : {"p256", "ed25519", "challenge"}) {
    for_each_flip(testdata_der(std::string("x509/requests/") + name + ".pem"),
                  [&](ByteView changed, std::size_t bit) {
                    EXPECT_FALSE(CertificateRequest::parse(changed)) << name << " bit " << bit;
                  });
  }
}

TEST(Robustness, NoPrefixOfACertificateIsACertificate) {
  for (const char* name : {"root", "leaf", "leaf-without-subject", "gnutls-leaf"}) {
    const Certificate good = golden(name);
    for_each_prefix(good.der(), [&](ByteView cut) {
      EXPECT_FALSE(Certificate::parse(cut)) << name << " " << cut.size();
    });
    for_each_prefix(good.tbs(),
                    [&](ByteView cut) { EXPECT_FALSE(parse_tbs(cut)) << name << " " << cut.size(); });
  }
}

TEST(Robustness, NoFlippedBitOfACertificateSurvivesVerification) {
  const Certificate issuer = golden("intermediate");
  int parsed = 0;
  for_each_flip(golden("leaf").der(), [&](ByteView changed, std::size_t bit) {
    const auto certificate = Certificate::parse(changed);
    if (!certificate) return;
    ++parsed;
    EXPECT_TRUE(equal(certificate->der(), changed));
    (void)certificate->subject_text();
    EXPECT_FALSE(verify_issued_by(*certificate, issuer)) << bit;
  });
  EXPECT_GT(parsed, 500);  // keys, names, times and the signature itself still parse
}

// DER has one encoding: what is read and written again is the same, or was refused.
TEST(Robustness, FlippedNamesAreCanonicalOrRefused) {
  for_each_flip(golden("intermediate").fields().subject, [](ByteView changed, std::size_t bit) {
    const auto name = Name::parse(changed);
    if (!name) return;
    const auto again = Name::parse(name->to_der());
    ASSERT_TRUE(again) << bit;
    EXPECT_EQ(*again, *name) << bit;
    EXPECT_TRUE(check_name(*name)) << bit;
  });
}

TEST(Robustness, FlippedGeneralNamesAreGoodOrRefused) {
  const Bytes good = general_names_to_der(golden("leaf").fields().extensions.subject_alternative_names);
  for_each_prefix(good, [](ByteView cut) { EXPECT_FALSE(parse_general_names(cut)) << cut.size(); });
  for_each_flip(good, [](ByteView changed, std::size_t bit) {
    const auto names = parse_general_names(changed);
    if (!names) return;
    for (const GeneralName& name : *names) {
      EXPECT_TRUE(check_general_name(name)) << bit << " " << to_string(name);
      EXPECT_EQ(must(parse_general_name(to_string(name))), name) << bit;
    }
    const auto again = parse_general_names(general_names_to_der(*names));
    ASSERT_TRUE(again) << bit;
    EXPECT_EQ(*again, *names) << bit;
  });
}

TEST(Robustness, FlippedPemNeverCrashes) {
  const std::string good = testdata("x509/certificates/chain.pem");
  int refused = 0;
  for_each_flip(as_bytes(good), [&](ByteView changed, std::size_t) {
    if (!parse_pem_chain(as_text(changed))) ++refused;
  });
  EXPECT_GT(refused, 1000);
}

TEST(Robustness, DeepNestingIsNotFollowed) {
  Bytes deep;
  for (int i = 0; i < 5000; ++i) deep.insert(deep.end(), {0x30, 0x80});
  EXPECT_FALSE(CertificateRequest::parse(deep));
  Bytes nested;
  for (int i = 0; i < 2000; ++i) {
    Bytes outer;
    der::Writer(outer).element(der::Tag::sequence, nested);
    nested = std::move(outer);
  }
  EXPECT_FALSE(CertificateRequest::parse(nested));
  EXPECT_FALSE(Certificate::parse(nested));
  EXPECT_FALSE(Name::parse(nested));
  EXPECT_FALSE(parse_general_names(nested));
}

// A TBSCertificate that has this one extension.
Result<ParsedTbs> with_extension(ByteView oid, ByteView value) {
  const Certificate good = golden("leaf");
  const Bytes plain = encode_tbs({.serial = good.serial(),
                                  .issuer = good.fields().issuer,
                                  .validity = good.validity(),
                                  .subject = {},
                                  .spki = good.fields().spki,
                                  .extensions = {},
                                  .exact_subject = {}});
  Bytes tbs;
  der::Writer writer(tbs);
  writer.sequence([&] {
    writer.raw(der::Reader(plain).any()->content);
    writer.constructed(der::context_constructed(3), [&] {
      writer.sequence([&] {
        writer.sequence([&] {
          writer.oid(oid);
          writer.element(der::Tag::octet_string, value);
        });
      });
    });
  });
  return parse_tbs(tbs);
}

// step-ca CVE-2026-40097: an extension whose list is empty, or that has no value at all.
TEST(Robustness, EmptyContainersAreRefused) {
  const Bytes empty{0x30, 0x00};
  for (const ByteView oid : {ByteView(oids::extended_key_usage), ByteView(oids::subject_alternative_name),
                             ByteView(oids::name_constraints), ByteView(oids::crl_distribution_points),
                             ByteView(oids::authority_information_access)}) {
    EXPECT_FALSE(with_extension(oid, empty)) << oids::to_dotted(oid);
    EXPECT_FALSE(with_extension(oid, {})) << oids::to_dotted(oid);
  }
  // Every member of these is optional.
  for (const ByteView oid : {ByteView(oids::basic_constraints), ByteView(oids::authority_key_identifier)}) {
    EXPECT_TRUE(with_extension(oid, empty)) << oids::to_dotted(oid);
    EXPECT_FALSE(with_extension(oid, {})) << oids::to_dotted(oid);
  }
}

TEST(Robustness, RandomBytesAreRefused) {
  FixedRandom random(2);
  for (int round = 0; round < 2000; ++round) {
    Bytes noise(static_cast<std::size_t>(round % 300));
    random.fill(noise);
    EXPECT_FALSE(CertificateRequest::parse(noise));
    EXPECT_FALSE(Certificate::parse(noise));
    EXPECT_FALSE(crypto::PublicKey::from_spki(noise));
  }
}

}  // namespace
}  // namespace chancery::x509
