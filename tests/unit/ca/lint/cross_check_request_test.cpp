#include "ca/crypto/private_key.h"
#include "ca/lint/cross_check.h"
#include "tests/support/testdata.h"
#include "tests/unit/ca/lint/fixture.h"

namespace chancery::lint {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using x509::CertificateRequest;

// Made by OpenSSL or GnuTLS: tests/testdata/x509/generate.
CertificateRequest golden_request(const std::string& name) {
  return must(CertificateRequest::parse_pem(test::testdata("x509/requests/" + name + ".pem")));
}

std::string message_of(const Result<void>& result) {
  return result ? "" : result.error().message + " " + result.error().internal;
}

CertificateRequest request_of(const crypto::PrivateKey& key, const x509::Name& subject,
                              const std::vector<x509::GeneralName>& names) {
  return must(CertificateRequest::parse_pem(must(x509::create_request(key, subject, names))));
}

CertificateRequest with_challenge(std::string_view hex) {
  return test::make_challenge_request(*keys::make_memory_signer(test::make_key()),
                                      test::make_name("web.example").to_der(), parse_hex(hex).value());
}

TEST(CrossCheckRequest, AcceptsAnotherImplementationsRequests) {
  for (const char* name : {"challenge", "ed25519", "gnutls", "more-extensions", "names-100", "old-label",
                           "p256", "p256-sha512", "p384", "p521", "rsa2048", "without-names"}) {
    const CertificateRequest request = golden_request(name);
    EXPECT_EQ(message_of(cross_check_request(request.der(), request)), "") << name;
  }
}

TEST(CrossCheckRequest, AcceptsOurOwn) {
  const crypto::PrivateKey key = test::make_key();
  const x509::Name international({{x509::AttributeType::country, "JP"},
                                  {x509::AttributeType::organization, "ユニットé \xf0\x9f\x94\x91"},
                                  {x509::AttributeType::common_name, "ß"}});
  for (const x509::Name& subject : {x509::Name(), test::make_name("web.example"), international}) {
    for (const std::vector<std::string>& names : {std::vector<std::string>{},
                                                  {"dns:web.example", "ip:192.0.2.7", "ip:2001:db8::7",
                                                   "uri:spiffe://a.example/b", "email:a@a.example"}}) {
      std::vector<x509::GeneralName> parsed;
      for (const std::string& name : names) parsed.push_back(must(x509::parse_general_name(name)));
      const CertificateRequest request = request_of(key, subject, parsed);
      EXPECT_EQ(message_of(cross_check_request(request.der(), request)), "") << subject.to_string();
    }
  }
  const CertificateRequest challenge = with_challenge("0c026869");  // UTF8String
  EXPECT_EQ(message_of(cross_check_request(challenge.der(), challenge)), "");
}

// What we skip, Botan reads: a challengePassword is a DirectoryString, never an INTEGER.
TEST(CrossCheckRequest, RefusesWhatItCannotRead) {
  const CertificateRequest request = with_challenge("020101");
  const Result<void> result = cross_check_request(request.der(), request);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::internal);
  EXPECT_THAT(message_of(result), AllOf(HasSubstr("the certification request"), HasSubstr("cannot read it")));
}

TEST(CrossCheckRequest, RefusesEverySingleBitFlip) {
  for (const char* name : {"p256", "rsa2048", "ed25519", "challenge"}) {
    const CertificateRequest request = golden_request(name);
    const Bytes good = to_bytes(request.der());
    // Botan does not look at how many bits of the signature's BIT STRING are unused; the first reader does.
    const std::size_t unused = good.size() - request.parts().signature.size() - 1;
    for (std::size_t bit = 0; bit < 8 * good.size(); bit += 7) {
      if (bit / 8 == unused) continue;
      Bytes bad = good;
      bad[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      EXPECT_FALSE(cross_check_request(bad, request)) << name << " " << bit;
    }
  }
}

// Each soundly signed, and not what the first implementation has read.
TEST(CrossCheckRequest, NamesWhatDiffers) {
  const crypto::PrivateKey key = test::make_key();
  const std::vector<x509::GeneralName> none, web{must(x509::parse_general_name("dns:web.example"))},
      two{web[0], must(x509::parse_general_name("dns:www.example"))};
  const CertificateRequest ours = request_of(key, test::make_name("web.example"), web);
  const auto against = [&](const CertificateRequest& theirs) {
    return message_of(cross_check_request(theirs.der(), ours));
  };
  EXPECT_EQ(against(ours), "");
  EXPECT_THAT(against(request_of(key, test::make_name("wep.example"), web)), HasSubstr(": subject "));
  EXPECT_THAT(against(request_of(test::make_key(), test::make_name("web.example"), web)),
              HasSubstr(": public key "));
  for (const auto& names : {none, two})
    EXPECT_THAT(against(request_of(key, test::make_name("web.example"), names)),
                HasSubstr(": subject alternative names "));
  EXPECT_THAT(against(request_of(key, test::make_name("web.example"), web)), HasSubstr(": signature "));
}

}  // namespace
}  // namespace chancery::lint
