// Serial numbers are of one run only, and anybody can compute them again. The bundles in format-1 and
// format-2 were held by the last programs that wrote transcripts of those formats (commits 3f3c975 and
// 55b494b); serial numbers of format 1 hold script and keys alone.
#include "ca/x509/certificate.h"
#include "tests/unit/ca/ceremony/replay/rechained.h"
#include "tests/unit/ca/ceremony/replay/scripts.h"

namespace chancery::ceremony {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::failures;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Lines;

class SerialTest : public testing::CeremonyTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(hold_root());
    ASSERT_TRUE(hold_root(testing::with(testing::root_script, "Test Root", "Partner Root"), "partner"));
    std::string request =
        testing::script_of("cross-csr", "outputs:\n  request: partner.csr.pem\n", "authority");
    for (const std::string part : {"root/bundle\n", "root/bundle/root.pem", "root/custody/"})
      request = testing::with(request, part, "partner" + part.substr(4));
    make(request, "partner-csr");
  }
  void make(const std::string& yaml, const std::string& into) {
    people.answers["secret.issuer_key"] = testing::root_passphrase;
    const Result<Outcome> held = hold(yaml, into);
    ASSERT_TRUE(held) << held.error().message;
  }
  void certify(const std::string& into) {
    make(testing::script_of("cross-certificate", testing::cross_parts), into);
  }
  [[nodiscard]] x509::Certificate cross(const std::string& of) const {
    return x509::Certificate::parse_pem(read(bundle(of, "cross.pem"))).value();
  }
  // After `edit`, signed again by the root's key.
  std::vector<std::string> after(const std::string& of, const std::function<void(Lines&)>& edit) {
    testing::rechain(out(of + "/bundle"), out("root/custody/root.key.pem"), edit);
    return failures(out(of + "/bundle"));
  }
  // The same certificate under another serial number, by the root's own key, which whoever holds it has put
  // into every place that names it.
  std::vector<std::string> with_serial(const std::string& of, const x509::SerialNumber& serial) {
    const x509::Certificate old = cross(of);
    const x509::ParsedTbs& tbs = old.fields();
    const Bytes changed = x509::encode_tbs({.serial = serial,
                                            .signature = crypto::SignatureAlgorithm::ecdsa_sha384,
                                            .issuer = tbs.issuer,
                                            .validity = tbs.validity,
                                            .subject = {},
                                            .spki = tbs.spki,
                                            .extensions = tbs.extensions,
                                            .exact_subject = tbs.subject});
    const auto key = keys::open_key_file(out("root/custody/root.key.pem"),
                                         SecretBytes::copy_of(as_bytes(testing::root_passphrase)))
                         .value();
    const auto algorithm = crypto::default_signature(key->public_key().type());
    const x509::Certificate forged =
        x509::Certificate::parse(
            x509::assemble_certificate(changed, algorithm, key->sign(algorithm, changed).value()))
            .value();
    const std::string pem = forged.to_pem(), chain = pem + read(bundle(of, "issuer.pem"));
    testing::Bundles::put(bundle(of, "cross.pem"), pem);
    testing::Bundles::put(bundle(of, "chain.pem"), chain);
    const auto sha256 = [](std::string_view text) { return to_hex(crypto::sha256(as_bytes(text))); };
    return after(of, [&](Lines& lines) {
      testing::first(lines, "tbs").data["sha256"] = to_hex(crypto::sha256(changed));
      for (TranscriptLine& line : lines) {
        const auto names = [&line](const std::string& field, const std::string& value) {
          const auto found = line.data.find(field);
          return found != line.data.end() && found->second == FieldValue(value);
        };
        if (names("what", "certificate") && line.event == "lint")
          line.data["sha256"] = to_hex(forged.fingerprint());
        if (names("id", "words.certificate") && line.event == "words")
          line.data["sha256"] = to_hex(forged.fingerprint());
        if (names("file", "cross.pem")) line.data["sha256"] = sha256(pem);
        if (names("file", "chain.pem")) line.data["sha256"] = sha256(chain);
      }
    });
  }
};

// Same script, same keys, same people, same second.
TEST_F(SerialTest, TwoRunsOfOneScriptDiffer) {
  certify("first");
  certify("second");
  const x509::SerialNumber first = cross("first").serial(), second = cross("second").serial();
  EXPECT_NE(first.to_string(), second.to_string());
  for (const x509::SerialNumber& serial : {first, second}) {
    EXPECT_EQ(serial.bytes().size(), 20U);
    EXPECT_EQ(serial.bytes()[0], 0x40);
  }
  EXPECT_THAT(failures(out("first/bundle"), out("root/bundle")), IsEmpty());
  EXPECT_THAT(failures(out("second/bundle"), out("root/bundle")), IsEmpty());
}

TEST_F(SerialTest, AnotherSerialIsRefused) {
  certify("first");
  certify("second");
  certify("third");
  EXPECT_THAT(with_serial("first", cross("first").serial()), IsEmpty());  // nothing else is wrong with these
  Bytes other = to_bytes(cross("second").serial().bytes());
  other.back() ^= 1;
  EXPECT_THAT(with_serial("second", x509::SerialNumber::from_bytes(other).value()),
              ElementsAre(AllOf(HasSubstr("TBS of cross.pem"), HasSubstr("serialNumber: 40"),
                                HasSubstr("where script, keys and transcript give 40"))));
  EXPECT_THAT(with_serial("third", cross("first").serial()), ElementsAre(HasSubstr("serialNumber: 40")));
}

TEST_F(SerialTest, TheSerialHoldsTheRecordBeforeIt) {
  certify("first");
  EXPECT_THAT(after("first", [](Lines& lines) { lines.front().data["nonce"] = std::string(32, '0'); }),
              ElementsAre(HasSubstr("serialNumber: 40")));
  certify("second");
  EXPECT_THAT(after("second", [](Lines& lines) { lines.back().data["result"] = "done"; }), IsEmpty());
  EXPECT_THAT(after("second", [](Lines& lines) { lines.front().data["nonce"] = "00"; }),
              Contains(HasSubstr("field nonce: it is not 16 octets in hex")));
}

TEST_F(SerialTest, FormatsOfTheFutureAndFormatsThatAreClaimedAreRefused) {
  certify("first");
  EXPECT_THAT(after("first", [](Lines& lines) { lines.front().data["format"] = std::int64_t{4}; }),
              Contains(HasSubstr("this version reads formats 1 to 3")));
  EXPECT_THAT(after("first", [](Lines& lines) { lines.front().data["format"] = std::int64_t{1}; }),
              Contains(HasSubstr("serialNumber: 40")));
}

TEST(OlderFormats, BundlesReplay) {
  const std::string first = CHANCERY_SOURCE_DIR "/tests/testdata/ceremony/format-1/";
  EXPECT_THAT(failures(first + "root", {}, first + "root/root.pem"), IsEmpty());
  EXPECT_THAT(failures(first + "intermediate", first + "root", first + "root/root.pem"), IsEmpty());
  EXPECT_THAT(failures(first + "cross", first + "root", first + "root/root.pem"), IsEmpty());
  const std::string second = CHANCERY_SOURCE_DIR "/tests/testdata/ceremony/format-2/";
  EXPECT_THAT(failures(second + "intermediate", second + "root", second + "root/root.pem"), IsEmpty());
  EXPECT_THAT(failures(second + "recover", second + "dealt-root", second + "dealt-root/root.pem"), IsEmpty());
  EXPECT_THAT(failures(second + "destroy", second + "recover", second + "dealt-root/root.pem"), IsEmpty());
}

}  // namespace
}  // namespace chancery::ceremony
