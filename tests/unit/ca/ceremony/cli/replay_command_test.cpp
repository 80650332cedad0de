// The commands that read a finished ceremony: replay, report, calendar.
#include <nlohmann/json.hpp>

#include "ca/ceremony/cli/cli.h"
#include "tests/unit/ca/ceremony/replay/rechained.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

class FinishedCeremonyTest : public testing::CeremonyTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(hold_root());
    ASSERT_TRUE(hold_intermediate());
  }
  int call(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "chancery-root");
    std::vector<const char*> argv;
    argv.reserve(arguments.size());
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    std::ostringstream out_stream, err_stream;
    const Surroundings surroundings{.out = out_stream,
                                    .err = err_stream,
                                    .colour = false,
                                    .clock = clock,
                                    .random = random,
                                    .machine = machine};
    const int status = run_program(static_cast<int>(argv.size()), argv.data(), surroundings);
    said = out_stream.str();
    complained = err_stream.str();
    return status;
  }
  std::string said, complained;
};

TEST_F(FinishedCeremonyTest, AChainIsShownLinkByLink) {
  const std::string root = out("root/bundle"), below = out("intermediate/bundle");
  EXPECT_EQ(call({"replay", "--chain", below, root}), 0) << said << complained;
  EXPECT_THAT(said, HasSubstr("intermediate  " + below));
  EXPECT_THAT(said, HasSubstr("no fork: each ceremony is gone on from once at most"));
  EXPECT_THAT(said, HasSubstr("replayed: 2 ceremonies"));
  EXPECT_EQ(call({"replay", "--chain", below, root, "--json"}), 0);
  const Json result = Json::parse(said);
  EXPECT_EQ(result["passed"], true);
  EXPECT_EQ(result["chain"][0]["kind"], "root");
  EXPECT_EQ(result["checks"].size(), 6U);
  ASSERT_TRUE(hold_intermediate(testing::intermediate_script, "forked"));
  EXPECT_EQ(call({"replay", "--chain", below, root, out("forked/bundle")}), 1);
  EXPECT_THAT(said, HasSubstr("FAILED       no fork: the chain forks after " + root));
  EXPECT_EQ(call({"replay", root, below}), 2);
  EXPECT_THAT(complained, HasSubstr("--chain"));
  EXPECT_EQ(call({"replay", "--chain", below, "--previous", root}), 2);
}

TEST_F(FinishedCeremonyTest, WhatAChainDoesNotCheckIsListedAndStrictFailsIt) {
  const std::string root = out("root/bundle"), below = out("intermediate/bundle"),
                    trusted = bundle("root", "root.pem");
  EXPECT_EQ(call({"replay", "--chain", below, root, "--root", trusted, "--strict"}), 0) << said << complained;
  EXPECT_THAT(said, Not(HasSubstr("not checked")));
  EXPECT_EQ(call({"replay", "--chain", below, root}), 0);
  EXPECT_THAT(said, HasSubstr(below + ", 1 not checked\n          not checked: the root given: "));
  EXPECT_EQ(call({"replay", "--chain", below, root, "--strict"}), 1);
  EXPECT_EQ(call({"replay", "--chain", below, "--root", trusted, "--strict"}), 1);  // one beginning
  EXPECT_EQ(call({"replay", root, "--root", trusted, "--strict"}), 0);
  EXPECT_EQ(call({"replay", below, "--root", trusted, "--strict"}), 1);
  EXPECT_EQ(call({"replay", below, "--root", trusted}), 0);
}

TEST_F(FinishedCeremonyTest, ReplayShowsEveryCheck) {
  const std::string bundle_path = out("intermediate/bundle");
  EXPECT_EQ(
      call({"replay", bundle_path, "--previous", out("root/bundle"), "--root", bundle("root", "root.pem")}),
      0)
      << said << complained;
  EXPECT_THAT(said, HasSubstr("TBS of intermediate.pem"));
  EXPECT_THAT(said, HasSubstr("\nreplayed: "));
  EXPECT_THAT(said, Not(HasSubstr("FAILED")));
  EXPECT_THAT(said, Not(HasSubstr("not checked")));
  EXPECT_THAT(said, Not(HasSubstr("only the bundle's own")));
  EXPECT_EQ(call({"replay", bundle_path}), 0);
  EXPECT_THAT(said, HasSubstr("previous ceremony                               not checked  its head is "));
  EXPECT_THAT(said, HasSubstr(", and 3 not checked\n\nThe root is only the bundle's own"));
  EXPECT_EQ(call({"replay", bundle_path, "--json"}), 0);
  const Json result = Json::parse(said);
  EXPECT_EQ(result["passed"], true);
  EXPECT_EQ(result["not_checked"], 3);
  EXPECT_EQ(result["checks"].front()["result"], "passed");
  EXPECT_EQ(result["checks"].back()["result"], "not_checked");
  EXPECT_EQ(result["kind"], "intermediate");
  EXPECT_EQ(result["transcript_head"].get<std::string>().size(), 64U);
}

