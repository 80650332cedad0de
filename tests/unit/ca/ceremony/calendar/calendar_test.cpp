#include "ca/ceremony/calendar/calendar.h"

#include <algorithm>
#include <regex>
#include <set>

#include "ca/ceremony/cli/calendar_json.h"
#include "tests/unit/ca/ceremony/replay/bundles.h"

namespace chancery::ceremony {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

const TimePoint stamp = parse_rfc3339("2026-03-01T12:00:00Z").value();
constexpr Seconds day{86400};

// Lines as they stand, without CR LF. Any other end of line is a fault.
std::vector<std::string> folded_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("\r\n", at);
    if (end == std::string::npos) {
      ADD_FAILURE() << "no CR LF after: " << text.substr(at);
      break;
    }
    lines.push_back(text.substr(at, end - at));
    EXPECT_EQ(lines.back().find_first_of("\r\n"), std::string::npos);
    at = end + 2;
  }
  return lines;
}

std::vector<std::string> content_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (const std::string& line : folded_lines(text)) {
    if (line.starts_with(' ') && !lines.empty()) {
      lines.back() += line.substr(1);
    } else {
      lines.push_back(line);
    }
  }
  return lines;
}

std::vector<std::string> with_name(const std::vector<std::string>& lines, const std::string& name) {
  std::vector<std::string> found;
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(found),
               [&](const std::string& line) { return line.starts_with(name + ":"); });
  return found;
}

Dates some_dates(const std::string& subject) {
  Dates dates{.stamp = stamp, .certificates = {}, .crls = {}, .checks = {}};
  dates.certificates.push_back({subject, "intermediate", "40aa", stamp, stamp + 1826 * day, {1}});
  dates.certificates.push_back({subject, "root", "40bb", stamp, stamp + 3650 * day, {2}});
  dates.crls.push_back({subject, "7", stamp, stamp + 180 * day, {3}});
  dates.checks.push_back(
      {subject, "shares", {"Flo Ford", "Gil Gray"}, stamp + 365 * day, stamp + 3650 * day, {2}});
  return dates;
}

TEST(Icalendar, IsWellFormed) {
  const std::string text = icalendar(some_dates("CN=Root,O=Example"));
  const std::vector<std::string> lines = content_lines(text);
  EXPECT_EQ(lines.front(), "BEGIN:VCALENDAR");
  EXPECT_EQ(lines[1], "VERSION:2.0");
  EXPECT_EQ(lines.back(), "END:VCALENDAR");
  std::vector<std::string> open;
  for (const std::string& line : lines) {
    if (line.starts_with("BEGIN:")) open.push_back(line.substr(6));
    if (line.starts_with("END:")) {
      ASSERT_FALSE(open.empty());
      EXPECT_EQ(open.back(), line.substr(4));
      open.pop_back();
    }
  }
  EXPECT_THAT(open, IsEmpty());
  EXPECT_THAT(with_name(lines, "DTSTART"), ::testing::Each(MatchesRegex("DTSTART:[0-9]{8}T[0-9]{6}Z")));
  EXPECT_THAT(with_name(lines, "BEGIN"), Contains("BEGIN:VALARM"));
}

TEST(Icalendar, RemindsOfEveryEnd) {
  const std::vector<std::string> lines = content_lines(icalendar(some_dates("CN=X")));
  EXPECT_THAT(with_name(lines, "SUMMARY"),
              ::testing::ElementsAre("SUMMARY:Next CRL of CN=X", "SUMMARY:Renew CN=X",
                                     "SUMMARY:End of the intermediate certificate CN=X",
                                     "SUMMARY:End of the root certificate CN=X",
                                     "SUMMARY:Custodians: check the shares of CN=X"));
  EXPECT_THAT(lines, AllOf(Contains("DTSTART:20260828T120000Z"),  // the CRL: 180 days later
                           Contains("DTSTART:20300301T120000Z"),  // renewal: a year before the end
                           Contains("RRULE:FREQ=YEARLY;UNTIL=20360227T120000Z"),
                           Contains(AllOf(StartsWith("DESCRIPTION:"), HasSubstr("Flo Ford\\, Gil Gray")))));
}

