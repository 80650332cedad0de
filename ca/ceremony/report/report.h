// The printed record of a ceremony: one HTML file with everything in it, for paper and for the archive.
#pragma once

#include <string>

#include "ca/ceremony/replay/replay.h"

namespace chancery::ceremony {

// Self-contained: style inside, no script, nothing loaded from elsewhere; A4 when printed. Says nothing that
// the bundle does not say, and not when it was written: the same bundle gives the same octets. All text of
// the bundle is escaped, whoever wrote it. Of a bundle that could not be read to its end it shows what there
// is, with the verdict in front.
std::string report_html(const Replay& replay);

}  // namespace chancery::ceremony