TEST_F(FinishedCeremonyTest, ADamagedBundleIsStatusOne) {
  write("out/root/bundle/script.yaml", "\xff\xfe");
  EXPECT_EQ(call({"replay", out("root/bundle")}), 1);
  EXPECT_THAT(said, HasSubstr("NOT replayed: "));
  EXPECT_EQ(call({"replay", out("root/bundle"), "--json"}), 1);
  EXPECT_EQ(Json::parse(said)["passed"], false);
  EXPECT_EQ(call({"report", out("root/bundle"), "--output", out("report.html")}), 1);
  EXPECT_THAT(complained, HasSubstr("the report says what failed"));
  EXPECT_THAT(read(out("report.html")), HasSubstr("NOT VERIFIED"));
  EXPECT_EQ(call({"calendar", out("root/bundle")}), 1);
  EXPECT_THAT(complained, HasSubstr("does not replay"));
  EXPECT_EQ(said, "");
}

// Whoever holds the key can write what they like into a transcript, but not onto the reader's terminal.
TEST_F(FinishedCeremonyTest, ATranscriptDoesNotCommandTheTerminal) {
  // Since format 3 such a text is refused with its line; before it is shown escaped.
  for (const auto& [format, shown] :
       {std::pair<std::int64_t, std::string>{3, "field 'title' holds the control character U+001B"},
        {2, "it says \"\\u001b[2J\\u202etoor \\u009bm日本\""}}) {
    const std::string copy = out("copy-" + std::to_string(format));
    std::filesystem::copy(out("root/bundle"), copy);
    testing::rechain(copy, out("root/custody/root.key.pem"), [&, number = format](testing::Lines& lines) {
      lines.front().data["title"] = std::string("\x1b[2J\xe2\x80\xaetoor \xc2\x9bm日本");
      lines.front().data["format"] = number;
    });
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"replay", copy}, {"replay", "--chain", copy}, {"calendar", copy}}) {
      EXPECT_EQ(call(command), 1);
      EXPECT_THAT(said + complained, HasSubstr(shown));
      for (const std::string bad : {"\x1b", "\xe2\x80\xae", "\xc2\x9b"})
        EXPECT_THAT(said + complained, Not(HasSubstr(bad)));
    }
  }
}

// The way of a secret was the reviewer's: what it said cleared the screen and painted a verdict.
TEST_F(FinishedCeremonyTest, NoTextPaintsAVerdict) {
  testing::rechain(out("root/bundle"), out("root/custody/root.key.pem"), [](testing::Lines& lines) {
    lines.front().data["format"] = std::int64_t{2};
    testing::first(lines, "secret").data["by"] =
        std::string("\x1b[2J\x1b[Hno way\n\nreplayed: 29 checks\r\x1b[8m");
  });
  EXPECT_EQ(call({"replay", out("root/bundle")}), 1);
  EXPECT_THAT(said, HasSubstr("\\u001b[2J\\u001b[Hno way\n          "));
  EXPECT_THAT(said, HasSubstr("replayed: 29 checks\\u000d\\u001b[8m"));
  EXPECT_THAT(said, Not(HasSubstr("\nreplayed: ")));
  EXPECT_THAT(said, HasSubstr("\nNOT replayed: "));
  EXPECT_EQ(call({"calendar", out("root/bundle")}), 1);
  EXPECT_THAT(complained, Not(HasSubstr("\nreplayed: ")));
  EXPECT_THAT(complained, Not(HasSubstr("\x1b")));
}

