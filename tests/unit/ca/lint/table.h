// One row a way to spoil a certificate, and the rule that must notice.
#pragma once

#include <functional>
#include <vector>

#include "tests/unit/ca/lint/fixture.h"

namespace chancery::lint {

struct Row {
  const char* id;
  std::vector<Kind> kinds;
  const char* change;
  std::function<void(Specimen&)> spoil;
};

const std::vector<Row>& rows();  // both tables

const std::vector<Row>& issued_and_root_rows();  // table.cpp
const std::vector<Row>& ceremony_rows();         // ceremony_table.cpp

}  // namespace chancery::lint
