#include "ca/ceremony/report/report.h"

#include "ca/ceremony/report/sections.h"

namespace chancery::ceremony {
namespace {

constexpr std::string_view policy =
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n";

// The first octets of the transcript's head: pages that lie about are known again.
std::string mark_of(const Source& source) {
  constexpr std::size_t digits = 16;
  if (!source.replay.transcript) return "";
  return " " + grouped(to_hex(source.replay.transcript->head()).substr(0, digits));
}

void write_head(Html& html, const Source& source) {
  html.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n").raw(policy);
  html.element("title", source.script != nullptr ? source.script->title : "Ceremony record");
  html.open("style")
      .raw(style_sheet(mark_of(source), source.replay.bundle.rehearsal))
      .close("style")
      .raw("</head>\n");
}

}  // namespace

std::string report_html(const Replay& replay) {
  std::optional<Record> record;
  if (replay.transcript) record.emplace(*replay.transcript, replay.bundle.text(transcript_file));
  const Source source{replay, record ? &*record : nullptr, replay.script ? &*replay.script : nullptr};
  Html html;
  write_head(html, source);
  html.open("body");
  if (replay.bundle.rehearsal) html.element("div", "REHEARSAL", "watermark");  // printed on every page
  write_title_page(html, source);
  write_script(html, source);
  write_steps(html, source);
  write_hashes(html, source);
  write_preflight(html, source);
  write_certificates(html, source);
  write_verdict(html, source);
  write_exports(html, source);
  write_copies(html, source);
  write_exception_form(html);
  write_signatures(html, source);
  write_transcript(html, source);
  html.close("body").close("html");
  return html.take();
}

}  // namespace chancery::ceremony
