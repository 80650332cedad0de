// A Result as one line of text, so that a test can say what it expects: "ok", or "validation: message".
#pragma once

#include <string>

#include "ca/base/result.h"

namespace chancery::test {

template <typename T>
std::string outcome_of(const Result<T>& result) {
  if (result) return "ok";
  return std::string(to_string(result.error().code)) + ": " + result.error().message;
}

}  // namespace chancery::test
