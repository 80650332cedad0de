"""The page of incidents names tests that exist; the test of that, too."""
import pathlib
import shutil

import pytest

import incidents

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_the_page_is_true():
    assert list(incidents.complaints(ROOT)) == []


def test_nothing_prunes_what_was_issued_or_revoked():
    assert list(incidents.lost_records(ROOT)) == []


@pytest.fixture
def copy(tmp_path):
    for folder in ("docs/reference", "ca/store", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.mark.parametrize(("old", "new", "complaint"), [
    ("`Evaluate.EveryNameIsItselfChecked`", "`Evaluate.NoSuchTest`", "no test is called Evaluate.NoSuchTest"),
    ("`Validity.IsInclusiveOfBothEnds`, `AuthorityTest.TheCertificateSaysWhatTheProfileDecided`", "none", "names no test"),
])
def test_a_lie_of_the_page_is_seen(copy, old, new, complaint):
    page = copy / incidents.PAGE
    text = page.read_text()
    assert old in text
    page.write_text(text.replace(old, new))
    assert any(complaint in line for line in incidents.complaints(copy))


def test_a_statement_that_prunes_is_seen(copy):
    (copy / "ca/store/tidy.cpp").write_text('const char* tidy = "delete from certificate_status WHERE id < ?";\n')
    assert any("ca/store/tidy.cpp: deletes from certificate_status" in line for line in incidents.complaints(copy))


def test_a_row_twice_is_seen(copy):
    page = copy / incidents.PAGE
    row = next(line for line in page.read_text().splitlines() if line.startswith("| EJBCA"))
    page.write_text(page.read_text().replace(row, f"{row}\n{row}"))
    assert any("has a row already" in line for line in incidents.complaints(copy))
