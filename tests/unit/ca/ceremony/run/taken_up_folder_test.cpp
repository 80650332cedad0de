// What --resume takes up, and what it leaves alone: the folder of an attempt, whoever may have touched it.
#include "ca/ceremony/replay/replay.h"
#include "ca/ceremony/transcript/transcript.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::root_script;
using testing::with;

constexpr uid_t nobody = 65534;

class TakenUp : public testing::CeremonyTest {
 protected:
  TakenUp() { people.answers["secret.new_key"] = testing::root_passphrase; }
  // An attempt that ended in a wrong answer.
  void SetUp() override { fail(); }
  void fail(bool resume = false) {
    people.answers["words.certificate"] = "XX";
    ASSERT_FALSE(hold(root_script, "root", resume));
    people.answers.erase("words.certificate");
    people.asked.clear();
  }
  Result<Outcome> resume(const std::string& yaml = root_script) { return hold(yaml, "root", true); }
  // Refused before anybody is asked, and nothing was changed.
  void expect_refused(ErrorCode code, const ::testing::Matcher<std::string>& said) {
    const std::map<std::string, std::string> before = all();
    const Result<Outcome> held = resume();
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().code, code);
    EXPECT_THAT(held.error().message, said);
    EXPECT_EQ(all(), before);
    EXPECT_TRUE(people.asked.empty());
    EXPECT_FALSE(fs::exists(out("root")));
  }
  void expect_resumed() {
    const Result<Outcome> held = resume();
    ASSERT_TRUE(held) << held.error().message;
    EXPECT_TRUE(replay({out("root/bundle"), {}, {}})->passed());
  }
  // The script with another name of its output.
  [[nodiscard]] static std::string renamed() {
    return with(root_script, "certificate: root.pem", "certificate: anchor.pem");
  }
  [[nodiscard]] std::map<std::string, std::string> all() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      files[entry.path().string()] = entry.is_regular_file() ? read(entry.path().string()) : "";
    return files;
  }
  [[nodiscard]] std::string unfinished(const std::string& name) const {
    return out("root.unfinished/" + name);
  }
  // A folder with shares that somebody needs.
  [[nodiscard]] std::string victim() const {
    write("victim/root.key.pem", "a key in use");
    write("victim/transcript.jsonl", "a record");
    return folder + "/victim";
  }
};

TEST_F(TakenUp, WhatAnAttemptMadeGoes) {
  write("out/root.unfinished/custody/root.key.pem", "what a kill left");
  for (const char* name : {"root.pem", "script.yaml", "transcript.sig.void"})
    write("out/root.unfinished/bundle/" + std::string(name), "what a kill left");
  expect_resumed();
  EXPECT_FALSE(fs::exists(unfinished("")));
}

TEST_F(TakenUp, ALinkInTheFoldersPlaceIsNotFollowed) {
  fs::rename(out("root.unfinished"), folder + "/moved");
  fs::create_directory_symlink(victim(), out("root.unfinished"));
  expect_refused(ErrorCode::forbidden, HasSubstr("root.unfinished is a symbolic link"));
  EXPECT_THAT(hold(root_script, "root").error().message, HasSubstr("root.unfinished is a symbolic link"));
}

TEST_F(TakenUp, ALinkInTheCustodysPlaceIsNotFollowed) {
  fs::remove(unfinished("custody"));
  fs::create_directory_symlink(victim(), unfinished("custody"));
  expect_refused(ErrorCode::forbidden, HasSubstr("custody is a symbolic link"));
}

TEST_F(TakenUp, ALinkInTheBundlesPlaceIsNotFollowed) {
  fs::remove_all(unfinished("bundle"));
  fs::create_directory_symlink(victim(), unfinished("bundle"));
  expect_refused(ErrorCode::forbidden, HasSubstr("bundle is a symbolic link"));
}

TEST_F(TakenUp, ALinkUnderAFilesNameIsNotFollowed) {
  fs::create_symlink(victim() + "/root.key.pem", unfinished("custody/root.key.pem"));
  expect_refused(ErrorCode::forbidden, HasSubstr("custody/root.key.pem is no regular file"));
}

