// Makes every key of the real examples wrong in turn: missing, of another type, over its limit, beside an
// unknown one. Keys that no example needs are added to some of them.
#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;

struct Example {
  const char* name;
  std::set<std::string> optional;  // paths that may be missing
  const char* with = "";           // what `edits` add
  std::vector<std::pair<std::string, std::string>> edits = {};
};

std::string label_of(const Example& example) {
  std::string label = example.name + std::string(example.with);
  std::replace(label.begin(), label.end(), '-', '_');
  return label;
}

void PrintTo(const Example& example, std::ostream* out) {
  *out << label_of(example);
}

// A line "key: value" of an example, written in block style.
struct KeyLine {
  std::size_t at = 0, end = 0;  // its lines, those of its value included
  std::size_t indent = 0;       // of the key
  bool first_of_item = false;   // "- key: value"
  std::string key, path, value;
};

using Lines = std::vector<std::string>;

Lines split(const std::string& text) {
  std::istringstream stream(text);
  Lines lines;
  for (std::string line; std::getline(stream, line);) {
    const std::size_t comment = line.find("  #");
    if (line.starts_with("#")) continue;
    lines.push_back(comment == std::string::npos ? line : line.substr(0, comment));
  }
  return lines;
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

KeyLine key_line(const Lines& lines, std::size_t at) {
  KeyLine key{.at = at};
  std::size_t start = lines[at].find_first_not_of(' ');
  key.first_of_item = lines[at].compare(start, 2, "- ") == 0;
  if (key.first_of_item) start += 2;
  key.indent = start;
  const std::size_t colon = lines[at].find(':', start);
  key.key = lines[at].substr(start, colon - start);
  key.value = colon + 2 < lines[at].size() ? lines[at].substr(colon + 2) : "";
  key.end = at + 1;
  while (key.end < lines.size() && lines[key.end].find_first_not_of(' ') > key.indent) ++key.end;
  return key;
}

std::vector<KeyLine> keys_of(const Lines& lines) {
  std::vector<KeyLine> keys, open;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    KeyLine key = key_line(lines, at);
    while (!open.empty() && open.back().indent >= key.indent) open.pop_back();
    key.path = (open.empty() ? "" : open.back().path + ".") + key.key;
    open.push_back(key);
    keys.push_back(key);
  }
  return keys;
}

std::string without(Lines lines, const KeyLine& key) {
  if (key.first_of_item && key.end < lines.size() && lines[key.end].find_first_not_of(' ') == key.indent) {
    lines[key.end][key.indent - 2] = '-';  // the next key begins the item
  }
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(key.at),
              lines.begin() + static_cast<std::ptrdiff_t>(key.end));
  return joined(lines);
}

std::string with_value(Lines lines, const KeyLine& key, const std::string& value) {
  lines[key.at] = lines[key.at].substr(0, key.indent) + key.key + ": " + value;
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(key.at) + 1,
              lines.begin() + static_cast<std::ptrdiff_t>(key.end));
  return joined(lines);
}

std::string with_sibling(Lines lines, const KeyLine& key) {
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(key.end),
               std::string(key.indent, ' ') + "colour: red");
  return joined(lines);
}

Lines lines_of(const Example& example) {
  std::string text =
      read_file(std::string(CHANCERY_SOURCE_DIR "/policies/ceremonies/") + example.name + ".yaml",
                script_limit)
          .value();
  for (const auto& [from, to] : example.edits) text = testing::with(text, from, to);
  return split(text);
}

class Schema : public ::testing::TestWithParam<Example> {
 protected:
  void SetUp() override {
    lines = lines_of(GetParam());
    keys = keys_of(lines);
    ASSERT_GT(keys.size(), 15U);
  }
  static void expect_refused(const std::string& text, const std::string& how, const KeyLine& key,
                             const std::string& said) {
    const Result<Script> script = parse_script(text, "faulty.yaml");
    ASSERT_FALSE(script) << how << ": " << key.path;
    EXPECT_EQ(script.error().code, ErrorCode::validation);
    EXPECT_FALSE(script.error().details.empty());
    EXPECT_THAT(script.error().message, HasSubstr("faulty.yaml:")) << how << ": " << key.path;
    EXPECT_THAT(script.error().message, HasSubstr(said)) << how << ": " << key.path;
  }
  [[nodiscard]] bool only_child(const KeyLine& key) const {
    const std::size_t dot = key.path.rfind('.');
    const std::string parent = dot == std::string::npos ? "" : key.path.substr(0, dot + 1);
    return std::count_if(keys.begin(), keys.end(), [&](const KeyLine& other) {
             return other.path.starts_with(parent) &&
                    other.path.find('.', parent.size()) == std::string::npos;
           }) == 1;
  }

