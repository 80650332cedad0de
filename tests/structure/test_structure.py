"""The structure test itself: the tree is clean, and each kind of violation is seen."""
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def run(root):
    return subprocess.run([sys.executable, HERE / "structure.py", root], capture_output=True, text=True, check=False)


def test_the_tree_is_clean():
    result = run(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("file", "line", "complaint"), [
    ("ca/base/clock.h", '#include "ca/x509/name.h"', "points the wrong way"),
    ("ca/issuance/prepare.h", '#include "ca/store/store.h"', "points the wrong way"),
    ("ca/ceremony/run/run.h", '#include "ca/authority/authority.h"', "points the wrong way"),
    ("ca/ceremony/words/pgp_words.h", '#include "ca/ceremony/run/run.h"', "points the wrong way"),
    ("ca/ceremony/stray.h", "", "unknown"),
    ("api/rest/routes.h", '#include "ca/ceremony/run/run.h"', "points the wrong way"),
    ("api/rest/routes.h", '#include "ca/shares/quorum.h"', "points the wrong way"),
    ("ca/keys/key_store.h", '#include "ca/keys/token/session.h"', "points the wrong way"),
    ("ca/keys/file_key_store.cpp", "#include <p11-kit/p11-kit.h>", "only by ca/keys/token"),
    ("agent/plan.h", '#include "ca/policy/policy.h"', "points the wrong way"),
    ("api/rest/routes.cpp", "#include <pistache/http.h>", "only by api/http"),
    ("ca/x509/csr.cpp", "#include <openssl/evp.h>", "only by ca/crypto"),
    ("ca/policy/load.cpp", "#include <yaml-cpp/yaml.h>", "only by ca/yaml"),
    ("ca/base/clock.cpp", '#include "clock.h"', "not spelled from the root"),
    ("ca/magic/wand.h", "", "unknown"),
    ("ca/base/utils.h", "", "says nothing"),
    ("ca/base/long.h", "\n" * 400, "split it"),
])
def test_a_violation_is_seen(tmp_path, file, line, complaint):
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(line + "\n")
    result = run(tmp_path)
    assert result.returncode == 1
    assert complaint in result.stdout
    assert file in result.stdout


def test_a_stray_top_level_entry_is_seen(tmp_path):
    (tmp_path / "scripts").mkdir()
    result = run(tmp_path)
    assert result.returncode == 1
    assert "top level is fixed" in result.stdout


def test_400_lines_are_accepted(tmp_path):
    path = tmp_path / "ca/base/long.h"
    path.parent.mkdir(parents=True)
    path.write_text("\n" * 400)
    assert run(tmp_path).returncode == 0
