// Verdict, export list, and the pages that people fill in by hand.
#include <algorithm>

#include "ca/ceremony/report/sections.h"
#include "ca/ceremony/run/key_copies.h"

namespace chancery::ceremony {
namespace {

constexpr int exception_rows = 9;

std::string shown(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  std::string all;
  for (const std::string& text : std::get<std::vector<std::string>>(value)) {
    all += (all.empty() ? "" : ", ") + text;
  }
  return all;
}

std::string data_text(const EventData& data) {
  std::string all;
  for (const auto& [name, value] : data) all += (all.empty() ? "" : "; ") + name + ": " + shown(value);
  return all;
}

void write_unhashed(Html& html, const Source& source, const std::vector<Entry>& artefacts) {
  for (const std::string& name : source.record->last().texts("exported")) {
    const bool hashed = std::any_of(artefacts.begin(), artefacts.end(),
                                    [&](const Entry& entry) { return entry.text("file") == name; });
    if (hashed) continue;
    const std::string_view text = source.replay.bundle.text(name);
    html.open("tr")
        .element("td", name)
        .element("td", grouped(to_hex(crypto::sha256(as_bytes(text)))), "hash");
    html.element("td", std::to_string(text.size())).element("td", "public, computed now").close("tr");
  }
}

}  // namespace

void write_verdict(Html& html, const Source& source) {
  html.open("section", "page").element("h2", "Verdict of the replay");
  html.element("p", "Made from the public files alone: nothing secret, and no network.", "note");
  html.begin_table({"Check", "Result", "What was seen"}, "checks");
  for (const Check& check : source.replay.checks) {
    html.open("tr", !check.passed ? "bad" : "").element("td", check.name);
    html.element("td",
                 !check.passed   ? "FAILED"
                 : check.checked ? "passed"
                                 : "not checked",
                 check.checked ? "" : "open");
    html.element("td", check.message).close("tr");
  }
  html.end_table().close("section");
}

void write_exports(Html& html, const Source& source) {
  if (source.record == nullptr) return;
  html.element("h2", "What left the machine").begin_table({"File", "SHA-256", "Octets", "To"}, "files");
  const std::vector<Entry> artefacts = source.record->all("artefact");
  for (const Entry& entry : artefacts) {
    html.open("tr").element("td", entry.text("file")).element("td", grouped(entry.text("sha256")), "hash");
    html.element("td", std::to_string(entry.number("size")));
    html.element("td", entry.flag("public") ? "public" : "the custodians only").close("tr");
  }
  write_unhashed(html, source, artefacts);
  html.end_table();
}

namespace {

// A copy of one that turns up again is known for what it is.
void write_retired(Html& html, const PresentCopies& left) {
  if (left.retired.empty()) return;
  html.element("h2", "Shares that were destroyed, and open nothing");
  html.begin_table({"Dealing", "Dealt to", "Set"}, "checks");
  for (const RetiredShares& shares : left.retired) {
    std::string officers;
    for (const std::string& officer : shares.officers) officers += (officers.empty() ? "" : ", ") + officer;
    html.open("tr").element("td", std::to_string(shares.dealing)).element("td", officers);
    html.element("td", shares.set.empty() ? "" : grouped(shares.set), "hash").close("tr");
  }
  html.end_table();
}

void write_left(Html& html, const PresentCopies& left) {
  html.element("h2", "Copies of the key that are left");
  if (!left.known) {
    html.element("p",
                 "There may be others: a ceremony before this one does not record the copies that it left.");
  }
  if (left.copies.empty()) {
    html.element("p", left.known ? "None." : "None that these ceremonies record.");
    return;
  }
  html.begin_table({"Copy", "Needed to open the key", "Dealing", "State"}, "checks");
  for (const PresentCopy& copy : left.copies) {
    html.open("tr", copy.reason.empty() ? "" : "bad").element("td", text_of(copy));
    html.element("td", copy.threshold == 0 ? "it alone" : std::to_string(copy.threshold) + " of its dealing");
    html.element("td", copy.set.empty() ? "" : grouped(copy.set), "hash");
    html.element("td", copy.reason.empty() ? "in use" : "NOT destroyed: " + copy.reason).close("tr");
  }
  html.end_table();
}

}  // namespace

void write_copies(Html& html, const Source& source) {
  if (source.record == nullptr || source.record->all("key.copies").empty()) return;
  const PresentCopies left = copies_in(source.record->transcript());
  write_left(html, left);
  write_retired(html, left);
}

void write_exception_form(Html& html) {
  html.open("section", "page").element("h2", "Exceptions during the ceremony");
  html.element("p",
               "Kept by the internal witness, by hand. Whatever was not as the script says: what, who "
               "decided how to go on, and who saw it. Unused rows are struck through.");
  html.begin_table({"No.", "UTC", "Step", "What happened, and what was decided", "Decided by", "Witness"},
                   "ruled tall exceptions");
  for (int row = 1; row <= exception_rows; ++row) html.row({std::to_string(row), "", "", "", "", ""});
  html.end_table().close("section");
}

void write_signatures(Html& html, const Source& source) {
  html.open("section", "page").element("h2", "Signatures");
  html.element("p", "I was there. What this record says is what I saw; my initials in it are mine.");
  html.begin_table({"Role", "Name", "Signature", "Date"}, "ruled tall signatures");
  if (source.record != nullptr) {
    for (const auto& [role, name] : people_of(*source.record)) html.row({spoken(role), name, "", ""});
  }
  html.end_table();
  if (source.replay.transcript) {
    html.element("p", "This page belongs to the transcript with the head");
    html.element("p", grouped(to_hex(source.replay.transcript->head())), "hash");
  }
  html.close("section");
}

void write_transcript(Html& html, const Source& source) {
  if (source.record == nullptr) return;
  html.open("section", "page").element("h2", "Appendix: the transcript");
  html.begin_table({"Line", "UTC", "Event", "Data"}, "transcript");
  for (const Entry& entry : source.record->entries()) {
    html.row(
        {std::to_string(entry.line), to_rfc3339(entry.of->at), entry.of->event, data_text(entry.of->data)});
  }
  html.end_table().close("section");
}

}  // namespace chancery::ceremony
