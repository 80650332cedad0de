#include "ca/ceremony/replay/replay.h"

#include "tests/unit/ca/ceremony/replay/bundles.h"

namespace chancery::ceremony {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::failures;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ReplayTest : public ::testing::Test {
 protected:
  static void TearDownTestSuite() { made.reset(); }
  void SetUp() override {
    if (!made) made = std::make_unique<testing::Bundles>();
  }
  // The intermediate's bundle, for damage.
  static std::string copy() { return made->copy(made->intermediate()); }
  static std::string file(const std::string& bundle, const std::string& name) {
    return testing::Bundles::content(bundle + "/" + name);
  }
  static void put(const std::string& bundle, const std::string& name, const std::string& text) {
    testing::Bundles::put(bundle + "/" + name, text);
  }
  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");
    return lines;
  }
  static std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line;
    return text;
  }
  static std::unique_ptr<testing::Bundles> made;
};
std::unique_ptr<testing::Bundles> ReplayTest::made;

TEST_F(ReplayTest, AcceptsWhatCeremoniesMade) {
  EXPECT_THAT(failures(made->root()), IsEmpty());
  EXPECT_THAT(failures(made->intermediate()), IsEmpty());
  EXPECT_THAT(failures(made->intermediate(), made->root(), made->root() + "/root.pem"), IsEmpty());
  const Replay seen = replay({made->intermediate(), made->root(), {}}).value();
  std::vector<std::string> names;
  for (const Check& check : seen.checks) names.push_back(check.name);
  for (const std::string name :
       {"hash chain", "signature of the transcript", "line 1 binds the script", "people", "preflight",
        "steps", "words of the script", "words of the fingerprint", "key that was made", "key that signed",
        "TBS of intermediate.pem", "intermediate.pem: lints", "intermediate.pem: second implementation",
        "export list", "hashes of the files", "chain", "link to the previous ceremony"}) {
    EXPECT_THAT(names, Contains(name));
  }
}

TEST_F(ReplayTest, OneBitTurnedAnywhereIsSeenInItsFile) {
  const std::string bundle = copy();
  for (const std::string name :
       {"script.yaml", "transcript.jsonl", "transcript.sig", "intermediate.pem", "chain.pem", "issuer.pem"}) {
    const std::string whole = file(bundle, name);
    const std::size_t step = whole.size() / 40 + 1;
    for (std::size_t at = step / 2; at < whole.size(); at += step) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 7)));
      put(bundle, name, changed);
      EXPECT_THAT(failures(bundle), Contains(HasSubstr(name))) << name << " at " << at;
    }
    put(bundle, name, whole);
  }
  EXPECT_THAT(failures(bundle), IsEmpty());
}

TEST_F(ReplayTest, NamesTheVeryOctetOfATurnedBit) {
  const std::string bundle = copy();
  const std::vector<std::pair<std::string, std::size_t>> places{
      {"script.yaml", 40}, {"transcript.jsonl", 700}, {"issuer.pem", 300}, {"chain.pem", 900}};
  for (const auto& [name, at] : places) {
    const std::string whole = file(bundle, name);
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    put(bundle, name, changed);
    EXPECT_THAT(failures(bundle),
                Contains(::testing::AllOf(HasSubstr(name), HasSubstr("byte " + std::to_string(at)),
                                          HasSubstr("one bit of this octet"))))
        << name;
    put(bundle, name, whole);
  }
}

// For the last line only the signature vouches, and for that nothing does.
TEST_F(ReplayTest, NamesTheVeryOctetAtTheEnd) {
  const std::string bundle = copy();
  const auto expect_named = [&](const std::string& name, std::size_t at, int bit) {
    const std::string whole = file(bundle, name);
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
    put(bundle, name, changed);
    EXPECT_THAT(failures(bundle), Contains(::testing::AllOf(
                                      HasSubstr(name + ", line "),
                                      HasSubstr(", byte " + std::to_string(at) + ": one bit of this octet"))))
        << name << " at " << at << " bit " << bit;
    put(bundle, name, whole);
  };
  const std::string transcript = file(bundle, "transcript.jsonl");
  const std::size_t last = transcript.rfind('\n', transcript.size() - 2);
  for (std::size_t at = last; at < transcript.size(); at += 7)
    expect_named("transcript.jsonl", at, static_cast<int>(at % 8));
  expect_named("transcript.jsonl", transcript.size() - 1, 3);
  for (std::size_t at = last + 8; at < last + 28; at += 3) expect_named("transcript.jsonl", at, 0);
  const std::size_t octets = file(bundle, "transcript.sig").size();
  for (std::size_t at = 0; at < octets; at += 11)
    expect_named("transcript.sig", at, static_cast<int>(at % 6));
  expect_named("transcript.sig", octets - 1, 1);
}