TEST(Icalendar, FoldsBetweenCharactersAt75Octets) {
  for (std::size_t length = 40; length < 200; ++length) {
    std::string subject = "CN=" + std::string(length, 'x');
    for (int i = 0; i < 30; ++i) subject += "\xe2\x82\xac";
    const std::string text = icalendar(some_dates(subject));
    for (const std::string& line : folded_lines(text)) {
      ASSERT_LE(line.size(), 75U);
      const std::size_t first = line.starts_with(' ') ? 1 : 0;
      ASSERT_NE(static_cast<unsigned char>(line[first]) & 0xc0U, 0x80U) << "a character was cut";
    }
    EXPECT_THAT(content_lines(text), Contains("SUMMARY:Renew " + subject));
  }
}

TEST(Icalendar, EscapesText) {
  const std::string text = icalendar(some_dates("CN=a\\b;c,d\ne\rBEGIN:VEVENT"));
  EXPECT_THAT(content_lines(text), Contains("SUMMARY:Renew CN=a\\\\b\\;c\\,d\\neBEGIN:VEVENT"));
  EXPECT_THAT(content_lines(text), Contains("BEGIN:VEVENT").Times(5));
}

TEST(Icalendar, RevokedCertificatesAreNotRenewed) {
  Dates dates = some_dates("CN=X");
  dates.certificates[0].revoked = stamp + 30 * day;
  const std::vector<std::string> lines = content_lines(icalendar(dates));
  EXPECT_THAT(
      with_name(lines, "SUMMARY"),
      ::testing::ElementsAre("SUMMARY:Next CRL of CN=X", "SUMMARY:Revoked: the intermediate certificate CN=X",
                             "SUMMARY:End of the root certificate CN=X",
                             "SUMMARY:Custodians: check the shares of CN=X"));
  EXPECT_THAT(lines, Contains("DTSTART:20260331T120000Z"));
}

TEST(PrometheusText, IsInTheTextFormat) {
  const std::string text = prometheus_text(some_dates("CN=a\\b\"c\nd"));
  const std::regex comment(R"(# (HELP|TYPE) [a-z_]+ .+)");
  const std::regex sample(R"re([a-z_]+(\{([a-z]+="([^"\\]|\\.)*",?)+\})? [0-9]+)re");
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    EXPECT_TRUE(std::regex_match(line, line.starts_with('#') ? comment : sample)) << line;
  }
  EXPECT_THAT(
      text,
      HasSubstr("chancery_ceremony_not_after_timestamp_seconds{subject=\"CN=a\\\\b\\\"c\\nd\",kind=\"root\","
                "serial=\"40bb\"} " +
                std::to_string(to_unix(stamp + 3650 * day)) + "\n"));
  EXPECT_THAT(text, HasSubstr("chancery_ceremony_next_update_timestamp_seconds{"));
  EXPECT_EQ(text.back(), '\n');
}

class CalendarTest : public testing::CeremonyTest {};

TEST_F(CalendarTest, TakesTheDatesOfRealCeremoniesAndEachCertificateOnce) {
  const Result<Outcome> root = hold_root();
  const Result<Outcome> intermediate = hold_intermediate();
  ASSERT_TRUE(root && intermediate);
  std::vector<Replay> replays;
  for (const std::string name : {"root", "intermediate"})
    replays.push_back(replay({out(name + "/bundle"), {}, {}}).value());
  const Dates dates = dates_of(replays);
  ASSERT_THAT(dates.certificates, SizeIs(2));
  EXPECT_EQ(dates.certificates[0].kind, "intermediate");
  EXPECT_EQ(dates.certificates[0].not_after, intermediate->certificate.validity().not_after());
  EXPECT_EQ(dates.certificates[1].kind, "root");
  EXPECT_EQ(dates.certificates[1].serial, root->certificate.serial().to_string());
  ASSERT_THAT(dates.checks, SizeIs(1));
  ASSERT_THAT(dates.crls_due, SizeIs(1));
  EXPECT_EQ(dates.crls_due[0].url, "http://pki.example/root.crl");
  EXPECT_THAT(content_lines(icalendar(dates)),
              Contains("SUMMARY:First CRL due: CN=Test Root\\,O=Example\\,C=CH"));
  EXPECT_THAT(prometheus_text(dates), HasSubstr("\n# First CRL due: CN=Test Root,O=Example,C=CH"));
  EXPECT_EQ(dates.checks[0].custody, "file");
  EXPECT_EQ(dates.checks[0].first, clock.now() + 365 * day);
  EXPECT_EQ(icalendar(dates), icalendar(dates_of(replays)));

  const std::vector<std::string> all = with_name(content_lines(icalendar(dates)), "UID");
  const std::vector<std::string> alone =
      with_name(content_lines(icalendar(dates_of(std::span(replays).first(1)))), "UID");
  EXPECT_THAT(std::set<std::string>(all.begin(), all.end()), SizeIs(all.size()));
  for (const std::string& uid : alone) EXPECT_THAT(all, Contains(uid));
}

