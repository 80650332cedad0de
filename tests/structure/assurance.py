"""Holds docs/ceremony/assurance.md against the tests, the preflight's checks and the ceremony's steps that exist.

usage: assurance.py [ROOT]
"""
import pathlib
import re
import sys

ROW = re.compile(r"^\| (?P<check>.+?) \| `(?P<accepts>[^`]+)` \| `(?P<rejects>[^`]+)` \|$")
CPP_TEST = re.compile(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", re.MULTILINE)
PYTHON_TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)
TABLES = {"step": re.compile(r'constexpr Step \w+\{"([^"]+)"'),
          "preflight": re.compile(r"preflight_checks\{([^}]*)\}")}


def rows(root):
    """(line number, check, accepting test, rejecting test) of every table row."""
    page = root / "docs/ceremony/assurance.md"
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if not line.startswith("|") or line.startswith(("|---", "| check |")):
            continue
        match = ROW.match(line)
        yield (number, *(match.groups() if match else (line, "", "")))


def existing_tests(root):
    names = set()
    for path in (root / "tests").rglob("*_test.cpp"):
        names |= {f"{suite}.{test}" for suite, test in CPP_TEST.findall(path.read_text())}
    for path in (root / "tests").rglob("test_*.py"):
        names |= {f"{path.name}::{test}" for test in PYTHON_TEST.findall(path.read_text())}
    return names


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


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    found = list(complaints(root))
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