TEST_F(ReplayTest, WhatWasNotGivenIsNotCheckedAndNoSuccess) {
  const auto left_out = [](const Replay& seen) {
    std::vector<std::string> names;
    for (const Check& check : seen.checks) {
      if (!check.checked) names.push_back(check.name);
    }
    EXPECT_EQ(seen.not_checked(), names.size());
    return names;
  };
  const std::string root = made->root() + "/root.pem";
  EXPECT_THAT(left_out(replay({made->intermediate(), {}, {}}).value()),
              ElementsAre("copies of the key", "previous ceremony", "the root given"));
  EXPECT_THAT(left_out(replay({made->intermediate(), {}, root}).value()),
              ElementsAre("copies of the key", "previous ceremony"));
  EXPECT_THAT(left_out(replay({made->intermediate(), made->root(), root}).value()), IsEmpty());
  EXPECT_THAT(left_out(replay({made->root(), {}, {}}).value()), ElementsAre("the root given"));
}

TEST_F(ReplayTest, ADamagedKeyLeadsWithItsPlaceAndNoAdviceToMakeKeys) {
  const std::string bundle = made->copy(made->root()), whole = file(bundle, "root.pem");
  for (std::size_t at = 30; at + 30 < whole.size(); at += 7) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    put(bundle, "root.pem", changed);
    const std::vector<std::string> failed = failures(bundle);
    ASSERT_THAT(failed, Not(IsEmpty()));
    EXPECT_THAT(failed.front(), ::testing::AllOf(HasSubstr("hashes of the files: root.pem"),
                                                 HasSubstr("byte " + std::to_string(at) + ": one bit")));
    EXPECT_THAT(failed, Not(Contains(HasSubstr("make a new key")))) << at;
  }
}

TEST_F(ReplayTest, TruncationIsSeen) {
  for (const std::string name :
       {"script.yaml", "transcript.jsonl", "transcript.sig", "intermediate.pem", "chain.pem", "issuer.pem"}) {
    const std::string bundle = copy(), whole = file(bundle, name);
    for (const std::size_t kept : {std::size_t{0}, whole.size() / 2, whole.size() - 1}) {
      put(bundle, name, whole.substr(0, kept));
      EXPECT_THAT(failures(bundle), Contains(HasSubstr(name))) << kept;
    }
  }
}

TEST_F(ReplayTest, LastLineMissingIsSeenByTheSignature) {
  const std::string bundle = copy();
  std::vector<std::string> lines = lines_of(file(bundle, "transcript.jsonl"));
  lines.pop_back();
  put(bundle, "transcript.jsonl", joined(lines));
  EXPECT_THAT(failures(bundle), Contains(HasSubstr("line " + std::to_string(lines.size()) + ", byte ")));
  EXPECT_THAT(failures(bundle), Contains(HasSubstr("did not come to its end")));
}

TEST_F(ReplayTest, ReorderedRepeatedAndMissingLinesAreNamed) {
  const std::string bundle = copy();
  const std::vector<std::string> lines = lines_of(file(bundle, "transcript.jsonl"));
  const std::size_t offset = joined({lines.begin(), lines.begin() + 4}).size();
  const std::string place = "transcript.jsonl, line 5, byte " + std::to_string(offset);
  std::vector<std::string> reordered = lines, repeated = lines, missing = lines;
  std::swap(reordered[4], reordered[5]);
  repeated.insert(repeated.begin() + 4, lines[3]);
  missing.erase(missing.begin() + 4);
  for (const std::vector<std::string>& changed : {reordered, repeated, missing}) {
    put(bundle, "transcript.jsonl", joined(changed));
    EXPECT_THAT(failures(bundle), Contains(HasSubstr(place)));
  }
}

TEST_F(ReplayTest, FilesTooManyAndMissingAreNamed) {
  const std::string extra = copy();
  put(extra, "root.key.pem", "secret");
  EXPECT_THAT(failures(extra), Contains(HasSubstr("root.key.pem: the file is not in the list")));
  for (const std::string name :
       {"script.yaml", "transcript.jsonl", "transcript.sig", "intermediate.pem", "chain.pem", "issuer.pem"}) {
    const std::string bundle = copy();
    fs::remove(bundle + "/" + name);
    EXPECT_THAT(failures(bundle), Contains(HasSubstr(name)));
  }
}

