#include <array>
#include <set>
#include <string>
#include <utility>

#include "ca/lint/inspect/reading/rules.h"
#include "ca/lint/inspect/refusal.h"
#include "ca/lint/inspect/shown.h"
#include "ca/x509/crl_number.h"
#include "ca/x509/der.h"
#include "ca/x509/oids.h"

namespace chancery::lint {
namespace {

using x509::der::Element;
using x509::der::Reader;
using x509::der::Tag;

struct ReadExtension {
  Element whole;
  ByteView oid, value;
  bool critical = false;
};

std::optional<ReadExtension> read_extension(const Element& element) {
  Reader reader(element.content);
  const std::optional<Element> oid = reader.expect(Tag::oid);
  const std::optional<Element> critical = reader.maybe(Tag::boolean);
  const std::optional<Element> value = reader.expect(Tag::octet_string);
  if (!oid || !value) return std::nullopt;
  return ReadExtension{element, oid->content, value->content,
                       critical && critical->content.size() == 1 && critical->content[0] != 0};
}

// What a part of an IssuingDistributionPoint (RFC 5280 5.2.5) makes of a list; "" when Chancery reads it.
std::string_view partial(std::uint8_t tag) {
  if (tag == x509::der::context(3)) return "is for some reasons only";
  if (tag == x509::der::context(4)) return "is an indirect one";
  if (tag == x509::der::context(5)) return "is for attribute certificates";
  return "";
}

// Walks a TBSCertList in its order. What it says nothing about is left to the parser's own words.
class CrlWalk {
 public:
  CrlWalk(ByteView der, ByteView content, Findings& findings)
      : der_(der), reader_(content), findings_(findings) {}

  void run() {
    if (!version()) return;
    if (!reader_.expect(Tag::sequence) || !reader_.expect(Tag::sequence)) return;  // algorithm and issuer
    const std::optional<Element> this_update = reader_.any();
    if (!this_update) return;
    next_update(*this_update);
    if (const std::optional<Element> revoked = reader_.maybe(Tag::sequence)) entries(*revoked);
    const std::optional<Element> wrapper = reader_.maybe(x509::der::context_constructed(0));
    const std::optional<Element> list = Reader(wrapper ? wrapper->content : ByteView()).maybe(Tag::sequence);
    if (list) each_extension(*list, [this](const ReadExtension& extension) { of_list(extension); });
  }

 private:
  void say(const ReadingRule& rule, ByteView part, const std::string& message) {
    report(rule, findings_, place_of(part, der_) + message);
  }

  bool version() {
    const std::optional<Element> version = reader_.maybe(Tag::integer);
    if (version && equal(version->content, std::array<std::uint8_t, 1>{1})) return true;
    if (version) {
      say(reading::crl_version, version->whole,
          "the version is " + shown(version->content) + " and not 01, v2");
    } else {
      report(reading::crl_version, findings_, "the version is absent, which means v1");
    }
    return false;
  }

  void next_update(const Element& before) {
    if (reader_.maybe(Tag::utc_time) || reader_.maybe(Tag::generalized_time)) return;
    say(reading::crl_next_update, before.whole, "thisUpdate is followed by no nextUpdate");
  }

  void entries(const Element& revoked) {
    if (revoked.content.empty())
      say(reading::crl_empty, revoked.whole, "revokedCertificates is there and empty");
    std::set<Bytes> serials;
    bool repeated = false;
    for (Reader each(revoked.content); !each.at_end();) {
      const std::optional<Element> entry = each.expect(Tag::sequence);
      if (!entry) return;
      Reader fields(entry->content);
      const std::optional<Element> serial = fields.expect(Tag::integer);
      if (!serial || !fields.any()) return;
      if (!serials.insert(to_bytes(serial->content)).second && !std::exchange(repeated, true)) {
        say(reading::crl_repeated_serial, entry->whole,
            "the serial number " + shown(serial->content) + " stands a second time");
      }
      if (const std::optional<Element> list = fields.maybe(Tag::sequence))
        each_extension(*list, [this](const ReadExtension& extension) { of_entry(extension); });
    }
  }

  template <typename Judge>
  static void each_extension(const Element& list, const Judge& judge) {
    for (Reader each(list.content); !each.at_end();) {
      const std::optional<Element> element = each.any();
      const std::optional<ReadExtension> extension = element ? read_extension(*element) : std::nullopt;
      if (!extension) return;
      judge(*extension);
    }
  }

  void of_list(const ReadExtension& extension) {
    if (equal(extension.oid, x509::oids::crl_number)) {
      number(extension);
    } else if (equal(extension.oid, x509::oids::delta_crl_indicator)) {
      say(reading::crl_partial, extension.whole.whole, "the list is a delta");
    } else if (equal(extension.oid, x509::oids::issuing_distribution_point)) {
      distribution_point(extension);
    } else if (extension.critical && !equal(extension.oid, x509::oids::authority_key_identifier)) {
      critical(extension, "extension");
    }
  }

  // Once for each kind, for a list has a hundred thousand entries.
  void of_entry(const ReadExtension& extension) {
    const bool known =
        equal(extension.oid, x509::oids::reason_code) || equal(extension.oid, x509::oids::invalidity_date);
    const bool indirect = equal(extension.oid, x509::oids::certificate_issuer);
    if (known || !(extension.critical || indirect)) return;
    if (!told_.insert(to_bytes(extension.oid)).second) return;
    if (indirect) {
      say(reading::crl_partial, extension.whole.whole,
          "the list is an indirect one: an entry names its issuer");
    } else {
      critical(extension, "entry extension");
    }
  }

  void critical(const ReadExtension& extension, const std::string& what) {
    say(reading::crl_critical_extension, extension.whole.whole,
        "the " + what + " " + x509::oids::to_dotted(extension.oid) + " is critical, and unknown to Chancery");
  }

  void number(const ReadExtension& extension) {
    const std::optional<Element> integer = Reader(extension.value).expect(Tag::integer);
    if (!integer) return;
    const Result<x509::CrlNumber> number = x509::CrlNumber::from_bytes(integer->content);
    if (!number)
      say(reading::crl_number, integer->whole, shown(integer->content) + ": " + number.error().message);
  }

  void distribution_point(const ReadExtension& extension) {
    const std::optional<Element> point = Reader(extension.value).expect(Tag::sequence);
    if (!point) return;
    for (Reader parts(point->content); !parts.at_end();) {
      const std::optional<Element> part = parts.any();
      if (!part) return;
      if (const std::string_view what = partial(part->tag); !what.empty())
        say(reading::crl_partial, part->whole, "the list " + std::string(what));
    }
  }

  ByteView der_;
  Reader reader_;
  Findings& findings_;
  std::set<Bytes> told_;  // critical extensions of entries
};

}  // namespace

void explain_crl_refusal(ByteView der, ByteView tbs, const Error& error, Findings& findings) {
  const std::size_t before = findings.list().size();
  if (const std::optional<Element> sequence = Reader(tbs).expect(Tag::sequence))
    CrlWalk(der, sequence->content, findings).run();
  if (findings.list().size() == before) report(reading::crl, findings, error.message);
}

}  // namespace chancery::lint
