// The files of tests/testdata.
#pragma once

#include <stdexcept>
#include <string>

#include "ca/base/bytes.h"
#include "ca/base/file.h"

namespace chancery::test {

// The whole file; throws when it is not there.
inline std::string testdata(const std::string& name) {
  Result<std::string> content =
      read_file(std::string(CHANCERY_SOURCE_DIR "/tests/testdata/") + name, 1U << 20U);
  if (!content) throw std::runtime_error(content.error().message);
  return std::move(*content);
}

// The first block of a PEM file.
inline Bytes testdata_der(const std::string& name) {
  const auto blocks = parse_pem(testdata(name));
  if (!blocks) throw std::runtime_error(name + " is not PEM");
  return blocks->front().der;
}

}  // namespace chancery::test
