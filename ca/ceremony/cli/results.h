// What the program shows at the end: for people and as JSON.
#pragma once

#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "ca/ceremony/script/describe.h"
#include "ca/ceremony/verify/verify.h"

namespace chancery::ceremony {

void print_verification(std::ostream& out, const Verification& verification, bool colour);

// A line for each fact; and one flat object {"roles.administrator": ...}.
void print_facts(std::ostream& out, const std::vector<Fact>& facts);
nlohmann::ordered_json facts_json(const std::vector<Fact>& facts);

// {"passed","certificates":[{"path","kind","subject","serial","fingerprint","not_before","not_after",
//  "checks":[{"check","passed","message"}]}]}; fingerprints are lower-case hex of SHA-256.
std::string verification_json(const Verification& verification);

}  // namespace chancery::ceremony
