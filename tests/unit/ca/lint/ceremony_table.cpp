// What only CAs have: cross-certificates, name constraints, canonical extensions; and the block-list.
#include <algorithm>

#include "ca/x509/oids.h"
#include "tests/unit/ca/lint/edits.h"
#include "tests/unit/ca/lint/table.h"

namespace chancery::lint {
namespace {

using x509::KeyPurpose;
namespace oids = x509::oids;

const std::vector<Kind> all{Kind::root, Kind::intermediate, Kind::cross, Kind::leaf};
const std::vector<Kind> authorities{Kind::root, Kind::intermediate, Kind::cross};
const std::vector<Kind> subordinate{Kind::intermediate, Kind::cross};
const std::vector<Kind> cross{Kind::cross}, leaf{Kind::leaf};

void constrain(Specimen& specimen, std::vector<std::string> permitted, std::vector<std::string> excluded) {
  set_constraints(specimen.tbs.extensions.name_constraints, std::move(permitted), std::move(excluded));
  rewrite(specimen);
}

// The leaf's issuer with constraints, its signature aside: rules do not look at it.
void constrain_issuer(Specimen& specimen, const std::string& permitted) {
  const x509::ParsedTbs sound = specimen.issuer->fields();
  x509::CertificateFields fields{.serial = sound.serial,
                                 .issuer = sound.issuer,
                                 .validity = sound.validity,
                                 .exact_subject = sound.subject};
  fields.spki = sound.spki;
  fields.extensions = sound.extensions;
  set_constraints(fields.extensions.name_constraints, {permitted}, {});
  specimen.issuer = test::sign_fields(fields, test::make_key());
}

}  // namespace

const std::vector<Row>& ceremony_rows() {
  static const std::vector<Row> table{
      {"rfc5280.permitted_names", leaf, "a DNS name outside",
       [](Specimen& s) { constrain_issuer(s, "dns:other.example"); }},
      {"rfc5280.permitted_names", leaf, "an address outside",
       [](Specimen& s) { constrain_issuer(s, "ip:192.0.2.0/24"); }},
      {"house.canonical_extensions", subordinate, "a purpose nobody knows",
       [](Specimen& s) {
         s.raw(oids::extended_key_usage).value =
             *parse_hex("301906082b0601050507030106082b0601050507030206032a0304");
       }},
      {"house.canonical_extensions", authorities, "a tenth bit of keyUsage",
       [](Specimen& s) { s.raw(oids::key_usage).value = *parse_hex("030307060080"); }},
      {"house.canonical_extensions", subordinate, "reasons in a distribution point",
       [](Specimen& s) {
         Bytes& value = s.raw(oids::crl_distribution_points).value;
         value.insert(value.end(), {0x81, 0x02, 0x01, 0x02});
       }},
      {"house.name_constraints", subordinate, "not critical",
       [](Specimen& s) {
         constrain(s, {"dns:example"}, {"ip:0.0.0.0/0", "ip:::/0"});
         s.raw(oids::name_constraints).critical = false;
       }},
      {"house.name_constraints", subordinate, "IPv4 left free",
       [](Specimen& s) { constrain(s, {"dns:example"}, {"ip:::/0"}); }},
      {"house.name_constraints", subordinate, "IPv6 left free",
       [](Specimen& s) {
         constrain(s, {"dns:example", "ip:10.0.0.0/8"}, {});
       }},
      {"house.name_constraints", subordinate, "DNS left free",
       [](Specimen& s) { constrain(s, {"ip:10.0.0.0/8"}, {"ip:::/0"}); }},
      {"house.name_constraints", subordinate, "directory names",
       [](Specimen& s) {
         constrain(s, {"dns:example"}, {"ip:0.0.0.0/0", "ip:::/0"});
         s.tbs.extensions.name_constraints->other_forms = true;
       }},
      {"house.public_key", all, "on the block-list",
       [](Specimen& s) { s.blocked_keys = crypto::KeyBlocklist({crypto::sha256(s.tbs.spki)}); }},
      {"house.public_key", authorities, "RSA of the ROCA kind",
       [](Specimen& s) { replace_key(s, openssl_key("rsa2048-roca")); }},
      {"house.public_key", authorities, "RSA with close factors",
       [](Specimen& s) { replace_key(s, openssl_key("rsa2048-close100")); }},
      {"house.serial_entropy", all, "a counter",
       [](Specimen& s) { set_serial(s, "01" + std::string(24, '0') + "00001f2a"); }},
      {"house.serial_entropy", all, "one octet again and again",
       [](Specimen& s) { set_serial(s, "01" + std::string(32, 'a')); }},
      {"house.serial_entropy", all, "five values",
       [](Specimen& s) { set_serial(s, "0101020304" + std::string(24, '0')); }},
      {"house.subject_differs", subordinate, "the issuer's own",
       [](Specimen& s) { s.tbs.subject = s.tbs.issuer; }},
      {"house.subject_differs", subordinate, "in other capitals, with other spaces",
       [](Specimen& s) {
         s.subject({{x509::AttributeType::country, "ch"},
                    {x509::AttributeType::organization, " EXAMPLE"},
                    {x509::AttributeType::common_name, "example  root "}});
       }},
      {"house.subject_differs", subordinate, "of another string type",
       [](Specimen& s) {
         s.tbs.subject = s.tbs.issuer;
         std::replace(s.tbs.subject.begin(), s.tbs.subject.end(), std::uint8_t{0x0c}, std::uint8_t{0x13});
       }},
      {"house.subject_differs", subordinate, "none that can be read",
       [](Specimen& s) {
         s.tbs.subject = {0x31, 0x00};
       }},
      {"cross.basic_constraints", cross, "not critical",
       [](Specimen& s) { s.raw(oids::basic_constraints).critical = false; }},
      {"cross.basic_constraints", cross, "CA:FALSE",
       [](Specimen& s) { s.tbs.extensions.basic_constraints->ca = false; }},
      {"cross.basic_constraints", cross, "a longer path than the target's",
       [](Specimen& s) { s.target = golden("intermediate"); }},
      {"cross.basic_constraints", cross, "a leaf for target", [](Specimen& s) { s.target = golden("leaf"); }},
      {"cross.extended_key_usage", cross, "absent",
       [](Specimen& s) { s.tbs.extensions.extended_key_usage.clear(); }},
      {"cross.extended_key_usage", cross, "not on the list",
       [](Specimen& s) { s.tbs.extensions.extended_key_usage.push_back(KeyPurpose::code_signing); }},
      {"cross.extended_key_usage", cross, "any, though listed",
       [](Specimen& s) {
         s.allowed_purposes.push_back(KeyPurpose::any);
         s.tbs.extensions.extended_key_usage.push_back(KeyPurpose::any);
       }},
      {"cross.not_before", cross, "a second before the target's",
       [](Specimen& s) { start_at(s, s.target->validity().not_before() - Seconds(1)); }},
      {"cross.not_after", cross, "a second after the target's",
       [](Specimen& s) {
         const TimePoint latest = s.target->validity().not_after();
         s.tbs.validity = x509::Validity::from_bounds(latest - 365 * day, latest + Seconds(1));
       }},
      {"cross.target_in_force", cross, "signed a second after its end",
       [](Specimen& s) { s.signing_time = s.target->validity().not_after() + Seconds(1); }},
      {"cross.target_in_force", cross, "signed a second before its beginning",
       [](Specimen& s) { s.signing_time = s.target->validity().not_before() - Seconds(1); }},
      {"cross.target_in_force", cross, "beginning a second after its end",
       [](Specimen& s) {
         s.signing_time = s.target->validity().not_after();
         s.tbs.validity = x509::Validity::starting_at(s.signing_time + Seconds(1), day);
       }},
      {"cross.public_key", cross, "another key", [](Specimen& s) { s.target = golden("root"); }},
      {"cross.subject", cross, "one byte of it changed", [](Specimen& s) { s.tbs.subject.back() ^= 1U; }},
      {"cross.subject", cross, "without a target", [](Specimen& s) { s.target.reset(); }},
      {"cross.subject_key_identifier", cross, "another",
       [](Specimen& s) { s.tbs.extensions.subject_key_identifier[0] ^= 1U; }},
      {"cross.subject_key_identifier", cross, "absent",
       [](Specimen& s) { s.tbs.extensions.subject_key_identifier.clear(); }},
  };
  return table;
}

const std::vector<Row>& rows() {
  static const std::vector<Row> table = [] {
    std::vector<Row> both = issued_and_root_rows();
    both.insert(both.end(), ceremony_rows().begin(), ceremony_rows().end());
    return both;
  }();
  return table;
}

}  // namespace chancery::lint