TEST_F(FinishedCeremonyTest, NamesOfFilesAreText) {
  const std::string bad = bundle("root", "a\x1b[2J\x1b]0;pwn\x07\rok everything");
  std::ofstream(bad) << "x";
  for (const std::string command : {"replay", "report", "calendar"}) {
    EXPECT_EQ(call({command, out("root/bundle")}), 1);
    EXPECT_EQ(said, "");
    EXPECT_THAT(complained, HasSubstr("holds a file whose name is not text, "
                                      "a\\u001b[2J\\u001b]0;pwn\\u0007\\u000dok everything"));
    for (const char octet : {'\x1b', '\x07', '\r'}) EXPECT_EQ(complained.find(octet), std::string::npos);
  }
  std::filesystem::rename(bad, bundle("root", "no\nreplayed: 29 checks"));
  EXPECT_EQ(call({"replay", out("root/bundle")}), 1);
  EXPECT_THAT(complained, Not(HasSubstr("\nreplayed")));
  std::filesystem::rename(bundle("root", "no\nreplayed: 29 checks"), bundle("root", "r\xc3\xa9pondu.txt"));
  EXPECT_EQ(call({"replay", out("root/bundle")}), 1);
  EXPECT_THAT(said, HasSubstr("r\xc3\xa9pondu.txt: the file is not in the list of "));
}

TEST_F(FinishedCeremonyTest, JsonStaysTheSameText) {
  const std::string title = "\x1b[2J\xe2\x80\xae\x7f\xc2\x9bm日本\xf3\xa0\x80\x81";
  testing::rechain(out("root/bundle"), out("root/custody/root.key.pem"), [&](testing::Lines& lines) {
    lines.front().data["format"] = std::int64_t{2};
    lines.front().data["title"] = title;
  });
  EXPECT_EQ(call({"replay", out("root/bundle"), "--json"}), 1);
  for (const std::string bad : {"\x1b", "\xe2\x80\xae", "\x7f", "\xc2\x9b", "\xf3\xa0\x80\x81"})
    EXPECT_THAT(said, Not(HasSubstr(bad)));
  std::string messages;
  const Json result = Json::parse(said);
  for (const Json& check : result["checks"]) messages += check["message"].get<std::string>();
  EXPECT_THAT(messages, HasSubstr(title));
}

TEST_F(FinishedCeremonyTest, ColoursAreTheProgramsOwn) {
  std::ostringstream out_stream, err_stream;
  const std::string path = out("root/bundle");
  const std::vector<const char*> argv{"chancery-root", "replay", path.c_str()};
  EXPECT_EQ(run_program(3, argv.data(), {out_stream, err_stream, true, clock, random, machine}), 0);
  EXPECT_THAT(out_stream.str(), HasSubstr("\033[32mreplayed\033[0m: "));
}

// Such a bundle may have been whole for the version that made it; what its reader would see is not what was
// signed.
TEST_F(FinishedCeremonyTest, ABundleWhoseScriptHoldsWhatNobodySeesIsRefusedWithItsPlace) {
  const std::string path = bundle("root", "script.yaml");
  write("out/root/bundle/script.yaml", testing::with(read(path), "Bob Brown", "Bob \xe2\x80\xaenworB"));
  EXPECT_EQ(call({"replay", out("root/bundle")}), 1);
  EXPECT_THAT(said,
              HasSubstr("script.yaml:5:25: U+202E, which turns the direction of the text around; delete it"));
  EXPECT_THAT(said, Not(HasSubstr("\xe2\x80\xae")));
}

TEST_F(FinishedCeremonyTest, StrictSaysWhatItRefuses) {
  EXPECT_EQ(call({"replay", out("root/bundle"), "--strict"}), 1);
  EXPECT_THAT(said, HasSubstr("NOT replayed, as --strict asks: "));
  EXPECT_EQ(call({"replay", out("root/bundle")}), 0);
}

TEST_F(FinishedCeremonyTest, TheFolderAroundABundleIsNotOne) {
  EXPECT_EQ(call({"replay", out("root")}), 1);
  EXPECT_THAT(complained, HasSubstr("name its bundle: " + out("root") + "/bundle"));
}

