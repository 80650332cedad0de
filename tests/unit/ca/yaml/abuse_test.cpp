// What must never be taken for configuration, as one table: text, rule, position.
#include <gmock/gmock.h>

#include "ca/yaml/document.h"
#include "ca/yaml/reader.h"

namespace chancery::yaml {
namespace {

// Reads a mapping with one optional string "a", one optional map "m" with a string "b", and a list "l".
Result<void> read(std::string_view text) {
  Result<Reader> reader = Reader::parse(text, "f.yaml");
  if (!reader) return std::move(reader).error();
  reader->optional_string("a", "");
  if (std::optional<Reader> map = reader->optional_map("m")) map->optional_string("b", "");
  reader->string_list("l", 0, 10);
  return reader->finish();
}

struct Abuse {
  const char *name, *text, *rule, *location;
};

class YamlAbuse : public testing::TestWithParam<Abuse> {};

TEST_P(YamlAbuse, IsRefusedWithItsPlace) {
  const Abuse& abuse = GetParam();
  const Result<void> result = read(abuse.text);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::validation);
  ASSERT_FALSE(result.error().details.empty());
  EXPECT_EQ(result.error().details[0].rule, abuse.rule) << result.error().message;
  EXPECT_EQ(result.error().details[0].location, abuse.location);
  EXPECT_THAT(result.error().message, testing::StartsWith(std::string(abuse.location) + ": "));
}

INSTANTIATE_TEST_SUITE_P(
    Table, YamlAbuse,
    testing::Values(Abuse{"unknown_key", "a: x\nz: 1\n", "yaml.unknown_key", "f.yaml:2:1"},
                    Abuse{"unknown_nested_key", "m:\n  b: x\n  c: 1\n", "yaml.unknown_key", "f.yaml:3:3"},
                    Abuse{"unknown_key_in_flow", "m: {b: x, c: 1}\n", "yaml.unknown_key", "f.yaml:1:11"},
                    Abuse{"duplicate_key", "a: x\na: y\n", "yaml.duplicate_key", "f.yaml:2:1"},
                    Abuse{"duplicate_quoted_key", "a: x\n\"a\": y\n", "yaml.duplicate_key", "f.yaml:2:1"},
                    Abuse{"duplicate_nested_key", "m: {b: x, b: x}\n", "yaml.duplicate_key", "f.yaml:1:11"},
                    Abuse{"anchor", "a: &x y\n", "yaml.anchor", "f.yaml:1:4"},
                    Abuse{"anchor_on_map", "m: &x\n  b: y\n", "yaml.anchor", "f.yaml:1:4"},
                    Abuse{"anchor_on_key", "&x a: y\n", "yaml.anchor", "f.yaml:1:1"},
                    Abuse{"anchor_on_nothing", "a: &x\n", "yaml.anchor", "f.yaml:1:4"},
                    Abuse{"alias", "a: &x y\nl: [*x]\n", "yaml.anchor", "f.yaml:1:4"},
                    Abuse{"alias_of_nothing", "a: *x\n", "yaml.syntax", "f.yaml:1:4"},
                    Abuse{"alias_as_key", "a: &x y\n*x : z\n", "yaml.anchor", "f.yaml:1:4"},
                    Abuse{"tag", "a: !!str y\n", "yaml.tag", "f.yaml:1:4"},
                    Abuse{"local_tag", "a: !mine y\n", "yaml.tag", "f.yaml:1:4"},
                    Abuse{"lone_tag", "a: ! y\n", "yaml.tag", "f.yaml:1:4"},
                    Abuse{"verbatim_tag", "a: !<tag:yaml.org,2002:str> y\n", "yaml.tag", "f.yaml:1:4"},
                    Abuse{"tag_on_map", "m: !!map {b: y}\n", "yaml.tag", "f.yaml:1:4"},
                    Abuse{"tag_on_list", "l: !!seq [y]\n", "yaml.tag", "f.yaml:1:4"},
                    Abuse{"tag_on_null", "a: !!null\n", "yaml.tag", "f.yaml:1:4"},
                    Abuse{"merge_key", "m:\n  <<: {b: x}\n", "yaml.merge_key", "f.yaml:2:3"},
                    Abuse{"two_documents", "a: x\n---\na: y\n", "yaml.documents", "f.yaml:2:1"},
                    Abuse{"text_after_end", "a: x\n...\nz\n", "yaml.documents", "f.yaml:3:1"},
                    Abuse{"comma", ", x", "yaml.documents", "f.yaml:1:1"},
                    Abuse{"empty", "", "yaml.type", "f.yaml:1:1"},
                    Abuse{"only_comment", "# nothing\n", "yaml.type", "f.yaml:1:1"},
                    Abuse{"scalar", "hello\n", "yaml.type", "f.yaml:1:1"},
                    Abuse{"list", "- a\n- b\n", "yaml.type", "f.yaml:1:1"},
                    Abuse{"null", "~\n", "yaml.type", "f.yaml:1:1"},
                    Abuse{"tab_indent", "m:\n\tb: x\n", "yaml.syntax", "f.yaml:2:3"},
                    Abuse{"unclosed", "a: [x\n", "yaml.syntax", "f.yaml:2:1"},
                    Abuse{"unclosed_quote", "a: \"x\n", "yaml.syntax", "f.yaml:1:4"},
                    Abuse{"unclosed_after_escape", "a: \"x\\\"\n", "yaml.syntax", "f.yaml:1:4"},
                    Abuse{"unclosed_single_quote", "a: 'it''\n", "yaml.syntax", "f.yaml:1:4"},
                    Abuse{"bad_escape", "a: \"\\q\"\n", "yaml.syntax", "f.yaml:1:7"},
                    Abuse{"map_as_key", "? {x: y}\n: z\n", "yaml.key", "f.yaml:1:3"},
                    Abuse{"list_as_key", "[x]: y\n", "yaml.key", "f.yaml:1:1"},
                    Abuse{"null_key", "~: y\n", "yaml.key", "f.yaml:1:1"},
                    Abuse{"invalid_utf8", "a: x\nm: {b: \xff}\n", "yaml.utf8", "f.yaml:2:8"},
                    Abuse{"utf16",
                          "\xff\xfe"
                          "a",
                          "yaml.utf8", "f.yaml:1:1"},
                    Abuse{"control", "a: x\x1b[31m\n", "yaml.character", "f.yaml:1:5"},
                    Abuse{"nul_by_escape", "a: \"x\\0y\"\n", "yaml.character", "f.yaml:1:4"},
                    Abuse{"direction", "a: x\nm: {b: \xe2\x80\xae}\n", "yaml.character", "f.yaml:2:8"},
                    Abuse{"direction_in_comment", "a: x  # \xe2\x80\xae\n", "yaml.character", "f.yaml:1:9"},
                    Abuse{"direction_in_key", "\xe2\x80\xae: x\n", "yaml.character", "f.yaml:1:1"},
                    Abuse{"direction_by_escape", "m:\n  b: \"x\\u202ey\"\n", "yaml.character", "f.yaml:2:6"},
                    Abuse{"direction_in_key_by_escape", "\"\\u202e\": x\n", "yaml.character", "f.yaml:1:1"},
                    Abuse{"direction_where_nobody_reads", "z: \"\\u202e\"\n", "yaml.unknown_key",
                          "f.yaml:1:1"},
                    Abuse{"next_line_by_escape", "a: \"x\\Ny\"\n", "yaml.character", "f.yaml:1:4"},
                    Abuse{"line_separator_by_escape", "a: \"x\\Ly\"\n", "yaml.character", "f.yaml:1:4"},
                    Abuse{"second_byte_order_mark",
                          "\xef\xbb\xbf\xef\xbb\xbf"
                          "a: x\n",
                          "yaml.character", "f.yaml:1:4"},
                    Abuse{"carriage_return_by_escape", "a: \"x\\ry\"\n", "yaml.character", "f.yaml:1:4"}),
    [](const auto& row) { return row.param.name; });

TEST(YamlAbuse, ANulByteIsRefused) {
  const Result<void> result = read(std::string_view("a: x\0y\n", 7));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().details[0].rule, "yaml.character");
}

