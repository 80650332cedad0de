#include "ca/ceremony/cli/cli.h"

#include <nlohmann/json.hpp>
#include <regex>

#include "ca/ceremony/words/pgp_words.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

const std::string answers = R"(role.administrator: AA
role.internal_witness: BB
role.external_witness: CC
role.safe_controller.1: dd
role.safe_controller.2: EE
role.crypto_officer.1: FF
role.crypto_officer.2: GG
clock.first: 2026-03-01T12:00:00Z
clock.second: 2026-03-01T12:01:00Z
words.script: BB
words.certificate: BB
point_of_no_return: proceed
secret.new_key: correct horse root
)";

class CliTest : public testing::CeremonyTest {
 protected:
  int call(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "chancery-root");
    std::vector<const char*> argv;
    argv.reserve(arguments.size());
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    std::ostringstream out_stream, err_stream;
    const int status = run_program(static_cast<int>(argv.size()), argv.data(),
                                   {out_stream, err_stream, false, clock, random, machine, memory_is_locked});
    said = out_stream.str();
    complained = err_stream.str();
    return status;
  }
  int make_root(const std::string& with_answers = answers, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"run",       write("root.yaml", testing::root_script),
                                       "--output",  out("root"),
                                       "--answers", write("answers.yaml", with_answers)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return call(arguments);
  }
  std::string said, complained;
};

TEST_F(CliTest, RunsAndShowsTheFingerprint) {
  ASSERT_EQ(make_root(), 0) << complained;
  EXPECT_THAT(said, HasSubstr("1/14  Name those who are here"));
  EXPECT_THAT(said, HasSubstr("14/14  Sign the transcript and hand over"));
  EXPECT_THAT(said, HasSubstr("POINT OF NO RETURN"));
  EXPECT_THAT(said, HasSubstr("fingerprint  "));
  EXPECT_THAT(said, HasSubstr(bundle("root", "root.pem")));
  EXPECT_TRUE(complained.empty()) << complained;
}

TEST_F(CliTest, AScriptThatIsNotThereIsNamed) {
  const std::string path = folder + "/none.yaml";
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"script", "check", path}, {"run", path, "--output", out("root")}}) {
    EXPECT_EQ(call(command), 1);
    EXPECT_THAT(complained, HasSubstr("there is no ceremony script " + path + "; examples are in"));
  }
}

TEST_F(CliTest, ARehearsalEndsAsOne) {
  ASSERT_EQ(make_root(), 0) << complained;
  EXPECT_THAT(said, HasSubstr("Write the fingerprint into the ceremony's record"));
  ASSERT_EQ(call({"rehearse", write("root.yaml", testing::root_script), "--output", out("played"),
                  "--answers", write("answers.yaml", answers)}),
            0)
      << complained;
  EXPECT_THAT(said, HasSubstr("REHEARSAL with throw-away keys"));
  EXPECT_THAT(said, HasSubstr("This was a rehearsal: nothing that it made is of any worth."));
  EXPECT_THAT(said, Not(HasSubstr("Write the fingerprint")));
}

TEST_F(CliTest, ShowsNoSecretAndNoColour) {
  ASSERT_EQ(make_root(), 0);
  EXPECT_THAT(said + complained, Not(HasSubstr(std::string(testing::root_passphrase))));
  EXPECT_THAT(said + complained, Not(HasSubstr("\033")));
  EXPECT_THAT(said + complained, Not(HasSubstr("PRIVATE KEY")));
}

TEST_F(CliTest, JsonKeepsProgressOffStandardOutput) {
  ASSERT_EQ(make_root(answers, {"--json"}), 0) << complained;
  const Json result = Json::parse(said);
  EXPECT_EQ(result["subject"], "CN=Test Root,O=Example,C=CH");
  EXPECT_EQ(result["fingerprint"].get<std::string>().size(), 64U);
  EXPECT_EQ(result["transcript_head"].get<std::string>().size(), 64U);
  EXPECT_EQ(result["files"].size(), 3U);
  EXPECT_THAT(complained, HasSubstr("14/14"));
}

