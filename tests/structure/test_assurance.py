"""The assurance page names tests that exist, and every check there is; the test of that, too."""
import pathlib
import shutil

import pytest

import assurance

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = "docs/ceremony/assurance.md"


def test_the_page_is_true():
    assert list(assurance.complaints(ROOT)) == []


@pytest.fixture
def copy(tmp_path):
    for folder in ("docs/ceremony", "ca/ceremony/run", "ca/ceremony/preflight", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.mark.parametrize(("old", "new", "complaint"), [
    ("`Preflight.NoSwap`", "`Preflight.NoSuchTest`", "no test is called Preflight.NoSuchTest"),
    ("| preflight `swap` |", "| preflight `swop` |", "nothing is said of preflight `swap`"),
    ('| step "Make the key"', '| step "Make a key"', 'nothing is said of step "Make the key"'),
    ("`Preflight.NoSwap`", "`PreflightHere.TheRealMachineIsReadable`", "cannot both accept and reject"),
    ("| `Preflight.NoSwap` |", "| none |", "not a row of check"),
])
def test_a_lie_is_seen(copy, old, new, complaint):
    page = copy / PAGE
    text = page.read_text()
    assert old in text
    page.write_text(text.replace(old, new))
    assert any(complaint in line for line in assurance.complaints(copy))
