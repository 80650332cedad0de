// Each rule on files that another implementation wrote (tests/testdata/lint, generate.sh): one that passes,
// one that fails by this rule. What else a failing file breaks is named.
#include <set>

#include "ca/lint/crl_lint.h"
#include "ca/lint/inspect.h"
#include "ca/lint/inspect/reading/rules.h"
#include "tests/support/testdata.h"
#include "tests/unit/ca/lint/fixture.h"

namespace chancery::lint {
namespace {

using Names = std::vector<std::string>;

struct FileRow {
  const char* id;
  std::optional<ObjectKind> kind;
  const char* pass;                         // "" = RULE/pass.pem
  const char* issuer = "";                  // "" = the kind's own
  Names also{};                             // what else the failing file breaks
  const char *pass_at = "", *fail_at = "";  // the time of signing
  const char *pass_previous = "", *fail_previous = "";
  const char* shard = "";
  const char* fail = "";  // "" = RULE/fail.pem
};

constexpr ObjectKind root = ObjectKind::root, intermediate = ObjectKind::intermediate,
                     cross = ObjectKind::cross, leaf = ObjectKind::leaf, crl = ObjectKind::crl;
constexpr const char* own = "";
constexpr const char *sound_crl = "crl/pass", *usual_previous = "crl.reissue_margin/previous-pass";

const std::vector<FileRow>& file_rows() {
  static const std::vector<FileRow> table{
      {"rfc5280.authority_key_identifier", leaf, "leaf"},
      {"rfc5280.ca_key_usage", intermediate, "intermediate"},
      {"rfc5280.extension_criticality", leaf, "leaf"},
      {"rfc5280.issuer_name", leaf, "leaf"},
      {"rfc5280.leaf_basic_constraints", leaf, "leaf"},
      {"rfc5280.leaf_extended_key_usage", leaf, "leaf"},
      {"rfc5280.leaf_key_usage", leaf, "leaf"},
      {"rfc5280.permitted_names", leaf, own, "constrained"},
      {"rfc5280.pointer_uris", leaf, "leaf"},
      {"rfc5280.root_basic_constraints", root, "root"},
      {"rfc5280.root_self_issued", root, "root"},
      {"rfc5280.serial_number", leaf, own},
      {"rfc5280.signature_algorithm", leaf, "leaf"},
      {"rfc5280.subject_alternative_name", leaf, "leaf"},
      {"rfc5280.subject_key_identifier", leaf, "leaf"},
      {"rfc5280.subject_name", leaf, "leaf"},
      {"rfc5280.unique_extensions", leaf, "leaf"},
      {"rfc5280.unique_identifiers", leaf, "leaf"},
      {"rfc5280.validity_order", leaf, "leaf"},
      {"rfc5280.validity_within_issuer", leaf, own},
      {.id = "house.ca_horizon",
       .kind = root,
       .pass = own,
       .pass_at = "2026-01-01T00:00:00Z",
       .fail_at = "2026-01-01T00:00:00Z"},
      {"house.ca_lifetime", intermediate, own},
      {"house.canonical_extensions", intermediate, "intermediate"},
      {"house.common_name", leaf, "leaf"},
      {"house.intermediate_basic_constraints", intermediate, "intermediate"},
      {"house.intermediate_extended_key_usage", intermediate, "intermediate"},
      {"house.intermediate_pointers", intermediate, "intermediate"},
      {"house.known_extensions", leaf, "leaf"},
      {"house.leaf_lifetime", leaf, own},
      {"house.lifetime_schedule", leaf, own},
      {"house.name_constraints", intermediate, "constrained"},
      {.id = "house.not_before",
       .kind = leaf,
       .pass = "leaf",
       .pass_at = "2026-06-01T01:00:00Z",
       .fail_at = "2026-06-01T01:00:01Z"},
      {"house.public_key", leaf, own},
      {"house.revocation_pointer", leaf, own},
      {"house.root_extensions", root, "root"},
      {"house.serial_entropy", leaf, "leaf"},
      {"house.signature_fits_key", intermediate, "intermediate"},
      {"house.spiffe_id", leaf, "leaf"},
      {"house.subject_differs", intermediate, own},
      {"cross.basic_constraints", cross, "cross"},
      {"cross.extended_key_usage", cross, "cross"},
      {"cross.not_after", cross, own},
      {.id = "cross.not_before", .kind = cross, .pass = "cross", .also = {"cross.target_in_force"}},
      {"cross.public_key", cross, "cross"},
      {"cross.subject", cross, "cross"},
      {"cross.subject_key_identifier", cross, "cross"},
      {.id = "cross.target_in_force", .kind = cross, .pass = own, .also = {"cross.not_after"}},
      {"crl.authority_key_identifier", crl, sound_crl},
      {"crl.entry_dates", crl, sound_crl},
      {"crl.extension_criticality", crl, sound_crl},
      {"crl.issuer", crl, sound_crl},
      {.id = "crl.issuing_distribution_point", .kind = crl, .pass = own, .shard = "http://ca.example/7.crl"},
      {"crl.known_extensions", crl, sound_crl},
      {"crl.next_update", crl, own},
      {"crl.number", crl, sound_crl},
      {.id = "crl.number_step",
       .kind = crl,
       .pass = sound_crl,
       .pass_previous = usual_previous,
       .fail_previous = "crl.number_step/previous-fail",
       .fail = sound_crl},
      {.id = "crl.overlap",
       .kind = crl,
       .pass = sound_crl,
       .pass_previous = usual_previous,
       .fail_previous = "crl.overlap/previous-fail",
       .fail = sound_crl},
      {.id = "crl.prompt_reissue",
       .kind = crl,
       .pass = own,
       .pass_previous = usual_previous,
       .fail_previous = usual_previous},
      {"crl.reason_code", crl, sound_crl},
      {.id = "crl.reissue_margin",
       .kind = crl,
       .pass = sound_crl,
       .pass_previous = usual_previous,
       .fail_previous = "crl.reissue_margin/previous-fail",
       .fail = sound_crl},
      {"crl.root_serial", crl, sound_crl},
      {"crl.serial_length", crl, own},
      {"crl.signature_algorithm", crl, sound_crl},
      {.id = "crl.this_update",
       .kind = crl,
       .pass = sound_crl,
       .pass_at = "2026-07-02T00:00:00Z",
       .fail_at = "2026-07-02T00:00:01Z"},
      {"parser.algorithms_differ", leaf, "leaf"},
      {"parser.certificate", leaf, "leaf"},
      {"parser.crl", crl, sound_crl},
      {"parser.crl_critical_extension", crl, sound_crl},
      {"parser.crl_empty", crl, sound_crl},
      {"parser.crl_next_update", crl, sound_crl},
      {"parser.crl_number", crl, own},
      {"parser.crl_partial", crl, sound_crl},
      {"parser.crl_repeated_serial", crl, sound_crl},
      {"parser.crl_version", crl, sound_crl},
      {"parser.der", leaf, "leaf"},
      // Not .pem: whatever else reads tests/testdata takes such files for nothing but blocks.
      {.id = "parser.explanatory_text",
       .kind = leaf,
       .pass = "leaf",
       .fail = "parser.explanatory_text/fail.txt"},
      {"parser.extension", leaf, "leaf"},
      {"parser.public_key", leaf, "leaf"},
      {"parser.request", std::nullopt, own},
      {"parser.serial_number", leaf, "leaf"},
      {"parser.time", leaf, "leaf"},
      {"parser.version", leaf, "leaf"},
      {"chain.signature", leaf, "leaf"},
  };
  return table;
}

std::string text_of(const std::string& file) {
  return test::testdata("lint/" + file + (file.ends_with(".txt") ? "" : ".pem"));
}

InspectOptions options_of(const FileRow& row, const std::string& at, const std::string& previous) {
  InspectOptions options{.kind = row.kind};
  const std::string issuer = *row.issuer != 0 ? row.issuer : row.kind == leaf ? "intermediate" : "root";
  options.issuers.push_back(golden(issuer));
  if (row.kind == cross) options.target = golden("target");
  if (!at.empty()) options.signing_time = *parse_rfc3339(at);
  if (!previous.empty()) options.previous = must(x509::Crl::parse_pem(text_of(previous)));
  if (*row.shard != 0) options.shard = row.shard;
  return options;
}

std::set<std::string> ids_of(const Findings& findings) {
  std::set<std::string> ids;
  for (const Finding& finding : findings.list()) ids.insert(finding.id);
  return ids;
}

std::string file_or(const char* file, const FileRow& row, const char* otherwise) {
  return *file != 0 ? file : std::string(row.id) + "/" + otherwise;
}

class FixtureFiles : public testing::TestWithParam<FileRow> {};

TEST_P(FixtureFiles, OnePasses) {
  const FileRow& row = GetParam();
  const auto found =
      must(inspect(text_of(file_or(row.pass, row, "pass")), options_of(row, row.pass_at, row.pass_previous)));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(to_string(found[0].findings), "");
}

TEST_P(FixtureFiles, OneFailsByThisRule) {
  const FileRow& row = GetParam();
  const auto found =
      must(inspect(text_of(file_or(row.fail, row, "fail")), options_of(row, row.fail_at, row.fail_previous)));
  ASSERT_EQ(found.size(), 1U);
  std::set<std::string> wanted(row.also.begin(), row.also.end());
  wanted.insert(row.id);
  EXPECT_EQ(ids_of(found[0].findings), wanted) << to_string(found[0].findings);
  for (const Finding& finding : found[0].findings.list()) {
    EXPECT_FALSE(finding.quote.empty() || finding.citation.empty() || finding.advice.empty()) << finding.id;
  }
}

INSTANTIATE_TEST_SUITE_P(, FixtureFiles, testing::ValuesIn(file_rows()), [](const auto& tested) {
  std::string name = tested.param.id;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

TEST(FixtureFilesTable, HasEveryRuleOnce) {
  std::multiset<std::string> tried, rules;
  for (const FileRow& row : file_rows()) tried.insert(row.id);
  for (const Lint& lint : all_lints()) rules.emplace(lint.id);
  for (const CrlLint& lint : all_crl_lints()) rules.emplace(lint.id);
  for (const ReadingRule& rule : all_reading_rules()) rules.emplace(rule.id);
  EXPECT_EQ(tried, rules);
}

}  // namespace
}  // namespace chancery::lint