TEST_F(CalendarTest, ACrlSaysWhatIsRevokedAndThatThereIsOne) {
  ASSERT_TRUE(hold_root());
  ASSERT_TRUE(hold_intermediate());
  people.answers["secret.issuer_key"] = testing::root_passphrase;
  const Result<Outcome> held = hold("ceremony: crl\ntitle: \"Test\"\n" + testing::people_part +
                                        R"(previous:
  bundle: root/bundle
issuer:
  certificate: root/bundle/root.pem
  custody:
    file: root/custody/root.key.pem
outputs:
  crl: root.crl.pem
crl:
  number: 1
  first: true
  next_update: 180d
  revoke:
    - certificate: intermediate/bundle/intermediate.pem
      reason: keyCompromise
      at: 2026-03-01T11:00:00Z
)",
                                    "crl");
  ASSERT_TRUE(held) << held.error().message;
  std::vector<Replay> replays;
  for (const std::string name : {"root", "intermediate", "crl"})
    replays.push_back(replay({out(name + "/bundle"), {}, {}}).value());
  const Dates dates = dates_of(replays);
  EXPECT_THAT(dates.crls_due, IsEmpty());
  const std::vector<std::string> summaries = with_name(content_lines(icalendar(dates)), "SUMMARY");
  EXPECT_THAT(summaries, Contains(StartsWith("SUMMARY:Revoked: the intermediate certificate ")));
  EXPECT_THAT(summaries, Not(Contains(StartsWith("SUMMARY:Renew "))));
  EXPECT_THAT(summaries, Not(Contains(StartsWith("SUMMARY:End of the intermediate"))));
}

