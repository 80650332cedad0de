// A chain of replayed ceremonies, as it is shown.
#pragma once

#include <iosfwd>
#include <string>

#include "ca/ceremony/cli/terminal_progress.h"
#include "ca/ceremony/replay/chain.h"

namespace chancery::ceremony {

void print_chain(std::ostream& out, const Chain& chain, bool colour);

// {"passed","chain":[{"bundle","kind","title","begun","transcript_head","passed","not_checked",
//  "failed":[{"check","message"}]}],"checks":[{"check","result","message"}]}
std::string chain_json(const Chain& chain);

// "ok", "FAILED" or "not checked", of one width.
Painted state_of(const Check& check, bool colour);

}  // namespace chancery::ceremony