  Lines lines;
  std::vector<KeyLine> keys;
};

TEST_P(Schema, ExampleIsRight) {
  const Result<Script> script = parse_script(joined(lines), "right.yaml");
  ASSERT_TRUE(script) << script.error().message;
  EXPECT_TRUE(std::string(GetParam().name).ends_with(to_string(script->kind())));
}

TEST_P(Schema, MissingKeysAreRefused) {
  for (const KeyLine& key : keys) {
    if (only_child(key)) continue;  // then its parent is what is missing
    if (GetParam().optional.contains(key.path)) {
      const Result<Script> script = parse_script(without(lines, key), "r.yaml");
      EXPECT_TRUE(script) << key.path << ": " << script.error().message;
    } else {
      expect_refused(without(lines, key), "missing", key, key.key);
    }
  }
}

TEST_P(Schema, OtherTypesAreRefused) {
  for (const KeyLine& key : keys) {
    expect_refused(with_value(lines, key, "[[1]]"), "a list of lists", key, key.key);
    expect_refused(with_value(lines, key, "{a: 1}"), "a mapping", key, "");
    expect_refused(with_value(lines, key, ""), "nothing", key, key.key);
  }
}

TEST_P(Schema, ValuesOverTheLimitAreRefused) {
  for (const KeyLine& key : keys) {
    if (key.value.empty()) continue;
    expect_refused(with_value(lines, key, std::string(5000, '9')), "too long", key, key.key);
  }
}

TEST_P(Schema, UnknownKeysAreRefusedEverywhere) {
  for (const KeyLine& key : keys) expect_refused(with_sibling(lines, key), "unknown sibling", key, "colour");
}

TEST_P(Schema, KeysTwiceAreRefused) {
  for (const KeyLine& key : keys) {
    Lines twice = lines;
    const std::string again = std::string(key.indent, ' ') + key.key + ": again";
    twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(key.end), again);
    expect_refused(joined(twice), "twice", key, key.key);
  }
}