TEST_F(CalendarTest, KnowsTheCustodiansOfNewSharesAndTheEndOfAKey) {
  for (const std::string number : {"1", "2", "3"}) {
    for (const std::string question : {"secret.new_key.", "secret.new_key.restore.", "secret.issuer_key."})
      people.answers[question + number] = "correct horse share " + number;
  }
  const std::string dealt =
      "shares:\n      threshold: 2\n      officers: 2\n      files: [root/custody/root.1.share, "
      "root/custody/root.2.share]\n";
  const std::string authority = "authority:\n  certificate: root/bundle/root.pem\n  custody:\n    " + dealt;
  const auto step = [&](const std::string& yaml, const std::string& name) {
    const Result<Outcome> held = hold(yaml, name);
    EXPECT_TRUE(held) << name << ": " << held.error().message;
    clock.advance(10 * day);
  };
  step(testing::with(testing::root_script, "file: root.key.pem\n  reason: only a test",
                     "shares: {threshold: 2, officers: 2}"),
       "root");
  step(
      "ceremony: crl\ntitle: \"List\"\n" + testing::people_part +
          "previous:\n  bundle: root/bundle\nissuer:\n  certificate: root/bundle/root.pem\n  custody:\n    " +
          dealt + "outputs:\n  crl: root.crl.pem\ncrl:\n  number: 1\n  first: true\n  next_update: 180d\n",
      "crl");
  const TimePoint dealt_anew = clock.now();
  step("ceremony: recover\ntitle: \"New shares\"\n" +
           testing::with(testing::people_part, "[Flo Ford, Gil Gray]", "[Flo Ford, Gil Gray, Ida Ives]") +
           "previous:\n  bundle: crl/bundle\n" + authority +
           "reshare: {threshold: 2, officers: 3}\nretire:\n" +
           "  - {form: share, where: root/custody/root.1.share, holder: Flo Ford}\n"
           "  - {form: share, where: root/custody/root.2.share, holder: Gil Gray}\n",
       "recovery");
  std::vector<Replay> replays;
  for (const std::string name : {"recovery", "root", "crl"})
    replays.push_back(replay({out(name + "/bundle"), {}, {}}).value());
  const Dates dates = dates_of(replays);
  ASSERT_THAT(dates.checks, SizeIs(1));
  EXPECT_THAT(dates.checks[0].custodians, Contains("Ida Ives"));
  EXPECT_EQ(dates.checks[0].first, dealt_anew + 365 * day);
  ASSERT_THAT(dates.crls, SizeIs(1));
  step("ceremony: destroy\ntitle: \"End\"\n" +
           testing::with(testing::people_part, "[Flo Ford, Gil Gray]", "[Flo Ford, Gil Gray, Ida Ives]") +
           "previous:\n  bundle: recovery/bundle\nauthority:\n  certificate: root/bundle/root.pem\n  "
           "custody:\n"
           "    shares: {threshold: 2, officers: 3, files: [recovery/custody/root.1.share, "
           "recovery/custody/root.2.share]}\n"
           "reason: only a test of the end\ncopies:\n"
           "  - {form: share, where: recovery/custody/root.1.share, holder: Flo Ford}\n"
           "  - {form: share, where: recovery/custody/root.2.share, holder: Gil Gray}\n"
           "  - {form: share, where: recovery/custody/root.3.share, holder: Ida Ives}\n",
       "end");
  replays.insert(replays.begin(), replay({out("end/bundle"), {}, {}}).value());
  const Dates after = dates_of(replays);
  EXPECT_THAT(after.checks, IsEmpty());
  EXPECT_THAT(after.crls, IsEmpty());
  EXPECT_THAT(after.certificates, SizeIs(1));
}

TEST_F(CalendarTest, RenewsNothingUnderAKeyThatWasDestroyed) {
  ASSERT_TRUE(hold_root());
  clock.advance(day);
  ASSERT_TRUE(hold_intermediate());
  std::vector<Replay> replays;
  for (const std::string name : {"root", "intermediate"})
    replays.push_back(replay({out(name + "/bundle"), {}, {}}).value());
  const auto summaries = [&] { return with_name(content_lines(icalendar(dates_of(replays))), "SUMMARY"); };
  EXPECT_THAT(summaries(), Contains(StartsWith("SUMMARY:Renew CN=Test Issuing CA")));
  clock.advance(day);
  people.answers["secret.issuer_key"] = testing::root_passphrase;
  const Result<Outcome> held =
      hold("ceremony: destroy\ntitle: \"End\"\n" + testing::people_part +
               "previous:\n  bundle: intermediate/bundle\nauthority:\n  certificate: root/bundle/root.pem\n  "
               "custody:\n"
               "    file: root/custody/root.key.pem\nreason: only a test of the end\ncopies:\n"
               "  - {form: file, where: root/custody/root.key.pem, holder: Ada Adams}\n",
           "end");
  ASSERT_TRUE(held) << held.error().message;
  replays.push_back(replay({out("end/bundle"), {}, {}}).value());
  EXPECT_THAT(summaries(), AllOf(Not(Contains(StartsWith("SUMMARY:Renew"))),
                                 Contains(StartsWith("SUMMARY:End of the intermediate certificate"))));
  EXPECT_THAT(content_lines(icalendar(dates_of(replays))),
              Contains(HasSubstr("Its issuer's key was destroyed: nothing renews it.")));
}

