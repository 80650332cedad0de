#include "ca/ceremony/report/report.h"

#include "ca/ceremony/report/html.h"
#include "ca/ceremony/report/pdf.h"
#include "ca/ceremony/words/pgp_words.h"
#include "tests/unit/ca/ceremony/replay/bundles.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A report that lacks something is too long to be shown.
bool has(const std::string& html, const std::string& part) {
  return html.find(part) != std::string::npos;
}

class ReportTest : public testing::CeremonyTest {
 protected:
  static std::string report_on(const std::string& bundle) {
    const Result<Replay> result = replay({bundle, {}, {}});
    EXPECT_TRUE(result) << result.error().message;
    return report_html(result.value());
  }
};

TEST(EscapeHtml, LeavesNoMarkup) {
  EXPECT_EQ(escape_html("<script>alert(\"x\" & 'y')</script>"),
            "&lt;script&gt;alert(&quot;x&quot; &amp; &#39;y&#39;)&lt;/script&gt;");
  EXPECT_EQ(escape_html("Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x94\x91\n"),
            "Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x94\x91\n");
}

TEST(EscapeHtml, ReplacesControlCharactersAndBrokenUtf8) {
  const std::string replacement = "\xEF\xBF\xBD";
  EXPECT_EQ(escape_html(std::string("a\0b", 3)), "a" + replacement + "b");
  EXPECT_EQ(escape_html("\x1b[31m"), replacement + "[31m");
  EXPECT_EQ(escape_html("\xe2\x82<b>"), replacement + replacement + "&lt;b&gt;");
  EXPECT_EQ(escape_html("\xc0\xbc"), replacement + replacement);  // an overlong '<'
  EXPECT_EQ(escape_html("\xf0\x9f"), replacement + replacement);
  EXPECT_EQ(escape_html("a\xe2\x80\xae<b>\xc2\x85\xe2\x80\x8b"),
            "a" + replacement + "&lt;b&gt;" + replacement + replacement);
}

TEST_F(ReportTest, ARehearsalsIsAsWholeAndMarkedOnEveryPage) {
  rehearsal = true;
  ASSERT_TRUE(hold_root());
  const std::string html = report_on(out("root/bundle"));
  for (const std::string part :
       {"Ada Adams", "The steps", "Hashes and their words", "CN=Test Root", "Verdict of the replay",
        "Signatures", "Appendix: the transcript", "REHEARSAL. Nothing of this ceremony may be used",
        "<div class=\"watermark\">REHEARSAL</div>", "@top-center { content: \"REHEARSAL"})
    EXPECT_TRUE(has(html, part)) << part;
  EXPECT_TRUE(has(html, "the rehearsal is whole, "));
  EXPECT_TRUE(has(html, "<tr class=\"bad\"><td>in earnest</td>\n<td>FAILED</td>"));
  EXPECT_FALSE(has(html, "NOT VERIFIED"));
  write("out/root/bundle/REHEARSAL-more.txt", "x");
  EXPECT_TRUE(has(report_on(out("root/bundle")), "NOT VERIFIED. "));
  rehearsal = false;
  ASSERT_TRUE(hold_root(testing::root_script, "earnest"));
  EXPECT_FALSE(has(report_on(out("earnest/bundle")), "REHEARSAL"));
}

TEST_F(ReportTest, HoldsEverythingOfTheCeremony) {
  const Result<Outcome> root = hold_root();
  ASSERT_TRUE(root);
  ASSERT_TRUE(hold_intermediate());
  const std::string html = report_on(out("intermediate/bundle"));
  for (const std::string part : {"Test intermediate",
                                 "Ada Adams",
                                 "Gil Gray",
                                 "What the script decides",
                                 "The steps",
                                 "Hashes and their words",
                                 "The machine before the ceremony",
                                 "Declared exceptions",
                                 "Certificates and revocation lists",
                                 "Verdict of the replay",
                                 "What left the machine",
                                 "Exceptions during the ceremony",
                                 "Signatures",
                                 "Appendix: the transcript",
                                 "POINT OF NO RETURN",
                                 "IF it fails:",
                                 "This report by",
                                 "people at the terminal",
                                 "Point of no return: the next step makes the key of CN=",
                                 "Point of no return: the next step signs the certificate of CN=",
                                 "compares what is shown with the script, asks aloud",
                                 "Ada Adams, asked to go on: proceed",
                                 "To be signed: ",
                                 " lints: lint certificate, sha256 ",
                                 " lints: certificate, sha256 ",
                                 "Clock of Bob Brown: ",
                                 "Clock of Cy Clark: ",
                                 "Replayed from the public bundle: ",
                                 " checks passed, 3 not checked: copies of the key, previous "})
    EXPECT_TRUE(has(html, part)) << part;
  EXPECT_TRUE(has(html, read(bundle("intermediate", "intermediate.pem"))));
  EXPECT_TRUE(has(html, "http://pki.example/root.crl"));
  for (const WordLine& line : word_lines(root->certificate.fingerprint())) {
    EXPECT_TRUE(has(html, line.hex));
    EXPECT_TRUE(has(html, line.words));
  }
  EXPECT_TRUE(html == report_on(out("intermediate/bundle")));
}

