#include "ca/yaml/reader.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace chancery::yaml {
namespace {

Reader must_parse(std::string_view text) {
  Result<Reader> reader = Reader::parse(text, "f.yaml");
  if (!reader) throw std::runtime_error(reader.error().message);
  return std::move(*reader);
}

std::vector<std::string> rules_of(const Result<void>& result) {
  std::vector<std::string> rules;
  if (result) return rules;
  for (const ErrorDetail& detail : result.error().details)
    rules.push_back(detail.rule + " " + detail.location);
  return rules;
}

TEST(YamlReader, ReadsEveryKindOfValue) {
  Reader reader = must_parse(R"(
text: hello
quoted: "90"
block: |
  two
  lines
number: -12
yes: true
wait: 15m
from: 2026-11-22T04:36:00Z
until: "2027-11-22T04:36:00Z"
names: [a, "b", 'c']
inner: {key: value}
rows:
  - {id: 1}
  - id: 2
)");
  EXPECT_EQ(reader.required_string("text"), "hello");
  EXPECT_EQ(reader.required_string("quoted"), "90");
  EXPECT_EQ(reader.required_string("block"), "two\nlines\n");
  EXPECT_EQ(reader.required_integer("number", -12, -12), -12);
  EXPECT_TRUE(reader.optional_boolean("yes", false));
  EXPECT_EQ(reader.required_duration("wait", Seconds(900), Seconds(900)), Seconds(900));
  EXPECT_EQ(to_rfc3339(reader.required_time("from")), "2026-11-22T04:36:00Z");
  EXPECT_EQ(to_rfc3339(reader.required_time("until")), "2027-11-22T04:36:00Z");
  EXPECT_THAT(reader.string_list("names", 3, 3), testing::ElementsAre("a", "b", "c"));
  EXPECT_EQ(reader.required_map("inner").required_string("key"), "value");
  std::vector<std::int64_t> ids;
  for (Reader& row : reader.list_of_maps("rows", 2, 2)) ids.push_back(row.required_integer("id", 0, 9));
  EXPECT_THAT(ids, testing::ElementsAre(1, 2));
  EXPECT_TRUE(reader.finish());
}

TEST(YamlReader, AbsentOptionalValuesFallBack) {
  Reader reader = must_parse("{}");
  EXPECT_EQ(reader.optional_string("a", "x"), "x");
  EXPECT_EQ(reader.optional_integer("b", 7, 0, 9), 7);
  EXPECT_TRUE(reader.optional_boolean("c", true));
  EXPECT_EQ(reader.optional_duration("d", Seconds(5), Seconds(1), Seconds(9)), Seconds(5));
  EXPECT_TRUE(reader.string_list("e", 0, 9).empty());
  EXPECT_FALSE(reader.optional_map("f").has_value());
  EXPECT_TRUE(reader.list_of_maps("g", 0, 9).empty());
  EXPECT_FALSE(reader.has("a"));
  EXPECT_TRUE(reader.finish());
}

TEST(YamlReader, EachMissingRequiredValueIsOneFault) {
  Reader reader = must_parse("m:\n  x: 1\n");
  Reader inner = reader.required_map("m");
  EXPECT_EQ(inner.required_integer("x", 0, 9), 1);
  EXPECT_EQ(inner.required_string("a"), "");
  EXPECT_EQ(inner.required_integer("b", 3, 9), 3);
  EXPECT_EQ(inner.required_duration("c", Seconds(2), Seconds(9)), Seconds(2));
  EXPECT_EQ(inner.required_time("d"), TimePoint{});
  EXPECT_TRUE(inner.string_list("e", 1, 9).empty());
  EXPECT_TRUE(inner.list_of_maps("f", 1, 9).empty());
  Reader missing = inner.required_map("g");
  EXPECT_EQ(missing.required_string("silent"), "");
  missing.reject("silent", "never shown");
  EXPECT_EQ(missing.location("silent"), "f.yaml:2:3");
  const Result<void> result = reader.finish();
  EXPECT_EQ(rules_of(result), std::vector<std::string>(7, "yaml.missing_key f.yaml:2:3"));
}

struct Wrong {
  const char *name, *value, *rule;
};

using ReadOne = void (*)(Reader&);

void expect_refused(ReadOne read, std::initializer_list<Wrong> table) {
  for (const Wrong& wrong : table) {
    Reader reader = must_parse("k: " + std::string(wrong.value) + "\n");
    read(reader);
    const Result<void> result = reader.finish();
    ASSERT_FALSE(result) << wrong.name << ": " << wrong.value;
    ASSERT_EQ(result.error().details.size(), 1U) << wrong.name << ": " << result.error().message;
    EXPECT_EQ(result.error().details[0].rule, wrong.rule) << wrong.name;
    EXPECT_THAT(result.error().details[0].location, testing::MatchesRegex("f.yaml:1:[14]")) << wrong.name;
  }
}

TEST(YamlReader, IntegersAreDecimalAndPlain) {
  expect_refused([](Reader& reader) { reader.required_integer("k", -100, 100); },
                 {{"octal", "010", "yaml.type"},
                  {"octal_1_2", "0o10", "yaml.type"},
                  {"hex", "0x10", "yaml.type"},
                  {"underscore", "1_0", "yaml.type"},
                  {"quoted", "\"10\"", "yaml.type"},
                  {"plus", "+1", "yaml.type"},
                  {"minus_zero", "-0", "yaml.type"},
                  {"float", "1.0", "yaml.type"},
                  {"exponent", "1e1", "yaml.type"},
                  {"sexagesimal", "1:30", "yaml.type"},
                  {"infinity", ".inf", "yaml.type"},
                  {"text", "ten", "yaml.type"},
                  {"overflow", "9223372036854775808", "yaml.type"},
                  {"boolean", "true", "yaml.type"},
                  {"null", "~", "yaml.type"},
                  {"empty", "", "yaml.type"},
                  {"list", "[1]", "yaml.type"},
                  {"map", "{a: 1}", "yaml.type"},
                  {"too_small", "-101", "yaml.range"},
                  {"too_large", "101", "yaml.range"}});
}

TEST(YamlReader, IntegersReachBothEndsOfTheirRange) {
  for (const char* text : {"k: 1\n", "k: 65535\n"}) {
    Reader reader = must_parse(text);
    reader.required_integer("k", 1, 65535);
    EXPECT_TRUE(reader.finish()) << text;
  }
}

TEST(YamlReader, BooleansAreTrueOrFalse) {
  expect_refused([](Reader& reader) { reader.optional_boolean("k", false); },
                 {{"yes", "yes", "yaml.type"},
                  {"on", "on", "yaml.type"},
                  {"upper", "True", "yaml.type"},
                  {"number", "1", "yaml.type"},
                  {"quoted", "\"true\"", "yaml.type"},
                  {"null", "~", "yaml.type"},
                  {"list", "[true]", "yaml.type"}});
}

TEST(YamlReader, DurationsHaveAUnitAndARange) {
  expect_refused([](Reader& reader) { reader.required_duration("k", Seconds(10), Seconds(20)); },
                 {{"no_unit", "15", "yaml.type"},
                  {"two_units", "1m5s", "yaml.type"},
                  {"quoted", "\"15s\"", "yaml.type"},
                  {"negative", "-15s", "yaml.type"},
                  {"zero", "0s", "yaml.type"},
                  {"null", "~", "yaml.type"},
                  {"map", "{a: 15s}", "yaml.type"},
                  {"too_short", "9s", "yaml.range"},
                  {"too_long", "21s", "yaml.range"},
                  {"beyond_all_durations", "99999d", "yaml.range"},
                  {"beyond_all_numbers", "99999999999999999999d", "yaml.range"}});
}

TEST(YamlReader, TimesAreUtcAndComplete) {
  expect_refused([](Reader& reader) { reader.required_time("k"); },
                 {{"date", "2026-11-22", "yaml.type"},
                  {"offset", "2026-11-22T04:36:00+00:00", "yaml.type"},
                  {"impossible", "2026-02-29T00:00:00Z", "yaml.type"},
                  {"list", "[2026-11-22T04:36:00Z]", "yaml.type"},
                  {"null", "~", "yaml.type"}});
}

TEST(YamlReader, StringsHaveALength) {
  expect_refused([](Reader& reader) { reader.required_string("k", 4); },
                 {{"too_long", "abcde", "yaml.length"},
                  {"too_long_in_bytes", "\xc3\xa9\xc3\xa9\x65", "yaml.length"},
                  {"empty", "''", "yaml.length"},
                  {"null", "null", "yaml.type"},
                  {"absent", "", "yaml.type"},
                  {"list", "[a]", "yaml.type"},
                  {"map", "{a: b}", "yaml.type"},
                  {"escape", "\"\\e\"", "yaml.character"}});
  Reader reader = must_parse("k: abcd\n");
  reader.required_string("k", 4);
  EXPECT_TRUE(reader.finish());
}

TEST(YamlReader, ListsHaveACountAndOneKindOfEntry) {
  expect_refused([](Reader& reader) { reader.string_list("k", 1, 2); },
                 {{"too_few", "[]", "yaml.count"},
                  {"too_many", "[a, b, c]", "yaml.count"},
                  {"text", "a", "yaml.type"},
                  {"map", "{a: b}", "yaml.type"},
                  {"null", "~", "yaml.type"}});
  expect_refused([](Reader& reader) { reader.list_of_maps("k", 1, 2); },
                 {{"too_few", "[]", "yaml.count"},
                  {"too_many", "[{}, {}, {}]", "yaml.count"},
                  {"map", "{a: b}", "yaml.type"}});
}

TEST(YamlReader, EntriesOfTheWrongKindAreNamedByPlace) {
  Reader reader = must_parse("k: [a, [b], {c: d}, ~, '']\nr: [{}, x]\n");
  EXPECT_THAT(reader.string_list("k", 1, 9), testing::ElementsAre("a"));
  EXPECT_EQ(reader.list_of_maps("r", 1, 9).size(), 1U);
  EXPECT_THAT(rules_of(reader.finish()),
              testing::ElementsAre("yaml.type f.yaml:1:8", "yaml.type f.yaml:1:13", "yaml.type f.yaml:1:21",
                                   "yaml.length f.yaml:1:24", "yaml.type f.yaml:2:9"));
}

TEST(YamlReader, MapsAreMaps) {
  for (const char* text : {"k: a\n", "k: [a]\n", "k: ~\n", "k:\n"}) {
    Reader required = must_parse(text);
    required.required_map("k").required_string("silent");
    EXPECT_THAT(rules_of(required.finish()), testing::ElementsAre(testing::StartsWith("yaml.type"))) << text;
    Reader optional = must_parse(text);
    EXPECT_FALSE(optional.optional_map("k").has_value());
    EXPECT_THAT(rules_of(optional.finish()), testing::ElementsAre(testing::StartsWith("yaml.type"))) << text;
  }
}

TEST(YamlReader, PlacesAreOneBased) {
  Reader reader = must_parse("a: x\nlist:\n  - one\n  - two\nmap:\n  k: v\nnothing:\n");
  EXPECT_EQ(reader.location(), "f.yaml:1:1");
  EXPECT_EQ(reader.location("a"), "f.yaml:1:4");
  EXPECT_EQ(reader.location("missing"), "f.yaml:1:1");
  EXPECT_EQ(reader.location("nothing"), "f.yaml:7:1");
  EXPECT_THAT(reader.entry_locations("list"), testing::ElementsAre("f.yaml:3:5", "f.yaml:4:5"));
  EXPECT_TRUE(reader.entry_locations("missing").empty());
  Reader map = reader.required_map("map");
  EXPECT_EQ(map.location(), "f.yaml:6:3");
  EXPECT_EQ(map.location("k"), "f.yaml:6:6");
}

TEST(YamlReader, ACallersFaultStandsWhereTheValueStands) {
  Reader reader = must_parse("a: x\nl: [one, two]\n");
  reader.required_string("a");
  reader.string_list("l", 1, 2);
  reader.reject("a", "means nothing");
  reader.reject("missing", "is needed here");
  reader.reject_entry("l", "two", "is one too many");
  const Result<void> result = reader.finish();
  EXPECT_THAT(rules_of(result), testing::ElementsAre("yaml.value f.yaml:1:1", "yaml.value f.yaml:1:4",
                                                     "yaml.value f.yaml:2:10"));
  EXPECT_EQ(result.error().message,
            "f.yaml:1:1: is needed here\nf.yaml:1:4: means nothing\nf.yaml:2:10: is one too many");
}

TEST(YamlReader, OnlySoundValuesAreWorthComparing) {
  Reader reader = must_parse("good: 1\nbad: x\nunread: 1\n");
  reader.required_integer("good", 0, 9);
  reader.required_integer("bad", 0, 9);
  reader.optional_integer("absent", 0, 0, 9);
  EXPECT_TRUE(reader.sound("good"));
  for (const char* key : {"bad", "unread", "absent"}) EXPECT_FALSE(reader.sound(key)) << key;
}

TEST(YamlReader, AnUnknownKeyIsToldTheKnownOnes) {
  Reader reader = must_parse("prot: 1\n");
  reader.optional_integer("port", 1, 1, 9);
  reader.optional_string("address", "");
  const Result<void> result = reader.finish();
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, testing::HasSubstr("unknown key 'prot'; known here: port, address"));
}