TEST_F(ReplayTest, FoldersAndLinksDoNotBelong) {
  const std::string bundle = copy();
  fs::rename(bundle + "/chain.pem", bundle + "-chain.pem");
  fs::create_symlink(bundle + "-chain.pem", bundle + "/chain.pem");
  EXPECT_THAT(failures(bundle), Contains(HasSubstr("chain.pem: is not a file")));
  const std::string other = copy();
  fs::create_directory(other + "/more");
  EXPECT_THAT(failures(other), Contains(HasSubstr("more: is not a file")));
}

TEST_F(ReplayTest, LimitOfFiles) {
  const std::string bundle = copy();
  const auto count = static_cast<std::size_t>(std::distance(fs::directory_iterator(bundle), {}));
  for (std::size_t i = count; i < bundle_files_limit; ++i) put(bundle, "more-" + std::to_string(i), "x");
  EXPECT_TRUE(replay({bundle, {}, {}}));
  put(bundle, "one-more", "x");
  EXPECT_EQ(replay({bundle, {}, {}}).error().code, ErrorCode::payload_too_large);
}

TEST_F(ReplayTest, NoFolderIsAnError) {
  EXPECT_EQ(replay({made->path("none"), {}, {}}).error().code, ErrorCode::not_found);
  EXPECT_THAT(failures(made->root(), made->path("none")), Contains(HasSubstr("none is not a folder")));
}

TEST_F(ReplayTest, PartsOfAnotherCeremonyAreSeen) {
  made->make_others();
  const std::string other = made->path("other-intermediate/bundle");
  EXPECT_THAT(failures(other, made->path("other/bundle")), IsEmpty());
  for (const std::string name :
       {"transcript.jsonl", "transcript.sig", "intermediate.pem", "chain.pem", "issuer.pem"}) {
    const std::string bundle = copy();
    put(bundle, name, file(other, name));
    EXPECT_THAT(failures(bundle), Contains(HasSubstr(name))) << name;
  }
  const std::string certificate = copy();
  put(certificate, "intermediate.pem", file(other, "intermediate.pem"));
  EXPECT_THAT(failures(certificate),
              Contains(::testing::AllOf(HasSubstr("TBS of intermediate.pem"), HasSubstr("serialNumber: 40"),
                                        HasSubstr(" of the TBS (byte "), HasSubstr(" of the PEM)"))));
  const std::string script = copy();
  put(script, "script.yaml", file(made->root(), "script.yaml"));
  EXPECT_THAT(failures(script), Contains(HasSubstr("script.yaml: its SHA-256 is ")));
  EXPECT_THAT(failures(script), Contains(HasSubstr("line 1, byte 0, field kind")));
  const std::string line = copy();
  std::vector<std::string> lines = lines_of(file(line, "transcript.jsonl"));
  const std::vector<std::string> theirs = lines_of(file(other, "transcript.jsonl"));
  lines[9] = theirs[9];
  put(line, "transcript.jsonl", joined(lines));
  EXPECT_THAT(failures(line), Contains(HasSubstr("transcript.jsonl, line 10, byte ")));
}

TEST_F(ReplayTest, WrongPreviousAndWrongRootAreSeen) {
  made->make_others();
  const std::string other = made->path("other/bundle");
  EXPECT_THAT(failures(made->intermediate(), other),
              ::testing::AllOf(Contains(HasSubstr("line 1, byte 0, field previous")),
                               Contains(HasSubstr("its transcript is not signed by the key of "))));
  EXPECT_THAT(failures(made->intermediate(), made->intermediate()), Not(IsEmpty()));
  EXPECT_THAT(failures(made->intermediate(), {}, other + "/root.pem"),
              ElementsAre(HasSubstr("the root given: the key of this ceremony is not that of")));
  EXPECT_THAT(failures(made->intermediate(), {}, made->path("none.pem")), ElementsAre(HasSubstr("none.pem")));
  EXPECT_THAT(failures(made->root(), {}, other + "/root.pem"), ElementsAre(HasSubstr("the root given")));
  const std::string damaged = made->copy(made->root());
  put(damaged, "root.pem", file(damaged, "root.pem") + "\n");
  EXPECT_THAT(failures(made->intermediate(), damaged),
              Contains(::testing::AllOf(HasSubstr("previous ceremony"), HasSubstr("root.pem"))));
}

}  // namespace
}  // namespace chancery::ceremony