TEST_F(ReportTest, NamesTheOfficersWhoseSharesGaveAKey) {
  for (const std::string id : {".1", ".2", ".restore.1", ".restore.2"})
    people.answers["secret.new_key" + id] = "a passphrase of " + id.substr(id.size() - 1);
  const Result<Outcome> held =
      hold_root(testing::with(testing::root_script, "  file: root.key.pem\n  reason: only a test",
                              "  shares:\n    threshold: 2\n    officers: 2"));
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_TRUE(has(report_on(out("root/bundle")),
                  "Key used: root, custody shares, by the shares of Flo Ford, Gil Gray"));
  ASSERT_TRUE(hold_root(testing::root_script, "in-a-file"));
  EXPECT_FALSE(has(report_on(out("in-a-file/bundle")), ", by the shares of "));
}

TEST_F(ReportTest, SaysWhatOnlyWarns) {
  ASSERT_TRUE(hold_root());
  people.answers["secret.issuer_key"] = testing::root_passphrase;
  const auto make = [this](int number, const std::string& before, const std::string& rest) {
    const Result<Outcome> held = hold(
        "ceremony: crl\ntitle: \"Test of crl\"\n" + testing::people_part + "previous:\n  bundle: " + before +
            "\nissuer:\n  certificate: root/bundle/root.pem\n  custody:\n    file: " +
            "root/custody/root.key.pem\noutputs:\n  crl: root.crl.pem\ncrl:\n  next_update: 180d\n" +
            "  number: " + std::to_string(number) + "\n" + rest,
        "crl-" + std::to_string(number));
    ASSERT_TRUE(held) << held.error().message;
  };
  make(1, "root/bundle", "  first: true\n");
  EXPECT_FALSE(has(report_on(out("crl-1/bundle")), "warning crl."));
  clock.advance(Seconds(200 * 86400));
  make(2, "crl-1/bundle", "  previous: crl-1/bundle/root.crl.pem\n");
  EXPECT_TRUE(has(report_on(out("crl-2/bundle")), "warning crl.overlap: there was no valid list from "));
}

TEST_F(ReportTest, IsSelfContained) {
  ASSERT_TRUE(hold_root());
  const std::string html = report_on(out("root/bundle"));
  for (const std::string loader :
       {"<script", "<link", "<img", "<iframe", " src=", " href=", "url(", "@import"})
    EXPECT_FALSE(has(html, loader)) << loader;
  EXPECT_TRUE(has(html, "default-src 'none'"));
  EXPECT_FALSE(has(html, std::string(testing::root_passphrase)));
}

TEST_F(ReportTest, EscapesWhatPeopleWroteEverywhere) {
  using testing::with;
  std::string script = with(testing::root_script, "\"Test root\"", "\"<script>alert(1)</script>\"");
  script = with(script, "Ada Adams", "\"<img src=x> Ada\"");
  script = with(script, "common_name: Test Root", "common_name: \"</pre><script>2\"");
  script = with(script, "reason: only a test", "reason: \"<style>*{display:none}</style>\"");
  const Result<Outcome> held = hold_root(script);
  ASSERT_TRUE(held) << held.error().message;
  const std::string html = report_on(out("root/bundle"));
  EXPECT_FALSE(has(html, "<script"));
  EXPECT_FALSE(has(html, "<img"));
  EXPECT_EQ(html.find("<style", html.find("<style") + 1), std::string::npos);
  EXPECT_TRUE(has(html, "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>"));
  EXPECT_TRUE(has(html, "&lt;img src=x&gt; Ada"));
  EXPECT_TRUE(has(html, "&lt;/pre\\&gt;\\&lt;script\\&gt;2"));
}

