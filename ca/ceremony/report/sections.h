// The sections of a report, in their order. Inside ca/ceremony/report.
#pragma once

#include "ca/ceremony/replay/record.h"
#include "ca/ceremony/replay/replay.h"
#include "ca/ceremony/report/html.h"

namespace chancery::ceremony {

// `mark` stands at the foot of every page: hex digits, or nothing. A rehearsal's pages say so at their head
// and across.
std::string style_sheet(std::string_view mark, bool rehearsal);

// What the sections look at. Only replay is always there.
struct Source {
  const Replay& replay;
  const Record* record = nullptr;  // null: the transcript could not be read
  const Script* script = nullptr;  // null: nor the script
};

void write_title_page(Html& html, const Source& source);
void write_script(Html& html, const Source& source);     // what it decides
void write_steps(Html& html, const Source& source);      // DO, IF, what was recorded, initials, UTC
void write_hashes(Html& html, const Source& source);     // hex and PGP words
void write_preflight(Html& html, const Source& source);  // evidence and exceptions
void write_certificates(Html& html, const Source& source);
void write_verdict(Html& html, const Source& source);  // every check of replay
void write_exports(Html& html, const Source& source);
// Of the key that signed: which of its copies may exist.
void write_copies(Html& html, const Source& source);
void write_exception_form(Html& html);
void write_signatures(Html& html, const Source& source);
void write_transcript(Html& html, const Source& source);

// "internal_witness" as people say it: "internal witness".
std::string spoken(std::string text);
// Groups of four digits: a hash that breaks between lines in print.
std::string grouped(std::string_view hex);
// In the order of the record: role and name.
std::vector<std::pair<std::string, std::string>> people_of(const Record& record);

}  // namespace chancery::ceremony
