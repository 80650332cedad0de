#include "ca/ceremony/cli/cli.h"

#include <nlohmann/json.hpp>

#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class CliTest : public testing::CeremonyTest {
 protected:
  int call(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "chancery-root");
    std::vector<const char*> argv;
    argv.reserve(arguments.size());
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    std::ostringstream out_stream, err_stream;
    const int status = run_program(static_cast<int>(argv.size()), argv.data(),
                                   {out_stream, err_stream, false, clock, random, testing::no_prompt});
    said = out_stream.str();
    complained = err_stream.str();
    return status;
  }
  int make_root() {
    return call({"run", write("root.yaml", testing::root_script), "--output", output, "--passphrase-file",
                 root_passphrase_file});
  }
  std::string said, complained;
};

TEST_F(CliTest, RunsAndShowsTheFingerprint) {
  ASSERT_EQ(make_root(), 0) << complained;
  EXPECT_THAT(said, HasSubstr("1/9  Check the output folder"));
  EXPECT_THAT(said, HasSubstr("9/9  Read the files back"));
  EXPECT_THAT(said, HasSubstr("fingerprint  "));
  EXPECT_THAT(said, HasSubstr(out("root.pem")));
  EXPECT_TRUE(complained.empty()) << complained;
}

TEST_F(CliTest, ShowsNoSecretAndNoColour) {
  ASSERT_EQ(make_root(), 0);
  EXPECT_THAT(said + complained, Not(HasSubstr(std::string(testing::root_passphrase))));
  EXPECT_THAT(said + complained, Not(HasSubstr("\033")));
  EXPECT_THAT(said + complained, Not(HasSubstr("PRIVATE KEY")));
}

TEST_F(CliTest, JsonKeepsProgressOffStandardOutput) {
  ASSERT_EQ(call({"run", write("root.yaml", testing::root_script), "--output", output, "--passphrase-file",
                  root_passphrase_file, "--json"}),
            0);
  const Json result = Json::parse(said);
  EXPECT_EQ(result["subject"], "CN=Test Root,O=Example,C=CH");
  EXPECT_EQ(result["fingerprint"].get<std::string>().size(), 64U);
  EXPECT_EQ(result["files"].size(), 2U);
  EXPECT_THAT(complained, HasSubstr("9/9"));
}

TEST_F(CliTest, VerifiesAFolder) {
  ASSERT_EQ(make_root(), 0);
  EXPECT_EQ(call({"verify", output}), 0) << complained;
  EXPECT_THAT(said, HasSubstr("verified: 1 certificates, 5 checks"));
  EXPECT_EQ(call({"verify", "--root", out("root.pem"), "--json"}), 0);
  const Json result = Json::parse(said);
  EXPECT_EQ(result["passed"], true);
  EXPECT_EQ(result["certificates"][0]["kind"], "root");
  EXPECT_EQ(result["certificates"][0]["checks"].size(), 5U);
}

TEST_F(CliTest, FailedVerificationIsStatusOne) {
  ASSERT_EQ(make_root(), 0);
  clock.advance(Seconds(4000LL * 86400));
  EXPECT_EQ(call({"verify", output, "--json"}), 1);
  EXPECT_EQ(Json::parse(said)["passed"], false);
  EXPECT_EQ(call({"verify", folder + "/none"}), 1);
  EXPECT_THAT(complained, HasSubstr("none"));
}

TEST_F(CliTest, FailedCeremonyIsStatusOneAndSaysThatNothingWasKept) {
  ASSERT_EQ(make_root(), 0);
  EXPECT_EQ(make_root(), 1);
  EXPECT_THAT(complained, HasSubstr("exists already"));
  EXPECT_THAT(complained, HasSubstr("Nothing was kept"));
}

TEST_F(CliTest, FaultyScriptTouchesNothing) {
  const std::string script = write("bad.yaml", testing::with(testing::root_script, "root\n", "party\n"));
  EXPECT_EQ(call({"run", script, "--output", output, "--passphrase-file", root_passphrase_file}), 1);
  EXPECT_THAT(complained, HasSubstr("bad.yaml:1:"));
  EXPECT_TRUE(contents().empty());
}

TEST_F(CliTest, NoPassphraseAndNoTerminalIsAnError) {
  EXPECT_EQ(call({"run", write("root.yaml", testing::root_script), "--output", output}), 1);
  EXPECT_THAT(complained, HasSubstr("terminal"));
  EXPECT_TRUE(contents().empty());
}

TEST_F(CliTest, WrongUsageIsStatusTwo) {
  EXPECT_EQ(call({}), 2);
  EXPECT_EQ(call({"dance"}), 2);
  EXPECT_EQ(call({"run"}), 2);
  EXPECT_EQ(call({"run", "x.yaml"}), 2);
  EXPECT_EQ(call({"run", "x.yaml", "--output", output, "--passphrase", "secret words here"}), 2);
}

TEST_F(CliTest, HelpHasExamples) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--help"}, {"run", "--help"}, {"verify", "--help"}}) {
    EXPECT_EQ(call(arguments), 0);
    EXPECT_THAT(said, HasSubstr("Examples:"));
    EXPECT_THAT(said, HasSubstr("chancery-root verify"));
  }
}

}  // namespace
}  // namespace chancery::ceremony
