"""Holds docs/ceremony/assurance.md against the tests, the preflight's checks and the ceremony's steps that exist.

usage: assurance.py [ROOT]
"""
import re

from complaining import end_with, root_of_command
from named_tests import existing_tests, table_rows

TEST = re.compile(r"`([^`]+)`")
TABLES = {"step": re.compile(r'constexpr Step \w+\{"([^"]+)"'),
          "preflight": re.compile(r"preflight_checks\{([^}]*)\}")}


def rows(root):
    """(line number, check, accepting test, rejecting test) of every table row."""
    for number, cells in table_rows(root / "docs/ceremony/assurance.md"):
        tests = [TEST.fullmatch(cell) for cell in cells[1:]]
        if len(tests) == 2 and all(tests):
            yield (number, cells[0], *(test.group(1) for test in tests))
        else:
            yield number, " | ".join(cells), "", ""


def required_checks(root):
    """What the page must speak of: `step "..."` of every step that runs, and preflight `...`."""
    steps = (root / "ca/ceremony/run/step_table.cpp").read_text()
    names = [f'step "{name}"' for name in TABLES["step"].findall(steps)]
    listed = TABLES["preflight"].search((root / "ca/ceremony/preflight/preflight.h").read_text()).group(1)
    return names + [f"preflight `{name}`" for name in re.findall(r'"(\w+)"', listed)]


def complaints(root):
    tests, table = existing_tests(root), list(rows(root))
    for number, check, accepts, rejects in table:
        where = f"docs/ceremony/assurance.md:{number}"
        if not accepts:
            yield f"{where}: not a row of check, accepting and rejecting test: {check}"
            continue
        if accepts == rejects:
            yield f"{where}: one test cannot both accept and reject: {accepts}"
        for test in (accepts, rejects):
            if test not in tests:
                yield f"{where}: no test is called {test}"
    checks = [check for _, check, _, _ in table]
    for wanted in required_checks(root):
        if not any(check.startswith(wanted) for check in checks):
            yield f"docs/ceremony/assurance.md: nothing is said of {wanted}"


if __name__ == "__main__":
    end_with(complaints(root_of_command()))