// Overwriting it would destroy the octets under its other name.
TEST_F(TakenUp, AFileWithASecondNameIsLeftAlone) {
  fs::create_hard_link(victim() + "/root.key.pem", unfinished("custody/root.key.pem"));
  expect_refused(ErrorCode::forbidden, HasSubstr("has another name elsewhere"));
}

// Only root can give files away.
TEST_F(TakenUp, FoldersOfOthersAreLeftAlone) {
  for (const char* of_others : {"", "bundle", "custody", "bundle/transcript.jsonl"}) {
    const std::string path = unfinished(of_others);
    if (::geteuid() != 0) break;
    ASSERT_EQ(::chown(path.c_str(), nobody, nobody), 0);
    expect_refused(ErrorCode::forbidden, HasSubstr("belongs to another user"));
    ASSERT_EQ(::chown(path.c_str(), ::geteuid(), ::getegid()), 0);
  }
  expect_resumed();
}

TEST_F(TakenUp, FoldersThatOthersMayChangeAreLeftAlone) {
  for (const mode_t mode : {0720U, 0702U, 0777U}) {
    for (const char* room : {"", "bundle", "custody"}) {
      const std::string path = unfinished(room);
      ::chmod(path.c_str(), mode);
      expect_refused(ErrorCode::forbidden, AllOf(HasSubstr("may be used by others"), HasSubstr("umask=077")));
      ::chmod(path.c_str(), 0700);
    }
  }
  ::chmod(unfinished("custody").c_str(), 0710);
  expect_refused(ErrorCode::forbidden, HasSubstr("custody may be used by others"));
  ::chmod(unfinished("custody").c_str(), 0700);
  ::chmod(unfinished("bundle").c_str(), 0755);  // it will be public
  expect_resumed();
}

TEST_F(TakenUp, WhatNoAttemptMadeIsNamedAndLeft) {
  for (const char* name : {"notes.txt", "bundle/notes.txt", "custody/other.key.pem", "custody/root.1.share",
                           "bundle/REHEARSAL-transcript.jsonl", "bundle/revoked-01.pem",
                           "bundle/revoked-.pem", "bundle/aborted-x.jsonl"}) {
    const std::string path = write("out/root.unfinished/" + std::string(name), "of somebody");
    const Result<Outcome> held = resume();
    ASSERT_FALSE(held);
    EXPECT_THAT(held.error().message, HasSubstr(path));
    EXPECT_EQ(read(path), "of somebody");
    fs::remove(path);
  }
  fs::create_directory(unfinished("bundle/below"));
  expect_refused(ErrorCode::forbidden, HasSubstr("bundle/below is no regular file"));
  fs::remove(unfinished("bundle/below"));
  expect_resumed();
}

TEST_F(TakenUp, AttemptsWithoutAHoleAreKept) {
  fail(true);
  EXPECT_TRUE(fs::exists(unfinished("bundle/aborted-1.jsonl")));
  expect_resumed();
  EXPECT_TRUE(fs::exists(bundle("root", "aborted-1.jsonl")));
  EXPECT_TRUE(fs::exists(bundle("root", "aborted-2.jsonl")));
}

TEST_F(TakenUp, APlantedAttemptIsRefused) {
  fs::copy_file(unfinished("bundle/transcript.jsonl"), unfinished("bundle/aborted-7.jsonl"));
  expect_refused(ErrorCode::validation,
                 AllOf(HasSubstr("aborted-7.jsonl stands where aborted-1.jsonl must"), HasSubstr("move ")));
}

TEST_F(TakenUp, AMissingAttemptIsRefused) {
  fail(true);
  fail(true);
  fs::remove(unfinished("bundle/aborted-1.jsonl"));
  expect_refused(ErrorCode::validation, HasSubstr("aborted-2.jsonl stands where aborted-1.jsonl must"));
}

TEST_F(TakenUp, ASignedEndIsNeverBegunAgain) {
  write("out/root.unfinished/bundle/transcript.sig", "a signature");
  expect_refused(ErrorCode::conflict,
                 AllOf(HasSubstr("came to its end"), HasSubstr("chancery-root replay"),
                       HasSubstr("mv -nT " + out("root.unfinished") + " " + out("root"))));
}

