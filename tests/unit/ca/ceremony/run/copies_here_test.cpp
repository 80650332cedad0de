// What lies on this machine of a key's copies the program destroys itself, last; the rest is its holder's.
#include "tests/unit/ca/ceremony/run/retirement_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::ended;
using testing::failures;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::script_of;
using testing::shares_of;
using testing::with;

class CopiesHere : public testing::Retirement {
 protected:
  // The end of the root with this backup as the fourth copy.
  static std::string destroy_with(const std::string& form, const std::string& where) {
    return script_of("destroy", "root", "root") + ended + shares_of("root", "copies") + "  - {form: " + form +
           ", where: " + where + ", holder: Dan Doe}\n";
  }
  [[nodiscard]] std::vector<std::string> ends(const std::string& of) const {
    std::vector<std::string> ends;
    const Transcript transcript = read_transcript(bundle(of, "transcript.jsonl"), {}).value();
    for (const TranscriptLine& line : transcript.lines) {
      if (line.event == "key.destroyed")
        ends.push_back(testing::field(line, "copy") + (line.data.contains("sha256") ? " #" : ""));
    }
    return ends;
  }
  // Before the point of no return, and everything is as it was.
  void expect_refused(const std::string& yaml, const std::string& why) {
    const std::map<std::string, std::string> before = contents();
    EXPECT_THAT(refused(yaml), HasSubstr(why));
    EXPECT_THAT(people.asked, Not(Contains("point_of_no_return")));
    EXPECT_EQ(contents(), before);
    std::filesystem::remove_all(out("refused.unfinished"));
  }
};

TEST_F(CopiesHere, GoWithTheSignature) {
  std::filesystem::copy(out("root/custody/root.3.share"), out("spare"));
  const std::string third = to_hex(crypto::sha256(as_bytes(read(out("spare")))));
  ASSERT_TRUE(held(destroy_with("backup", "spare"), "end"));
  for (const char* file : {"root/custody/root.1.share", "root/custody/root.3.share", "spare"})
    EXPECT_FALSE(is_there(file)) << file;
  EXPECT_THAT(people.asked, AllOf(Contains("copy.present.4"), Not(Contains(HasSubstr("copy.destroyed")))));
  const std::string by(by_program);
  EXPECT_THAT(ends("end"),
              ElementsAre("share root/custody/root.1.share" + by + " #",
                          "share root/custody/root.2.share" + by + " #",
                          "share root/custody/root.3.share" + by + " #", "backup spare" + by + " #"));
  EXPECT_THAT(read(bundle("end", "transcript.jsonl")), HasSubstr("\"sha256\":\"" + third + "\""));
  EXPECT_THAT(read(bundle("end", "transcript.jsonl")),
              HasSubstr("what lies on this machine this program destroys itself: root/custody/root.1.share, "
                        "root/custody/root.2.share, root/custody/root.3.share, spare"));
  EXPECT_THAT(failures(out("end/bundle"), out("root/bundle")), IsEmpty());
}

TEST_F(CopiesHere, WhatDoesNotLieHereIsItsHolders) {
  std::filesystem::create_directory(out("officer"));  // no file, and no copy
  write("out/wiped", std::string(100, '\0'));
  people.answers["copy.destroyed.4"] = "XX";
  for (const std::string& where : {std::string("\"safe 2, bag 17\""), std::string("officer"),
                                   std::string("wiped"), std::string(300, 'x')}) {
    EXPECT_THAT(refused(destroy_with("backup", where)), HasSubstr("not the initials of Dan Doe")) << where;
    EXPECT_THAT(people.asked, Contains("copy.destroyed.4"));
    EXPECT_TRUE(is_there("root/custody/root.3.share"));
    std::filesystem::remove_all(out("refused.unfinished"));
  }
}

