"""The benchmark of ceremonies in its short form: it must run, and measure what it says. Its goals are judged where nothing else runs, by
tests/bench/ceremony itself."""
import json
import subprocess

import pytest

from stack.programs import ROOT


@pytest.fixture(scope="module")
def measured(programs, tmp_path_factory):
    """(what it printed as JSON, its exit status, the folder of its only round)"""
    folder = tmp_path_factory.mktemp("bench")
    done = subprocess.run([ROOT / "tests" / "bench" / "ceremony", "--build", programs.directory.parent, "--rounds", "1", "--json",
                           "--keep", folder], text=True, capture_output=True, check=False)
    assert done.stderr == ""
    return json.loads(done.stdout), done.returncode, folder / "round-1"


def test_every_figure_is_there(measured):
    printed, _, _ = measured
    assert printed["rounds"] == 1
    assert [row["what"].split(":")[0] for row in printed["rows"]] == ["rehearsal", "rehearsal", "replay", "replay"]
    for row in printed["rows"]:
        assert 0 < row["processor_seconds"] and 0 < row["seconds"] and row["peak_mb"] > 1, row
    for row in printed["rows"][:2]:
        assert row["peak_mb"] >= 128, "Argon2id of production takes that much alone"


def test_goals_are_judged_by_the_figures(measured):
    printed, status, _ = measured
    seconds = [row["seconds"] for row in printed["rows"]]
    assert [goal["bound"] for goal in printed["goals"]] == [20, 2]
    assert [goal["measured"] for goal in printed["goals"]] == pytest.approx([sum(seconds[:2]), max(seconds[2:])], abs=0.002)
    assert [goal["met"] for goal in printed["goals"]] == [goal["measured"] < goal["bound"] for goal in printed["goals"]]
    assert status == (0 if all(goal["met"] for goal in printed["goals"]) else 1)


def test_it_rehearsed_and_replayed(programs, measured):
    printed, _, folder = measured
    for name, row in zip(("root", "i1"), printed["rows"][2:]):
        bundle = folder / name / "bundle"
        done = subprocess.run([programs.root, "replay", bundle, "--json"], text=True, capture_output=True, check=False)
        results = {check["check"]: check["result"] for check in json.loads(done.stdout)["checks"]}
        assert [check for check, result in results.items() if result == "failed"] == ["in earnest"]
        assert row["checks"] == list(results.values()).count("passed") > 20
    for share in (folder / "root" / "custody").iterdir():
        assert json.loads(share.read_text())["kdf"]["memory_kib"] == 131072