TEST_F(CalendarTest, RenewsNoIntermediateWhoseOwnKeyWasDestroyed) {
  ASSERT_TRUE(hold_root());
  ASSERT_TRUE(hold_intermediate());
  clock.advance(day);
  people.answers["secret.issuer_key"] = testing::intermediate_passphrase;
  const Result<Outcome> held = hold(
      "ceremony: destroy\ntitle: \"End\"\n" + testing::people_part +
          "previous:\n  bundle: intermediate/bundle\nauthority:\n  certificate: "
          "intermediate/bundle/intermediate.pem\n  custody:\n"
          "    file: intermediate/custody/intermediate.key.pem\nreason: only a test of the end\ncopies:\n"
          "  - {form: file, where: intermediate/custody/intermediate.key.pem, holder: Ada Adams}\n",
      "end");
  ASSERT_TRUE(held) << held.error().message;
  std::vector<Replay> replays;
  for (const std::string name : {"end", "root", "intermediate"})
    replays.push_back(replay({out(name + "/bundle"), {}, {}}).value());
  const Dates dates = dates_of(replays);
  const std::vector<std::string> lines = content_lines(icalendar(dates));
  EXPECT_THAT(lines, Not(Contains(StartsWith("SUMMARY:Renew"))));
  EXPECT_THAT(lines,
              Contains(HasSubstr("Its key was destroyed: it signs nothing\\, and nothing renews it.")));
  ASSERT_THAT(dates.certificates, SizeIs(2));
  EXPECT_FALSE(dates.certificates[0].renewable);
  EXPECT_EQ(dates_json(dates)["certificates"][0]["renewable"], false);
  EXPECT_TRUE(dates.certificates[1].renewable);  // the root's key is there still
}

// The program would refuse the list that people were reminded of.
TEST_F(CalendarTest, AfterTheLastListThereIsNoNext) {
  ASSERT_TRUE(hold_root());
  people.answers["secret.issuer_key"] = testing::root_passphrase;
  const auto root = [](const std::string& kind, const std::string& before, const std::string& key) {
    return "ceremony: " + kind + "\ntitle: \"Test\"\n" + testing::people_part +
           "previous:\n  bundle: " + before + "/bundle\n" + key +
           ":\n  certificate: root/bundle/root.pem\n  custody:\n" + "    file: root/custody/root.key.pem\n";
  };
  const auto step = [&](const std::string& yaml, const std::string& name) {
    const Result<Outcome> held = hold(yaml, name);
    EXPECT_TRUE(held) << name << ": " << held.error().message;
    clock.advance(day);
  };
  step(root("crl", "root", "issuer") +
           "outputs:\n  crl: root.crl.pem\ncrl:\n  number: 1\n  first: true\n  next_update: 3000d\n"
           "  last_reason: the root is destroyed next\n",
       "last");
  step(root("destroy", "last", "authority") +
           "reason: only a test of the end\ncopies:\n"
           "  - {form: file, where: root/custody/root.key.pem, holder: Ada Adams}\n",
       "end");
  std::vector<Replay> replays;
  for (const std::string name :
       {"root", "last", "end"}) {  // the key's end takes the date of this list not off
    replays.push_back(replay({out(name + "/bundle"), {}, {}}).value());
    if (name == "root") continue;
    const Dates dates = dates_of(replays);
    ASSERT_THAT(dates.crls, SizeIs(1)) << name;
    EXPECT_TRUE(dates.crls[0].last);
    EXPECT_EQ(dates_json(dates)["crls"][0]["last"], true);
    const std::vector<std::string> lines = content_lines(icalendar(dates));
    EXPECT_THAT(lines, AllOf(Contains(StartsWith("SUMMARY:End of the last CRL of CN=Test Root")),
                             Contains(HasSubstr("no other follows")), Not(Contains(HasSubstr("Next CRL")))));
  }
}

TEST_F(CalendarTest, ReplacesAFileInOneRename) {
  const std::string path = out("ceremonies.prom");
  ASSERT_TRUE(replace_file(path, "old\n"));
  ASSERT_TRUE(replace_file(path, "new\n"));
  EXPECT_EQ(read(path), "new\n");
  EXPECT_THAT(contents(), SizeIs(1));
  std::filesystem::create_directories(out("folder/in"));
  EXPECT_FALSE(replace_file(out("folder"), "x"));
  EXPECT_FALSE(replace_file(out("none/x.prom"), "x"));
  EXPECT_THAT(contents(), SizeIs(1));
}

}  // namespace
}  // namespace chancery::ceremony