TEST_F(CopiesHere, WhatIsNotTheCopyIsRefusedBeforeThePointOfNoReturn) {
  std::filesystem::copy(out("root/custody/root.3.share"), out("spare"));
  std::filesystem::create_symlink(out("spare"), out("link"));
  write("out/text", "no share");
  expect_refused(destroy_with("backup", "link"), "cannot destroy " + out("link"));
  expect_refused(destroy_with("backup", "root/bundle/script.yaml"),
                 "script.yaml is to be destroyed, but it is of a ceremony's bundle");
  expect_refused(with(destroy_with("backup", "spare"), "where: root/custody/root.3.share", "where: text"),
                 out("text") + " is to be destroyed, but it is no share");
  std::filesystem::copy(out("root/custody/root.1.share"), out("flo"));
  expect_refused(with(destroy_with("backup", "spare"), "where: root/custody/root.3.share", "where: flo"),
                 out("flo") + " is to be destroyed, but it is the share of Flo Ford");
  ASSERT_TRUE(held(testing::root_of_three, "other"));
  expect_refused(with(destroy_with("backup", "spare"), "where: root/custody/root.3.share",
                      "where: other/custody/root.3.share"),
                 "but it is a share of another key");
}

TEST_F(CopiesHere, AnotherNameOfSomethingElseIsNotDestroyed) {
  std::filesystem::create_hard_link(bundle("root", "script.yaml"), out("hard"));
  expect_refused(destroy_with("backup", "hard"), "it is 2 names' file, by hard links");
  std::filesystem::remove(out("hard"));
  std::filesystem::create_directory(folder + "/elsewhere");
  write("elsewhere/spare", "something else");
  std::filesystem::create_directory_symlink(folder + "/elsewhere", out("ln"));
  expect_refused(destroy_with("backup", "ln/spare"),
                 out("ln") + " is a link, which leads to " + folder + "/elsewhere");
}

TEST_F(CopiesHere, AShareOfAnotherKeyIsNoBackup) {
  ASSERT_TRUE(held(testing::root_of_three, "other"));
  expect_refused(destroy_with("backup", "other/custody/root.1.share"), "it is a share of another key");
}

// Found before anybody is asked.
TEST_F(CopiesHere, WhatTheCeremonyReadsAndWritesIsNoCopy) {
  const std::string writes = "it lies where this ceremony writes";
  expect_refused_before_anything(destroy_with("backup", "refused.unfinished/custody/x"), writes);
  expect_refused_before_anything(destroy_with("backup", "./root/../refused/x"), writes);
  std::filesystem::copy(bundle("root", "root.pem"), out("root.pem"));
  expect_refused_before_anything(
      with(destroy_with("backup", "root.pem"), "certificate: root/bundle/root.pem", "certificate: root.pem"),
      "the ceremony itself reads it");
  std::filesystem::copy(folder + "/machine/proc/self/exe", out("program"));
  std::filesystem::remove(folder + "/machine/proc/self/exe");
  std::filesystem::create_symlink(out("program"), folder + "/machine/proc/self/exe");
  expect_refused_before_anything(destroy_with("backup", "program"), "the ceremony itself reads it");
}

TEST_F(CopiesHere, WhatThePointOfNoReturnDidNotNameIsNotDestroyed) {
  people.heard = [this](const std::string& id) {
    if (id == "point_of_no_return") write("out/spare", "it came later");
  };
  EXPECT_THAT(refused(destroy_with("backup", "spare")),
              HasSubstr(out("spare") + " has come to lie on this machine since the point of no return"));
  EXPECT_TRUE(is_there("spare"));
  EXPECT_TRUE(is_there("root/custody/root.1.share"));
}

// A backup may be anything; what lies in its place after a crash is not.
TEST_F(CopiesHere, ResumeDestroysNothingElseInABackupsPlace) {
  write("out/spare", "a copy that only its maker can read");
  fail_in_the_middle(destroy_with("backup", "spare"), "end", "root");
  write("out/spare", "something else");
  clock.advance(Seconds(60));
  const Result<Outcome> resumed = hold(destroy_with("backup", "spare"), "end", true);
  ASSERT_FALSE(resumed);
  EXPECT_THAT(resumed.error().message, HasSubstr("is not what is to be destroyed"));
  EXPECT_EQ(read(out("spare")), "something else");
}

