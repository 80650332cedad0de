#include "tests/unit/ca/lint/table.h"

#include "ca/x509/oids.h"
#include "tests/unit/ca/lint/edits.h"

namespace chancery::lint {
namespace {

using x509::AttributeType;
using x509::GeneralNameType;
using x509::KeyPurpose;
namespace oids = x509::oids;

const std::vector<Kind> all{Kind::root, Kind::intermediate, Kind::cross, Kind::leaf};
const std::vector<Kind> all_but_cross{Kind::root, Kind::intermediate, Kind::leaf};
const std::vector<Kind> authorities{Kind::root, Kind::intermediate, Kind::cross};
const std::vector<Kind> named_here{Kind::root, Kind::intermediate};
const std::vector<Kind> issued{Kind::intermediate, Kind::cross, Kind::leaf};
const std::vector<Kind> subordinate{Kind::intermediate, Kind::cross};
const std::vector<Kind> root{Kind::root}, intermediate{Kind::intermediate}, leaf{Kind::leaf};

}  // namespace

const std::vector<Row>& issued_and_root_rows() {
  static const std::vector<Row> table{
      {"rfc5280.authority_key_identifier", issued, "another identifier",
       [](Specimen& s) { s.tbs.extensions.authority_key_identifier[0] ^= 1U; }},
      {"rfc5280.authority_key_identifier", issued, "absent",
       [](Specimen& s) {
         s.remove(oids::authority_key_identifier);
         s.tbs.extensions.authority_key_identifier.clear();
       }},
      {"rfc5280.authority_key_identifier", issued, "with a serial number behind the identifier",
       [](Specimen& s) {
         Bytes& value = s.raw(oids::authority_key_identifier).value;
         value[1] = static_cast<std::uint8_t>(value[1] + 3);
         value.insert(value.end(), {0x82, 0x01, 0x01});
       }},
      {"rfc5280.authority_key_identifier", root, "of another key",
       [](Specimen& s) {
         s.add(oids::authority_key_identifier, false, "30168014" + std::string(40, '0'));
         s.tbs.extensions.authority_key_identifier = Bytes(20, 0);
       }},
      {"rfc5280.ca_key_usage", authorities, "absent", [](Specimen& s) { s.remove(oids::key_usage); }},
      {"rfc5280.ca_key_usage", authorities, "not critical",
       [](Specimen& s) { s.raw(oids::key_usage).critical = false; }},
      {"rfc5280.ca_key_usage", authorities, "keyCertSign alone",
       [](Specimen& s) { s.raw(oids::key_usage).value = *parse_hex("03020204"); }},
      {"rfc5280.ca_key_usage", authorities, "nonRepudiation too",
       [](Specimen& s) { s.raw(oids::key_usage).value = *parse_hex("03020146"); }},
      {"rfc5280.ca_key_usage", root, "digitalSignature too",
       [](Specimen& s) { s.raw(oids::key_usage).value = *parse_hex("03020186"); }},
      {"rfc5280.extension_criticality", all, "critical subjectKeyIdentifier",
       [](Specimen& s) { s.raw(oids::subject_key_identifier).critical = true; }},
      {"rfc5280.extension_criticality", issued, "critical authorityKeyIdentifier",
       [](Specimen& s) { s.raw(oids::authority_key_identifier).critical = true; }},
      {"rfc5280.extension_criticality", issued, "critical authorityInfoAccess",
       [](Specimen& s) { s.raw(oids::authority_information_access).critical = true; }},
      {"rfc5280.issuer_name", issued, "one byte of it changed",
       [](Specimen& s) { s.tbs.issuer.back() ^= 1U; }},
      {"rfc5280.leaf_basic_constraints", leaf, "FALSE written out",
       [](Specimen& s) { s.raw(oids::basic_constraints).value = *parse_hex("3003010100"); }},
      {"rfc5280.leaf_basic_constraints", leaf, "CA:TRUE",
       [](Specimen& s) { s.raw(oids::basic_constraints).value = *parse_hex("30030101ff"); }},
      {"rfc5280.leaf_basic_constraints", leaf, "nameConstraints",
       [](Specimen& s) { s.add(oids::name_constraints, true, "3000"); }},
      {"rfc5280.leaf_extended_key_usage", leaf, "absent",
       [](Specimen& s) { s.tbs.extensions.extended_key_usage.clear(); }},
      {"rfc5280.leaf_extended_key_usage", leaf, "any",
       [](Specimen& s) { s.tbs.extensions.extended_key_usage.push_back(KeyPurpose::any); }},
      {"rfc5280.leaf_extended_key_usage", leaf, "a purpose the issuer lacks",
       [](Specimen& s) { s.tbs.extensions.extended_key_usage = {KeyPurpose::code_signing}; }},
      {"rfc5280.leaf_extended_key_usage", leaf, "a purpose nobody knows",
       [](Specimen& s) { s.raw(oids::extended_key_usage).value = *parse_hex("300506032a0304"); }},
      {"rfc5280.leaf_key_usage", leaf, "absent", [](Specimen& s) { s.remove(oids::key_usage); }},
      {"rfc5280.leaf_key_usage", leaf, "not critical",
       [](Specimen& s) { s.raw(oids::key_usage).critical = false; }},
      {"rfc5280.leaf_key_usage", leaf, "keyCertSign",
       [](Specimen& s) { s.raw(oids::key_usage).value = *parse_hex("03020284"); }},
      {"rfc5280.leaf_key_usage", leaf, "keyEncipherment with an EC key",
       [](Specimen& s) { s.raw(oids::key_usage).value = *parse_hex("030205a0"); }},
      {"rfc5280.pointer_uris", all, "https",
       [](Specimen& s) { s.tbs.extensions.ca_issuers = {"https://ca.example/a"}; }},
      {"rfc5280.pointer_uris", all, "ldap",
       [](Specimen& s) { s.tbs.extensions.ocsp = {"ldap://ca.example/a"}; }},
      {"rfc5280.pointer_uris", all, "relative",
       [](Specimen& s) { s.tbs.extensions.crl_distribution_points = {"/root.crl"}; }},
      {"rfc5280.pointer_uris", all, "without host",
       [](Specimen& s) { s.tbs.extensions.ca_issuers = {"http:///x"}; }},
      {"rfc5280.pointer_uris", all, "with a line end",
       [](Specimen& s) { s.tbs.extensions.ca_issuers = {"http://ca.example/a\n"}; }},
      {"rfc5280.root_basic_constraints", root, "not critical",
       [](Specimen& s) { s.raw(oids::basic_constraints).critical = false; }},
      {"rfc5280.root_basic_constraints", root, "absent",
       [](Specimen& s) {
         s.remove(oids::basic_constraints);
         s.tbs.extensions.basic_constraints.reset();
       }},
      {"rfc5280.root_basic_constraints", root, "CA:FALSE",
       [](Specimen& s) { s.tbs.extensions.basic_constraints->ca = false; }},
      {"rfc5280.root_basic_constraints", root, "pathLen",
       [](Specimen& s) { s.tbs.extensions.basic_constraints->path_len = 1; }},
      {"rfc5280.root_self_issued", root, "another issuer", [](Specimen& s) { s.tbs.issuer.back() ^= 1U; }},
      {"rfc5280.signature_algorithm", all, "ECDSA with NULL parameters",
       [](Specimen& s) { s.tbs.signature_algorithm = *parse_hex("300c06082a8648ce3d0403020500"); }},
      {"rfc5280.signature_algorithm", all, "RSA without its NULL",
       [](Specimen& s) { s.tbs.signature_algorithm = *parse_hex("300b06092a864886f70d01010b"); }},
      {"rfc5280.signature_algorithm", all, "SHA-1",
       [](Specimen& s) { s.tbs.signature_algorithm = *parse_hex("300906072a8648ce3d0401"); }},
      {"rfc5280.subject_alternative_name", leaf, "absent",
       [](Specimen& s) {
         s.subject({});
         s.remove(oids::subject_alternative_name);
         set_names(s, {});
       }},
      {"rfc5280.subject_alternative_name", leaf, "critical beside a subject",
       [](Specimen& s) { s.raw(oids::subject_alternative_name).critical = true; }},
      {"rfc5280.subject_alternative_name", leaf, "not critical beside an empty subject",
       [](Specimen& s) { s.subject({}); }},
      {"rfc5280.subject_alternative_name", leaf, "underscore",
       [](Specimen& s) { add_name(s, GeneralNameType::dns, "a_b.example"); }},
      {"rfc5280.subject_alternative_name", leaf, "trailing dot",
       [](Specimen& s) { add_name(s, GeneralNameType::dns, "a.example."); }},
      {"rfc5280.subject_alternative_name", leaf, "a star inside a label",
       [](Specimen& s) { add_name(s, GeneralNameType::dns, "a*.example"); }},
      {"rfc5280.subject_alternative_name", leaf, "a star in the second label",
       [](Specimen& s) { add_name(s, GeneralNameType::dns, "a.*.example"); }},
      {"rfc5280.subject_alternative_name", leaf, "an address as DNS name",
       [](Specimen& s) { add_name(s, GeneralNameType::dns, "10.0.0.1"); }},
      {"rfc5280.subject_alternative_name", leaf, "NUL",
       [](Specimen& s) { add_name(s, GeneralNameType::dns, std::string("a\0b.example", 11)); }},
      {"rfc5280.subject_alternative_name", leaf, "a label of 64",
       [](Specimen& s) { add_name(s, GeneralNameType::dns, std::string(64, 'a') + ".example"); }},
      {"rfc5280.subject_alternative_name", leaf, "no address",
       [](Specimen& s) { add_name(s, GeneralNameType::ip, "10.0.0"); }},
      {"rfc5280.subject_alternative_name", leaf, "relative URI",
       [](Specimen& s) { add_name(s, GeneralNameType::uri, "/a"); }},
      {"rfc5280.subject_alternative_name", leaf, "twice",
       [](Specimen& s) { add_name(s, GeneralNameType::dns, "web.example"); }},
      {"rfc5280.subject_key_identifier", all_but_cross, "absent",
       [](Specimen& s) {
         s.remove(oids::subject_key_identifier);
         s.tbs.extensions.subject_key_identifier.clear();
       }},
      {"rfc5280.subject_key_identifier", all_but_cross, "of another key",
       [](Specimen& s) { s.tbs.extensions.subject_key_identifier[3] ^= 1U; }},
      {"rfc5280.subject_name", named_here, "empty", [](Specimen& s) { s.subject({}); }},
      {"rfc5280.subject_name", named_here, "CN first",
       [](Specimen& s) {
         s.subject({{AttributeType::common_name, "x"}, {AttributeType::organization, "Example"}});
       }},
      {"rfc5280.subject_name", leaf, "two CNs",
       [](Specimen& s) {
         s.subject(
             {{AttributeType::common_name, "web.example"}, {AttributeType::common_name, "web.example"}});
       }},
      {"rfc5280.subject_name", leaf, "CN as PrintableString",
       [](Specimen& s) {
         s.tbs.subject = *parse_hex(
             "301631143012060355040313"
             "0b7765622e6578616d706c65");
       }},
      {"rfc5280.subject_name", leaf, "not DER", [](Specimen& s) { s.tbs.subject = *parse_hex("3001"); }},
      {"rfc5280.subject_name", leaf, "CN of 65 characters",
       [](Specimen& s) {
         s.subject({{AttributeType::common_name, std::string(65, 'a')}});
       }},
      {"rfc5280.unique_extensions", all, "one twice",
       [](Specimen& s) { s.tbs.raw_extensions.push_back(s.raw(oids::subject_key_identifier)); }},
      {"rfc5280.unique_identifiers", all, "present", [](Specimen& s) { s.tbs.has_unique_ids = true; }},
      {"rfc5280.validity_order", all, "ends before it begins",
       [](Specimen& s) { set_lifetime(s, Seconds(0)); }},
      {"rfc5280.validity_within_issuer", issued, "one second beyond",
       [](Specimen& s) {
         const TimePoint end = s.issuer->validity().not_after() + Seconds(1);
         s.tbs.validity = x509::Validity::from_bounds(end - day, end);
         s.signing_time = end - day;
       }},
      {"rfc5280.serial_number", all, "16 octets",
       [](Specimen& s) { set_serial(s, "01" + std::string(30, '7')); }},
      {"rfc5280.serial_number", all, "EJBCA's 63 bits",
       [](Specimen& s) { set_serial(s, "7fffffffffffffff"); }},
      {"rfc5280.serial_number", all, "a leading zero",
       [](Specimen& s) { set_serial(s, "0080" + std::string(34, '7')); }},
      {"house.ca_horizon", authorities, "begins in thirty days and a second",
       [](Specimen& s) { s.signing_time = s.tbs.validity.not_before() - 30 * day - Seconds(1); }},
      {"house.ca_lifetime", root, "ten years and four days",
       [](Specimen& s) { set_lifetime(s, 3653 * day + Seconds(1)); }},
      {"house.ca_lifetime", subordinate, "five years and three days",
       [](Specimen& s) { set_lifetime(s, 1827 * day + Seconds(1)); }},
      {"house.common_name", leaf, "none of the names",
       [](Specimen& s) {
         s.subject({{AttributeType::common_name, "other.example"}});
       }},
      {"house.intermediate_basic_constraints", intermediate, "no pathLen",
       [](Specimen& s) { s.tbs.extensions.basic_constraints->path_len.reset(); }},
      {"house.intermediate_basic_constraints", intermediate, "pathLen 1",
       [](Specimen& s) { s.tbs.extensions.basic_constraints->path_len = 1; }},
      {"house.intermediate_basic_constraints", intermediate, "CA:FALSE",
       [](Specimen& s) { s.tbs.extensions.basic_constraints->ca = false; }},
      {"house.intermediate_basic_constraints", intermediate, "not critical",
       [](Specimen& s) { s.raw(oids::basic_constraints).critical = false; }},
      {"house.intermediate_extended_key_usage", intermediate, "absent",
       [](Specimen& s) { s.tbs.extensions.extended_key_usage.clear(); }},
      {"house.intermediate_extended_key_usage", intermediate, "any",
       [](Specimen& s) { s.tbs.extensions.extended_key_usage.push_back(KeyPurpose::any); }},
      {"house.intermediate_extended_key_usage", intermediate, "OCSPSigning",
       [](Specimen& s) { s.tbs.extensions.extended_key_usage.push_back(KeyPurpose::ocsp_signing); }},
      {"house.intermediate_pointers", subordinate, "no CRL",
       [](Specimen& s) { s.tbs.extensions.crl_distribution_points.clear(); }},
      {"house.intermediate_pointers", subordinate, "no caIssuers",
       [](Specimen& s) { s.tbs.extensions.ca_issuers.clear(); }},
      {"house.known_extensions", all, "certificatePolicies",
       [](Specimen& s) { s.add(oids::certificate_policies, false, "300a3008060667810c010201"); }},
      {"house.leaf_lifetime", leaf, "398 days and one second",
       [](Specimen& s) { set_lifetime(s, 398 * day + Seconds(1)); }},
      {"house.lifetime_schedule", leaf, "200 days and one second",
       [](Specimen& s) { set_lifetime(s, 200 * day + Seconds(1)); }},
      {"house.lifetime_schedule", leaf, "100 days and one second in 2027",
       [](Specimen& s) {
         start_in(s, "2027-03-15T00:00:00Z");
         set_lifetime(s, 100 * day + Seconds(1));
       }},
      {"house.lifetime_schedule", leaf, "90 days in 2029",
       [](Specimen& s) {
         start_in(s, "2029-03-15T00:00:00Z");
         set_lifetime(s, 90 * day);
       }},
      {"house.not_before", leaf, "one second earlier than allowed",
       [](Specimen& s) { start_at(s, s.signing_time - Seconds(3601)); }},
      {"house.not_before", leaf, "in the future",
       [](Specimen& s) { start_at(s, s.signing_time + Seconds(1)); }},
      {"house.not_before", authorities, "a day and a second ago",
       [](Specimen& s) { s.signing_time = s.tbs.validity.not_before() + day + Seconds(1); }},
      {"house.public_key", all, "not looked at", [](Specimen& s) { s.key.reset(); }},
      {"house.public_key", all, "another key than the checked one",
       [](Specimen& s) { s.tbs.spki.back() ^= 1U; }},
      {"house.public_key", all, "RSA of 1024 bits",
       [](Specimen& s) { replace_key(s, openssl_key("rsa1024")); }},
      {"house.public_key", all, "RSA of 2052 bits",
       [](Specimen& s) { replace_key(s, openssl_key("rsa2052")); }},
      {"house.public_key", authorities, "RSA with exponent 3",
       [](Specimen& s) { replace_key(s, openssl_key("rsa2048-e3")); }},
      {"house.public_key", authorities, "Ed25519",
       [](Specimen& s) {
         replace_key(s, new_key({crypto::KeyAlgorithm::ed25519, 255}));
       }},
      {"house.revocation_pointer", leaf, "none for 8 days",
       [](Specimen& s) {
         s.tbs.extensions.crl_distribution_points.clear();
         set_lifetime(s, 8 * day);
       }},
      {"house.root_extensions", root, "extendedKeyUsage",
       [](Specimen& s) { s.add(oids::extended_key_usage, false, "300a06082b06010505070301"); }},
      {"house.root_extensions", root, "an unknown purpose",
       [](Specimen& s) { s.add(oids::extended_key_usage, false, "300506032a0304"); }},
      {"house.root_extensions", root, "CRL",
       [](Specimen& s) { s.add(oids::crl_distribution_points, false, "3000"); }},
      {"house.root_extensions", root, "OCSP",
       [](Specimen& s) { s.add(oids::authority_information_access, false, "3000"); }},
      {"house.root_extensions", root, "nameConstraints",
       [](Specimen& s) { s.add(oids::name_constraints, true, "3000"); }},
      {"house.signature_fits_key", all, "SHA-512 under P-256 or P-384",
       [](Specimen& s) {
         s.tbs.signature_algorithm =
             to_bytes(crypto::algorithm_identifier(crypto::SignatureAlgorithm::ecdsa_sha512));
       }},
      {"house.signature_fits_key", all, "RSA under an EC key",
       [](Specimen& s) {
         s.tbs.signature_algorithm =
             to_bytes(crypto::algorithm_identifier(crypto::SignatureAlgorithm::rsa_sha256));
       }},
      {"house.spiffe_id", leaf, "a query",
       [](Specimen& s) {
         set_names(s,
                   {{GeneralNameType::dns, "web.example"}, {GeneralNameType::uri, "spiffe://a.example/x?y"}});
       }},
      {"house.spiffe_id", leaf, "an empty segment",
       [](Specimen& s) {
         set_names(s,
                   {{GeneralNameType::dns, "web.example"}, {GeneralNameType::uri, "spiffe://a.example//x"}});
       }},
      {"house.spiffe_id", leaf, "a dot segment",
       [](Specimen& s) {
         set_names(
             s, {{GeneralNameType::dns, "web.example"}, {GeneralNameType::uri, "spiffe://a.example/../x"}});
       }},
      {"house.spiffe_id", leaf, "a port",
       [](Specimen& s) {
         set_names(s,
                   {{GeneralNameType::dns, "web.example"}, {GeneralNameType::uri, "spiffe://a.example:1/x"}});
       }},
      {"house.spiffe_id", leaf, "a slash at the end",
       [](Specimen& s) {
         set_names(s,
                   {{GeneralNameType::dns, "web.example"}, {GeneralNameType::uri, "spiffe://a.example/x/"}});
       }},
      {"house.spiffe_id", leaf, "a second one",
       [](Specimen& s) { add_name(s, GeneralNameType::uri, "spiffe://a.example/y"); }},
  };
  return table;
}

}  // namespace chancery::lint
