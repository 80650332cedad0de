// The query of a listing: every parameter known, every value of its kind.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "api/http/request.h"
#include "ca/base/clock.h"
#include "ca/base/result.h"

namespace chancery::rest {

// Takes a value: "" when it did, else what the value must be. What it writes to must outlive the reading.
using TakeParameter = std::function<std::string(const std::string& value)>;
using Parameters = std::map<std::string, TakeParameter, std::less<>>;

// Errors: validation with one detail for each unknown or wrong parameter.
Result<void> read_query(const http::Request& request, const Parameters& parameters);

TakeParameter text_parameter(std::string& target, std::size_t longest);
TakeParameter time_parameter(std::optional<TimePoint>& target);

// Where every listing begins and how much of it comes: `cursor` and `limit`.
struct Page {
  std::string cursor;
  int limit;
  Page();
  void add_to(Parameters& parameters);
};

}  // namespace chancery::rest
