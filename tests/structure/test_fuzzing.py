"""Every fuzz target is built, stands in the reference, and has seeds to be replayed."""
import pathlib
import re

from named_tests import table_rows

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGETS = {path.stem for path in (ROOT / "tests/fuzz/targets").glob("*.cpp")}


def test_every_target_is_built_and_described():
    assert TARGETS
    assert set(re.findall(r"^chancery_fuzz_target\((\w+)", (ROOT / "tests/fuzz/CMakeLists.txt").read_text(), re.MULTILINE)) == TARGETS
    assert {cells[0].strip("`") for _, cells in table_rows(ROOT / "docs/reference/fuzzing.md")} == TARGETS


def test_every_target_says_what_it_promises():
    for path in (ROOT / "tests/fuzz/targets").glob("*.cpp"):
        first = path.read_text().split("#include")[0]
        assert first.startswith("// ") and len(first) > 80, path.name


def test_no_corpus_is_without_its_target():
    assert {path.name for path in (ROOT / "tests/fuzz/corpus").iterdir()} <= TARGETS
