#include "ca/ceremony/run/rehearsal.h"

#include <algorithm>

#include "ca/x509/csr.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using testing::intermediate_script;
using testing::root_script;
using testing::with;

const std::string crl_script = with(with(intermediate_script, "ceremony: intermediate", "ceremony: crl"),
                                    intermediate_script.substr(intermediate_script.find("subject:")),
                                    R"(issuer:
  certificate: root/bundle/root.pem
  custody:
    file: root/custody/root.key.pem
crl:
  number: 1
  next_update: 180d
  first: true
  revoke:
    - {serial: "4001020304050607", reason: superseded, at: 2026-02-01T00:00:00Z}
outputs:
  crl: root.crl.pem
)");

// Of a kind that uses the key in `of`, with the parts that are its own.
std::string cross_script(const std::string& kind, const std::string& authority, const std::string& of,
                         const std::string& parts) {
  return "ceremony: " + kind + "\ntitle: \"Test of " + kind + "\"\n" + testing::people_part +
         "previous:\n  bundle: " + of + "/bundle\n" + authority + ":\n  certificate: " + of +
         "/bundle/root.pem\n  custody:\n    file: " + of + "/custody/root.key.pem\n" + parts;
}

const std::string request_script =
    cross_script("cross-csr", "authority", "partner", "outputs:\n  request: partner.csr.pem\n");
const std::string cross_certificate_script = cross_script("cross-certificate", "issuer", "root", R"(target:
  certificate: partner/bundle/root.pem
  request: request/bundle/partner.csr.pem
validity:
  lifetime: 1826d
extended_key_usage: [serverAuth]
crl_distribution_points: ["http://pki.example/root.crl"]
ca_issuers: ["http://pki.example/root.pem"]
serial_nonce: 8f1c0d5be2a74963b05f7e21c4d89a36
outputs:
  certificate: cross.pem
  chain: chain.pem
)");

class RehearsalTest : public testing::CeremonyTest {
 protected:
  void rehearse(const std::string& yaml, const std::string& into) {
    rehearsal = true;
    const Result<Outcome> outcome = hold(yaml, into);
    rehearsal = false;
    ASSERT_TRUE(outcome) << outcome.error().message;
  }
  // The PEM of a rehearsal, as an earnest ceremony would have written it.
  [[nodiscard]] std::string earnest(const std::string& of, const std::string& name) const {
    std::string pem = read(bundle(of, std::string(rehearsal_mark) + name));
    for (const std::string_view edge : {"BEGIN ", "END "})
      pem = with(pem, std::string(edge) + "REHEARSAL ", std::string(edge));
    return pem;
  }
};

// The bytes with every occurrence of the `parts` made zeros.
Bytes masked(ByteView tbs, const std::vector<Bytes>& parts) {
  Bytes text = to_bytes(tbs);
  for (const Bytes& part : parts) {
    EXPECT_FALSE(part.empty());
    for (auto at = text.begin();;) {
      at = std::search(at, text.end(), part.begin(), part.end());
      if (at == text.end()) break;
      at = std::fill_n(at, part.size(), std::uint8_t{0});
    }
  }
  return text;
}

// What the keys decide: subject's key, both key identifiers; and what each run decides: the serial number,
// which is as long in all of them.
Bytes masked_tbs(const std::string& pem) {
  const x509::Certificate certificate = x509::Certificate::parse_pem(pem).value();
  const x509::ParsedTbs& fields = certificate.fields();
  EXPECT_EQ(fields.serial.bytes().size(), 20U);
  EXPECT_EQ(fields.serial.bytes()[0], 0x40);
  return masked(certificate.tbs(),
                {to_bytes(fields.serial.bytes()), fields.spki, fields.extensions.subject_key_identifier,
                 fields.extensions.authority_key_identifier});
}

// The CertificationRequestInfo, first in the request's SEQUENCE: what is signed.
Bytes request_info(const std::string& pem) {
  const x509::CertificateRequest request = x509::CertificateRequest::parse_pem(pem).value();
  const auto header = [](ByteView der) { return 2U + ((der[1] & 0x80U) != 0 ? der[1] & 0x7fU : 0U); };
  const ByteView inside = request.der().subspan(header(request.der()));
  std::size_t length = inside[1];
  if ((inside[1] & 0x80U) != 0) length = 0;
  for (std::size_t i = 2; i < header(inside); ++i) length = length << 8U | inside[i];
  return to_bytes(inside.first(header(inside) + length));
}

