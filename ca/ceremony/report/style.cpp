#include "ca/ceremony/report/sections.h"

namespace chancery::ceremony {

// Black on white, for paper: rows are never cut, heads of tables come again on every page, sections that are
// signed stand on pages of their own.
std::string style_sheet(std::string_view mark, bool rehearsal) {
  constexpr std::string_view sans = R"(font: 8pt "DejaVu Sans", Arial, sans-serif; color: #000; })";
  std::string sheet = R"(
@page { size: A4; margin: 20mm 17mm 22mm 17mm;
  @bottom-left { content: "Ceremony record)";
  sheet.append(mark).append("\"; ").append(sans);
  sheet.append(R"( @bottom-right { content: "Page " counter(page) " of " counter(pages); )").append(sans);
  if (rehearsal) {
    sheet.append(R"( @top-center { content: "REHEARSAL: nothing of this may be used"; font-weight: bold; )")
        .append(sans);
  }
  return sheet.append(R"( }
.watermark { position: fixed; top: 42%; left: 0; width: 100%; text-align: center; transform: rotate(-35deg);
  font: bold 68pt "DejaVu Sans", Arial, sans-serif; letter-spacing: 0.05em; color: #e4e4e4; z-index: -1; }
* { box-sizing: border-box; }
html { color: #000; background: #fff; font: 10pt/1.4 "DejaVu Serif", "Noto Serif", Georgia, serif; }
body { max-width: 180mm; margin: 0 auto; padding: 4mm 0; }
h1, h2, h3, th, .badge, .label { font-family: "DejaVu Sans", "Noto Sans", Arial, sans-serif; }
h1 { font-size: 21pt; line-height: 1.2; margin: 2mm 0 4mm; overflow-wrap: anywhere; }
h2 { font-size: 14pt; margin: 8mm 0 3mm; padding-bottom: 1mm; border-bottom: 0.6mm solid #000; break-after: avoid; }
h3 { font-size: 11pt; margin: 5mm 0 2mm; break-after: avoid; overflow-wrap: anywhere; }
p { margin: 0 0 2mm; }
.label { font-size: 9pt; letter-spacing: 0.12em; text-transform: uppercase; margin-top: 4mm; }
.note { font-size: 9pt; }
.badge { display: block; border: 0.6mm solid #000; padding: 2.5mm 4mm; margin: 4mm 0; font-size: 10pt; font-weight: bold; break-inside: avoid; }
.badge.bad { border-width: 1.6mm; border-style: double; }
table { width: 100%; width: calc(100% - 1px); border-collapse: collapse; margin: 0 0 4mm; font-size: 9pt; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { text-align: left; vertical-align: top; padding: 1mm 2mm; border: 0.2mm solid #777; overflow-wrap: anywhere; }
thead th { background: #fff; border-bottom: 0.5mm solid #000; font-size: 8pt; }
tbody th { width: 42mm; font-weight: normal; font-size: 8.5pt; overflow-wrap: normal; }
.mono, .hash, pre { font-family: "DejaVu Sans Mono", "Noto Sans Mono", "Courier New", monospace; }
.mono { font-size: 7.6pt; }
.hash { font-size: 7.4pt; }
pre { break-inside: avoid; font-size: 7.6pt; line-height: 1.3; margin: 0 0 4mm; white-space: pre-wrap; overflow-wrap: anywhere; }
table.steps td:nth-child(1) { width: 9mm; font-weight: bold; text-align: right; }
table.steps td:nth-child(3) { width: 25mm; }
table.steps td:nth-child(4) { width: 36mm; font-size: 7.5pt; white-space: nowrap; }
table.steps .stepname { font-weight: bold; display: block; margin-bottom: 1mm; }
table.steps .do, table.steps .if, table.steps .said { display: block; margin-bottom: 1mm; }
table.steps .key { font-family: "DejaVu Sans", Arial, sans-serif; font-size: 7.5pt; font-weight: bold; display: inline-block; min-width: 8mm; }
table.steps .said { font-size: 8pt; border-left: 0.5mm solid #000; padding-left: 2mm; margin-top: 1.5mm; }
table.steps tr.noreturn td { border-top: 1.2mm double #000; border-bottom: 1.2mm double #000; }
table.words { break-inside: avoid; }
table.words td:nth-child(1) { width: 39mm; white-space: nowrap; }
table.words td { font-size: 8.5pt; }
table.words td:nth-child(3) { width: 17mm; }
table.ruled td { height: 11mm; }
table.ruled.tall td { height: 18mm; }
table.files td:nth-child(1) { width: 42mm; }
table.files td:nth-child(3) { width: 18mm; text-align: right; }
table.files td:nth-child(4) { width: 30mm; }
table.signatures td:nth-child(1) { width: 33mm; }
table.signatures td:nth-child(2) { width: 42mm; }
table.signatures td:nth-child(4) { width: 30mm; }
table.exceptions td:nth-child(1) { width: 11mm; }
table.exceptions td:nth-child(2) { width: 24mm; }
table.exceptions td:nth-child(3) { width: 14mm; }
table.exceptions td:nth-child(5), table.exceptions td:nth-child(6) { width: 27mm; }
table.checks tr.bad td { font-weight: bold; }
table.checks td.open { font-style: italic; }
table.checks td:nth-child(1) { width: 52mm; }
table.checks td:nth-child(2) { width: 24mm; }
table.transcript { font-size: 7pt; table-layout: fixed; }
table.transcript td { padding: 0.7mm 1.2mm; font-family: "DejaVu Sans Mono", monospace; }
table.transcript th:nth-child(1) { width: 12mm; } table.transcript th:nth-child(2) { width: 33mm; } table.transcript th:nth-child(3) { width: 33mm; }
section.page { break-before: page; }
h3.object:not(:nth-of-type(1)) { break-before: page; }
table.object th, table.object td { padding: 0.6mm 2mm; }
section.page > h2:first-child { margin-top: 0; }
@media screen { body { max-width: 200mm; padding: 10mm; } }
)");
}

}  // namespace chancery::ceremony
