"""The tests that there are, by the names under which pages of docs/ cite them."""
import re

CPP_TEST = re.compile(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", re.MULTILINE)
PYTHON_TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)


def existing_tests(root):
    """"Suite.Test" of C++, "test_file.py::test_function" of Python, "fuzz.target" of a replayed corpus."""
    names = set()
    for path in (root / "tests").rglob("*_test.cpp"):
        names |= {f"{suite}.{test}" for suite, test in CPP_TEST.findall(path.read_text())}
    for path in (root / "tests").rglob("test_*.py"):
        names |= {f"{path.name}::{test}" for test in PYTHON_TEST.findall(path.read_text())}
    names |= {f"fuzz.{path.stem}" for path in (root / "tests/fuzz/targets").glob("*.cpp")}
    return names


def table_rows(page):
    """(line number, [cell, ...]) of every row of the page's tables, without their heads."""
    lines = page.read_text().splitlines()
    for number, line in enumerate(lines, 1):
        is_head = number < len(lines) and lines[number].startswith("|---")
        if line.startswith("|") and not line.startswith("|---") and not is_head:
            yield number, [cell.strip() for cell in line.strip("|").split(" | ")]