Bytes masked_info(const std::string& pem) {
  return masked(request_info(pem),
                {to_bytes(x509::CertificateRequest::parse_pem(pem).value().public_key().spki())});
}

TEST_F(RehearsalTest, RootsTbsDiffersOnlyInWhatTheKeyDecides) {
  ASSERT_TRUE(hold_root());
  rehearse(root_script, "rehearsed");
  const std::string real = read(bundle("root", "root.pem")), played = earnest("rehearsed", "root.pem");
  EXPECT_NE(real, played);
  EXPECT_EQ(masked_tbs(real), masked_tbs(played));
}

TEST_F(RehearsalTest, IntermediatesTbsDiffersOnlyInWhatTheKeysDecide) {
  ASSERT_TRUE(hold_root());
  ASSERT_TRUE(hold_intermediate());
  people.answers.erase("secret.issuer_key");  // nobody is asked for it: a throw-away key stands in
  rehearse(intermediate_script, "rehearsed");
  const std::string real = read(bundle("intermediate", "intermediate.pem")),
                    played = earnest("rehearsed", "intermediate.pem");
  EXPECT_NE(real, played);
  EXPECT_EQ(masked_tbs(real), masked_tbs(played));
}

TEST_F(RehearsalTest, CrlsTbsDiffersOnlyInWhatTheKeyDecides) {
  ASSERT_TRUE(hold_root());
  people.answers["secret.issuer_key"] = testing::root_passphrase;
  ASSERT_TRUE(hold(crl_script, "crl"));
  rehearse(crl_script, "rehearsed");
  const x509::Crl real = x509::Crl::parse_pem(read(bundle("crl", "root.crl.pem"))).value(),
                  played = x509::Crl::parse_pem(earnest("rehearsed", "root.crl.pem")).value();
  EXPECT_EQ(masked(real.tbs(), {real.fields().authority_key_identifier}),
            masked(played.tbs(), {played.fields().authority_key_identifier}));
  EXPECT_FALSE(equal(real.tbs(), played.tbs()));
}

TEST_F(RehearsalTest, CrossRequestsAndCertificatesDifferOnlyInWhatTheKeysDecide) {
  ASSERT_TRUE(hold_root());
  ASSERT_TRUE(hold_root(with(root_script, "Test Root", "Partner Root"), "partner"));
  people.answers["secret.issuer_key"] = testing::root_passphrase;
  ASSERT_TRUE(hold(request_script, "request"));
  ASSERT_TRUE(hold(cross_certificate_script, "cross"));
  rehearse(request_script, "played-request");
  rehearse(cross_certificate_script, "played-cross");
  const std::string real_request = read(bundle("request", "partner.csr.pem")),
                    played_request = earnest("played-request", "partner.csr.pem");
  EXPECT_FALSE(equal(request_info(real_request), request_info(played_request)));
  EXPECT_EQ(masked_info(real_request), masked_info(played_request));
  const std::string real = read(bundle("cross", "cross.pem")),
                    rehearsed = earnest("played-cross", "cross.pem");
  EXPECT_NE(real, rehearsed);
  EXPECT_EQ(masked_tbs(real), masked_tbs(rehearsed));
}

TEST_F(RehearsalTest, EveryNameAndLabelSaysSo) {
  people.answers["secret.new_key"] = testing::root_passphrase;
  rehearse(root_script, "root");
  people.answers["secret.issuer_key"] = testing::root_passphrase;
  rehearse(intermediate_script, "intermediate");
  std::vector<std::string> names;
  for (const auto& [name, content] : contents()) {
    names.push_back(name.substr(name.rfind('/') + 1));
    if (!content.starts_with("-----BEGIN ENCRYPTED")) {
      EXPECT_FALSE(x509::Certificate::parse_pem(content)) << name;
    }
  }
  EXPECT_THAT(names, Each(::testing::StartsWith("REHEARSAL-")));
  EXPECT_THAT(names, Contains("REHEARSAL-chain.pem"));
  EXPECT_THAT(read(bundle("root", "REHEARSAL-transcript.jsonl")), HasSubstr(R"("rehearsal":true)"));
}

}  // namespace
}  // namespace chancery::ceremony