// --input may be another folder than it was.
TEST_F(CopiesHere, ResumeShowsWhereTheFilesLieAndWaitsForTheWord) {
  fail_in_the_middle(destroy_with("backup", "safe"), "end", "root");
  people.answers["point_of_no_return.resumed"] = "no";
  people.shown.clear();
  clock.advance(Seconds(60));
  EXPECT_FALSE(hold(destroy_with("backup", "safe"), "end", true));
  EXPECT_THAT(people.shown, HasSubstr(out("root/custody/root.2.share")));
  EXPECT_TRUE(is_there("root/custody/root.2.share"));
  people.answers.erase("point_of_no_return.resumed");
  ASSERT_TRUE(held(destroy_with("backup", "safe"), "end", true));
  EXPECT_FALSE(is_there("root/custody/root.2.share"));
}

// The old and the new share of one officer look alike.
TEST_F(CopiesHere, AShareIsOfTheDealingThatTheScriptSays) {
  std::filesystem::copy(out("root/custody"), folder + "/old");
  ASSERT_TRUE(held(testing::recover(), "recovery"));
  std::filesystem::copy(folder + "/old/root.3.share", out("old.share"));
  expect_refused(with(testing::destroy(), "where: recovery/custody/root.3.share", "where: old.share"),
                 out("old.share") + " is to be destroyed, but it is a share of another dealing");
}

TEST_F(CopiesHere, OneThatComesBackIsRefused) {
  const std::string spare = out("spare");
  people.heard = [&](const std::string& id) {
    if (id == "copy.destroyed.4") write("out/spare", "another copy");
  };
  EXPECT_THAT(refused(destroy_with("backup", "spare")),
              HasSubstr(spare + " has come to lie on this machine"));
  EXPECT_TRUE(is_there("spare"));
  EXPECT_TRUE(is_there("root/custody/root.1.share"));
}

TEST_F(CopiesHere, ResumeEndsThemToo) {
  write("out/spare", "a copy that only its maker can read");
  fail_in_the_middle(destroy_with("backup", "spare"), "end", "root");
  EXPECT_TRUE(is_there("spare"));
  ASSERT_TRUE(held(destroy_with("backup", "spare"), "end", true));
  EXPECT_FALSE(is_there("spare"));
  EXPECT_FALSE(is_there("root/custody/root.3.share"));
  EXPECT_THAT(failures(out("end/bundle"), out("root/bundle")), IsEmpty());
}

TEST_F(CopiesHere, ARehearsalLeavesThem) {
  write("out/spare", "a copy that only its maker can read");
  const std::map<std::string, std::string> before = contents();
  rehearsal = true;
  clock.advance(Seconds(60));
  const Result<Outcome> played = hold(destroy_with("backup", "spare"), "played");
  ASSERT_TRUE(played) << played.error().message;
  EXPECT_THAT(people.asked, Not(Contains(HasSubstr("copy.destroyed"))));  // as on the day
  for (const auto& [file, octets] : before) EXPECT_EQ(contents()[file], octets) << file;
}

TEST_F(CopiesHere, ReplaySeesAnotherWay) {
  ASSERT_TRUE(held(destroy_with("backup", "safe 2"), "end"));
  EXPECT_THAT(people.asked, Contains("copy.destroyed.4"));
  EXPECT_THAT(ends("end").back(), "backup safe 2");
  const auto changed = [this](const std::string& field, const std::string& text, std::size_t number) {
    testing::rechain(out("end/bundle"), other_key(), [&](testing::Lines& lines) {
      for (TranscriptLine& line : lines) {
        if (line.event == "key.destroyed" && number-- == 1) line.data[field] = text;
      }
    });
    return failures(out("end/bundle"));
  };
  EXPECT_THAT(changed("sha256", "00", 4),
              Contains(HasSubstr("field sha256: only of a file that the program destroys")));
  EXPECT_THAT(
      changed("copy", "share root/custody/root.1.share", 1),
      Contains(AllOf(HasSubstr("destruction: "), HasSubstr("field copy: the key was opened from it"))));
  EXPECT_THAT(changed("copy", "share root/custody/root.1.share, and more", 1),
              Contains(HasSubstr("it is not of share root/custody/root.1.share")));
}

}  // namespace
}  // namespace chancery::ceremony