TEST(YamlAbuse, WhatCannotBeSeenIsNamedWithWhatToDo) {
  const Result<void> raw = read("a: admin\xe2\x80\xae\n");
  ASSERT_FALSE(raw);
  EXPECT_EQ(raw.error().message,
            "f.yaml:1:9: U+202E, which turns the direction of the text around; delete it");
  const Result<void> space = read("a: root\xc2\xa0key\n");
  ASSERT_FALSE(space);
  EXPECT_EQ(space.error().message,
            "f.yaml:1:8: U+00A0, which looks like another space; write a plain one (U+0020)");
  const Result<void> escaped = read("a: \"admin\\u200d\"\nl: [\"\\ufeff\"]\n");
  ASSERT_FALSE(escaped);
  EXPECT_EQ(
      escaped.error().message,
      "f.yaml:1:4: a text that holds U+200D, which nobody can see; delete it, and write the word or emoji "
      "without it\n"
      "f.yaml:2:5: a text that holds U+FEFF, which nobody can see; delete it");
}

TEST(YamlAbuse, LettersOfEveryScriptAreTaken) {
  for (const std::string text :
       {"Évariste", "Straße", "日本", "שלום", "سلام", "\"\\u00e9\"", "\xf0\x9f\x94\x91"}) {
    const Result<void> result =
        read("a: " + text + "  # " + text + "\nm: {b: " + text + "}\nl: [" + text + "]\n");
    EXPECT_TRUE(result) << result.error().message;
  }
}

