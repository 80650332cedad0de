// Transcripts that leave out, or put in another's mouth, what a ceremony has: each is signed again by the
// root's key, so that only what it says is wrong.
#include "tests/unit/ca/ceremony/replay/rechained.h"

namespace chancery::ceremony {
namespace {

using ::testing::AllOf;
using testing::drop_of;
using ::testing::ElementsAre;
using testing::failures;
using testing::field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Lines;
using testing::with;

// The first line of `event` whose `name` is `value`.
TranscriptLine& line_of(Lines& lines, std::string_view event, const std::string& name,
                        const std::string& value) {
  return *std::find_if(lines.begin(), lines.end(), [&](const TranscriptLine& line) {
    return line.event == event && field(line, name) == value;
  });
}

const std::string swap_exception =
    "preflight:\n  exceptions:\n    - check: swap\n      reason: the kernel needs it\n";

class WholeTest : public testing::RechainTest {
 protected:
  void SetUp() override {
    write("machine/proc/swaps", "Filename\n/dev/sda2 partition\n");
    const Result<Outcome> held = hold_root(testing::root_script + swap_exception);
    ASSERT_TRUE(held) << held.error().message;
  }
  // An intermediate whose key is dealt to two of three officers.
  void make_shared() {
    write("machine/proc/swaps", "Filename\n");
    for (const std::string id : {".1", ".2", ".3", ".restore.2", ".restore.3"})
      people.answers["secret.new_key" + id] = "a passphrase of " + id.substr(id.size() - 1);
    const Result<Outcome> held =
        hold_intermediate(with(with(testing::intermediate_script, "custody:\n  file: intermediate.key.pem",
                                    "custody:\n  shares:\n    threshold: 2\n    officers: 3"),
                               "[Flo Ford, Gil Gray]", "[Flo Ford, Gil Gray, Hal Hill]"));
    ASSERT_TRUE(held) << held.error().message;
  }
  std::vector<std::string> after(const std::function<void(Lines&)>& edit, const std::string& of = "root") {
    return testing::but_for_the_serial(failures(changed(of, edit)));
  }
};

TEST_F(WholeTest, WhatWasHeldIsAccepted) {
  EXPECT_THAT(after([](Lines&) {}), IsEmpty());
}

TEST_F(WholeTest, EveryPreflightCheckIsThereOnce) {
  EXPECT_THAT(after([](Lines& lines) {
                std::erase_if(lines, [](const TranscriptLine& line) {
                  return line.event == "preflight" && field(line, "check") != "swap";
                });
              }),
              ElementsAre("preflight: transcript.jsonl: the preflight check binary is missing"));
  EXPECT_THAT(
      after([](Lines& lines) { line_of(lines, "preflight", "check", "routes").data["check"] = "entropy"; }),
      ElementsAre(HasSubstr("the preflight check routes is missing")));
  EXPECT_THAT(after([](Lines& lines) {
                const TranscriptLine again = testing::first(lines, "preflight");
                lines.insert(lines.begin() + 1, again);
                lines[1].at = lines[0].at;
              }),
              ElementsAre(AllOf(HasSubstr("preflight: transcript.jsonl, line "),
                                HasSubstr("binary was checked before"))));
}

TEST_F(WholeTest, PreflightSawTheLibrariesThatTheScriptPins) {
  const std::string pinned = swap_exception + "  libraries:\n    - file: lib.so\n      sha256: ";
  const std::string hash = to_hex(crypto::sha256(as_bytes(std::string("a library"))));
  ASSERT_TRUE(hold_root(with(testing::root_script, "subject:", pinned + hash + "\nsubject:"), "pinned"));
  const Result<Outcome> other = hold_root(
      with(testing::root_script, "subject:", pinned + std::string(64, '0') + "\nsubject:"), "other");
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("where preflight.libraries says 0000"));
  const auto seen = [&](const std::string& text) {
    const std::string copy = folder + "/pinned-" + std::to_string(text.size());
    std::filesystem::copy(out("pinned/bundle"), copy);
    testing::rechain(copy, out("pinned/custody/root.key.pem"), [&](Lines& lines) {
      line_of(lines, "preflight", "check", "libraries").data["seen"] = text;
    });
    return testing::but_for_the_serial(failures(copy));
  };
  EXPECT_THAT(seen("/x/lib.so: sha256 " + hash), IsEmpty());
  EXPECT_THAT(seen("/lib.so: sha256 " + std::string(64, '0')),
              ElementsAre(HasSubstr("where preflight.libraries says " + hash)));
  EXPECT_THAT(seen("none seen"), ElementsAre(HasSubstr("it does not list libraries")));
}

TEST_F(WholeTest, PreflightSawThisScriptAndAProgram) {
  EXPECT_THAT(
      after([](Lines& lines) { line_of(lines, "preflight", "check", "script").data["seen"] = "sha256 00"; }),
      ElementsAre(AllOf(HasSubstr("preflight: transcript.jsonl, line "), HasSubstr("field seen"))));
  EXPECT_THAT(
      after([](Lines& lines) { line_of(lines, "preflight", "check", "binary").data["seen"] = "sha256 00"; }),
      ElementsAre(HasSubstr("field seen: it is not the SHA-256 of a program")));
}

TEST_F(WholeTest, ExceptionsAreTold) {
  EXPECT_THAT(after([](Lines& lines) { testing::drop(lines, "preflight.exception"); }),
              ElementsAre(AllOf(HasSubstr("preflight: transcript.jsonl, line "),
                                HasSubstr("0 lines tell the exception for swap"))));
  EXPECT_THAT(
      after([](Lines& lines) { testing::first(lines, "preflight.exception").data["needed"] = false; }),
      ElementsAre(HasSubstr("field needed: it does not agree with line ")));
}

TEST_F(WholeTest, EveryStepOfTheKindIsThere) {
  EXPECT_THAT(
      after([](Lines& lines) {
        line_of(lines, "step.begin", "name", "Open the key again").data["name"] = "Rest";
      }),
      ElementsAre(AllOf(HasSubstr("steps: transcript.jsonl, line "), HasSubstr("field name: step 7"))));
  EXPECT_THAT(after([](Lines& lines) {  // taken out, and the others numbered anew
                const auto begun = std::find_if(lines.begin(), lines.end(), [](const TranscriptLine& line) {
                  return line.event == "step.begin" && field(line, "name") == "Open the key again";
                });
                lines.erase(begun, std::find_if(begun, lines.end(), [](const TranscriptLine& line) {
                                     return line.event == "step.end";
                                   }) + 1);
                std::int64_t number = 0;
                for (TranscriptLine& line : lines) {
                  if (line.event == "step.begin") {
                    line.data["number"] = ++number;
                    line.data["total"] = std::int64_t{13};
                  }
                  if (line.event == "step.end") line.data["number"] = number;
                }
              }),
              ElementsAre(HasSubstr("steps: transcript.jsonl, line ")));
}

TEST_F(WholeTest, EverybodyAnswered) {
  EXPECT_THAT(after([](Lines& lines) {
                testing::drop(lines, "answer");
                testing::drop(lines, "secret");
              }),
              ElementsAre("people: transcript.jsonl: Ada Adams did not answer role.administrator"));
  for (const std::string id : {"role.crypto_officer.2", "clock.first", "clock.second", "words.script",
                               "words.certificate", "point_of_no_return"}) {
    EXPECT_THAT(after([&](Lines& lines) { drop_of(lines, "answer", "id", id); }),
                ElementsAre(HasSubstr("did not answer " + id)));
    EXPECT_THAT(
        after([&](Lines& lines) { line_of(lines, "answer", "id", id).data["answer"] = "no"; }),
        ElementsAre(AllOf(HasSubstr("people: transcript.jsonl, line "), HasSubstr("field answer: " + id))));
    EXPECT_THAT(
        after([&](Lines& lines) { line_of(lines, "answer", "id", id).data["question"] = "Nobody: here?"; }),
        ElementsAre(HasSubstr("field question: " + id + " was not asked of ")));
  }
  EXPECT_THAT(after([](Lines& lines) { testing::drop(lines, "secret"); }),
              ElementsAre("people: transcript.jsonl: nobody gave secret.new_key"));
}

TEST_F(WholeTest, AWrongAnswerIsMadeGoodByALaterOne) {
  const auto add_wrong = [](Lines& lines, std::ptrdiff_t where) {
    const auto at = std::find_if(lines.begin(), lines.end(), [](const TranscriptLine& line) {
      return line.event == "answer" && field(line, "id") == "point_of_no_return";
    });
    TranscriptLine wrong = *at;
    wrong.data.erase("answer");
    wrong.data["right"] = false;
    wrong.data["octets"] = std::int64_t{9};
    lines.insert(at + where, wrong);
  };
  EXPECT_THAT(after([&](Lines& lines) { add_wrong(lines, 0); }), IsEmpty());
  EXPECT_THAT(after([&](Lines& lines) { add_wrong(lines, 1); }),
              ElementsAre(HasSubstr("point_of_no_return is not answered with \"proceed\"")));
}

TEST_F(WholeTest, WordsAreReadAndTickedByTheScriptsPeople) {
  EXPECT_THAT(after([](Lines& lines) { testing::first(lines, "words").data["reader"] = "Nobody"; }),
              ElementsAre(HasSubstr("field reader: it says \"Nobody\", the script \"Ada Adams\"")));
  EXPECT_THAT(after([](Lines& lines) { testing::first(lines, "words").data["ticked_by"] = "Nobody"; }),
              ElementsAre(HasSubstr("field ticked_by: it says \"Nobody\", the script \"Bob Brown\"")));
}

TEST_F(WholeTest, CustodyIsTheScripts) {
  EXPECT_THAT(after([](Lines& lines) { testing::first(lines, "key.made").data["custody"] = "token"; }),
              ElementsAre(AllOf(HasSubstr("custody: transcript.jsonl, line "),
                                HasSubstr("field custody: it says \"token\", the script \"file\""))));
}

TEST_F(WholeTest, OfficersOfNewSharesAreEnoughAndTheScripts) {
  make_shared();
  const auto officers = [](Lines& lines, std::vector<std::string> names) {
    const auto restored = std::find_if(lines.rbegin(), lines.rend(),
                                       [](const TranscriptLine& line) { return line.event == "key.used"; });
    restored->data["officers"] = std::move(names);
  };
  const std::string of = "intermediate";
  EXPECT_THAT(after([](Lines&) {}, of), IsEmpty());
  EXPECT_THAT(after(
                  [&](Lines& lines) {
                    officers(lines, {"Gil Gray", "Gil Gray"});
                  },
                  of),
              ElementsAre(HasSubstr("field officers: 1 officers, where it takes 2")));
  EXPECT_THAT(after(
                  [&](Lines& lines) {
                    officers(lines, {"Gil Gray", "Nobody"});
                  },
                  of),
              ElementsAre(HasSubstr("field officers: the script knows no crypto officer Nobody")));
  EXPECT_THAT(
      after(
          [](Lines& lines) {
            lines.erase(std::find_if(lines.rbegin(), lines.rend(),
                                     [](const TranscriptLine& line) { return line.event == "key.used"; })
                            .base() -
                        1);
          },
          of),
      ElementsAre("custody: transcript.jsonl: 1 uses of a key are recorded, where there must be 2"));
  EXPECT_THAT(after([](Lines& lines) { drop_of(lines, "secret", "id", "secret.new_key.restore.3"); }, of),
              ElementsAre("people: transcript.jsonl: nobody gave secret.new_key.restore.3"));
}

// Whoever opened the key first proves nothing of the other shares.
TEST_F(WholeTest, TheBackupIsRestoredByTheOtherQuorum) {
  make_shared();
  const std::string of = "intermediate";
  const auto restored_by = [](Lines& lines, std::vector<std::string> names) {
    const auto restored = std::find_if(lines.rbegin(), lines.rend(),
                                       [](const TranscriptLine& line) { return line.event == "key.used"; });
    EXPECT_EQ(std::get<std::vector<std::string>>(restored->data["officers"]),
              (std::vector<std::string>{"Gil Gray", "Hal Hill"}));
    restored->data["officers"] = std::move(names);
  };
  EXPECT_THAT(after(
                  [&](Lines& lines) {
                    restored_by(lines, {"Flo Ford", "Gil Gray"});
                  },
                  of),
              ElementsAre(AllOf(HasSubstr("custody: transcript.jsonl, line "),
                                HasSubstr("field officers: the backup is restored by the last 2 of the "
                                          "script's 3 officers, and Flo Ford is not"))));
  EXPECT_THAT(after(
                  [&](Lines& lines) {
                    restored_by(lines, {"Gil Gray", "Flo Ford", "Hal Hill"});
                  },
                  of),
              ElementsAre(HasSubstr("and Flo Ford is not the one who comes here")));
}

TEST_F(WholeTest, TheBackupIsRestoredAfterTheKeyWasMade) {
  make_shared();
  const auto move_to = [](Lines& lines, std::string_view event, std::ptrdiff_t behind) {
    const TranscriptLine moved = line_of(lines, "secret", "id", "secret.new_key.restore.3");
    drop_of(lines, "secret", "id", "secret.new_key.restore.3");
    const auto at = event == "key.made"
                        ? std::find_if(lines.begin(), lines.end(),
                                       [&](const TranscriptLine& line) { return line.event == event; })
                        : std::find_if(
                              lines.rbegin(), lines.rend(),
                              [&](const TranscriptLine& line) {
                                return line.event == event;
                              }).base() -
                              1;
    lines.insert(at + behind, moved);
  };
  const std::string of = "intermediate";
  EXPECT_THAT(after([&](Lines& lines) { move_to(lines, "key.made", 0); }, of),
              ElementsAre(HasSubstr("field id: it is before the key was made, line ")));
  EXPECT_THAT(after([&](Lines& lines) { move_to(lines, "key.used", 1); }, of),
              ElementsAre(HasSubstr("field id: the key was restored before it, line ")));
}

// A key in shares opens twice in a recovery that deals it anew.
TEST_F(WholeTest, ARecoveryNamesBothQuorums) {
  const std::string shares = "  shares:\n    threshold: 2\n    officers: 2";
  for (const std::string id :
       {"new_key.1", "new_key.2", "new_key.restore.1", "new_key.restore.2", "issuer_key.1", "issuer_key.2"})
    people.answers["secret." + id] = "a passphrase of " + id.substr(id.size() - 1);
  const Result<Outcome> shared = hold_root(
      with(testing::root_script, "  file: root.key.pem\n  reason: only a test", shares) + swap_exception,
      "shared");
  ASSERT_TRUE(shared) << shared.error().message;
  const std::string yaml =
      "ceremony: recover\ntitle: \"Test of recover\"\n" + testing::people_part +
      "previous:\n  bundle: shared/bundle\nauthority:\n  certificate: shared/bundle/root.pem\n  custody:\n"
      "    shares:\n      threshold: 2\n      officers: 2\n      files: [shared/custody/root.1.share, "
      "shared/custody/root.2.share]\n" +
      swap_exception;
  const Result<Outcome> kept = hold(yaml, "kept");
  ASSERT_TRUE(kept) << kept.error().message;
  const Result<Outcome> dealt =
      hold(yaml +
               "reshare:\n  threshold: 2\n  officers: 2\nretire:\n  - {form: share, where: "
               "shared/custody/root.1.share, "
               "holder: Flo Ford}\n  - {form: share, where: shared/custody/root.2.share, holder: Gil Gray}\n",
           "dealt");
  ASSERT_TRUE(dealt) << dealt.error().message;
  for (const std::string of : {"shared", "kept", "dealt"})
    EXPECT_THAT(failures(out(of + "/bundle")), IsEmpty()) << of;
}

}  // namespace
}  // namespace chancery::ceremony