TEST(YamlReader, QuotesMayHoldEscapedQuotes) {
  Reader reader = must_parse("# caf\xc3\xa9\r\na: \"say \\\"x\\\\\"\r\nb: 'it''s'\r\nc: ''\r\n");
  EXPECT_EQ(reader.required_string("a"), "say \"x\\");
  EXPECT_EQ(reader.required_string("b"), "it's");
  EXPECT_EQ(reader.optional_string("c", "x"), "");
  EXPECT_TRUE(reader.finish());
}

TEST(YamlReader, AByteOrderMarkIsSkipped) {
  Reader reader = must_parse(
      "\xef\xbb\xbf"
      "a: x\n");
  EXPECT_EQ(reader.required_string("a"), "x");
  EXPECT_TRUE(reader.finish());
}

TEST(YamlReader, LoadNamesTheFileThatIsMissing) {
  const Result<Reader> missing = Reader::load("/nonexistent/ca.yaml");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_THAT(missing.error().message, testing::HasSubstr("/nonexistent/ca.yaml"));
}

TEST(YamlReader, LoadRefusesAFileOverTheLimit) {
  const std::string path = testing::TempDir() + "chancery-yaml-" + std::to_string(getpid());
  std::ofstream(path) << std::string(262145, '#');
  const Result<Reader> large = Reader::load(path);
  std::filesystem::remove(path);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::validation);
  EXPECT_EQ(large.error().details.at(0).rule, "yaml.size");
}

}  // namespace
}  // namespace chancery::yaml