// 2^40 nodes when walked, ten lines to write.
TEST(YamlAbuse, AnAnchorBombIsNotWalked) {
  std::string text = "l: &x0 [a, a]\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "*x" + std::to_string(i - 1);
    text += "k" + std::to_string(i) + ": &x" + std::to_string(i) + " [" + before + ", " + before + "]\n";
  }
  const Result<void> result = read(text);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().details.size(), fault_limit);
  EXPECT_THAT(result.error().message, testing::HasSubstr("more faults"));
}

std::string nested(
    std::size_t depth) {  // `depth` collections inside one another: the mapping and depth - 1 lists
  return "l: " + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "\n";
}

TEST(YamlAbuse, DepthEndsAtItsLimit) {
  const auto parse = [](const std::string& text) { return Reader::parse(text, "f.yaml"); };
  EXPECT_TRUE(parse(nested(depth_limit)));
  const Result<Reader> deeper = parse(nested(depth_limit + 1));
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error().details[0].rule, "yaml.depth");
  EXPECT_EQ(deeper.error().details[0].location, "f.yaml:1:19");
}

TEST(YamlAbuse, HopelessDepthCostsNothing) {
  for (const char* opening : {"[", "{", "- ", "? ", "{a: "}) {
    std::string text;
    while (text.size() + 4 < size_limit) text += opening;
    EXPECT_FALSE(read(text)) << opening;
  }
}

TEST(YamlAbuse, SizeEndsAtItsLimit) {
  const std::string text = "a: x\n";
  const std::string most = text + std::string(size_limit - text.size(), '#');
  EXPECT_TRUE(read(most));
  const Result<void> more = read(most + "#");
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().details[0].rule, "yaml.size");
}

TEST(YamlAbuse, EveryFaultOfAFileIsReportedAtOnceInItsOrder) {
  const Result<void> result = read("z: 1\na: &x [1]\nm:\n  b: !t y\n  b: z\n  c: 1\n");
  ASSERT_FALSE(result);
  std::vector<std::string> rules;
  for (const ErrorDetail& detail : result.error().details) rules.push_back(detail.rule);
  EXPECT_THAT(rules, testing::ElementsAre("yaml.unknown_key", "yaml.anchor", "yaml.type", "yaml.tag",
                                          "yaml.duplicate_key", "yaml.unknown_key"));
}

}  // namespace
}  // namespace chancery::yaml
