#include "ca/lint/inspect/refusal.h"

#include <vector>

#include "ca/lint/inspect/der_fault.h"
#include "ca/lint/inspect/reading/rules.h"
#include "ca/lint/inspect/shown.h"
#include "ca/lint/rules.h"
#include "ca/x509/certificate.h"
#include "ca/x509/der.h"
#include "ca/x509/oids.h"

namespace chancery::lint {
namespace {

using x509::der::Element;
using x509::der::Reader;
using x509::der::Tag;

// Walks the fields of a TBSCertificate in their order until one is not as it must be.
class Walk {
 public:
  Walk(ByteView der, ByteView content, Findings& findings)
      : der_(der), fields_(content), reader_(content), findings_(findings) {}

  void run() {
    if (!version() || !serial_number() || !sequence("signature") || !sequence("issuer")) return;
    if (!validity() || !sequence("subject") || !sequence("subjectPublicKeyInfo")) return;
    (void)reader_.maybe(x509::der::context(1));
    const std::optional<Element> unique = reader_.maybe(x509::der::context(2));
    before_extensions_ = unique ? end_of(*unique) : before_extensions_;
    extensions();
  }

 private:
  [[nodiscard]] std::size_t end_of(const Element& element) const {
    return static_cast<std::size_t>(element.whole.data() + element.whole.size() - fields_.data());
  }
  [[nodiscard]] std::string place(const Element& element) const { return place_of(element.whole, der_); }

  bool version() {
    const std::optional<Element> wrapper = reader_.maybe(x509::der::context_constructed(0));
    if (wrapper && equal(wrapper->content, std::array<std::uint8_t, 3>{0x02, 0x01, 0x02})) return true;
    report(reading::version, findings_,
           wrapper ? place(*wrapper) + "the version is " + shown(wrapper->content) + " and not 020102, v3"
                   : "the version is absent, which means v1");
    return false;
  }

  bool serial_number() {
    const std::optional<Element> number = reader_.expect(Tag::integer);
    if (!number) return missing("serialNumber");
    const Result<x509::SerialNumber> serial = x509::SerialNumber::from_bytes(number->content);
    if (serial) return true;
    report(reading::serial_number, findings_,
           place(*number) + "the serial number " + shown(number->content) + ": " + serial.error().message);
    return false;
  }

  bool sequence(const char* name) {
    const std::optional<Element> element = reader_.expect(Tag::sequence);
    if (!element) return missing(name);
    before_extensions_ = end_of(*element);
    return true;
  }

  bool validity() {
    const std::optional<Element> both = reader_.expect(Tag::sequence);
    if (!both) return missing("validity");
    Reader times(both->content);
    for (const char* name : {"notBefore", "notAfter"}) {
      const std::optional<Element> time = times.any();
      if (!time) return missing(name);
      if (x509::der::time(*time)) continue;
      report(reading::time, findings_,
             place(*time) + name + " is '" + std::string(as_text(time->content)) + "' as " +
                 (time->tag == static_cast<std::uint8_t>(Tag::utc_time) ? "UTCTime" : "GeneralizedTime"));
      return false;
    }
    return times.at_end() || missing("validity");
  }

  bool missing(const char* name) {
    report(reading::certificate, findings_,
           std::string(name) + " is not where it must be or not of its type");
    return false;
  }

  void extensions() {
    const std::optional<Element> wrapper = reader_.maybe(x509::der::context_constructed(3));
    if (!wrapper) return;
    Reader inner(wrapper->content);
    const std::optional<Element> list = inner.expect(Tag::sequence);
    if (!list) return;
    std::vector<Bytes> seen;
    for (Reader each(list->content); !each.at_end();) {
      const std::optional<Element> extension = each.any();
      if (!extension) return;
      judge(*extension, seen);
    }
  }

  void judge(const Element& extension, std::vector<Bytes>& seen) {
    const std::optional<Element> oid = Reader(extension.content).expect(Tag::oid);
    const std::string name = oid ? x509::oids::to_dotted(oid->content) : "?";
    if (const Result<x509::ParsedTbs> alone = x509::parse_tbs(with_only(extension)); !alone) {
      report(reading::extension, findings_,
             place(extension) + "extension " + name + ": " + alone.error().message + "; it is " +
                 shown(extension.whole));
    }
    if (!oid) return;
    for (const Bytes& earlier : seen) {
      if (!equal(earlier, oid->content)) continue;
      report(rfc5280::unique_extensions, findings_,
             place(extension) + "the extension " + name + " stands a second time");
    }
    seen.push_back(to_bytes(oid->content));
  }

  // The same TBSCertificate with no other extension, so that the parser says what is wrong with this one.
  [[nodiscard]] Bytes with_only(const Element& extension) const {
    Bytes tbs;
    x509::der::Writer writer(tbs);
    writer.sequence([&] {
      writer.raw(fields_.first(before_extensions_));
      writer.constructed(x509::der::context_constructed(3),
                         [&] { writer.sequence([&] { writer.raw(extension.whole); }); });
    });
    return tbs;
  }

  ByteView der_, fields_;
  Reader reader_;
  Findings& findings_;
  std::size_t before_extensions_ = 0;  // of fields_
};

}  // namespace

std::optional<SignedParts> take_apart(ByteView der, std::size_t limit, Findings& findings) {
  if (der.size() > limit) {
    report(reading::certificate, findings,
           "it has " + std::to_string(der.size()) + " bytes; at most " + std::to_string(limit) + " are read");
    return std::nullopt;
  }
  if (const std::optional<DerFault> fault = first_der_fault(der)) {
    report(reading::der, findings,
           "at byte " + std::to_string(fault->offset) + " of " + std::to_string(der.size()) + ": " +
               fault->what);
    return std::nullopt;
  }
  Reader outer(der);
  const std::optional<Element> whole = outer.expect(Tag::sequence);
  Reader reader(whole ? whole->content : ByteView());
  const std::optional<Element> tbs = reader.expect(Tag::sequence);
  const std::optional<Element> algorithm = reader.expect(Tag::sequence);
  const std::optional<Element> bits = reader.expect(Tag::bit_string);
  const std::optional<ByteView> signature = bits ? x509::der::bit_string_octets(*bits) : std::nullopt;
  if (tbs && algorithm && signature && reader.at_end())
    return SignedParts{tbs->whole, algorithm->whole, *signature};
  report(reading::certificate, findings,
         "it is not a SEQUENCE of what is signed, the algorithm and the signature, but begins with " +
             shown(der));
  return std::nullopt;
}

void explain_refusal(ByteView der, ByteView tbs, const Error& error, Findings& findings) {
  const std::size_t before = findings.list().size();
  Reader outer(tbs);
  if (const std::optional<Element> sequence = outer.expect(Tag::sequence)) {
    Walk(der, sequence->content, findings).run();
  }
  if (findings.list().size() == before) report(reading::certificate, findings, error.message);
}

}  // namespace chancery::lint
