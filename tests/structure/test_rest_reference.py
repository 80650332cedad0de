"""The reference of REST names every status, error type and rule; the test of that, too."""
import pathlib
import shutil

import pytest

import rest_reference

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_the_page_is_true():
    assert list(rest_reference.complaints(ROOT)) == []


@pytest.mark.parametrize(("file", "old", "new", "complaint"), [
    (rest_reference.PAGE, "| 429 | `RateLimited` |", "| 429 | `Patience` |", "says nothing of 429 RateLimited"),
    (rest_reference.PAGE, "| 429 | `RateLimited` |", "| 429 | `Patience` |", "nothing answers with 429 Patience"),
    (rest_reference.PAGE, "`token.expired`", "`token.tired`", "no code has the rule token.tired"),
    ("api/identity/authenticator.cpp", '"token.expired"', '"token.tired"', "authenticator.cpp"),
    ("api/http/problem.cpp", '{409, "ConflictError"}', '{418, "TeapotError"}', "says nothing of 418 TeapotError"),
])
def test_a_lie_is_seen(tmp_path, file, old, new, complaint):
    for folder in ("docs/reference", "api", "ca/base", "ca/policy", "ca/authority", "ansible/roles/frontend"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    path = tmp_path / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert any(complaint in line for line in rest_reference.complaints(tmp_path))