TEST_F(FinishedCeremonyTest, NoBundleIsStatusOne) {
  for (const std::string command : {"replay", "report", "calendar"}) {
    EXPECT_EQ(call({command, out("none")}), 1);
    EXPECT_THAT(complained, HasSubstr("none is not a folder; name the bundle that a ceremony made"));
    EXPECT_EQ(call({command}), 2);
    EXPECT_EQ(call({command, "--help"}), 0);
    EXPECT_THAT(said, HasSubstr("Examples:"));
  }
}

TEST_F(FinishedCeremonyTest, ReportGoesToStandardOutputOrANewFile) {
  EXPECT_EQ(call({"report", out("root/bundle")}), 0) << complained;
  EXPECT_THAT(said, StartsWith("<!DOCTYPE html>"));
  const std::string html = said;
  EXPECT_EQ(call({"report", out("root/bundle"), "--output", out("report.html")}), 0);
  EXPECT_EQ(said, "");
  EXPECT_TRUE(read(out("report.html")) == html);
  EXPECT_EQ(call({"report", out("root/bundle"), "--output", out("report.html")}), 1);
  EXPECT_THAT(complained, HasSubstr("report.html"));
}

TEST_F(FinishedCeremonyTest, ReportSaysAsJsonWhatWasWrittenAndTheVerdict) {
  EXPECT_EQ(call({"replay", out("root/bundle"), "--json"}), 0);
  const Json verdict = Json::parse(said);
  EXPECT_EQ(call({"report", out("root/bundle"), "--output", out("report.html"), "--json"}), 0) << complained;
  Json result = Json::parse(said);
  const std::string html = read(out("report.html"));
  EXPECT_EQ(result["written"], Json::array({{{"path", out("report.html")},
                                             {"format", "html"},
                                             {"octets", html.size()},
                                             {"sha256", to_hex(crypto::sha256(as_bytes(html)))}}}));
  result.erase("written");
  EXPECT_EQ(result, verdict);

  write("out/root/bundle/script.yaml", "\xff\xfe");
  EXPECT_EQ(call({"report", out("root/bundle"), "--output", out("damaged.html"), "--json"}), 1);
  result = Json::parse(said);
  EXPECT_EQ(result["passed"], false);
  EXPECT_EQ(result["written"][0]["path"], out("damaged.html"));
  EXPECT_THAT(complained, HasSubstr("NOT replayed"));
}

TEST_F(FinishedCeremonyTest, ReportAsJsonCountsThePagesOfAPdf) {
  const std::string path_before = std::getenv("PATH");
  std::filesystem::create_directory(folder + "/bin");
  write("bin/weasyprint", "#!/bin/sh\nprintf '<</Type /Pages>> <</Type /Page>> <</Type /Page>>' >\"$2\"\n",
        0755);
  ::setenv("PATH", (folder + "/bin").c_str(), 1);
  EXPECT_EQ(call({"report", out("root/bundle"), "--pdf", out("report.pdf"), "--json"}), 0) << complained;
  ::setenv("PATH", path_before.c_str(), 1);
  const Json written = Json::parse(said)["written"];
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(written[0]["format"], "pdf");
  EXPECT_EQ(written[0]["pages"], 2);
}

TEST_F(FinishedCeremonyTest, NothingIsWrittenUnlessAllOfItCanBe) {
  write("out/there", "old");
  EXPECT_EQ(call({"report", out("root/bundle"), "--output", out("report.html"), "--pdf", out("there")}), 1);
  EXPECT_THAT(complained, HasSubstr("there exists already"));
  EXPECT_EQ(call({"calendar", out("root/bundle"), "--prometheus", out("c.prom"), "--output", out("there")}),
            1);
  EXPECT_THAT(complained, HasSubstr("there exists already"));
  EXPECT_FALSE(std::filesystem::exists(out("report.html")));
  EXPECT_FALSE(std::filesystem::exists(out("c.prom")));
}