const std::vector<Example> examples{
    Example{"root", {"preflight", "subject.country", "subject.organization"}},
    Example{"intermediate",
            {"roles.external_witness", "subject.country", "subject.organization", "path_length",
             "name_constraints"}},
    Example{"cross-csr", {"roles.external_witness"}},
    Example{"cross-certificate", {"roles.external_witness", "path_length", "name_constraints"}},
    Example{"crl", {"roles.external_witness", "crl.revoke", "crl.revoke.invalidity_date"}},
    Example{"first-crl", {"roles.external_witness"}},
    Example{"yearly-crl", {"roles.external_witness"}},
    Example{"last-crl", {"roles.external_witness", "crl.revoke", "crl.revoke.invalidity_date"}},
    Example{"next-intermediate",
            {"roles.external_witness", "subject.country", "subject.organization", "path_length",
             "name_constraints"}},
    Example{"token-root", {"preflight", "subject.country", "subject.organization"}},
    Example{"token-first-crl", {"roles.external_witness"}},
    Example{"token-intermediate",
            {"roles.external_witness", "subject.country", "subject.organization", "path_length",
             "name_constraints"}},
    Example{"token-crl", {"roles.external_witness", "crl.revoke", "crl.revoke.invalidity_date"}},
    Example{"token-destroy", {}},
    Example{"recover", {"roles.external_witness", "retire.officer"}},
    Example{
        "recover",
        {"roles.external_witness"},
        " with a lost share",
        {{"  - form: share\n    where: \"safe 3, sealed bag 0413\"\n    officer: Hedy Lamarr  # to whom it "
          "was "
          "dealt; the holder brings it\n    holder: Emmy Noether\n",
          "outstanding:\n  - form: share\n    where: a train\n    holder: Hedy Lamarr\n    "
          "reason: it was lost on a journey\n"}}},
    Example{"destroy", {}},
    Example{
        "destroy",
        {"complete_reason", "copies.destroyed_in"},
        " after a hash",
        {{"bundle: crl-4/bundle", "transcript: " + std::string(64, 'a')},
         {"reason: R1 was", "complete_reason: nobody ever dealt others\nreason: R1 was"},
         {"    where: recovery-1/custody/root.2.share\n",
          "    where: recovery-1/custody/root.2.share\n    dealing: 2\n"},
         {"    where: recovery-1/custody/root.1.share\n",
          "    where: recovery-1/custody/root.1.share\n    dealing: 2\n"},
         {"    where: recovery-1/custody/root.3.share\n",
          "    where: recovery-1/custody/root.3.share\n    dealing: 2\n"},
         {"    holder: Dorothy Vaughan\n", "    destroyed_in: aborted-1\n    holder: Dorothy Vaughan\n"}}},
    Example{"demo-root", {"preflight", "subject.organization"}},
    Example{"demo-intermediate",
            {"roles.external_witness", "preflight", "subject.organization", "path_length"}},
    Example{"root",
            {"preflight", "preflight.clock_tolerance", "preflight.binary", "preflight.libraries",
             "subject.country", "subject.organization", "subject.organizational_unit", "validity.not_before"},
            " with everything",
            {{"  clock_tolerance: 120s\n",
              "  clock_tolerance: 120s\n  binary: " + std::string(64, 'a') +
                  "\n  libraries:\n    - file: libcrypto.so.3\n      sha256: " + std::string(64, 'b') + "\n"},
             {"  organization: Example\n", "  organization: Example\n  organizational_unit: PKI\n"},
             {"  lifetime: 3650d", "  not_before: 2026-11-20T09:00:00Z\n  lifetime: 3650d"}}},
    Example{"root",
            {"preflight", "subject.country", "subject.organization"},
            " in a file",
            {{"  shares:  # any two of the three officers can sign; one alone cannot\n    threshold: 2\n    "
              "officers: 3\n",
              "  file: root.key.pem\n  reason: a root of a laboratory\n"}}},
    Example{
        "token-root",
        {"preflight", "subject.country", "subject.organization", "custody.token.label", "custody.token.slot"},
        " with a slot",
        {{"    key: r1", "    slot: 7\n    key: r1"}}},
    Example{
        "intermediate",
        {"roles.external_witness", "subject.country", "subject.organization", "path_length",
         "name_constraints", "name_constraints.permitted", "name_constraints.excluded", "after_last_reason"},
        " with exclusions",
        {{"outputs:\n",
          "  excluded: [\"email:example.org\"]\nafter_last_reason: R2 is late, and R1 must "
          "last\noutputs:\n"}}},
    Example{"cross-certificate",
            {"roles.external_witness", "path_length", "name_constraints", "after_last_reason"},
            " after the last list",
            {{"outputs:\n", "after_last_reason: R2 is late, and R1 must last\noutputs:\n"}}},
    Example{"first-crl",
            {"roles.external_witness", "crl.this_update", "crl.first_reason"},
            " after a hash",
            {{"bundle: root/bundle", "transcript: " + std::string(64, 'a')},
             {"  first: true",
              "  this_update: 2026-11-20T09:00:00Z\n  first: true\n  first_reason: the bundle of the root "
              "was lost"}}},
    Example{"crl",
            {"roles.external_witness", "crl.revoke", "crl.revoke.invalidity_date", "crl.previous_reason",
             "crl.after_last_reason"},
            " with a reason",
            {{"  previous: crl-1/bundle/root.crl.pem",
              "  previous: crl-1/bundle/root.crl.pem\n  previous_reason: the bundle of crl-1 was lost\n  "
              "after_last_reason: a key was lost after all"}}},
    Example{"crl",
            {"roles.external_witness", "crl.revoke", "crl.revoke.invalidity_date"},
            " by serial",
            {{"certificate: i1/bundle/intermediate.pem", "serial: 40aabb"}}}};

INSTANTIATE_TEST_SUITE_P(Examples, Schema, ::testing::ValuesIn(examples), [](const auto& example) {
  std::string name = label_of(example.param);
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
});

// So that a new key is not forgotten here.
TEST(SchemaTable, HasEveryKeyThatTheProgramReads) {
  std::set<std::string> made_wrong;
  for (const Example& example : examples) {
    for (const KeyLine& key : keys_of(lines_of(example))) made_wrong.insert(key.key);
  }
  const std::regex read(R"re((?:(?:required|optional)_\w+|string_list|has)\("(\w+)")re");
  std::size_t found = 0;
  for (const auto& file : std::filesystem::directory_iterator(CHANCERY_SOURCE_DIR "/ca/ceremony/script")) {
    const std::string source = read_file(file.path().string(), script_limit).value();
    for (std::sregex_iterator at(source.begin(), source.end(), read), end; at != end; ++at, ++found)
      EXPECT_TRUE(made_wrong.contains((*at)[1])) << file.path().filename() << ": " << (*at)[1];
  }
  EXPECT_GT(found, 40U);
}

}  // namespace
}  // namespace chancery::ceremony