TEST_F(ReportTest, ShowsExceptionsWithTheirReasons) {
  write("machine/proc/swaps", "Filename\n/dev/sda2 partition\n");
  ASSERT_TRUE(
      hold_root(testing::root_script +
                "preflight:\n  exceptions:\n    - check: swap\n      reason: \"cannot & will not\"\n"));
  const std::string html = report_on(out("root/bundle"));
  EXPECT_TRUE(has(html, "NOT MET"));
  EXPECT_TRUE(has(html, "<td>swap</td>\n<td>cannot &amp; will not</td>\n<td>yes</td>"));
}

TEST_F(ReportTest, DamagedBundlesSayItInFront) {
  ASSERT_TRUE(hold_root());
  write("out/root/bundle/more.txt", "x");
  EXPECT_TRUE(has(report_on(out("root/bundle")), "NOT VERIFIED. 2 of "));
  write("out/root/bundle/script.yaml", "<b>no script</b>");
  EXPECT_TRUE(has(report_on(out("root/bundle")), "NOT VERIFIED."));
  write("out/root/bundle/transcript.jsonl", "<b>nothing</b>\n");
  const std::string html = report_on(out("root/bundle"));
  EXPECT_TRUE(has(html, "A ceremony that cannot be read"));
  EXPECT_FALSE(has(html, "<b>"));
}

class PdfTest : public ReportTest {
 protected:
  PdfTest() : path_before_(std::getenv("PATH")) {
    std::filesystem::create_directory(folder + "/bin");
    ::setenv("PATH", (folder + "/bin").c_str(), 1);
  }
  ~PdfTest() override { ::setenv("PATH", path_before_.c_str(), 1); }
  // In place of the real one: $1 is the HTML, $2 the PDF.
  void install(const std::string& body) { write("bin/weasyprint", "#!/bin/sh\n" + body, 0755); }

 private:
  std::string path_before_;
};

TEST_F(PdfTest, SaysWhatToDoWithoutAPrinter) {
  const Result<std::string> result = print_pdf("<p>", out("report.pdf"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::not_found);
  EXPECT_THAT(result.error().message, HasSubstr("neither chromium nor weasyprint is installed"));
  EXPECT_THAT(result.error().message, HasSubstr("--output"));
}

TEST_F(PdfTest, PrintsThroughWeasyprintIntoANewFileOnly) {
  install("while read -r line; do echo \"PDF of $line\"; done <\"$1\" >\"$2\"\n");
  const Result<std::string> pdf = print_pdf("<p>\n", out("report.pdf"));
  ASSERT_TRUE(pdf) << pdf.error().message;
  EXPECT_EQ(*pdf, "PDF of <p>\n");
  EXPECT_EQ(read(out("report.pdf")), "PDF of <p>\n");
  EXPECT_EQ(print_pdf("<p>\n", out("report.pdf")).error().code, ErrorCode::conflict);
}

// Page objects as WeasyPrint 57.2, chromium and a terse writer make them, beside what is none.
TEST(PageCount, CountsPagesAndNotTheirTree) {
  EXPECT_EQ(page_count("1 0 obj\n<<\n/Type /Pages\n/Kids [5 0 R]\n/Count 2\n>>\n"
                       "5 0 obj\n<<\n/Type /Page\n/Parent 1 0 R\n>>\n6 0 obj\n<</Type/Page/Parent 1 0 R>>"),
            2U);
  EXPECT_EQ(page_count("<</Parent 1 0 R/Type /Page>>"), 1U);
  EXPECT_EQ(page_count("/Type /PageLabel /Type /Pages /Page /Type"), 0U);
  EXPECT_EQ(page_count("/Type /Page"), 1U);
  EXPECT_EQ(page_count(""), 0U);
}

TEST_F(PdfTest, APrinterThatFailsLeavesNothing) {
  install("exit 3\n");
  EXPECT_EQ(print_pdf("<p>", out("report.pdf")).error().code, ErrorCode::unavailable);
  install("exit 0\n");
  EXPECT_FALSE(print_pdf("<p>", out("report.pdf")));
  EXPECT_THAT(contents(), IsEmpty());
}

}  // namespace
}  // namespace chancery::ceremony