TEST_F(CliTest, UnusedAndMissingAnswersAreErrors) {
  EXPECT_EQ(make_root(answers + "secret.issuer_key: nobody asks\n"), 1);
  EXPECT_THAT(complained, HasSubstr("answers that nobody asked for"));
  EXPECT_THAT(complained, HasSubstr("secret.issuer_key"));
  std::filesystem::remove_all(out("root.unfinished"));
  EXPECT_EQ(make_root(testing::with(answers, "clock.second: 2026-03-01T12:01:00Z\n", "")), 1);
  EXPECT_THAT(complained, HasSubstr("no answer to clock.second"));
  EXPECT_TRUE(contents().empty());
}

TEST_F(CliTest, StoppedCeremonyIsNamedAndResumed) {
  EXPECT_EQ(make_root(testing::with(answers, "words.certificate: BB", "words.certificate: XX")), 1);
  EXPECT_THAT(complained, HasSubstr(out("root") + " was not made."));
  EXPECT_THAT(complained, HasSubstr(".unfinished holds the transcript"));
  EXPECT_EQ(make_root(), 1);
  EXPECT_THAT(complained, HasSubstr("--resume"));
  EXPECT_THAT(complained, HasSubstr("is of an earlier attempt; this one wrote nothing"));
  EXPECT_EQ(make_root(answers, {"--resume"}), 0) << complained;
}

TEST_F(CliTest, VerifiesAFolder) {
  ASSERT_EQ(make_root(), 0);
  EXPECT_EQ(call({"verify", out("root/bundle")}), 0) << complained;
  EXPECT_THAT(said, HasSubstr("verified: 1 certificates, 5 checks"));
  EXPECT_EQ(call({"verify", "--root", bundle("root", "root.pem"), "--json"}), 0);
  const Json result = Json::parse(said);
  EXPECT_EQ(result["passed"], true);
  EXPECT_EQ(result["certificates"][0]["kind"], "root");
  EXPECT_EQ(result["certificates"][0]["checks"].size(), 5U);
}

TEST_F(CliTest, FailedVerificationIsStatusOne) {
  ASSERT_EQ(make_root(), 0);
  clock.advance(Seconds(4000LL * 86400));
  EXPECT_EQ(call({"verify", out("root/bundle"), "--json"}), 1);
  EXPECT_EQ(Json::parse(said)["passed"], false);
  EXPECT_EQ(call({"verify", folder + "/none"}), 1);
  EXPECT_THAT(complained, HasSubstr("none"));
}

TEST_F(CliTest, ScriptCheckShowsWhatWasUnderstood) {
  const std::string script = write("root.yaml", testing::root_script);
  EXPECT_EQ(call({"script", "check", script}), 0);
  EXPECT_THAT(said, HasSubstr("roles.crypto_officers.2"));
  EXPECT_EQ(call({"script", "check", script, "--json"}), 0);
  EXPECT_EQ(Json::parse(said)["custody"], "encrypted file root.key.pem, because only a test");
  EXPECT_EQ(call({"script", "check", write("bad.yaml", testing::with(testing::root_script, "P-384", "P-1"))}),
            1);
  EXPECT_THAT(complained, HasSubstr("bad.yaml:13:6"));
}

TEST_F(CliTest, ScriptPrintShowsEveryStep) {
  for (const std::string kind :
       {"root", "intermediate", "cross-csr", "cross-certificate", "crl", "recover", "destroy"}) {
    ASSERT_EQ(call({"script", "print", CHANCERY_SOURCE_DIR "/policies/ceremonies/" + kind + ".yaml"}), 0)
        << complained;
    EXPECT_THAT(said, HasSubstr("\n1. Name those who are here\n   DO  "));
    EXPECT_THAT(said, HasSubstr("   IF it fails: "));
    EXPECT_THAT(said, HasSubstr("initials ____"));
    EXPECT_THAT(said, HasSubstr("Sign the transcript"));
    EXPECT_THAT(said, HasSubstr("Exceptions during the ceremony"));
    EXPECT_THAT(said, HasSubstr("signature ____"));
    const std::string path = CHANCERY_SOURCE_DIR "/policies/ceremonies/" + kind + ".yaml";
    const std::string unwrapped = std::regex_replace(said, std::regex("\n        "), " ");
    for (const WordLine& line : word_lines(load_script(path).value().hash)) {
      EXPECT_THAT(unwrapped, HasSubstr("[ ]  " + line.hex + "  " + line.words + "\n"));
    }
    const bool marked = said.find("\nPOINT OF NO RETURN\n====") != std::string::npos;
    EXPECT_TRUE(marked) << kind;
  }
}