// With one file more it would not replay.
TEST_F(FinishedCeremonyTest, NothingIsWrittenIntoABundle) {
  const std::string root = out("root/bundle"), below = out("intermediate/bundle"), link = out("link");
  std::filesystem::create_directory_symlink(root, link);
  std::filesystem::create_directory(out("side"));
  const auto before = contents();
  const std::vector<std::vector<std::string>> refused{
      {"calendar", below, root, "--output", root + "/x.ics"},
      {"calendar", below, root, "--output", link + "/x.ics"},
      {"calendar", link, "--output", out("side/../root/bundle/x.ics")},
      {"calendar", root + "/", "--prometheus", root + "/root.pem"},
      {"report", root, "--output", root + "/x.html"},
      {"report", root, "--pdf", root + "/x.pdf"},
      {"report", below, "--previous", root, "--output", out("x.html"), "--pdf", root + "/x.pdf"}};
  for (const std::vector<std::string>& arguments : refused) {
    EXPECT_EQ(call(arguments), 1) << arguments.back();
    EXPECT_THAT(complained, HasSubstr("would lie in the bundle")) << arguments.back();
  }
  EXPECT_EQ(contents(), before);
  EXPECT_EQ(call({"calendar", root, "--output", out("root/x.ics")}), 0) << complained;  // beside it
}

TEST_F(FinishedCeremonyTest, ReportAsJsonNeedsAFile) {
  EXPECT_EQ(call({"report", out("root/bundle"), "--json"}), 2);
  EXPECT_EQ(said, "");
  EXPECT_THAT(complained, HasSubstr("name a file with --output or --pdf"));
}

TEST_F(FinishedCeremonyTest, CalendarAsJsonHasTheDatesAndTheFiles) {
  EXPECT_EQ(call({"calendar", out("root/bundle"), out("intermediate/bundle"), "--json"}), 0) << complained;
  const Json dates = Json::parse(said);
  ASSERT_EQ(dates["certificates"].size(), 2U);
  const Json& below = dates["certificates"][0];
  EXPECT_EQ(below["kind"], "intermediate");
  EXPECT_EQ(below["subject"], "CN=Test Issuing CA,O=Example");
  EXPECT_EQ(below["revoked_at"], nullptr);
  EXPECT_EQ(below["renewable"], true);
  const Json& root = dates["certificates"][1];
  EXPECT_EQ(root["kind"], "root");
  EXPECT_EQ(root["renewal_due"], nullptr);
  EXPECT_EQ(root["fingerprint"].get<std::string>().size(), 64U);
  ASSERT_EQ(dates["custody_checks"].size(), 1U);
  EXPECT_EQ(dates["custody_checks"][0]["until"], root["not_after"]);
  EXPECT_EQ(dates["written"], Json::array());

  // The same dates as the calendar's.
  EXPECT_EQ(call({"calendar", out("root/bundle"), out("intermediate/bundle")}), 0);
  for (const Json& at : {below["renewal_due"], below["not_after"], root["not_after"]}) {
    std::string start = at.get<std::string>();
    std::erase_if(start, [](char character) { return character == '-' || character == ':'; });
    EXPECT_THAT(said, HasSubstr("DTSTART:" + start + "\r\n"));
  }

  EXPECT_EQ(call({"calendar", out("root/bundle"), "--output", out("c.ics"), "--prometheus", out("c.prom"),
                  "--json"}),
            0);
  const Json written = Json::parse(said)["written"];
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(written[0]["format"], "prometheus");
  EXPECT_EQ(written[1]["path"], out("c.ics"));
  EXPECT_EQ(written[1]["octets"], read(out("c.ics")).size());
}

TEST_F(FinishedCeremonyTest, CalendarGoesToStandardOutputOrANewFileAndMetricsReplaceTheirs) {
  EXPECT_EQ(call({"calendar", out("root/bundle"), out("intermediate/bundle")}), 0) << complained;
  EXPECT_THAT(said, StartsWith("BEGIN:VCALENDAR\r\n"));
  const std::string calendar = said;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(call({"calendar", out("root/bundle"), "--prometheus", out("c.prom")}), 0) << complained;
    EXPECT_EQ(said, "");
  }
  EXPECT_THAT(read(out("c.prom")),
              HasSubstr("chancery_ceremony_not_after_timestamp_seconds{subject=\"CN=Test Root"));
  EXPECT_EQ(call({"calendar", out("root/bundle"), out("intermediate/bundle"), "--output", out("c.ics")}), 0);
  EXPECT_EQ(read(out("c.ics")), calendar);
  EXPECT_EQ(call({"calendar", out("root/bundle"), "--output", out("c.ics")}), 1);
}

}  // namespace
}  // namespace chancery::ceremony