TEST_F(TakenUp, NobodyTakesUpWhatIsBeingHeld) {
  std::vector<std::string> said;
  people.heard = [&](const std::string& id) {
    if (id != "point_of_no_return") return;
    testing::People others(clock);
    for (const bool resume : {true, false}) {
      const Result<Outcome> second = hold_with(others, root_script, "root", resume);
      EXPECT_FALSE(second);
      EXPECT_TRUE(others.asked.empty());
      said.push_back(second ? "" : second.error().message);
    }
  };
  expect_resumed();  // the first goes on as if nothing had been
  EXPECT_THAT(said, ::testing::Each(HasSubstr("another chancery-root is holding its ceremony")));
  EXPECT_EQ(said.size(), 2U);
}

// A resumed ceremony may be of a script that was mended; the record says so.
TEST_F(TakenUp, AnotherScriptIsSaidAndRecorded) {
  const std::string mended = with(root_script, "title: \"Test root\"", "title: \"Mended root\"");
  const Result<Outcome> held = resume(mended);
  ASSERT_TRUE(held) << held.error().message;
  const std::string first = to_hex(crypto::sha256(as_bytes(root_script)));
  EXPECT_THAT(people.shown, HasSubstr("aborted-1.jsonl is of another script"));
  const Transcript transcript = read_transcript(bundle("root", "transcript.jsonl"), {}).value();
  EXPECT_EQ(transcript.lines[1].data.at("script_sha256"), FieldValue(first));
  const Replay seen = replay({out("root/bundle"), {}, {}}).value();
  EXPECT_TRUE(seen.passed());
  EXPECT_TRUE(std::any_of(seen.checks.begin(), seen.checks.end(), [&](const Check& check) {
    return check.name == "aborted attempts" &&
           check.message.find("one is of another script, with the SHA-256 " + first) != std::string::npos;
  }));
}

TEST_F(TakenUp, TheSameScriptIsNotSpokenOf) {
  expect_resumed();
  EXPECT_EQ(people.shown.find("another script"), std::string::npos);
}

TEST_F(TakenUp, FilesOfAnotherScriptAreLeftAlone) {
  write("out/root.unfinished/bundle/root.pem", "made before");
  EXPECT_THAT(resume(renamed()).error().message, HasSubstr("bundle/root.pem is nothing that this ceremony"));
  expect_resumed();
}

TEST_F(TakenUp, FilesOfAnotherScriptGoWhereItsTranscriptNamesThem) {
  people.heard = [this](const std::string& id) {
    if (id == "words.certificate") fs::create_directory(out("root"));
  };
  ASSERT_FALSE(resume());  // all is written but for the folder's name
  people.heard = nullptr;
  fs::remove(out("root"));
  ASSERT_TRUE(fs::exists(unfinished("bundle/root.pem")));
  const Result<Outcome> held = resume(renamed());
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_FALSE(fs::exists(bundle("root", "root.pem")));
  EXPECT_TRUE(fs::exists(bundle("root", "anchor.pem")));
}

class OutputPlace : public testing::CeremonyTest {
 protected:
  void SetUp() override { ASSERT_TRUE(hold_root()); }
  void expect_spoils(const std::string& into) {
    const std::map<std::string, std::string> before = contents();
    const Result<Outcome> held = hold_root(root_script, into);
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().code, ErrorCode::conflict);
    EXPECT_THAT(held.error().message, AllOf(HasSubstr("root/bundle, the bundle of another ceremony")));
    EXPECT_EQ(contents(), before);
  }
};

TEST_F(OutputPlace, ABundleIsNoPlaceForAnOutput) {
  expect_spoils("root/bundle/inner");
  fs::create_directories(out("root/bundle/a/b"));
  expect_spoils("root/bundle/a/b/inner");
  fs::create_directory_symlink(out("root/bundle/a"), out("beside"));
  expect_spoils("beside/inner");
  fs::remove(bundle("root", "transcript.jsonl"));
  expect_spoils("root/bundle/inner");  // its signature is enough
}

TEST_F(OutputPlace, BesideABundleIsOne) {
  fs::create_directory(out("deeper"));
  const Result<Outcome> held = hold_root(root_script, "deeper/root");
  EXPECT_TRUE(held) << held.error().message;
}

}  // namespace
}  // namespace chancery::ceremony