TEST_F(CliTest, ScriptPrintAsJsonHoldsWhatThePaperHolds) {
  for (const std::string kind :
       {"root", "intermediate", "cross-csr", "cross-certificate", "crl", "recover", "destroy"}) {
    const std::string path = CHANCERY_SOURCE_DIR "/policies/ceremonies/" + kind + ".yaml";
    const Script script = load_script(path).value();
    ASSERT_EQ(call({"script", "check", path, "--json"}), 0) << complained;
    const Json facts = Json::parse(said);
    ASSERT_EQ(call({"script", "print", path}), 0) << complained;
    const std::string paper = std::regex_replace(said, std::regex("\n {7,8}"), " ");
    ASSERT_EQ(call({"script", "print", path, "--json"}), 0) << complained;
    const Json printed = Json::parse(said);
    EXPECT_EQ(printed["kind"], kind);
    EXPECT_EQ(printed["title"], script.title);
    EXPECT_EQ(printed["file"], path);
    EXPECT_EQ(printed["sha256"], to_hex(script.hash));
    EXPECT_EQ(printed["facts"], facts);
    ASSERT_EQ(printed["words"].size(), 8U);
    for (const Json& line : printed["words"]) {
      EXPECT_THAT(paper, HasSubstr("[ ]  " + line["hex"].get<std::string>() + "  " +
                                   line["words"].get<std::string>() + "\n"));
    }
    ASSERT_EQ(printed["people"].size(), people_of(script.roles).size());
    EXPECT_EQ(printed["people"][0]["role"], "administrator");
    EXPECT_EQ(printed["people"][0]["name"], script.roles.administrator);
    ASSERT_GT(printed["steps"].size(), 5U);
    bool marked = false;
    for (const Json& step : printed["steps"]) {
      const std::string head = std::to_string(step["number"].get<int>()) + ". " +
                               step["name"].get<std::string>() + "\n   DO  " +
                               step["doing"].get<std::string>() +
                               ".\n   IF it fails: " + step["failing"].get<std::string>() + ".\n";
      EXPECT_THAT(paper, HasSubstr(head));
      marked = marked || step["point_of_no_return"].get<bool>();
    }
    EXPECT_TRUE(marked) << kind;
  }
}

TEST_F(CliTest, ScriptPrintAsJsonNamesWhoIsAskedForInitials) {
  ASSERT_EQ(call({"script", "print", write("root.yaml", testing::root_script), "--json"}), 0) << complained;
  const Json asked = Json::parse(said)["people"];
  EXPECT_EQ(asked[4], Json::parse(R"({"role":"safe_controller","id":"safe_controller.2","name":"Eve Eden",
                                       "initials":"EE"})"));
}

TEST_F(CliTest, PrintedScriptsFitOnPaper) {
  const std::string long_name = std::string(40, 'A') + " " + std::string(50, 'B');
  const std::string script = testing::with(testing::with(testing::root_script, "Ada Adams", long_name),
                                           "Test root", "Test root with many a word " + std::string(60, 'x'));
  ASSERT_EQ(call({"script", "print", write("root.yaml", script)}), 0) << complained;
  EXPECT_THAT(said, HasSubstr(std::string(40, 'A') + "\n       " + std::string(50, 'B') + "\n"));
  std::istringstream lines(said.substr(said.find('\n')));  // the title is as long as it is
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 78U) << line;
  EXPECT_THAT(said, HasSubstr("   DO  Each person, asked by name and role, types their initials.\n"));
}

