// Rules, their quotes, their files and docs/reference/lints.md agree.
#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <sstream>

#include "ca/base/file.h"
#include "ca/lint/crl_lint.h"
#include "ca/lint/inspect/reading/rules.h"
#include "ca/lint/lint.h"

namespace chancery::lint {
namespace {

using testing::HasSubstr;

struct Said {
  std::string_view citation, quote, advice;
};

std::map<std::string, Said> all_rules() {
  std::map<std::string, Said> rules;
  for (const Lint& lint : all_lints()) rules[std::string(lint.id)] = {lint.citation, lint.quote, lint.advice};
  for (const CrlLint& lint : all_crl_lints())
    rules[std::string(lint.id)] = {lint.citation, lint.quote, lint.advice};
  for (const ReadingRule& rule : all_reading_rules())
    rules[std::string(rule.id)] = {rule.citation, rule.quote, rule.advice};
  return rules;
}

std::string page() {
  return read_file(CHANCERY_SOURCE_DIR "/docs/reference/lints.md", 1U << 20U).value();
}

// The rows of the page's tables whose first cell begins with an id in backquotes.
std::map<std::string, std::string> documented() {
  std::map<std::string, std::string> rows;
  std::istringstream lines(page());
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    EXPECT_TRUE(rows.emplace(line.substr(3, line.find('`', 3) - 3), line).second)
        << line << " is there twice";
  }
  return rows;
}

TEST(LintDocumentation, ThePageListsEveryRuleAndNoOtherWithItsSource) {
  std::map<std::string, std::string> rows = documented();
  for (const auto& [id, said] : all_rules()) {
    ASSERT_TRUE(rows.contains(id)) << id << " is missing from docs/reference/lints.md";
    EXPECT_THAT(rows[id], testing::EndsWith("| " + std::string(said.citation) + " |"));
    rows.erase(id);
  }
  for (const auto& [id, row] : rows) ADD_FAILURE() << "there is no rule " << id;
}

TEST(LintDocumentation, EveryRuleQuotesAndAdvises) {
  for (const auto& [id, said] : all_rules()) {
    EXPECT_GE(said.quote.size(), 30U) << id;
    EXPECT_GE(said.advice.size(), 20U) << id;
    EXPECT_THAT(said.advice, testing::Not(HasSubstr("\n"))) << id;
  }
}

TEST(LintDocumentation, AHouseRuleQuotesThePage) {
  const std::string text = page();
  std::size_t found = 0;
  for (const auto& [id, said] : all_rules()) {
    if (!said.citation.starts_with("house rule")) continue;
    ++found;
    EXPECT_THAT(text, HasSubstr("- " + std::string(said.quote) + "\n")) << id;
  }
  EXPECT_EQ(found, 9U);
}

TEST(LintDocumentation, ThePageMarksWarnings) {
  std::map<std::string, std::string> rows = documented();
  for (const Lint& lint : all_lints()) {
    const std::string id(lint.id);
    EXPECT_EQ(lint.severity == Severity::warning, rows[id].starts_with("| `" + id + "` (warning)")) << id;
  }
}

TEST(LintDocumentation, EachRuleStandsInTheFileOfItsName) {
  for (const auto& [id, said] : all_rules()) {
    const std::size_t dot = id.find('.');
    const bool reading = id.starts_with("parser.") || id.starts_with("chain.");
    const std::string room = reading ? "inspect/reading" : id.substr(0, dot);
    const std::string file = CHANCERY_SOURCE_DIR "/ca/lint/" + room + "/" + id.substr(dot + 1) + ".cpp";
    const Result<std::string> text = read_file(file, 65536);
    ASSERT_TRUE(text) << file;
    EXPECT_THAT(*text, HasSubstr(".id = \"" + id + "\""));
    EXPECT_THAT(*text, HasSubstr(".quote ="));
  }
}

}  // namespace
}  // namespace chancery::lint
