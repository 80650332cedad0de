"""The example ceremonies are one story each, in the runbook's order; the test of that, too."""
import pathlib
import shutil

import pytest

import stories

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_the_examples_are_true_stories():
    assert list(stories.complaints(ROOT)) == []


@pytest.fixture
def copy(tmp_path):
    for folder in (stories.FOLDER, "docs/ceremony"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


@pytest.mark.parametrize(("file", "old", "new", "complaint"), [
    ("intermediate.yaml", "crl-1/bundle", "root/bundle", "goes on from the same ceremony as first-crl.yaml: a fork"),
    ("recover.yaml", "crl-2/bundle", "crl-9/bundle", "recover.yaml: no ceremony goes from the root to it"),
    ("crl.yaml", "i1/bundle/intermediate.pem", "i3/bundle/intermediate.pem", "crl.yaml: names i3, which no ceremony before"),
    ("intermediate.yaml", "root/custody/root.1.share", "recovery-1/custody/root.1.share", "intermediate.yaml: names recovery-1"),
    ("token-crl.yaml", "/media/out/crl-2", "/media/out/crl-3", "token-destroy.yaml: no ceremony goes"),
    ("destroy.yaml", "chancery-root run destroy.yaml", "chancery-root run end.yaml", "destroy.yaml: its first lines"),
    ("cross-csr.yaml", "ceremony: cross-csr", "ceremony: recover", "no example of cross-csr"),
])
def test_a_broken_story_is_seen(copy, file, old, new, complaint):
    script = copy / stories.FOLDER / file
    text = script.read_text()
    assert old in text
    script.write_text(text.replace(old, new))
    assert any(complaint in line for line in stories.complaints(copy))


def test_a_file_in_no_story_is_seen(copy):
    folder = copy / stories.FOLDER
    shutil.copy(folder / "yearly-crl.yaml", folder / "another-crl.yaml")
    said = list(stories.complaints(copy))
    assert any("another-crl.yaml: its first lines" in line for line in said)
    assert any("another-crl.yaml: goes on from the same ceremony as yearly-crl.yaml" in line for line in said)


@pytest.mark.parametrize(("old", "new"), [
    ("| 4 | `cross-csr.yaml` | - | `cross-csr` | 2 |\n", ""),
    ("`crl.yaml` | `token-crl.yaml`", "`yearly-crl.yaml` | `token-crl.yaml`"),
    ("| `recovery-1` | 5 |", "| `recovery-2` | 5 |"),
])
def test_another_order_in_the_runbook_is_seen(copy, old, new):
    page = copy / stories.RUNBOOK
    text = page.read_text()
    assert old in text
    page.write_text(text.replace(old, new, 1))
    assert any(line.startswith(stories.RUNBOOK) for line in stories.complaints(copy))