TEST_F(CliTest, FaultyScriptTouchesNothing) {
  const std::string script = write("bad.yaml", testing::with(testing::root_script, "root\n", "party\n"));
  EXPECT_EQ(call({"run", script, "--output", out("root")}), 1);
  EXPECT_THAT(complained, HasSubstr("bad.yaml:1:"));
  EXPECT_TRUE(std::filesystem::is_empty(output));
}

TEST_F(CliTest, AnswersThatOthersMayReadAreRefused) {
  const std::string script = write("root.yaml", testing::root_script);
  EXPECT_EQ(call({"run", script, "--output", out("root"), "--answers", write("open.yaml", answers, 0644)}),
            1);
  EXPECT_THAT(complained, HasSubstr("chmod 600"));
  EXPECT_TRUE(std::filesystem::is_empty(output));
}

TEST_F(CliTest, WhatARehearsalMadeIsNotVerified) {
  ASSERT_EQ(call({"rehearse", write("root.yaml", testing::root_script), "--output", out("root"), "--answers",
                  write("answers.yaml", answers)}),
            0)
      << complained;
  EXPECT_EQ(call({"verify", out("root/bundle")}), 1);
  EXPECT_THAT(complained, HasSubstr("was made by a rehearsal"));
}

TEST_F(CliTest, WordsToBeReadAloudFitTheTerminal) {
  ASSERT_EQ(make_root(), 0) << complained;
  std::istringstream lines(said);
  int words = 0;
  for (std::string line; std::getline(lines, line);) {
    static const std::regex of_words("    ([0-9a-f]{4} ){2} .*");
    if (!std::regex_match(line, of_words)) continue;
    ++words;
    EXPECT_LE(line.size(), 80U) << line;
  }
  EXPECT_EQ(words, 3 * 8);  // the script, the fingerprint, the transcript's head
}

TEST_F(CliTest, WrongUsageIsStatusTwo) {
  EXPECT_EQ(call({"run", "x.yaml", "--output", ""}), 2);
  EXPECT_THAT(complained, HasSubstr("must not be empty"));
  EXPECT_EQ(call({"verify"}), 2);
  EXPECT_EQ(call({}), 2);
  EXPECT_EQ(call({"dance"}), 2);
  EXPECT_EQ(call({"run"}), 2);
  EXPECT_EQ(call({"run", "x.yaml"}), 2);
  EXPECT_EQ(call({"script"}), 2);
  EXPECT_EQ(call({"script", "check"}), 2);
  EXPECT_EQ(call({"run", "x.yaml", "--output", output, "--passphrase", "secret words here"}), 2);
}

TEST_F(CliTest, EachCommandShowsItsOwnExamplesOnly) {
  for (const std::string command : {"run", "rehearse", "verify", "replay", "report", "calendar"}) {
    ASSERT_EQ(call({command, "--help"}), 0);
    const std::string shown = said.substr(said.find("Examples:"));
    for (const std::string other : {"run", "rehearse", "verify", "replay", "report", "calendar", "script"}) {
      EXPECT_EQ(shown.find("chancery-root " + other + " ") != std::string::npos, other == command)
          << command << " shows " << other;
    }
  }
}

TEST_F(CliTest, AStepsEndRepeatsItsNumberAndName) {
  ASSERT_EQ(make_root(), 0) << complained;
  EXPECT_THAT(said, HasSubstr("\n  1/14  Name those who are here ...\n"));
  std::istringstream lines(said);
  std::size_t ended = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_FALSE(line.starts_with("ok")) << line;
    if (line.find("  ok") != std::string::npos && line.find("/14  ") == 3) ++ended;
  }
  EXPECT_EQ(ended, 14U);
}

TEST_F(CliTest, HelpHasExamples) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--help"},
                                                    {"run", "--help"},
                                                    {"verify", "--help"},
                                                    {"script", "check", "--help"}}) {
    EXPECT_EQ(call(arguments), 0);
    EXPECT_THAT(said, HasSubstr("Examples:"));
    EXPECT_THAT(said,
                HasSubstr("  chancery-root " + (arguments.size() > 1 ? arguments.front() : "verify") + " "));
  }
}

}  // namespace
}  // namespace chancery::ceremony
